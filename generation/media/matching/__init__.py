"""Finding a picture again: perceptual hashes, an index over them, and lists that sites exchange."""
