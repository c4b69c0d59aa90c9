"""One row of numbers a video: measured once, kept, exported as a table."""
