"""The sound of a video: the voice over music composed for exactly its length."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generation.generators import Music
from generation.media.music.mixing import mix
from generation.media.scenes.beats import SNAP_SECONDS
from generation.recipe import MUSIC_LEAST_SECONDS
from generation.storyboard import Cue, Scene, Storyboard

_LEAST_AROUND = 0.03  # seconds that a cut keeps from what is said before and after it


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
