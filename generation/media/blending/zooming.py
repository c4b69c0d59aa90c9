"""A window of a plane stretched over a whole plane: slow zooms of clips, and the zoom transition."""

from __future__ import annotations

import numpy as np
from numba import njit

WEIGHT_BITS = 7


@njit(cache=True, nogil=True)
def zoom_plane(source, source_width, target, width, left, top, span_x, span_y):  # type: ignore[no-untyped-def]
    """Fill ``target[:, :width]`` with the window at (left, top) of span_x × span_y source pixels, bilinear.

    Each source row is stretched once and rows are then mixed, so enlarging costs little more than writing. Places
    are to 1/128 pixel; outside ``source[:, :source_width]`` its edge is repeated.
    """
    rows, height = source.shape[0], target.shape[0]
    one = np.uint32(1 << WEIGHT_BITS)
    index, weight = np.empty(width, np.uintp), np.empty(width, np.uint16)
    step_x, step_y = span_x / width, span_y / height
    for i in range(width):
        at = min(max(left + (i + 0.5) * step_x - 0.5, 0.0), source_width - 1.0)
        whole = min(int(at), max(source_width - 2, 0))
        index[i] = np.uintp(whole)
        weight[i] = np.uint16((at - whole) * (1 << WEIGHT_BITS) + 0.5)
    stretched = np.empty((2, width), np.uint16)
    held = np.full(2, -1, np.int64)
    for row in range(height):
        at = min(max(top + (row + 0.5) * step_y - 0.5, 0.0), rows - 1.0)
        whole = min(int(at), rows - 2)
        w = np.uint32((at - whole) * (1 << WEIGHT_BITS) + 0.5)
        for offset in range(2):
            line = whole + offset
            slot = line & 1
            if held[slot] != line:
                _stretch(source[line], index, weight, stretched[slot])
                held[slot] = line
        above, below = stretched[whole & 1], stretched[(whole + 1) & 1]
        out = target[row, :width]
        n = np.uint32(one - w)
        for i in range(width):
            total = np.uint32(np.uint32(above[i]) * n) + np.uint32(np.uint32(below[i]) * w)
            out[i] = np.uint8(np.uint32(total + np.uint32(1 << 13)) >> np.uint32(14))


@njit(cache=True, nogil=True)
def _stretch(source, index, weight, out):  # type: ignore[no-untyped-def]
    for i in range(out.size):
        at = index[i]
        w = np.uint32(weight[i])
        near, far = np.uint32(source[at]), np.uint32(source[at + np.uintp(1)])
        out[i] = np.uint16(near * (np.uint32(1 << WEIGHT_BITS) - w) + far * w)


@njit(cache=True, nogil=True)
def halve_plane(source, source_width):  # type: ignore[no-untyped-def]
    """2 × 2 means; an odd last row or column is left out."""
    height, width = source.shape[0] // 2, source_width // 2
    half = np.empty((height, width), np.uint8)
    for row in range(height):
        upper, lower, line = source[2 * row], source[2 * row + 1], half[row]
        for i in range(width):
            total = np.uint32(upper[2 * i]) + upper[2 * i + 1] + lower[2 * i] + lower[2 * i + 1]
            line[i] = np.uint8((total + 2) >> 2)
    return half
