"""The inner loops: a premultiplied sprite over a plane, in integers only, so every machine gets the same bits.

A sprite channel is uint16: alpha ``A = 65535·α`` and value ``P = V·A/256`` for a plane value V in [0, 255]. Then
``out = (P + bg·256·(65535 − A)/65536 + 128) / 256`` is V where the sprite is opaque and bg where it is absent.
Source coordinates are ``first + step·i`` in sprite pixels; weights of the bilinear mean have 7 bits.
Rows and columns are half-open ranges of the target that the caller has clipped, so no tap leaves the sprite.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# numba widens every integer operation to 64 bits; casting back after each keeps the loops in narrow SIMD lanes.
_u8, _u16, _u32 = np.uint8, np.uint16, np.uint32
WEIGHT_BITS = 7
ONE = 1 << WEIGHT_BITS
FIXED_BITS = 24  # of source coordinates where a sprite is turned: 600 steps stay within 1/50,000 pixel


@njit(cache=True, nogil=True)
def _over(value, alpha, below):  # type: ignore[no-untyped-def]
    clear = _u32(_u32(65535) - _u32(alpha))
    kept = _u32(_u32(_u32(_u32(below) << _u32(8)) * clear) >> _u32(16))
    return _u8(_u32(_u32(value) + kept + _u32(128)) >> _u32(8))


@njit(cache=True, nogil=True)
def _fade(value, opacity):  # type: ignore[no-untyped-def]
    return _u16(_u32(_u32(value) * opacity) >> _u32(8))


@njit(cache=True, nogil=True)
def blend_luma_copy(value, alpha, y, left, top, right, bottom, source_x, source_y, opacity):  # type: ignore[no-untyped-def]
    """Sprite pixel (source_x, source_y) lands on target pixel (left, top), one to one; ``opacity`` in [0, 256]."""
    width = right - left
    for row in range(bottom - top):
        p = value[source_y + row, source_x : source_x + width]
        a = alpha[source_y + row, source_x : source_x + width]
        line = y[top + row, left:right]
        if opacity == 256:
            for i in range(width):
                line[i] = _over(p[i], a[i], line[i])
        else:
            o = _u32(opacity)
            for i in range(width):
                line[i] = _over(_fade(p[i], o), _fade(a[i], o), line[i])


@njit(cache=True, nogil=True)
def blend_chroma_copy(blue, red, alpha, u, v, left, top, right, bottom, source_x, source_y, opacity):  # type: ignore[no-untyped-def]
    """As ``blend_luma_copy`` on the half-size planes: every second column and row of the sprite's chroma is taken."""
    width = right - left
    o = _u32(opacity)
    for row in range(bottom - top):
        line = source_y + 2 * row
        b = blue[line, source_x : source_x + 2 * width]
        r = red[line, source_x : source_x + 2 * width]
        a = alpha[line, source_x : source_x + 2 * width]
        line_u = u[top + row, left:right]
        line_v = v[top + row, left:right]
        for i in range(width):
            fade = _fade(a[2 * i], o)
            line_u[i] = _over(_fade(b[2 * i], o), fade, line_u[i])
            line_v[i] = _over(_fade(r[2 * i], o), fade, line_v[i])


@njit(cache=True, nogil=True)
def _stretch(source, index, weight, out):  # type: ignore[no-untyped-def]
    """One source row at the target's columns, times ``ONE``; equal steps of 1 or 2 take the loop without gathers."""
    n = out.size
    if n == 0:
        return
    first = index[0]
    w = _u32(weight[0])
    step = index[1] - first if n > 1 else 1
    uniform = (
        (step == 1 or step == 2) and index[n - 1] - first == step * (n - 1) and weight[n - 1] == weight[0]
    )
    if uniform and step == 1:
        near = source[first : first + n]
        far = source[first + 1 : first + 1 + n]
        for i in range(n):
            out[i] = _u32(_u32(_u32(near[i]) * _u32(_u32(ONE) - w)) + _u32(_u32(far[i]) * w))
    elif uniform:
        pairs = source[first : first + 2 * n]
        for i in range(n):
            out[i] = _u32(_u32(_u32(pairs[2 * i]) * _u32(_u32(ONE) - w)) + _u32(_u32(pairs[2 * i + 1]) * w))
    else:
        for i in range(n):
            at = np.uintp(index[i])
            share = _u32(weight[i])
            out[i] = _u32(
                _u32(_u32(source[at]) * _u32(_u32(ONE) - share))
                + _u32(_u32(source[at + np.uintp(1)]) * share)
            )


