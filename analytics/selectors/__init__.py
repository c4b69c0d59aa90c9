"""Frames for charts: whose numbers, of when, and what they were."""
