"""The inner loops: a premultiplied sprite over a plane, in integers only, so every machine gets the same bits.

A sprite channel is 16 bits: alpha ``A = 65535·α`` and value ``P = V·A/256`` for a plane value V in [0, 255]; then
``out = (P + bg·256·(65535 − A)/65536 + 128) / 256`` is V where the sprite is opaque and bg where it is absent.
Two channels share a uint32 ("packed": luma and alpha, blue and red), because fetching pixels is what costs.
Source coordinates are ``first + step·i`` in sprite pixels; weights of the bilinear mean have 7 bits.
Rows and columns are half-open ranges of the target that the caller has clipped, so no tap leaves the sprite.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# numba widens integer operations to 64 bits; casting back after each keeps the loops in narrow SIMD lanes
_u8, _u16, _u32, _i32 = np.uint8, np.uint16, np.uint32, np.int32
WEIGHT_BITS = 7
ONE = 1 << WEIGHT_BITS
FIXED_BITS = 16  # of source coordinates where a sprite is turned: 1,000 steps stay within 1/100 pixel
BAND = 16  # sprite rows that share one span of seen columns


@njit(cache=True, nogil=True)
def _times(value, share):  # type: ignore[no-untyped-def]
    """``value·share/65536`` of two uint16: one instruction for sixteen pixels. A share of 65535 costs one unit."""
    return _u16(_u32(_u32(value) * _u32(share)) >> _u32(16))


@njit(cache=True, nogil=True)
def _over(value, alpha, below):  # type: ignore[no-untyped-def]
    kept = _times(_u16(_u16(below) << _u16(8)), _u16(_u16(65535) - alpha))
    return _u8(_u16(_u16(value + kept) + _u16(128)) >> _u16(8))


@njit(cache=True, nogil=True)
def _share(part, whole):  # type: ignore[no-untyped-def]
    """``part`` of ``whole`` as a uint16 share for ``_times``."""
    return _u16(min(part * (65536 // whole), 65535))


@njit(cache=True, nogil=True)
def _mix(above, below, n, w):  # type: ignore[no-untyped-def]
    return _u16(_times(_u16(above), n) + _times(_u16(below), w))


@njit(cache=True, nogil=True)
def _scratch(rows, width):  # type: ignore[no-untyped-def]
    """Rows that never lie whole 4 KiB pages apart: a load would wait for a store it only seems to depend on."""
    return np.empty((rows, (width + 255) // 256 * 256 + 80), np.uint32)


@njit(cache=True, nogil=True)
def _cover(value, alpha, opacity, line):  # type: ignore[no-untyped-def]
    for i in range(line.size):
        line[i] = _over(_times(_u16(value[i]), opacity), _times(_u16(alpha[i]), opacity), line[i])


@njit(cache=True, nogil=True)
def blend_luma_copy(value, alpha, y, left, top, right, bottom, source_x, source_y, opacity):  # type: ignore[no-untyped-def]
    """Sprite pixel (source_x, source_y) lands on target pixel (left, top); ``opacity`` in [0, 256]."""
    o = _share(opacity, 256)
    end = source_x + right - left
    for row in range(bottom - top):
        line = source_y + row
        _cover(value[line, source_x:end], alpha[line, source_x:end], o, y[top + row, left:right])


@njit(cache=True, nogil=True)
def blend_chroma_copy(blue, red, alpha, u, v, left, top, right, bottom, source_x, source_y, opacity):  # type: ignore[no-untyped-def]
    """As ``blend_luma_copy`` on the half-size planes: every second column and row of the chroma is taken."""
    o = _share(opacity, 256)
    end = source_x + 2 * (right - left)
    for row in range(bottom - top):
        line = source_y + 2 * row
        b, r, a = blue[line, source_x:end], red[line, source_x:end], alpha[line, source_x:end]
        line_u, line_v = u[top + row, left:right], v[top + row, left:right]
        for i in range(right - left):
            fade = _times(a[2 * i], o)
            line_u[i] = _over(_times(b[2 * i], o), fade, line_u[i])
            line_v[i] = _over(_times(r[2 * i], o), fade, line_v[i])


@njit(cache=True, nogil=True)
def _shift(source, stride, w, out):  # type: ignore[no-untyped-def]
    """Mean of each column (every ``stride``-th) and its right neighbor, weighing the neighbor by ``w``."""
    n = _u16(_u16(65535) - w)
    if stride == 1:
        near, far = source[: out.size], source[1 : 1 + out.size]
        for i in range(out.size):
            out[i] = _mix(near[i], far[i], n, w)
    else:
        for i in range(out.size):
            out[i] = _mix(source[2 * i], source[2 * i + 1], n, w)


@njit(cache=True, nogil=True)
def _shift_rows(channels, stride, target, left, top, right, bottom, source_x, source_y, wx, wy, opacity):  # type: ignore[no-untyped-def]
    """Blend value and alpha of ``channels`` moved by a fraction of a pixel; each source row is shifted once."""
    value, alpha = channels
    width = right - left
    rows = _scratch(4, width)
    held = np.full(2, -1, np.int64)
    n = _u16(_u16(65535) - wy)
    end = source_x + stride * (width - 1) + 2
    for row in range(bottom - top):
        first = source_y + stride * row
        for line in range(first, first + 2):
            slot = line & 1
            if held[slot] != line:
                _shift(value[line, source_x:end], stride, wx, rows[slot, :width])
                _shift(alpha[line, source_x:end], stride, wx, rows[2 + slot, :width])
                held[slot] = line
        s0, s1 = first & 1, (first + 1) & 1
        p0, p1, a0, a1 = rows[s0], rows[s1], rows[2 + s0], rows[2 + s1]
        out = target[top + row, left:right]
        for i in range(width):
            fade = _times(_mix(a0[i], a1[i], n, wy), opacity)
            out[i] = _over(_times(_mix(p0[i], p1[i], n, wy), opacity), fade, out[i])


@njit(cache=True, nogil=True)
def blend_luma_shifted(value, alpha, y, left, top, right, bottom, source_x, source_y, wx, wy, opacity):  # type: ignore[no-untyped-def]
    """Full size between pixels: target (left, top) reads the sprite at (source_x + wx/128, source_y + wy/128)."""
    shares = _share(wx, ONE), _share(wy, ONE), _share(opacity, 256)
    _shift_rows((value, alpha), 1, y, left, top, right, bottom, source_x, source_y, *shares)


@njit(cache=True, nogil=True)
def blend_chroma_shifted(  # type: ignore[no-untyped-def]
    blue, red, alpha, u, v, left, top, right, bottom, source_x, source_y, wx, wy, opacity
):
    """As ``blend_luma_shifted`` on the half-size planes: every second column and row of the chroma is taken."""
    shares = _share(wx, ONE), _share(wy, ONE), _share(opacity, 256)
    _shift_rows((blue, alpha), 2, u, left, top, right, bottom, source_x, source_y, *shares)
    _shift_rows((red, alpha), 2, v, left, top, right, bottom, source_x, source_y, *shares)


@njit(cache=True, nogil=True)
def _taps(first, step, length, index, weight):  # type: ignore[no-untyped-def]
    """The left tap and the right tap's weight of each target column."""
    for i in range(index.size):
        at = min(max(first + step * i, 0.0), length - 1.001)  # the caller clipped; this holds back rounding
        whole = np.floor(at)
        index[i] = _u32(whole)
        weight[i] = _u32((at - whole) * ONE + 0.5)


