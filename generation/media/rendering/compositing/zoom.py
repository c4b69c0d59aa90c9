"""A window of a plane stretched over a whole plane: slow zooms of clips, and the zoom transition."""

from __future__ import annotations

import numpy as np
from numba import njit

WEIGHT_BITS = 7
_u8, _u16, _u32 = np.uint8, np.uint16, np.uint32


@njit(cache=True, nogil=True)
def zoom_plane(source, source_width, target, width, left, top, span_x, span_y, share=256):  # type: ignore[no-untyped-def]
    """Fill ``target[:, :width]`` with the window at (left, top) of span_x × span_y source pixels, bilinear.

    Each source row is stretched once and rows are then mixed, so enlarging costs little more than writing. Places
    are to 1/128 pixel; outside ``source[:, :source_width]`` its edge is repeated. With a ``share`` under 256 that
    many 256ths of the window are mixed into what ``target`` shows.
    """
    rows, height = source.shape[0], target.shape[0]
    index, weight = np.empty(width, np.uintp), np.empty(width, np.uint16)
    step_x, step_y = span_x / width, span_y / height
    for i in range(width):
        at = min(max(left + (i + 0.5) * step_x - 0.5, 0.0), source_width - 1.0)
        whole = min(int(at), max(source_width - 2, 0))
        index[i] = np.uintp(whole)
        weight[i] = np.uint16((at - whole) * (1 << WEIGHT_BITS) + 0.5)
    stretched, taps = np.empty((2, width), np.uint16), np.empty((2, width), np.uint8)
    held = np.full(2, -1, np.int64)
    for row in range(height):
        at = min(max(top + (row + 0.5) * step_y - 0.5, 0.0), rows - 1.0)
        whole = min(int(at), rows - 2)
        w = _u16(min(int((at - whole) * (1 << WEIGHT_BITS) + 0.5) << 9, 65535))
        for offset in range(2):
            line = whole + offset
            slot = line & 1
            if held[slot] != line:
                _stretch(source[line], index, weight, taps, stretched[slot])
                held[slot] = line
        _mix_rows(stretched[whole & 1], stretched[(whole + 1) & 1], w, share, target[row, :width])


@njit(cache=True, nogil=True)
def _stretch(source, index, weight, taps, out):  # type: ignore[no-untyped-def]
    """The means of neighbors, times 256; they are fetched first, so that the arithmetic runs in SIMD."""
    near, far = taps[0], taps[1]
    for i in range(out.size):
        at = index[i]
        near[i], far[i] = source[at], source[at + np.uintp(1)]
    for i in range(out.size):
        n = _u16(_u16(1 << WEIGHT_BITS) - weight[i])
        out[i] = _u16(_u16(_u16(_u16(near[i]) * n) + _u16(_u16(far[i]) * weight[i])) << _u16(1))


@njit(cache=True, nogil=True)
def _mix_rows(above, below, w, share, out):  # type: ignore[no-untyped-def]
    n = _u16(_u16(65535) - w)
    if share >= 256:
        for i in range(out.size):
            out[i] = _u8(_u16(_between(above[i], below[i], n, w) + _u16(128)) >> _u16(8))
        return
    part, rest = _u16(share), _u16(256 - share)
    for i in range(out.size):
        fresh = _u16(_u16(_between(above[i], below[i], n, w) + _u16(128)) >> _u16(8))
        out[i] = _u8(_u16(_u16(_u16(fresh * part) + _u16(_u16(out[i]) * rest)) + _u16(128)) >> _u16(8))


@njit(cache=True, nogil=True)
def _between(above, below, n, w):  # type: ignore[no-untyped-def]
    """The mean of two uint16 by shares that sum to 65535; it loses less than 1/128 of an 8-bit level."""
    return _u16(_u16(_u32(_u32(above) * _u32(n)) >> _u32(16)) + _u16(_u32(_u32(below) * _u32(w)) >> _u32(16)))


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
