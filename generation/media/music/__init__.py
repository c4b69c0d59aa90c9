"""Music for a video: ``compose`` writes a score for a mood, ``render`` plays it on sampled instruments."""

from generation.media.music.composer import compose
from generation.media.music.player import render
from generation.media.music.score import ChordSpan, Note, Part, Score, Section

__all__ = ["ChordSpan", "Note", "Part", "Score", "Section", "compose", "render"]
