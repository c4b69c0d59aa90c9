"""The inner loops for drawings that stand upright at their own size, at whole pixels or between them.

A sprite channel is 16 bits: alpha ``A = 65535·α`` and value ``P = V·A/256`` for a plane value V in [0, 255]; then
``out = (P + bg·256·(65535 − A)/65536 + 128) / 256`` is V where the sprite is opaque and bg where it is absent.
All is integers, so every machine gets the same bits. Most of a drawing is either clear or opaque: each row knows the
columns in which it is seen and a run in which it hides everything, so clear pixels cost nothing and opaque ones no
look at what lies under them. Rows are addressed in flat arrays, because a view of each would have to be counted. Chroma sites lie two pixels apart; keeping the four phases of column and row as planes of
their own lets the same loops serve luma and chroma with neighboring loads.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# numba widens integer operations to 64 bits; casting back after each keeps the loops in narrow SIMD lanes
_u8, _u16, _u32 = np.uint8, np.uint16, np.uint32
_at = np.uintp  # an index that cannot be negative needs no look whether it counts from the end
PAD = 2  # clear pixels around the drawing: one for the bilinear tap, one for the chroma filter
AT_PIXELS, BETWEEN_ROWS, BETWEEN_BOTH = (
    1,
    2,
    4,
)  # how many pixels of the sprite a pixel of the frame is the mean of


@njit(cache=True, nogil=True)
def _times(value, share):  # type: ignore[no-untyped-def]
    """``value·share/65536`` of two uint16: one instruction for sixteen pixels. A share of 65535 costs one unit."""
    return _u16(_u32(_u32(value) * _u32(share)) >> _u32(16))


@njit(cache=True, nogil=True)
def _over(value, alpha, below):  # type: ignore[no-untyped-def]
    kept = _times(_u16(_u16(below) << _u16(8)), _u16(_u16(65535) - alpha))
    return _u8(_u16(_u16(value + kept) + _u16(128)) >> _u16(8))


@njit(cache=True, nogil=True)
def _rounded(value):  # type: ignore[no-untyped-def]
    return _u8(_u16(value + _u16(128)) >> _u16(8))


@njit(cache=True, nogil=True)
def _mix(first, second, n, w):  # type: ignore[no-untyped-def]
    return _u16(_times(_u16(first), n) + _times(_u16(second), w))


@njit(cache=True, nogil=True)
def _share(part, whole):  # type: ignore[no-untyped-def]
    """``part`` of ``whole`` as a uint16 share for ``_times``."""
    return _u16(min(part * (65536 // whole), 65535))


@njit(cache=True, nogil=True)
def _cover(mode, value, alpha, taps, shares, out, at, start, stop):  # type: ignore[no-untyped-def]
    """Blend into targets [start, stop) of the row that begins at ``out[at]``.

    ``taps`` say where in ``value`` and ``alpha`` the upper, upper right, lower and lower right pixels of target 0 lie.
    """
    nx, wx, ny, wy, o = shares
    a, b, c, d, at = _at(taps[0]), _at(taps[1]), _at(taps[2]), _at(taps[3]), _at(at)
    if mode == AT_PIXELS:
        for i in range(_at(start), _at(stop)):
            out[at + i] = _over(_times(value[a + i], o), _times(alpha[a + i], o), out[at + i])
    elif mode == BETWEEN_ROWS:
        for i in range(_at(start), _at(stop)):
            p, q = _mix(value[a + i], value[c + i], ny, wy), _mix(alpha[a + i], alpha[c + i], ny, wy)
            out[at + i] = _over(_times(p, o), _times(q, o), out[at + i])
    else:
        for i in range(_at(start), _at(stop)):
            p, q = _mix(value[a + i], value[b + i], nx, wx), _mix(value[c + i], value[d + i], nx, wx)
            r, s = _mix(alpha[a + i], alpha[b + i], nx, wx), _mix(alpha[c + i], alpha[d + i], nx, wx)
            p, r = _times(_mix(p, q, ny, wy), o), _times(_mix(r, s, ny, wy), o)
            out[at + i] = _over(p, r, out[at + i])


@njit(cache=True, nogil=True)
def _replace(mode, value, taps, shares, out, at, start, stop):  # type: ignore[no-untyped-def]
    """As ``_cover`` where the sprite hides everything."""
    nx, wx, ny, wy, _ = shares
    a, b, c, d, at = _at(taps[0]), _at(taps[1]), _at(taps[2]), _at(taps[3]), _at(at)
    if mode == AT_PIXELS:
        for i in range(_at(start), _at(stop)):
            out[at + i] = _rounded(value[a + i])
    elif mode == BETWEEN_ROWS:
        for i in range(_at(start), _at(stop)):
            out[at + i] = _rounded(_mix(value[a + i], value[c + i], ny, wy))
    else:
        for i in range(_at(start), _at(stop)):
            p, q = _mix(value[a + i], value[b + i], nx, wx), _mix(value[c + i], value[d + i], nx, wx)
            out[at + i] = _rounded(_mix(p, q, ny, wy))


@njit(cache=True, nogil=True)
def _row(mode, value, alpha, taps, ends, shares, out, at):  # type: ignore[no-untyped-def]
    """One row of one plane: seen in targets [ends[0], ends[3]), opaque in [ends[1], ends[2])."""
    start, solid, soft, stop = ends
    if start < solid:
        _cover(mode, value, alpha, taps, shares, out, at, start, solid)
    if solid < soft:
        _replace(mode, value, taps, shares, out, at, solid, soft)
    if soft < stop:
        _cover(mode, value, alpha, taps, shares, out, at, soft, stop)


@njit(cache=True, nogil=True)
def _ends(mode, runs, row, column, unit, left, right, opaque):  # type: ignore[no-untyped-def]
    """Where in [left, right) a target row sees the sprite's ``row`` and where it hides what is under it.

    Target i reads column ``column + unit·i``, and with it the next one and the next row when ``mode`` says so.
    """
    seen, gone, solid, soft = runs[row, 0], runs[row, 1], runs[row, 2], runs[row, 3]
    if mode != AT_PIXELS:
        seen, gone = min(seen, runs[row + 1, 0]), max(gone, runs[row + 1, 1])
        solid, soft = max(solid, runs[row + 1, 2]), min(soft, runs[row + 1, 3])
    if mode == BETWEEN_BOTH:
        seen, soft = seen - 1, soft - 1
    start = max(-((column - seen) // unit), left)
    stop = min(-((column - gone) // unit), right)
    if stop <= start:
        return start, start, start, start
    solid = min(max(-((column - solid) // unit), start), stop)
    soft = min(max(-((column - soft) // unit), start), stop)
    if not opaque or soft <= solid:
        return start, stop, stop, stop
    return start, solid, soft, stop


@njit(cache=True, nogil=True)
def _reach(low, high, size, before, after):  # type: ignore[no-untyped-def]
    """The shown part of a drawing's length; where that is the drawing's own edge, it reaches out."""
    return (low if low > 0 else -before), (high if high < size else size + after)


@njit(cache=True, nogil=True)
def _targets(shift, unit, low, high, limit):  # type: ignore[no-untyped-def]
    """The targets i in [0, limit) with low ≤ shift + unit·i < high."""
    start = max(-((shift - low) // unit), 0)
    return start, max(min(-((shift - high) // unit), limit), start)


@njit(cache=True, nogil=True)
def blend_upright(  # type: ignore[no-untyped-def]
    luma, alpha, sites, runs, site_runs, y, u, v, width, height, lag_x, lag_y, x0, y0, x1, y1, opacity
):
    """Draw over the ``width`` × ``height`` picture (y, u, v) what [x0, x1) × [y0, y1) of the sprite shows.

    ``luma`` and ``alpha`` are (rows, columns), ``sites`` (3, 2, 2, rows/2, columns/2): blue, red and their alpha at
    even and odd rows and columns; ``runs`` and ``site_runs`` (rows, 4) say where each row is seen and where opaque.
    Target pixel (i, j) reads the sprite at (i + lag_x/128, j + lag_y/128); ``opacity`` is in [0, 256].
    """
    shift_x, shift_y = lag_x >> 7, lag_y >> 7
    part_x, part_y = lag_x & 127, lag_y & 127
    mode = BETWEEN_BOTH if part_x else (BETWEEN_ROWS if part_y else AT_PIXELS)
    wx, wy = _share(part_x, 128), _share(part_y, 128)
    shares = (_u16(_u16(65535) - wx), wx, _u16(_u16(65535) - wy), wy, _share(opacity, 256))
    sprite_width, sprite_height = luma.shape[1] - 2 * PAD, luma.shape[0] - 2 * PAD
    opaque, column, line = opacity >= 256, shift_x + PAD, shift_y + PAD
    # a neighbor's weight reaches one pixel further left and up, the chroma filter one more all round
    before = 0 if mode == AT_PIXELS else 1
    low, high = _reach(x0, x1, sprite_width, before, 0)
    left, right = _targets(shift_x, 1, low, high, width)
    low, high = _reach(y0, y1, sprite_height, before, 0)
    top, bottom = _targets(shift_y, 1, low, high, height)
    stride = luma.shape[1]
    values, alphas, target, pitch = luma.ravel(), alpha.ravel(), y.ravel(), y.shape[1]
    for row in range(top, bottom):
        ends = _ends(mode, runs, line + row, column, 1, left, right, opaque)
        if ends[0] < ends[3]:
            upper = (line + row) * stride + column
            taps = (upper, upper + 1, upper + stride, upper + stride + 1)
            _row(mode, values, alphas, taps, ends, shares, target, row * pitch)
    before = 1 if mode == AT_PIXELS else 2
    low, high = _reach(x0, x1, sprite_width, before, 1)
    left, right = _targets(shift_x, 2, low, high, width // 2)
    low, high = _reach(y0, y1, sprite_height, before, 1)
    top, bottom = _targets(shift_y, 2, low, high, height // 2)
    blue, red, cover, stride = sites[0].ravel(), sites[1].ravel(), sites[2].ravel(), sites.shape[4]
    phase, target_u, target_v, pitch = sites.shape[3] * stride, u.ravel(), v.ravel(), u.shape[1]
    # where the columns of target 0 and its neighbor lie: in the plane of their phase, half as far along
    near = (column & 1) * phase + (column >> 1)
    far = ((column + 1) & 1) * phase + ((column + 1) >> 1)
    for row in range(top, bottom):
        at = line + 2 * row
        ends = _ends(mode, site_runs, at, column, 2, left, right, opaque)
        if ends[0] < ends[3]:
            upper = (at & 1) * 2 * phase + (at >> 1) * stride
            lower = ((at + 1) & 1) * 2 * phase + ((at + 1) >> 1) * stride
            taps = (upper + near, upper + far, lower + near, lower + far)
            _row(mode, blue, cover, taps, ends, shares, target_u, row * pitch)
            _row(mode, red, cover, taps, ends, shares, target_v, row * pitch)
