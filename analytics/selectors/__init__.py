"""What analytics reads, a file a concern."""
