"""Statistics of the audience; plain Python that opens in a notebook."""
