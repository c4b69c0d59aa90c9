"""/api/v1/ of moderation, a file a reader: who moderates, whose video it is, who writes policies."""
