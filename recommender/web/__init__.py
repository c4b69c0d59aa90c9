"""The edge of attention: addresses, API, pages, shapes of answers."""
