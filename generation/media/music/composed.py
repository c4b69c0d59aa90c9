"""The site's own music as a generator: composed by rules, played on sampled instruments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.media.music.composer import compose
from generation.media.music.player import render


@dataclass(frozen=True, eq=False)
class Piece:
    """``samples`` (round(seconds · 48000), 2) float32 at 48 kHz that end with the piece; beats per minute; "C", "F#m"."""

    samples: NDArray[np.float32]
    tempo: float
    key: str


class ComposedMusic:
    """See ``generation.generators.Music``."""

    version = "composer-1"  # the number rises when equal arguments give another piece

    def piece(
        self, mood: str, seconds: float, *, seed: int, tempo: float | None = None, key: str | None = None
    ) -> Piece:
        score = compose(mood, seconds, seed=seed, tempo=tempo, key=key)
        return Piece(render(score), score.tempo, score.key)
