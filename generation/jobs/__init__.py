"""What a worker does: takes a row under a lease, makes the video stage by stage, ends it, and clears up."""
