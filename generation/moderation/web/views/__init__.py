"""Pages of moderation, a file a reader: the queue, one case, oversight, the public, whose video it is."""
