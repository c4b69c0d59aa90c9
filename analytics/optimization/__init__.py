"""One optimization cycle: a step a file, each done once, resumed after any death."""
