"""One picture to hold others against: where another one shows what is found nowhere near its place in this one."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import ndimage

Cells = NDArray[np.uint8]  # (2 rows, 2 columns, 3): mean Y, U, V of each half cell
Flags = NDArray[np.bool_]  # (rows, columns)
Levels = NDArray[np.float32]

REACH = 3.0  # cells: what moves less has stayed
SAME = 7.0  # mean difference of a patch's levels, Y + U + V, that is still the same
SLACK = 0.12  # of the levels' range around a cell: what a part of a half cell's shift may do at an edge
PUSHED_SLACK = 0.3  # the same where a picture was enlarged, which blurs it
LEAST_CELLS = 11  # that hang together: an object of about a tenth of the width, or a number written anew
ZOOMS = np.array([*np.arange(0.80, 0.99, 0.02), *np.arange(1.02, 1.31, 0.02)], np.float32)
FOCI = np.array([0.0, 0.25, 0.5, 0.75, 1.0], np.float32)  # shares of the sides that a push may go towards
PUSH_GAIN = (
    0.96  # a camera's push must leave so much less difference than none; much of a frame is smooth ground
)


class Anchor:
    """One picture to hold others against, at rest and as a camera's push would show it."""

    def __init__(self, cells: Cells, hidden: Flags) -> None:
        self._seen = ~hidden
        self._half = cells.astype(np.float32)
        self._fine = _means(self._half)

    def differs(self, cells: Cells) -> Flags:
        """The cells of another picture that are found nowhere near their place in this one."""
        now = np.ascontiguousarray(_means(cells.astype(np.float32))[::2, ::2])
        limits = SAME + SLACK * _ranges(now)
        fresh: Flags = _unfound(now, self._fine, _SHIFTS, limits) & self._seen
        if largest_piece(fresh) < LEAST_CELLS:
            return fresh
        rest, pushed, zoom, down, across = _best_push(now, self._fine, ZOOMS, FOCI, np.float32(4 * SAME))
        if pushed < PUSH_GAIN * rest:
            seen, known = self._pushed(zoom, down, across)
            fresh &= _unfound(now, seen, _SHIFTS, SAME + PUSHED_SLACK * _ranges(now)) & known
        return fresh

    def _pushed(self, zoom: float, down: float, across: float) -> tuple[Levels, Flags]:
        """This picture after a push towards a focus, and the cells that were seen in it: not new ground, nor what a caption hid."""
        rows, columns = self._half.shape[:2]
        ys = (np.arange(rows) - down * (rows - 1)) / zoom + down * (rows - 1)
        xs = (np.arange(columns) - across * (columns - 1)) / zoom + across * (columns - 1)
        inside = ((ys >= 0) & (ys <= rows - 1))[::2, None] & ((xs >= 0) & (xs <= columns - 1))[None, ::2]
        places = np.rint(ys[::2] / 2).astype(int).clip(0), np.rint(xs[::2] / 2).astype(int).clip(0)
        shown = ndimage.binary_erosion(self._seen, np.ones((3, 3)), border_value=1)
        known = inside & shown.take(places[0], 0, mode="clip").take(places[1], 1, mode="clip")
        return _means(_sampled(self._half, ys, xs)), known


def _means(half: Levels) -> Levels:
    """Mean of two by two half cells at every half cell: a cell at each half step, (rows − 1, columns − 1, 3)."""
    across = half[:, :-1] + half[:, 1:]
    means: Levels = (across[:-1] + across[1:]) * np.float32(0.25)
    return means


def _ranges(cells: Levels) -> Levels:
    """How far the levels around each cell lie apart, summed over Y, U and V, (rows, columns)."""
    spread = ndimage.maximum_filter(cells, (3, 3, 1)) - ndimage.minimum_filter(cells, (3, 3, 1))
    ranges: Levels = spread.sum(axis=2)
    return ranges


