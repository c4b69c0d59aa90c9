"""The GAN: from pictures by category to new ones; plain Python, torch on the CPU or a GPU."""
