"""Whether a film is a slideshow: how long its pictures are held, how much of it stands still, what is only text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generation.errors import MediaUnreadable
from generation.media.provenance.reader import opened
from generation.media.scenes import Box
from generation.stages.check.report import Check
from generation.stages.check.slideshow.changes import ChangeSight
from generation.storyboard import Storyboard

SLIDESHOW_HOLDS = False  # whether a breach holds the video for review
MOST_HOLD_SECONDS = 3.0
MOST_STILL = 0.20
MOST_TEXT_ONLY = 0.25
# Something new every 2.5 s is what is asked: of such a video a fifth lies more than 2 s after a change, which is just
# what is allowed. The looks at the film lie up to a fifth of a second apart, so that much is given on top.
STILL_AFTER_SECONDS = 2.0 + 0.2


@dataclass(frozen=True)
class Slideshow:
    """What the frames of a film of ``seconds`` say: ``changes`` in seconds, the first picture being one of them.

    ``longest_hold`` is the longest time in seconds from a change to the next one or to the end. ``still`` is the share
    of the time, in [0, 1], at which the last change lies more than ``STILL_AFTER_SECONDS`` back: 0.12 for something new
    every 2.5 s, 0.27 for every 3 s, 0.45 for a slideshow of 4 s.
    """

    seconds: float
    changes: tuple[float, ...]
    longest_hold: float
    still: float

    @classmethod
    def of(cls, changes: Sequence[float], seconds: float) -> Slideshow:
        """The measures for changes at these times, in order."""
        ends = [*changes[1:], max(seconds, *changes)] if changes else []
        holds = [end - start for start, end in zip(changes, ends, strict=True)] or [seconds]
        still = sum(max(hold - STILL_AFTER_SECONDS, 0.0) for hold in holds)
        return cls(
            round(seconds, 3),
            tuple(round(change, 3) for change in changes),
            round(max(holds), 3),
            round(still / seconds, 3) if seconds else 0.0,
        )


def measure_slideshow(path: Path) -> Slideshow:
    """Look at the reference frames of any video file. Raises ``MediaUnreadable``."""
    with opened(path) as container:
        stream = next(iter(container.streams.video), None)
        if stream is None:
            raise MediaUnreadable(f"{path.name} holds no picture; choose a video.")
        stream.thread_type = "AUTO"
        stream.codec_context.skip_frame = "NONREF"
        sight, end = ChangeSight((stream.width, stream.height)), 0.0
        for frame in container.decode(stream):
            end = float(frame.time or 0.0)
            sight.see(frame, end)
        total = float((stream.duration or 0) * (stream.time_base or 0))
    return Slideshow.of(sight.changes, max(total, end))


def check_slideshow(seen: Slideshow) -> list[Check]:
    """The two rules that the frames decide."""
    hold = round(seen.longest_hold, 2)
    return [
        Check(
            "slideshow_hold",
            hold <= MOST_HOLD_SECONDS,
            hold,
            f"≤ {MOST_HOLD_SECONDS:.1f}",
            "s",
            holds=SLIDESHOW_HOLDS,
        ),
        _percentage("slideshow_still", seen.still, MOST_STILL),
    ]


def check_text_only(board: Storyboard, boxes: Sequence[Sequence[Box]]) -> Check:
    """The share of scenes that show nothing but text; ``boxes`` are those of each scene."""
    bare = sum(is_text_only(board, index, found) for index, found in enumerate(boxes))
    return _percentage("slideshow_text_only", bare / len(board.scenes), MOST_TEXT_ONLY)


def _percentage(name: str, share: float, most: float) -> Check:
    value = round(100 * share, 1)
    return Check(name, value <= 100 * most, value, f"≤ {100 * most:g}", "%", holds=SLIDESHOW_HOLDS)


def is_text_only(board: Storyboard, index: int, boxes: Sequence[Box]) -> bool:
    """Whether a scene has no drawing, no clip or image of the creator, and no figure that counts up."""
    scene = board.scenes[index]
    return scene.media is None and scene.figure is None and all(box.kind != "picture" for box in boxes)
