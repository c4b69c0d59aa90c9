"""The HTTP API of attention, one file a concern."""