@njit(cache=True, nogil=True)
def _taps(first, step, count, length, index, weight):  # type: ignore[no-untyped-def]
    """The left tap and the right tap's weight of each target column, within a source of ``length`` columns."""
    for i in range(count):
        at = min(max(first + step * i, 0.0), length - 1.001)  # the caller clipped; this holds back rounding
        whole = np.floor(at)
        index[i] = np.int32(whole)
        weight[i] = _u32((at - whole) * ONE + 0.5)


@njit(cache=True, nogil=True)
def _mix(above, below, w):  # type: ignore[no-untyped-def]
    total = _u32(_u32(above * _u32(_u32(ONE) - w)) + _u32(below * w))
    return _u16(_u32(total + _u32(1 << 13)) >> _u32(14))


@njit(cache=True, nogil=True)
def blend_luma_scaled(value, alpha, y, left, top, right, bottom, first_x, first_y, step, opacity):  # type: ignore[no-untyped-def]
    """Unrotated sprite at any subpixel place and scale: each source row is stretched once, then rows are mixed."""
    width = right - left
    index, weight = np.empty(width, np.int32), np.empty(width, np.uint32)
    _taps(first_x, step, width, alpha.shape[1], index, weight)
    p = np.empty((2, width), np.uint32)
    a = np.empty((2, width), np.uint32)
    held = np.full(2, -1, np.int64)
    o = _u32(opacity)
    for row in range(bottom - top):
        at = min(max(first_y + step * row, 0.0), alpha.shape[0] - 1.001)
        whole = int(np.floor(at))
        w = _u32((at - whole) * ONE + 0.5)
        for offset in range(2):
            line = whole + offset
            slot = line & 1
            if held[slot] != line:
                _stretch(value[line], index, weight, p[slot])
                _stretch(alpha[line], index, weight, a[slot])
                held[slot] = line
        p0, p1 = p[whole & 1], p[(whole + 1) & 1]
        a0, a1 = a[whole & 1], a[(whole + 1) & 1]
        target = y[top + row, left:right]
        for i in range(width):
            target[i] = _over(_fade(_mix(p0[i], p1[i], w), o), _fade(_mix(a0[i], a1[i], w), o), target[i])


@njit(cache=True, nogil=True)
def blend_chroma_scaled(blue, red, alpha, u, v, left, top, right, bottom, first_x, first_y, step, opacity):  # type: ignore[no-untyped-def]
    """As ``blend_luma_scaled`` on the half-size planes; ``step`` is per chroma sample."""
    width = right - left
    index, weight = np.empty(width, np.int32), np.empty(width, np.uint32)
    _taps(first_x, step, width, alpha.shape[1], index, weight)
    b, r, a = (
        np.empty((2, width), np.uint32),
        np.empty((2, width), np.uint32),
        np.empty((2, width), np.uint32),
    )
    held = np.full(2, -1, np.int64)
    o = _u32(opacity)
    for row in range(bottom - top):
        at = min(max(first_y + step * row, 0.0), alpha.shape[0] - 1.001)
        whole = int(np.floor(at))
        w = _u32((at - whole) * ONE + 0.5)
        for offset in range(2):
            line = whole + offset
            slot = line & 1
            if held[slot] != line:
                _stretch(blue[line], index, weight, b[slot])
                _stretch(red[line], index, weight, r[slot])
                _stretch(alpha[line], index, weight, a[slot])
                held[slot] = line
        s0, s1 = whole & 1, (whole + 1) & 1
        b0, b1, r0, r1, a0, a1 = b[s0], b[s1], r[s0], r[s1], a[s0], a[s1]
        line_u = u[top + row, left:right]
        line_v = v[top + row, left:right]
        for i in range(width):
            fade = _fade(_mix(a0[i], a1[i], w), o)
            line_u[i] = _over(_fade(_mix(b0[i], b1[i], w), o), fade, line_u[i])
            line_v[i] = _over(_fade(_mix(r0[i], r1[i], w), o), fade, line_v[i])


@njit(cache=True, nogil=True)
def _bilinear(plane, at, stride, wx, wy):  # type: ignore[no-untyped-def]
    """The bilinear mean of 16-bit values; a uint64 plane holds two of them, 32 bits apart, and gives both."""
    nx, ny = np.uint64(ONE) - wx, np.uint64(ONE) - wy
    above = plane[at] * nx + plane[at + np.uintp(1)] * wx
    below = plane[at + stride] * nx + plane[at + stride + np.uintp(1)] * wx
    return (above * ny + below * wy + np.uint64(0x2000_0000_2000)) >> np.uint64(14)


