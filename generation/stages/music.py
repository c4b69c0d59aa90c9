"""The sound of a video: the voice over music composed for exactly its length, held to its peak as it will be decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generation.generators import Music
from generation.media.music.mixing import CEILING_DBTP, PEAK_DBTP, mix, true_peak_dbtp
from generation.media.rendering.sound import as_decoded
from generation.recipe import MUSIC_LEAST_SECONDS
from generation.storyboard import Storyboard

SPARE_DB = 0.1  # kept between the decoded peak and the promise
_ROUNDS = 8  # real music needs one, seldom two; clipped noise may need more
_LEAST_STEP_DB = 0.3  # another ceiling is also another try at the encoder's luck with one block


@dataclass(frozen=True, eq=False)
class Soundtrack:
    """``board`` with the tempo and key that are really played; ``samples`` (round(seconds · 48000), 2) at −14 LUFS.

    ``ceiling_dbtp`` is what the mix was limited to, ``decoded_dbtp`` the true peak once encoded and decoded.
    """

    board: Storyboard
    samples: NDArray[np.float32]
    ceiling_dbtp: float
    decoded_dbtp: float


def soundtrack(
    board: Storyboard,
    voice: NDArray[np.float32] | None,
    *,
    music: Music,
    ceiling_dbtp: float = CEILING_DBTP,
) -> Soundtrack:
    """The whole sound; ``voice`` is 48 kHz mono of at most the board's length.

    The mix is encoded and decoded here as it will be in the file, and limited lower where that raised a peak too far.
    """
    seconds = board.seconds
    samples = None
    choice = board.music
    if choice.level > 0 and seconds >= MUSIC_LEAST_SECONDS:
        piece = music.piece(choice.mood, seconds, seed=choice.seed, tempo=choice.tempo, key=choice.key)
        samples = piece.samples
        board = replace(board, music=replace(choice, tempo=piece.tempo, key=piece.key))
    tried: list[Soundtrack] = []
    for _ in range(_ROUNDS):
        mixed = mix(voice, samples, seconds=seconds, level=choice.level, ceiling_dbtp=ceiling_dbtp)
        decoded = true_peak_dbtp(as_decoded(mixed))
        tried.append(Soundtrack(board, mixed, ceiling_dbtp, decoded))
        over = decoded - (PEAK_DBTP - SPARE_DB)
        if over <= 0:
            break
        ceiling_dbtp = min(ceiling_dbtp, true_peak_dbtp(mixed)) - max(over, _LEAST_STEP_DB)
    return min(tried, key=lambda sound: sound.decoded_dbtp)
