"""A storyboard fitted to its asked length by what was measured: pace, then a sentence less or more, last a point less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from generation.media.speech import Narration
from generation.script.pacing import TOLERANCE_SECONDS
from generation.stages import timing
from generation.storyboard import Scene, Storyboard

Action = Literal["spoken_faster", "spoken_slower", "sentence_left_out", "sentence_added", "point_left_out"]
Speak = Callable[[Storyboard, float], Sequence[Narration]]  # the board at a speed → each scene's narration
Expect = Callable[
    [Storyboard, float], Sequence[float]
]  # the board at a speed → each scene's seconds of speech

_PACES = 3  # tries of a pace for one wording: the network's lengths follow it nearly, not exactly
_SAME_PACE = 0.005
_LEAST_SCENES = 3


@dataclass(frozen=True)
class Fitting:
    """One change that the measured voice asked for: in the ``scene``-th scene, counted from 1, or of the whole ``pace``."""

    action: Action
    scene: int = 0
    pace: float = 1.0


@dataclass(frozen=True, eq=False)
class Fitted:
    """``board`` as it is said, each scene's narration and length, and what was changed for it."""

    board: Storyboard
    spoken: tuple[Narration, ...]
    seconds: tuple[float, ...]
    changes: tuple[Fitting, ...]
    met: bool  # within tolerance of the asked length


def fitted(
    board: Storyboard, speak: Speak, *, may_change: bool, may_drop: bool, expect: Expect | None = None
) -> Fitted:
    """Speak ``board`` until it is as long as asked.

    ``may_change`` lets scenes say their shorter or longer wording, ``may_drop`` lets the last point go where even that is
    far too long. What ``expect`` foretells settles wording and pace before anything is spoken, so that most boards are
    spoken once; what was spoken has the last word, and it alone makes a point go.
    """
    course = _Course(board)
    if expect is not None:
        course, _ = _settled(course, expect, may_change=may_change, may_drop=False)
    spoken: tuple[Narration, ...] = ()

    def measure(said: Storyboard, speed: float) -> list[float]:
        nonlocal spoken
        spoken = tuple(speak(said, speed))
        return [narration.seconds for narration in spoken]

    course, found = _settled(course, measure, may_change=may_change, may_drop=may_drop)
    board, pace, changes = course.board, course.pace, course.changes
    if abs(pace - 1.0) >= _SAME_PACE:
        changes = (*changes, Fitting("spoken_faster" if pace > 1 else "spoken_slower", pace=round(pace, 3)))
    lengths = [narration.seconds for narration in spoken]
    seconds = found.seconds or timing.fit_at_last(lengths, target_seconds=board.target_seconds, fps=board.fps)
    met = abs(sum(seconds) - board.target_seconds) <= TOLERANCE_SECONDS + 1 / board.fps
    return Fitted(board, spoken, seconds, changes, met)


@dataclass(frozen=True)
class _Course:
    """Where fitting has come to: the wording, the pace it is said at, and what was changed in the wording."""

    board: Storyboard
    pace: float = 1.0
    changes: tuple[Fitting, ...] = ()


def _settled(
    course: _Course, lengths_of: Expect, *, may_change: bool, may_drop: bool
) -> tuple[_Course, timing.Fit]:
    """Change the wording, then the pace, until the lengths fit or nothing is left to try."""
    board, pace, changes = course.board, course.pace, list(course.changes)
    tried = 0
    while True:
        lengths = lengths_of(board, board.voice.speed * pace)
        found = timing.fit(lengths, target_seconds=board.target_seconds, pace=pace, fps=board.fps)
        if found.seconds:
            break
        changed = None
        if found.over and may_change:
            changed = _shortened(board, lengths, found.over, changes)
        if found.over and changed is None and may_drop and len(board.scenes) > _LEAST_SCENES:
            changed = _without_last_point(board)
        if found.under and may_change:
            changed = _lengthened(board, lengths, found.under, changes)
        if changed is not None:
            board, change = changed
            changes.append(change)
            tried = 0
            continue
        if tried == _PACES or abs(found.pace - pace) < _SAME_PACE:
            break
        pace, tried = found.pace, tried + 1
    return _Course(board, pace, tuple(changes)), found


def _shortened(
    board: Storyboard, lengths: Sequence[float], over: float, changes: Sequence[Fitting]
) -> tuple[Storyboard, Fitting] | None:
    """The board with the sentence left out whose absence just suffices, else the longest."""
    if any(change.action == "sentence_added" for change in changes):
        return None
    saved = {
        at: lengths[at] * (1 - len(scene.shorter) / len(scene.narration))
        for at, scene in enumerate(board.scenes)
        if scene.shorter
    }
    return _reworded(board, saved, over, "sentence_left_out")


def _lengthened(
    board: Storyboard, lengths: Sequence[float], under: float, changes: Sequence[Fitting]
) -> tuple[Storyboard, Fitting] | None:
    """The board with the sentence added that just suffices, else the longest."""
    if any(change.action == "sentence_left_out" for change in changes):
        return None
    gained = {
        at: lengths[at] * (len(scene.longer) / len(scene.narration) - 1)
        for at, scene in enumerate(board.scenes)
        if scene.longer and scene.narration
    }
    return _reworded(board, gained, under, "sentence_added")


def _reworded(
    board: Storyboard,
    seconds: dict[int, float],
    wanted: float,
    action: Literal["sentence_left_out", "sentence_added"],
) -> tuple[Storyboard, Fitting] | None:
    if not seconds:
        return None
    enough = [at for at in seconds if seconds[at] >= wanted]
    at = min(enough, key=seconds.__getitem__) if enough else max(seconds, key=seconds.__getitem__)
    scene = board.scenes[at]
    said = scene.shorter if action == "sentence_left_out" else scene.longer
    scenes = _with(board.scenes, at, replace(scene, narration=said, shorter="", longer=""))
    return replace(board, scenes=scenes), Fitting(action, at + 1)


def _with(scenes: Sequence[Scene], at: int, scene: Scene) -> tuple[Scene, ...]:
    return (*scenes[:at], scene, *scenes[at + 1 :])


def _without_last_point(board: Storyboard) -> tuple[Storyboard, Fitting]:
    *kept, _left, end = board.scenes
    return replace(board, scenes=(*kept, end)), Fitting("point_left_out", len(kept) + 1)
