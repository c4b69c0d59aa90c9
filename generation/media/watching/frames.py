"""A finished video watched once: stills of every shot, flashes, and how loud it is.

For files that the site rendered or normalized itself, which it decodes in this process elsewhere too; what comes from
outside is normalized in the sandbox first (``generation.media.ingest``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from generation.media.watching.flashes import FlashEvent, FlashMeter

Rgb = NDArray[np.uint8]  # (h, w, 3)

LONGEST_SIDE = 512
LOOK_SIDE = 48  # what shots and flashes are found on
SHOT_GAP_SECONDS = 0.4
LONGEST_GAP_SECONDS = 3.0  # a long shot is looked at again
MOST_STILLS = 60
CUT_STEP = 0.10  # mean change of a channel, 0–1, that begins a new shot
SETTLE_SECONDS = 0.2  # a still is taken a little into its shot, past the cut's transition


@dataclass(frozen=True)
class Still:
    seconds: float
    rgb: Rgb


@dataclass(frozen=True)
class Watched:
    stills: tuple[Still, ...]
    flashes: tuple[FlashEvent, ...]
    seconds: float


def watched(file: Path) -> Watched:
    """All that one pass over the pictures of ``file`` tells. Raises ``av.error.FFmpegError`` for what is no video."""
    meter, chooser, found, last = FlashMeter(), ShotChooser(), list[Still](), 0.0
    for seconds, frame in _decoded(file):
        last = seconds
        look = _fitted(frame, LOOK_SIDE)
        meter.add(seconds, look)
        if len(found) < MOST_STILLS and chooser.wants(seconds, look):
            found.append(Still(seconds, _fitted(frame, LONGEST_SIDE)))
    return Watched(tuple(found), tuple(meter.found()), last)


class ShotChooser:
    """Says at which frames to take a still: soon after each cut, and now and then within a long shot."""

    def __init__(self) -> None:
        self._shot: NDArray[np.float32] | None = None  # the look at the last frame
        self._due: float | None = 0.0
        self._taken = float("-inf")

    def wants(self, seconds: float, look: Rgb) -> bool:
        now: NDArray[np.float32] = look.astype(np.float32) / np.float32(255)
        if self._shot is not None and float(np.abs(now - self._shot).mean()) > CUT_STEP and self._due is None:
            self._due = max(seconds + SETTLE_SECONDS, self._taken + SHOT_GAP_SECONDS)
        self._shot = now
        due = self._due is not None and seconds >= self._due
        if due or seconds - self._taken >= LONGEST_GAP_SECONDS:
            self._taken, self._due = seconds, None
            return True
        return False


def _decoded(file: Path) -> Iterator[tuple[float, av.VideoFrame]]:
    with av.open(str(file), options={"protocol_whitelist": "file"}) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            yield float(frame.time or 0.0), frame


def _fitted(frame: av.VideoFrame, side: int) -> Rgb:
    """The frame with its longer side at most ``side`` pixels, averaged over areas."""
    scale = min(side / max(frame.width, frame.height), 1.0)
    width, height = (max(round(size * scale), 2) for size in (frame.width, frame.height))
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
    return np.asarray(small.to_ndarray(), np.uint8)
