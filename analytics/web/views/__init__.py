"""Pages of analytics; thin."""
