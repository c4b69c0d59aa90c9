"""Which design a cover takes, by what the video holds: a comparison is split, a warning barred, a list counted."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from generation.media.scenes.covers.designs import told
from generation.media.scenes.covers.parts import cast_of
from generation.storyboard import Cover, Storyboard

_ASKS = {
    "zh": re.compile("什么|怎么|怎样|如何|为何|哪|吗|谁|几|多少|是不是|能不能|要不要|[?？]"),
    "en": re.compile(
        r"^(why|what|who|when|where|which|how(?! to)|is|are|do|does|did|can|should|will)\b|\?", re.I
    ),
}  # titles that ask


def covers_for(board: Storyboard) -> list[Cover]:
    """The designs that suit the content, the more fitting ones more than once; never empty.

    A creator's own image or clip is shown as it is, and what has no drawing stands as the opening does.
    """
    pictures = len(cast_of(board))
    if pictures == 0 or any(scene.media is not None for scene in board.scenes):
        return ["opening"]
    found: list[Cover] = []
    if any(scene.versus is not None for scene in board.scenes) and pictures >= 2:
        found += ["split"] * 4
    if any(scene.figure is not None for scene in board.scenes):
        found += ["figure"] * 4
    if board.hook == "warning":
        found += ["warning"] * 4
    if _ASKS[board.language].search(board.title):
        found += ["question"] * 2
    if any(scene.layout == "quote" for scene in board.scenes):
        found += ["quote"] * 2
    points = told(board)
    if 2 <= points <= 99:
        found += ["number"] * 2
        if pictures >= 3 and points >= 3:
            found += ["steps", "steps", "collage", "collage"]
    if board.hook == "story" or not found:
        found += ["poster"] * 3
    return [*found, "poster", "polaroid"]


def choose_cover(board: Storyboard) -> Cover:
    """One of those that suit, drawn by the storyboard's seed and title."""
    return random.Random(f"cover {board.seed} {board.title}").choice(covers_for(board))


def with_fitting_cover(board: Storyboard) -> Storyboard:
    """The storyboard with the design that is really drawn: its own, unless an edit took away what that needs."""
    if board.cover == "opening" or board.cover in _possible(board):
        return board
    return replace(board, cover=choose_cover(board))


def _possible(board: Storyboard) -> Sequence[Cover]:
    """What can be drawn at all, fitting or not."""
    found = set(covers_for(board))
    if found == {"opening"}:
        return ["opening"]
    return [*found, "poster", "polaroid", "question", "warning", "quote"]
