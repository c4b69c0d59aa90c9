"""What analytics reads, a file a concern: frames for charts, experiments, cycles."""
