"""What analytics decides, a file a concern."""
