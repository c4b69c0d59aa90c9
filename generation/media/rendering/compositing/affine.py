"""The inner loops for drawings that are turned or scaled: every target pixel is the mean of four of the sprite.

Such a drawing is on the move, so 8 bits a channel are enough, and what costs is fetching: luma and alpha of a pixel and
of its right neighbor lie in one uint32 (from the lowest byte: luma, alpha, luma, alpha), blue, red and their alpha
of a pixel in another (blue, alpha, red). Two bytes are weighed in one multiplication, as halves of 16 bits.
Source coordinates are whole numbers of 1/65536 sprite pixel and weights have 7 bits: the same bits on every machine,
whatever part of the picture is drawn.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_u8, _u16, _u32, _i32 = np.uint8, np.uint16, np.uint32, np.int32
FIXED_BITS = 16
WEIGHT_BITS = 7
ONE = 1 << WEIGHT_BITS
BAND = 16  # sprite rows that share one span of seen columns


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
def _walk(x, y, dx, dy, count, stride, index):  # type: ignore[no-untyped-def]
    """The upper left tap of ``count`` targets along a row."""
    at_x0, at_y0, step_x, step_y, pitch = _i32(x), _i32(y), _i32(dx), _i32(dy), _i32(stride)
    for i in range(count):
        n = _i32(i)
        at_x, at_y = _i32(at_x0 + _i32(step_x * n)), _i32(at_y0 + _i32(step_y * n))
        index[i] = _u32(_i32(_i32(at_x >> _i32(FIXED_BITS)) + _i32(_i32(at_y >> _i32(FIXED_BITS)) * pitch)))


@njit(cache=True, nogil=True)
def _weight(at, step, n):  # type: ignore[no-untyped-def]
    """The far tap's weight of target ``n``, in 1/128."""
    return _u32(_i32(_i32(at + _i32(step * n)) >> _i32(FIXED_BITS - WEIGHT_BITS)) & _i32(ONE - 1))


@njit(cache=True, nogil=True)
def _lay(value, alpha, o, below):  # type: ignore[no-untyped-def]
    """Value and alpha, as bytes times 2¹⁴, over ``below``; ``o`` is the opacity in 1/256.

    Value becomes V·A/256 with 16 bits, alpha 65535·α: 255·256 and its own 256th.
    """
    a = _u32(_u32(alpha >> _u32(6)) + _u32(alpha >> _u32(14)))
    a = _u32(_u32(a * o) >> _u32(8))
    p = _u32(_u32(_u32(value >> _u32(6)) * o) >> _u32(8))
    kept = _u32(_u32(_u32(_u32(below) << _u32(8)) * _u32(_u32(65535) - a)) >> _u32(16))
    return _u8(_u32(p + kept + _u32(128)) >> _u32(8))


@njit(cache=True, nogil=True)
def _lay_luma(x, y, dx, dy, upper, lower, o, out):  # type: ignore[no-untyped-def]
    at_x, at_y, step_x, step_y, mask, low = _i32(x), _i32(y), _i32(dx), _i32(dy), _u32(0xFF00FF), _u32(0xFFFF)
    for i in range(out.size):
        wx, wy = _weight(at_x, step_x, _i32(i)), _weight(at_y, step_y, _i32(i))
        nx, ny = _u32(_u32(ONE) - wx), _u32(_u32(ONE) - wy)
        above, below = upper[i], lower[i]
        pair = _u32(_u32(_u32(above & mask) * ny) + _u32(_u32(below & mask) * wy))
        value = _u32(_u32(_u32(pair & low) * nx) + _u32(_u32(pair >> _u32(16)) * wx))
        above, below = _u32(above >> _u32(8)), _u32(below >> _u32(8))
        pair = _u32(_u32(_u32(above & mask) * ny) + _u32(_u32(below & mask) * wy))
        alpha = _u32(_u32(_u32(pair & low) * nx) + _u32(_u32(pair >> _u32(16)) * wx))
        out[i] = _lay(value, alpha, o, out[i])


@njit(cache=True, nogil=True)
def _lay_chroma(x, y, dx, dy, taps, o, out_u, out_v):  # type: ignore[no-untyped-def]
    at_x, at_y, step_x, step_y, mask, low = _i32(x), _i32(y), _i32(dx), _i32(dy), _u32(0xFF00FF), _u32(0xFFFF)
    t0, t1, t2, t3 = taps[0], taps[1], taps[2], taps[3]
    for i in range(out_u.size):
        wx, wy = _weight(at_x, step_x, _i32(i)), _weight(at_y, step_y, _i32(i))
        nx, ny = _u32(_u32(ONE) - wx), _u32(_u32(ONE) - wy)
        a, b, c, d = t0[i], t1[i], t2[i], t3[i]
        above = _u32(_u32(_u32(a & mask) * nx) + _u32(_u32(b & mask) * wx))
        below = _u32(_u32(_u32(c & mask) * nx) + _u32(_u32(d & mask) * wx))
        blue = _u32(_u32(_u32(above & low) * ny) + _u32(_u32(below & low) * wy))
        red = _u32(_u32(_u32(above >> _u32(16)) * ny) + _u32(_u32(below >> _u32(16)) * wy))
        a, b, c, d = (
            _u32(_u32(a >> _u32(8)) & _u32(255)),
            _u32(_u32(b >> _u32(8)) & _u32(255)),
            _u32(_u32(c >> _u32(8)) & _u32(255)),
            _u32(_u32(d >> _u32(8)) & _u32(255)),
        )
        above, below = _u32(_u32(a * nx) + _u32(b * wx)), _u32(_u32(c * nx) + _u32(d * wx))
        alpha = _u32(_u32(above * ny) + _u32(below * wy))
        out_u[i] = _lay(blue, alpha, o, out_u[i])
        out_v[i] = _lay(red, alpha, o, out_v[i])