@njit(cache=True, nogil=True)
def _inside(origin, slope, low, high, count):  # type: ignore[no-untyped-def]
    """The i in [0, count) with low ≤ origin + slope·i < high, as a half-open range; all integers."""
    if slope == 0:
        return (0, count) if low <= origin < high else (0, 0)
    if slope > 0:
        start, stop = -((origin - low) // slope), -((origin - high) // slope)
    else:
        start, stop = (origin - high) // -slope + 1, (origin - low) // -slope + 1
    return max(start, 0), min(stop, count)


@njit(cache=True, nogil=True)
def _fixed(value):  # type: ignore[no-untyped-def]
    return np.int64(np.floor(value * (1 << FIXED_BITS) + 0.5))


@njit(cache=True, nogil=True)
def blend_luma_turned(packed, y, left, top, right, bottom, matrix, window, opacity):  # type: ignore[no-untyped-def]
    """Any placement: target (left + i, top + j) reads the sprite at matrix·(i, j, 1), where inside ``window``.

    ``packed`` holds value and alpha as ``_bilinear`` wants them, ``matrix`` is (2, 3), ``window`` (x0, y0, x1, y1).
    """
    source, stride = packed.ravel(), np.uintp(packed.shape[1])
    x0, y0, x1, y1 = _fixed(window[0]), _fixed(window[1]), _fixed(window[2]), _fixed(window[3])
    dx, dy = _fixed(matrix[0, 0]), _fixed(matrix[1, 0])
    o = _u32(opacity)
    for row in range(bottom - top):
        sx, sy = _fixed(matrix[0, 1] * row + matrix[0, 2]), _fixed(matrix[1, 1] * row + matrix[1, 2])
        start_x, stop_x = _inside(sx, dx, x0, x1, right - left)
        start_y, stop_y = _inside(sy, dy, y0, y1, right - left)
        line = y[top + row, left:right]
        for i in range(max(start_x, start_y), min(stop_x, stop_y)):
            at_x, at_y = sx + dx * i, sy + dy * i
            at = np.uintp(at_x >> FIXED_BITS) + np.uintp(at_y >> FIXED_BITS) * stride
            wx = np.uint64((at_x >> (FIXED_BITS - WEIGHT_BITS)) & (ONE - 1))
            wy = np.uint64((at_y >> (FIXED_BITS - WEIGHT_BITS)) & (ONE - 1))
            both = _bilinear(source, at, stride, wx, wy)
            alpha = _u16(both >> np.uint64(32))
            if alpha != 0:
                line[i] = _over(_fade(_u16(both), o), _fade(alpha, o), line[i])


@njit(cache=True, nogil=True)
def blend_chroma_turned(packed, alpha, u, v, left, top, right, bottom, matrix, window, opacity):  # type: ignore[no-untyped-def]
    """As ``blend_luma_turned`` on the half-size planes."""
    source, cover, stride = packed.ravel(), alpha.ravel(), np.uintp(packed.shape[1])
    x0, y0, x1, y1 = _fixed(window[0]), _fixed(window[1]), _fixed(window[2]), _fixed(window[3])
    dx, dy = _fixed(matrix[0, 0]), _fixed(matrix[1, 0])
    o = _u32(opacity)
    for row in range(bottom - top):
        sx, sy = _fixed(matrix[0, 1] * row + matrix[0, 2]), _fixed(matrix[1, 1] * row + matrix[1, 2])
        start_x, stop_x = _inside(sx, dx, x0, x1, right - left)
        start_y, stop_y = _inside(sy, dy, y0, y1, right - left)
        line_u = u[top + row, left:right]
        line_v = v[top + row, left:right]
        for i in range(max(start_x, start_y), min(stop_x, stop_y)):
            at_x, at_y = sx + dx * i, sy + dy * i
            at = np.uintp(at_x >> FIXED_BITS) + np.uintp(at_y >> FIXED_BITS) * stride
            wx = np.uint64((at_x >> (FIXED_BITS - WEIGHT_BITS)) & (ONE - 1))
            wy = np.uint64((at_y >> (FIXED_BITS - WEIGHT_BITS)) & (ONE - 1))
            a = _u16(_bilinear(cover, at, stride, wx, wy))
            if a != 0:
                both = _bilinear(source, at, stride, wx, wy)
                fade = _fade(a, o)
                line_u[i] = _over(_fade(_u16(both), o), fade, line_u[i])
                line_v[i] = _over(_fade(_u16(both >> np.uint64(32)), o), fade, line_v[i])
