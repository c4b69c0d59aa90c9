"""Pictures as YUV planes and everything that is blended into them."""
