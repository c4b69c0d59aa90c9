"""Scorers of content safety: plain Python, one kind of signal a file; they open without Django."""
