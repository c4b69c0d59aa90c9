"""Likes, follows, shares, comments: what viewers say to videos, creators and each other."""