@njit(cache=True, nogil=True)
def _pairs(source, index, near, far):  # type: ignore[no-untyped-def]
    """Left and right tap of each target column side by side, so that the arithmetic after it runs in SIMD."""
    for i in range(index.size):
        at = np.uintp(index[i])
        near[i], far[i] = source[at], source[at + np.uintp(1)]


@njit(cache=True, nogil=True)
def _across(near, far, weight, low, high):  # type: ignore[no-untyped-def]
    """The mean of both taps, for the low and the high 16 bits."""
    mask, half = _u32(0xFFFF), _u32(ONE // 2)
    for i in range(weight.size):
        w, a, b = weight[i], near[i], far[i]
        n = _u32(_u32(ONE) - w)
        low[i] = _u16(_u32(_u32(_u32(a & mask) * n) + _u32(_u32(b & mask) * w) + half) >> _u32(WEIGHT_BITS))
        high[i] = _u16(
            _u32(_u32(_u32(a >> _u32(16)) * n) + _u32(_u32(b >> _u32(16)) * w) + half) >> _u32(WEIGHT_BITS)
        )


@njit(cache=True, nogil=True)
def blend_luma_scaled(packed, y, left, top, right, bottom, first_x, first_y, step, opacity):  # type: ignore[no-untyped-def]
    """Unrotated sprite at any subpixel place and scale: each source row is stretched once, then rows are mixed."""
    width = right - left
    rows = _scratch(8, width)
    index, weight, near, far = rows[4, :width], rows[5, :width], rows[6, :width], rows[7, :width]
    _taps(first_x, step, packed.shape[1], index, weight)
    held = np.full(2, -1, np.int64)
    o = _share(opacity, 256)
    for row in range(bottom - top):
        at = min(max(first_y + step * row, 0.0), packed.shape[0] - 1.001)
        whole = int(np.floor(at))
        w = _share(int((at - whole) * ONE + 0.5), ONE)
        n = _u16(_u16(65535) - w)
        for line in range(whole, whole + 2):
            slot = line & 1
            if held[slot] != line:
                _pairs(packed[line], index, near, far)
                _across(near, far, weight, rows[slot], rows[2 + slot])
                held[slot] = line
        s0, s1 = whole & 1, (whole + 1) & 1
        p0, p1, a0, a1 = rows[s0], rows[s1], rows[2 + s0], rows[2 + s1]
        target = y[top + row, left:right]
        for i in range(width):
            alpha = _times(_mix(a0[i], a1[i], n, w), o)
            target[i] = _over(_times(_mix(p0[i], p1[i], n, w), o), alpha, target[i])


@njit(cache=True, nogil=True)
def blend_chroma_scaled(packed, cover, u, v, left, top, right, bottom, first_x, first_y, step, opacity):  # type: ignore[no-untyped-def]
    """As ``blend_luma_scaled`` on the half-size planes; ``step`` is per chroma sample."""
    width = right - left
    rows = _scratch(11, width)
    index, weight, near, far = rows[6, :width], rows[7, :width], rows[8, :width], rows[9, :width]
    _taps(first_x, step, packed.shape[1], index, weight)
    held = np.full(2, -1, np.int64)
    o = _share(opacity, 256)
    for row in range(bottom - top):
        at = min(max(first_y + step * row, 0.0), packed.shape[0] - 1.001)
        whole = int(np.floor(at))
        w = _share(int((at - whole) * ONE + 0.5), ONE)
        n = _u16(_u16(65535) - w)
        for line in range(whole, whole + 2):
            slot = line & 1
            if held[slot] != line:
                _pairs(packed[line], index, near, far)
                _across(near, far, weight, rows[slot], rows[2 + slot])
                _pairs(cover[line], index, near, far)
                _across(near, far, weight, rows[4 + slot], rows[10])
                held[slot] = line
        s0, s1 = whole & 1, (whole + 1) & 1
        b0, b1, r0, r1 = rows[s0], rows[s1], rows[2 + s0], rows[2 + s1]
        a0, a1 = rows[4 + s0], rows[4 + s1]
        line_u, line_v = u[top + row, left:right], v[top + row, left:right]
        for i in range(width):
            alpha = _times(_mix(a0[i], a1[i], n, w), o)
            line_u[i] = _over(_times(_mix(b0[i], b1[i], n, w), o), alpha, line_u[i])
            line_v[i] = _over(_times(_mix(r0[i], r1[i], n, w), o), alpha, line_v[i])


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
def _visible(x, y, dx, dy, start, stop, spans):  # type: ignore[no-untyped-def]
    """Drop targets at both ends of [start, stop) that read only clear pixels.

    ``spans`` holds first and last seen column of every band of ``BAND`` sprite rows; a hop of targets that crosses at
    most two neighboring bands beside their spans sees nothing.
    """
    limit = BAND << FIXED_BITS
    hop = 8 if abs(dy) * 8 <= limit else 1
    if abs(dy) * hop > limit:
        return start, stop
    while start + hop < stop and _clear(x, y, dx, dy, start, start + hop, spans):
        start += hop
    while start + hop < stop and _clear(x, y, dx, dy, stop - 1 - hop, stop - 1, spans):
        stop -= hop
    return start, stop


@njit(cache=True, nogil=True)
def _clear(x, y, dx, dy, first, last, spans):  # type: ignore[no-untyped-def]
    """Whether targets ``first`` to ``last``, which touch no more than two bands, all lie beside what is seen."""
    c0, r0 = (x + dx * first) >> FIXED_BITS, ((y + dy * first) >> FIXED_BITS) // BAND
    c1, r1 = (x + dx * last) >> FIXED_BITS, ((y + dy * last) >> FIXED_BITS) // BAND
    if max(c0, c1) < min(spans[r0, 0], spans[r1, 0]):
        return True
    return min(c0, c1) > max(spans[r0, 1], spans[r1, 1])


@njit(cache=True, nogil=True)
def _walk(x, y, dx, dy, start, count, stride, index, across, down):  # type: ignore[no-untyped-def]
    """Upper left tap and 7-bit weights of ``count`` targets along a row, from target ``start`` on."""
    at_x0, at_y0, step_x, step_y = _i32(x + dx * start), _i32(y + dy * start), _i32(dx), _i32(dy)
    pitch, whole, part, mask = _i32(stride), _i32(FIXED_BITS), _i32(FIXED_BITS - WEIGHT_BITS), _i32(ONE - 1)
    for i in range(count):
        n = _i32(i)
        at_x, at_y = _i32(at_x0 + _i32(step_x * n)), _i32(at_y0 + _i32(step_y * n))
        index[i] = _u32(_i32(_i32(at_x >> whole) + _i32(_i32(at_y >> whole) * pitch)))
        across[i] = _u32(_i32(at_x >> part) & mask)
        down[i] = _u32(_i32(at_y >> part) & mask)


@njit(cache=True, nogil=True)
def _fetch(source, index, count, stride, taps):  # type: ignore[no-untyped-def]
    """The four pixels of each target side by side, so that the arithmetic after it runs in SIMD."""
    t0, t1, t2, t3 = taps[0], taps[1], taps[2], taps[3]
    one = np.uintp(1)
    for i in range(count):
        at = np.uintp(index[i])
        t0[i], t1[i] = source[at], source[at + one]
        at += stride
        t2[i], t3[i] = source[at], source[at + one]


@njit(cache=True, nogil=True)
def _weigh(taps, across, down, count, low, high):  # type: ignore[no-untyped-def]
    """The bilinear mean of the four taps, for the low and the high 16 bits."""
    t0, t1, t2, t3 = taps[0], taps[1], taps[2], taps[3]
    mask, half = _u32(0xFFFF), _u32(1 << (2 * WEIGHT_BITS - 1))
    for i in range(count):
        wx, wy = across[i], down[i]
        nx, ny = _u32(_u32(ONE) - wx), _u32(_u32(ONE) - wy)
        a, b, c, d = t0[i], t1[i], t2[i], t3[i]
        above = _u32(_u32(_u32(a & mask) * nx) + _u32(_u32(b & mask) * wx))
        below = _u32(_u32(_u32(c & mask) * nx) + _u32(_u32(d & mask) * wx))
        low[i] = _u16(_u32(_u32(above * ny) + _u32(below * wy) + half) >> _u32(2 * WEIGHT_BITS))
        above = _u32(_u32(_u32(a >> _u32(16)) * nx) + _u32(_u32(b >> _u32(16)) * wx))
        below = _u32(_u32(_u32(c >> _u32(16)) * nx) + _u32(_u32(d >> _u32(16)) * wx))
        high[i] = _u16(_u32(_u32(above * ny) + _u32(below * wy) + half) >> _u32(2 * WEIGHT_BITS))


@njit(cache=True, nogil=True)
def blend_luma_turned(packed, spans, y, left, top, right, bottom, matrix, window, opacity):  # type: ignore[no-untyped-def]
    """Any placement: target (left + i, top + j) reads the sprite at matrix·(i, j, 1), where inside ``window``.

    ``packed`` is value + (alpha << 16), ``matrix`` is (2, 3), ``window`` (x0, y0, x1, y1).
    """
    width = right - left
    source, stride = packed.ravel(), packed.shape[1]
    x0, y0, x1, y1 = _fixed(window[0]), _fixed(window[1]), _fixed(window[2]), _fixed(window[3])
    dx, dy = _fixed(matrix[0, 0]), _fixed(matrix[1, 0])
    o = _share(opacity, 256)
    rows = _scratch(9, width)
    index, across, down, taps, value, alpha = rows[0], rows[1], rows[2], rows[3:7], rows[7], rows[8]
    for row in range(bottom - top):
        sx, sy = _fixed(matrix[0, 1] * row + matrix[0, 2]), _fixed(matrix[1, 1] * row + matrix[1, 2])
        start_x, stop_x = _inside(sx, dx, x0, x1, width)
        start_y, stop_y = _inside(sy, dy, y0, y1, width)
        start, stop = _visible(sx, sy, dx, dy, max(start_x, start_y), min(stop_x, stop_y), spans)
        count = stop - start
        if count <= 0:
            continue
        _walk(sx, sy, dx, dy, start, count, stride, index, across, down)
        _fetch(source, index, count, np.uintp(stride), taps)
        _weigh(taps, across, down, count, value, alpha)
        _cover(value, alpha, o, y[top + row, left + start : left + start + count])


@njit(cache=True, nogil=True)
def blend_chroma_turned(packed, cover, spans, u, v, left, top, right, bottom, matrix, window, opacity):  # type: ignore[no-untyped-def]
    """As ``blend_luma_turned`` on the half-size planes; ``packed`` is blue + (red << 16), ``cover`` alpha."""
    width = right - left
    source, covers, stride = packed.ravel(), cover.ravel(), packed.shape[1]
    x0, y0, x1, y1 = _fixed(window[0]), _fixed(window[1]), _fixed(window[2]), _fixed(window[3])
    dx, dy = _fixed(matrix[0, 0]), _fixed(matrix[1, 0])
    o = _share(opacity, 256)
    rows = _scratch(10, width)
    index, across, down, taps, blue, red, alpha = (
        rows[0],
        rows[1],
        rows[2],
        rows[3:7],
        rows[7],
        rows[8],
        rows[9],
    )
    for row in range(bottom - top):
        sx, sy = _fixed(matrix[0, 1] * row + matrix[0, 2]), _fixed(matrix[1, 1] * row + matrix[1, 2])
        start_x, stop_x = _inside(sx, dx, x0, x1, width)
        start_y, stop_y = _inside(sy, dy, y0, y1, width)
        start, stop = _visible(sx, sy, dx, dy, max(start_x, start_y), min(stop_x, stop_y), spans)
        count = stop - start
        if count <= 0:
            continue
        begin, end = left + start, left + start + count
        _walk(sx, sy, dx, dy, start, count, stride, index, across, down)
        _fetch(covers, index, count, np.uintp(stride), taps)
        _weigh(taps, across, down, count, alpha, red)
        _fetch(source, index, count, np.uintp(stride), taps)
        _weigh(taps, across, down, count, blue, red)
        _cover(blue, alpha, o, u[top + row, begin:end])
        _cover(red, alpha, o, v[top + row, begin:end])
