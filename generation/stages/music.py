"""The sound of a video: the voice over music composed for exactly its length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.media import music
from generation.media.music.mixing import mix
from generation.storyboard import Storyboard

MUSIC_LEAST_SECONDS = 5.0  # shorter than this no piece has a form


def soundtrack(board: Storyboard, voice: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """(round(seconds · 48000), 2) float32 at −14 LUFS; ``voice`` is 48 kHz mono of at most the board's length."""
    seconds = board.seconds
    score_pcm = None
    if board.music.level > 0 and seconds >= MUSIC_LEAST_SECONDS:
        choice = board.music
        score = music.compose(choice.mood, seconds, seed=choice.seed, tempo=choice.tempo, key=choice.key)
        score_pcm = music.render(score)
    return mix(voice, score_pcm, seconds=seconds, level=board.music.level)
