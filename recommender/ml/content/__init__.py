"""What a video is about and looks like, as rows of numbers."""
