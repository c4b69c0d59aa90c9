"""When something substantial changes in a film, seen in its frames alone, without knowing what was meant.

Substantial is a new picture, number, row or layout, or an object that moves by a tenth of the width. A camera's push,
a drawing that bobs, a caption and its highlight, confetti in the air are not. Frames are looked at as a grid of
mean colors. A frame is held against the *anchor*, the picture as it stood after the last change: a cell is the same when
the patch around it is found in the anchor within ``REACH`` cells, or in the anchor enlarged or shrunk as a camera
would. What is found nowhere, hangs together, and is still there ``LASTING_SECONDS`` later is a change.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import av
import numpy as np

from generation.media.scenes import label_box
from generation.media.scenes.grid import Grid
from generation.stages.check.slideshow.anchor import LEAST_CELLS, Anchor, Cells, Flags, largest_piece

ACROSS = {"tall": 48, "square": 48, "wide": 70}  # cells in the width, of 23 to 27 units
LOOK_SECONDS = 0.125
LASTING_SECONDS = 0.4
CAPTION_MARGIN = 30  # units around the caption zone that a page's block or a swelling word may touch
FOOT = 0.955  # share of the height below which only the line of progress stands


@dataclass
class ChangeSight:
    """Sees decoded frames of ``size`` (width, height) in order of time; ``changes`` are the seconds of each change.

    The first picture is one. The last ``LASTING_SECONDS`` of a film hold none: nothing there can be seen to last.
    """

    size: tuple[int, int]
    changes: list[float] = field(default_factory=list)
    _looked: float = field(default=float("-inf"), repr=False)
    _waiting: deque[tuple[float, Cells]] = field(default_factory=deque, repr=False)  # looks not yet judged
    _anchor: Anchor | None = field(default=None, repr=False)

    def see(self, frame: av.VideoFrame, seconds: float) -> None:
        """Look at a frame, unless the last look was less than ``LOOK_SECONDS`` ago."""
        if seconds < self._looked + LOOK_SECONDS:
            return
        self._looked = seconds
        cells = cells_of(frame, grid_shape(self.size))
        if self._anchor is None:
            self._begin(cells, seconds)
            return
        self._waiting.append((seconds, cells))
        while self._waiting and seconds - self._waiting[0][0] >= LASTING_SECONDS - 1e-3:
            self._judge(self._anchor)

    def _begin(self, cells: Cells, seconds: float) -> None:
        self.changes.append(seconds)
        self._anchor = Anchor(cells, overlay_cells(self.size))

    def _judge(self, anchor: Anchor) -> None:
        """Hold the oldest look that waits, and the newest, against the anchor."""
        seconds, cells = self._waiting.popleft()
        fresh = anchor.differs(cells)
        if largest_piece(fresh) < LEAST_CELLS:
            return
        _, lasting = self._waiting[-1]
        if largest_piece(fresh & anchor.differs(lasting)) >= LEAST_CELLS:
            self._waiting.clear()
            self._begin(lasting, seconds)


def grid_shape(size: tuple[int, int]) -> tuple[int, int]:
    """(rows, columns) of the grid on a frame of ``size``."""
    width, height = size
    step = width / ACROSS[Grid(width, height).shape]
    return round(height / step), round(width / step)


def cells_of(frame: av.VideoFrame, shape: tuple[int, int]) -> Cells:
    """The frame's mean colors on a grid twice as fine as ``shape``, (2 rows, 2 columns, 3)."""
    rows, columns = shape
    rows, columns = 2 * rows, 2 * columns
    small = frame.reformat(width=columns, height=rows, format="yuv444p", interpolation="AREA")
    planes = [
        np.frombuffer(memoryview(plane), np.uint8).reshape(rows, plane.line_size)[:, :columns]
        for plane in small.planes
    ]
    return np.stack(planes, axis=-1)


def overlay_cells(size: tuple[int, int]) -> Flags:
    """Where captions, the line of progress and the AI label stand: what changes there is not the film."""
    width, height = size
    rows, columns = grid_shape(size)
    grid = Grid(width, height)
    hidden = np.zeros((rows, columns), np.bool_)
    margin = CAPTION_MARGIN * grid.unit
    boxes = [grid.zone("caption").inset(-margin, -margin)]
    boxes += [label_box(language, size=size).inset(-margin / 2, -margin / 2) for language in ("zh", "en")]
    for box in boxes:
        top, bottom = (int(np.floor(y / height * rows)) for y in (box.top, box.bottom))
        left, right = (int(np.floor(x / width * columns)) for x in (box.left, box.right))
        hidden[max(top, 0) : bottom + 1, max(left, 0) : right + 1] = True
    hidden[int(FOOT * rows) :] = True
    return hidden
