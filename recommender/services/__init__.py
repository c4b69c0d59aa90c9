"""Decisions that write, one file a concern."""
