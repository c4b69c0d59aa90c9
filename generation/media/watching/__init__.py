"""Looking at a finished video without a person: frames by shot, flashes, loudness."""
