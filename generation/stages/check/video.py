"""The pictures of the finished file, decoded once: black and frozen stretches, changes, and the visible label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.media.provenance.reader import opened
from generation.media.provenance.visible import LEAST_SECONDS, LabelSight, Luma, luma_of
from generation.stages.check.report import Check
from generation.stages.check.slideshow import ChangeSight

BLACK_SECONDS = 0.5
BLACK_LUMA, BLACK_SHARE = 20, 0.9  # 16 is black; captions and the mark may stand over a black picture
FROZEN_SECONDS = 2.0
STILL_CHANGE = 3.0  # most change of a block's mean luma that is still the encoder's doing
STRIDE, BLOCK = 4, 4  # every fourth point of every fourth line, averaged over 4 × 4 of them

Blocks = NDArray[np.float32]


@dataclass
class Watch:
    """Sees frames in order of time and keeps the longest stretches."""

    longest_black: float = 0.0
    longest_still: float = 0.0
    _black_since: float | None = None
    _still_since: float = 0.0
    _still: Blocks | None = field(default=None, repr=False)

    def see(self, luma: Luma, seconds: float, until: float) -> None:
        """Look at the frame that is on show from ``seconds`` to ``until``."""
        points = luma[::STRIDE, ::STRIDE]
        if np.count_nonzero(points <= BLACK_LUMA) >= BLACK_SHARE * points.size:
            self._black_since = seconds if self._black_since is None else self._black_since
            self.longest_black = max(self.longest_black, until - self._black_since)
        else:
            self._black_since = None
        blocks = _means(points)
        if self._still is None or float(np.abs(blocks - self._still).max()) > STILL_CHANGE:
            self._still, self._still_since = blocks, seconds
        self.longest_still = max(self.longest_still, until - self._still_since)


def watch(
    path: Path,
    sight: LabelSight,
    changes: ChangeSight,
    *,
    frames: int,
    tell: Callable[[float], None],
) -> Watch:
    """Decode the reference frames of the file, about every second one, and look at each.

    ``tell`` gets the share done and may raise to stop. Raises ``MediaUnreadable``.
    """
    seen, count = Watch(), 0
    with opened(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.codec_context.skip_frame = "NONREF"  # half the work, and no stretch of half a second escapes
        total = float((stream.duration or 0) * (stream.time_base or 0))
        waiting: tuple[Luma, float] | None = None
        for frame in container.decode(stream):
            seconds = float(frame.time or 0.0)
            if waiting is not None:
                _see(seen, sight, *waiting, seconds)
            changes.see(frame, seconds)
            waiting = luma_of(frame), seconds
            count += 1
            if count % 8 == 0:
                tell(min(seconds / total, 1.0) if total else min(count / max(frames, 1), 1.0))
        if waiting is not None:
            _see(seen, sight, *waiting, max(total, waiting[1]))
    return seen


def _see(seen: Watch, sight: LabelSight, luma: Luma, seconds: float, until: float) -> None:
    seen.see(luma, seconds, until)
    sight.see(luma, seconds, until)


def check_pictures(seen: Watch, sight: LabelSight) -> list[Check]:
    label = sight.verdict()
    return [
        Check(
            "black",
            seen.longest_black <= BLACK_SECONDS,
            round(seen.longest_black, 2),
            f"≤ {BLACK_SECONDS:g}",
            "s",
        ),
        Check(
            "frozen",
            seen.longest_still <= FROZEN_SECONDS,
            round(seen.longest_still, 2),
            f"≤ {FROZEN_SECONDS:g}",
            "s",
        ),
        Check(
            "label_visible",
            label["found"] and label["mark"],
            round(label["seconds"], 2),
            f"≥ {LEAST_SECONDS:g}",
            "s",
        ),
    ]


def _means(points: Luma) -> Blocks:
    """Mean of each block of 4 × 4 points; what does not fill a block is left out."""
    rows, columns = points.shape[0] // BLOCK, points.shape[1] // BLOCK
    cut = points[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    means: Blocks = cut.mean(axis=(1, 3), dtype=np.float32)
    return means
