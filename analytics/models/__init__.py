"""The records of analytics, a file a family."""
