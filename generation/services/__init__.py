"""Decisions that write, one file a concern; each a transaction."""
