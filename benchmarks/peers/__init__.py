"""What a benchmark is measured against, written anew from the published descriptions."""