@njit(cache=True, nogil=True)
def _box(x, y, reach_x, reach_y, unit, width, height):  # type: ignore[no-untyped-def]
    """The targets (left, right, top, bottom) that something around (x, y) in the frame may touch."""
    left = min(max(int(np.floor((x - reach_x) / unit)), 0), width)
    right = min(max(int(np.ceil((x + reach_x) / unit)), 0), width)
    top = min(max(int(np.floor((y - reach_y) / unit)), 0), height)
    return left, right, top, min(max(int(np.ceil((y + reach_y) / unit)), 0), height)


@njit(cache=True, nogil=True)
def blend_turned(  # type: ignore[no-untyped-def]
    pixels,
    spans,
    y,
    u,
    v,
    width,
    height,
    x_at,
    y_at,
    cos,
    sin,
    step,
    center_x,
    center_y,
    size,
    window,
    opacity,
    pad,
):
    """Draw over the ``width`` × ``height`` picture (y, u, v) a sprite of any scale and turn, centered on (x_at, y_at).

    ``pixels`` is (2, rows, columns): luma and chroma packed as above, ``pad`` clear ones all round; ``cos`` and ``sin``
    turn frame into sprite and are times ``step``, sprite pixels a frame pixel. ``size`` and ``center`` are of the
    part that is not clear, ``window`` (x0, y0, x1, y1) the part of it that is shown, ``opacity`` in [0, 256].
    """
    rows = np.empty((5, (width + 255) // 256 * 256 + 80), np.uint32)  # never whole 4 KiB pages apart
    index, taps = rows[0], rows[1:]
    stride = pixels.shape[2]
    o = _u32(opacity)
    # the seen part's own middle and half diagonals in the frame
    off_x, off_y = size[0] / 2 - center_x, size[1] / 2 - center_y
    mid_x = x_at + (cos * off_x - sin * off_y) / step**2
    mid_y = y_at + (sin * off_x + cos * off_y) / step**2
    half_w, half_h = size[0] / 2 + 2, size[1] / 2 + 2
    reach_x = (abs(cos) * half_w + abs(sin) * half_h) / step**2
    reach_y = (abs(sin) * half_w + abs(cos) * half_h) / step**2
    for unit in range(1, 3):
        # a pixel's middle is half a pixel in; a chroma site's middle is half a pixel in and one pixel down
        middle = 0.5 if unit == 1 else 1.0
        left, right, top, bottom = _box(mid_x, mid_y, reach_x, reach_y, unit, width // unit, height // unit)
        source = pixels[unit - 1].ravel()
        before, after = unit, unit - 1.001
        x0 = _fixed((window[0] if window[0] > 0 else -before) + pad)
        y0 = _fixed((window[1] if window[1] > 0 else -before) + pad)
        x1 = _fixed((window[2] if window[2] < size[0] else size[0] + after) + pad)
        y1 = _fixed((window[3] if window[3] < size[1] else size[1] + after) + pad)
        dx, dy, ex, ey = _fixed(unit * cos), _fixed(-unit * sin), _fixed(unit * sin), _fixed(unit * cos)
        base_x, base_y = (
            int(np.floor(x_at / unit)),
            int(np.floor(y_at / unit)),
        )  # steps are counted from here, so they stay few
        from_x, from_y = unit * base_x + 0.5 - x_at, unit * base_y + middle - y_at
        origin_x = _fixed(cos * from_x + sin * from_y + center_x - 0.5 + pad)
        origin_y = _fixed(cos * from_y - sin * from_x + center_y - middle + pad)
        for row in range(top, bottom):
            sx = origin_x + ex * (row - base_y) + dx * (left - base_x)
            sy = origin_y + ey * (row - base_y) + dy * (left - base_x)
            start_x, stop_x = _inside(sx, dx, x0, x1, right - left)
            start_y, stop_y = _inside(sy, dy, y0, y1, right - left)
            start, stop = _visible(sx, sy, dx, dy, max(start_x, start_y), min(stop_x, stop_y), spans)
            count = stop - start
            if count <= 0:
                continue
            sx, sy, begin, end = sx + dx * start, sy + dy * start, left + start, left + stop
            _walk(sx, sy, dx, dy, count, stride, index)
            if unit == 1:
                upper, lower = taps[0], taps[1]
                for i in range(count):
                    at = np.uintp(index[i])
                    upper[i], lower[i] = source[at], source[at + np.uintp(stride)]
                _lay_luma(sx, sy, dx, dy, upper, lower, o, y[row, begin:end])
            else:
                t0, t1, t2, t3 = taps[0], taps[1], taps[2], taps[3]
                for i in range(count):
                    at = np.uintp(index[i])
                    below = at + np.uintp(stride)
                    t0[i], t1[i] = source[at], source[at + np.uintp(1)]
                    t2[i], t3[i] = source[below], source[below + np.uintp(1)]
                _lay_chroma(sx, sy, dx, dy, taps, o, u[row, begin:end], v[row, begin:end])
