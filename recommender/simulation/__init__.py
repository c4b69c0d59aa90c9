"""Synthetic viewers on the public HTTP API, and what their hidden tastes say about the feed."""
