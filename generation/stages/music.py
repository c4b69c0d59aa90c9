"""The sound of a video: the voice over music composed for exactly its length, held to its peak as it will be decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generation.generators import Music
from generation.media.music.mixing import CEILING_DBTP, FLOOR_DB, PEAK_DBTP, mix, true_peak_dbtp
from generation.media.rendering.sound import as_decoded
from generation.media.scenes.beats import SNAP_SECONDS
from generation.recipe import MUSIC_LEAST_SECONDS
from generation.storyboard import Cue, Scene, Storyboard

_LEAST_AROUND = 0.03  # seconds that a cut keeps from what is said before and after it

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
        if not mixed.any():  # an encoder raises no peak of silence
            return Soundtrack(board, mixed, ceiling_dbtp, FLOOR_DB)
        decoded = true_peak_dbtp(as_decoded(mixed))
        tried.append(Soundtrack(board, mixed, ceiling_dbtp, decoded))
        over = decoded - (PEAK_DBTP - SPARE_DB)
        if over <= 0:
            break
        ceiling_dbtp = min(ceiling_dbtp, true_peak_dbtp(mixed)) - max(over, _LEAST_STEP_DB)
    return min(tried, key=lambda sound: sound.decoded_dbtp)


def cuts_on_beats(board: Storyboard) -> Storyboard:
    """``board`` with every cut on the nearest beat of its music, where that is within 120 ms and cuts no word off.

    Sound and whole length stay as they are; cues and lengths of the scenes on both sides follow their cut.
    """
    music = board.music
    if music.tempo is None or music.level <= 0:
        return board
    step = 60 / music.tempo
    scenes = list(board.scenes)
    cut = 0.0
    for i in range(len(scenes) - 1):
        before, after = scenes[i], scenes[i + 1]
        cut += before.seconds
        frames = round(round(cut / step) * step * board.fps) - round(cut * board.fps)
        shift = frames / board.fps
        if frames and abs(shift) <= SNAP_SECONDS and _between_words(before, after, shift):
            scenes[i] = replace(before, seconds=before.seconds + shift)
            scenes[i + 1] = _begun_later(after, shift)
            cut += shift
    return replace(board, scenes=tuple(scenes))


def _between_words(before: Scene, after: Scene, shift: float) -> bool:
    """Whether a cut moved by ``shift`` seconds still falls after the last word before it and ahead of the next one."""
    spoken = max((cue.end for cue in before.cues), default=0.0)
    begins = min((cue.start for cue in after.cues), default=after.seconds)
    return before.seconds + shift >= spoken + _LEAST_AROUND and begins - shift >= _LEAST_AROUND


def _begun_later(scene: Scene, shift: float) -> Scene:
    cues = tuple(Cue(cue.text, round(cue.start - shift, 4), round(cue.end - shift, 4)) for cue in scene.cues)
    start = max(round(scene.speech_start - shift, 4), 0.0)
    return replace(scene, seconds=scene.seconds - shift, cues=cues, speech_start=start)