def _sampled(cells: Levels, ys: NDArray[np.floating], xs: NDArray[np.floating]) -> Levels:
    """The picture at rows ``ys`` and columns ``xs``, mixed from the cells around; its edge goes on outside."""
    rows, columns = cells.shape[:2]
    ys, xs = np.clip(ys, 0, rows - 1), np.clip(xs, 0, columns - 1)
    top, left = np.minimum(ys.astype(int), rows - 2), np.minimum(xs.astype(int), columns - 2)
    down = (ys - top).astype(np.float32)[:, None, None]
    right = (xs - left).astype(np.float32)[None, :, None]
    upper = cells[top][:, left] * (1 - right) + cells[top][:, left + 1] * right
    lower = cells[top + 1][:, left] * (1 - right) + cells[top + 1][:, left + 1] * right
    mixed: Levels = upper * (1 - down) + lower * down
    return mixed


def largest_piece(flags: Flags) -> int:
    """Cells of the largest piece that hangs together."""
    if np.count_nonzero(flags) < LEAST_CELLS:
        return 0
    pieces, count = ndimage.label(flags)
    return int(np.bincount(pieces.ravel())[1:].max()) if count else 0


def _shifts() -> NDArray[np.int64]:
    """Every step of half a cell within ``REACH``, the nearest first, (count, 2)."""
    most = int(2 * REACH)
    steps = [(y, x) for y in range(-most, most + 1) for x in range(-most, most + 1)]
    return np.array(sorted(steps, key=lambda step: step[0] ** 2 + step[1] ** 2), np.int64)


_SHIFTS = _shifts()


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _unfound(now, fine, shifts, limits):  # type: ignore[no-untyped-def]
    """Cells whose patch of 3 × 3 is at no shift within ``limits`` of ``fine``, which has half cells between."""
    rows, columns, channels = now.shape
    last_row, last_column = fine.shape[0] - 1, fine.shape[1] - 1
    unfound = np.ones((rows, columns), np.bool_)
    for y in range(rows):
        for x in range(columns):
            limit = 9 * limits[y, x]
            for index in range(shifts.shape[0]):
                cost = np.float32(0)
                for dy in range(-1, 2):
                    for dx in range(-1, 2):
                        row, column = min(max(y + dy, 0), rows - 1), min(max(x + dx, 0), columns - 1)
                        fine_row = min(max(2 * row + shifts[index, 0], 0), last_row)
                        fine_column = min(max(2 * column + shifts[index, 1], 0), last_column)
                        for channel in range(channels):
                            cost += abs(now[row, column, channel] - fine[fine_row, fine_column, channel])
                    if cost > limit:
                        break
                if cost <= limit:
                    unfound[y, x] = False
                    break
    return unfound


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _best_push(now, fine, zooms, foci, most):  # type: ignore[no-untyped-def]
    """(difference at rest, least difference, zoom, focus down, focus across) over every push to a focus in the frame.

    The difference is the mean over every second cell, in levels, none counted above ``most``. ``fine`` has half cells.
    """
    rows, columns, channels = now.shape
    last_row, last_column = fine.shape[0] - 1, fine.shape[1] - 1
    rest, best, best_zoom, best_down, best_across = np.float32(0), np.float32(np.inf), 1.0, 0.5, 0.5
    for zoom_index in range(-1, len(zooms)):
        zoom = 1.0 if zoom_index < 0 else zooms[zoom_index]
        for down in foci:
            for across in foci:
                total, count = np.float32(0), 0
                for y in range(0, rows, 2):
                    row = round(2 * ((y - down * (rows - 1)) / zoom + down * (rows - 1)))
                    if row < 0 or row > last_row:
                        continue
                    for x in range(0, columns, 2):
                        column = round(2 * ((x - across * (columns - 1)) / zoom + across * (columns - 1)))
                        if column < 0 or column > last_column:
                            continue
                        level = np.float32(0)
                        for channel in range(channels):
                            level += abs(now[y, x, channel] - fine[row, column, channel])
                        total += min(level, most)
                        count += 1
                difference = total / max(count, 1)
                if zoom_index < 0:
                    rest = difference
                    break  # without a zoom every focus is the same
                if difference < best:
                    best, best_zoom, best_down, best_across = difference, zoom, down, across
    return rest, best, best_zoom, best_down, best_across
