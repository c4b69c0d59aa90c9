"""The sound of a video: the voice over music composed for exactly its length."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generation.generators import Music
from generation.media.music.mixing import mix
from generation.recipe import MUSIC_LEAST_SECONDS
from generation.storyboard import Storyboard


@dataclass(frozen=True, eq=False)
class Soundtrack:
    """``board`` with the tempo and key that are really played; ``samples`` (round(seconds · 48000), 2) at −14 LUFS."""

    board: Storyboard
    samples: NDArray[np.float32]


def soundtrack(board: Storyboard, voice: NDArray[np.float32] | None, *, music: Music) -> Soundtrack:
    """The whole sound; ``voice`` is 48 kHz mono of at most the board's length."""
    seconds = board.seconds
    samples = None
    choice = board.music
    if choice.level > 0 and seconds >= MUSIC_LEAST_SECONDS:
        piece = music.piece(choice.mood, seconds, seed=choice.seed, tempo=choice.tempo, key=choice.key)
        samples = piece.samples
        board = replace(board, music=replace(choice, tempo=piece.tempo, key=piece.key))
    return Soundtrack(board, mix(voice, samples, seconds=seconds, level=choice.level))
