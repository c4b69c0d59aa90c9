"""A drawing made ready for the inner loops: BT.709 planes, premultiplied, in the layouts ``upright`` and ``turned`` read.

Chroma is filtered at full size to a 4:2:0 site (see ``planes``), so that whichever column and row of the frame the
drawing lands on, the chroma sample there is the mean of the right pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from generation.media.layers import Rgba
from generation.media.rendering.compositing.affine import BAND
from generation.media.rendering.compositing.axis_aligned import PAD
from generation.media.rendering.compositing.frames import BLUE, BLUE_RANGE, GREEN, RED, RED_RANGE

U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
OPAQUE = 65535
NEVER = 1 << 30  # first seen column where nothing is seen
BLOCK = 16  # pixels looked at together
_u16 = np.uint16


@dataclass(frozen=True, eq=False)
class Upright:
    """The drawing at its own size with 16 bits a channel, as ``upright.blend_upright`` reads it."""

    luma: U16  # (rows, columns), as alpha
    alpha: U16
    sites: U16  # (3, 2, 2, rows/2, columns/2)
    runs: NDArray[np.int32]  # (rows, 4), as site_runs
    site_runs: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Packed:
    """The drawing at one size with 8 bits a channel, as ``turned.blend_turned`` reads it.

    The part that is not clear is ``size`` large; ``center`` is the whole drawing's center, counted from that part's
    corner. Both are in pixels of this size, fractions where the drawing does not halve evenly.
    """

    pixels: U32  # (2, rows, columns)
    spans: NDArray[np.int64]  # (bands, 2)
    size: tuple[float, float]
    center: tuple[float, float]


def as_words(rgba: Rgba) -> U32:
    """(rows, columns): each pixel's four bytes in one number, red lowest."""
    return np.ascontiguousarray(rgba).view("<u4")[..., 0]


def visible_box(words: U32) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of what is not quite clear; one pixel where all is."""
    left, top, right, bottom = _visible_box(words)
    return (left, top, right, bottom) if right > left else (0, 0, 1, 1)


def premultiplied(words: U32, box: tuple[int, int, int, int]) -> U16:
    """(4, rows, columns) of the box: luma, blue and red difference ``P = V·A/256``, alpha ``A = 257·alpha``.

    ``PAD`` clear pixels lie all round.
    """
    left, top, right, bottom = box
    channels = np.zeros((4, bottom - top + 2 * PAD, right - left + 2 * PAD), np.uint16)
    _premultiply(words, left, top, channels)
    return channels


def upright(channels: U16) -> Upright:
    height, width = channels.shape[1:]
    even = height + height % 2, width + width % 2
    sites = np.zeros((3, 2, 2, even[0] // 2, even[1] // 2), np.uint16)
    cover = np.zeros((height, width), np.uint16)
    for target, channel in enumerate((1, 2, 3)):
        _filter_chroma(channels[channel], cover)
        _split(cover, sites[target])
    runs, site_runs = np.empty((height, 4), np.int32), np.empty((height, 4), np.int32)
    _find_runs(channels[3], runs)
    _find_runs(cover, site_runs)
    return Upright(channels[0], channels[3], sites, runs, site_runs)


def packed(channels: U16, size: tuple[float, float], center: tuple[float, float]) -> Packed:
    height, width = channels.shape[1:]
    pixels = np.zeros((2, height, width), np.uint32)
    spans = np.empty((-(-height // BAND), 2), np.int64)
    _pack(channels, pixels, spans)
    return Packed(pixels, spans, size, center)


@njit(cache=True, nogil=True)
def _visible_box(words):  # type: ignore[no-untyped-def]
    height, width = words.shape
    left, top, right, bottom = width, height, 0, 0
    least = np.uint32(1 << 24)  # the alpha byte is on top
    for row in range(height):
        line = words[row]
        first = 0
        while first < width and line[first] < least:
            first += 1
        if first == width:
            continue
        last = width - 1
        while line[last] < least:
            last -= 1
        left, right = min(left, first), max(right, last + 1)
        top, bottom = min(top, row), row + 1
    return left, top, right, bottom


@njit(cache=True, nogil=True)
def _premultiply(words, left, top, channels):  # type: ignore[no-untyped-def]
    f32, u32, mask = np.float32, np.uint32, np.uint32(255)
    to_red, to_green, to_blue, half = f32(RED), f32(GREEN), f32(BLUE), f32(0.5)
    luma_gain, blue_gain, red_gain = (
        f32(219.0 / 255.0),
        f32(224.0 / 255.0 / BLUE_RANGE),
        f32(224.0 / 255.0 / RED_RANGE),
    )
    height, width = channels.shape[1] - 2 * PAD, channels.shape[2] - 2 * PAD
    for row in range(height):
        line = words[top + row, left : left + width]
        out_y, out_u = channels[0, row + PAD, PAD : PAD + width], channels[1, row + PAD, PAD : PAD + width]
        out_v, out_a = channels[2, row + PAD, PAD : PAD + width], channels[3, row + PAD, PAD : PAD + width]
        for i in range(width):
            word = line[i]
            red = f32(np.int32(u32(word & mask)))
            green = f32(np.int32(u32(u32(word >> u32(8)) & mask)))
            blue = f32(np.int32(u32(u32(word >> u32(16)) & mask)))
            alpha = f32(257.0) * f32(np.int32(u32(word >> u32(24))))
            share = alpha * f32(1 / 256)
            luma = to_red * red + to_green * green + to_blue * blue
            out_y[i] = np.uint16(np.int32((f32(16.0) + luma * luma_gain) * share + half))
            out_u[i] = np.uint16(np.int32((f32(128.0) + (blue - luma) * blue_gain) * share + half))
            out_v[i] = np.uint16(np.int32((f32(128.0) + (red - luma) * red_gain) * share + half))
            out_a[i] = np.uint16(np.int32(alpha))


@njit(cache=True, nogil=True)
def _filter_chroma(source, out):  # type: ignore[no-untyped-def]
    """[1 2 1]/4 across, mean of the row and the one below: the value at the site between those rows."""
    height, width = source.shape
    sums = np.empty(width, np.uint32)
    for row in range(height - 1):
        upper, lower, line = source[row], source[row + 1], out[row]
        for i in range(width):
            sums[i] = np.uint32(np.uint32(upper[i]) + np.uint32(lower[i]))
        left, middle, right, inner = sums[: width - 2], sums[1 : width - 1], sums[2:], line[1 : width - 1]
        for i in range(width - 2):
            total = np.uint32(left[i] + np.uint32(middle[i] << np.uint32(1)) + right[i] + np.uint32(4))
            inner[i] = np.uint16(total >> np.uint32(3))


@njit(cache=True, nogil=True)
def _split(cover, phases):  # type: ignore[no-untyped-def]
    """Even and odd rows and columns apart."""
    for row in range(cover.shape[0]):
        line, even, odd = cover[row], phases[row & 1, 0, row >> 1], phases[row & 1, 1, row >> 1]
        for i in range(cover.shape[1] // 2):
            even[i], odd[i] = line[2 * i], line[2 * i + 1]
        if cover.shape[1] % 2:
            even[cover.shape[1] // 2] = line[cover.shape[1] - 1]


@njit(cache=True, nogil=True)
def _find_runs(alpha, runs):  # type: ignore[no-untyped-def]
    """For each row where it is seen [0], [1] and a long run that hides everything [2], [3]; half-open.

    The longest run of opaque blocks, grown to both sides: good enough, and quicker than looking at pixels one by one.
    """
    width = alpha.shape[1]
    for row in range(alpha.shape[0]):
        line = alpha[row]
        first, last = 0, width - 1
        while first < width and line[first] == 0:
            first += 1
        if first == width:
            runs[row, 0], runs[row, 1], runs[row, 2], runs[row, 3] = NEVER, 0, 0, 0
            continue
        while line[last] == 0:
            last -= 1
        best_start, best_stop, start = 0, 0, -1
        for block in range(first, last + 2 - BLOCK, BLOCK):
            least = _u16(OPAQUE)
            for i in range(BLOCK):
                least = min(least, line[block + i])
            if least == OPAQUE:
                start = block if start < 0 else start
                if block + BLOCK - start > best_stop - best_start:
                    best_start, best_stop = start, block + BLOCK
            else:
                start = -1
        if best_stop > best_start:
            while best_start > 0 and line[best_start - 1] == OPAQUE:
                best_start -= 1
            while best_stop < width and line[best_stop] == OPAQUE:
                best_stop += 1
        runs[row, 0], runs[row, 1], runs[row, 2], runs[row, 3] = first, last + 1, best_start, best_stop


@njit(cache=True, nogil=True)
def _byte(value):  # type: ignore[no-untyped-def]
    """16 bits to the nearest 8: a value's V·α, an alpha's 255·α."""
    return np.uint32(np.uint32(np.uint32(value) * np.uint32(255) + np.uint32(32895)) >> np.uint32(16))


@njit(cache=True, nogil=True)
def _pack(channels, pixels, spans):  # type: ignore[no-untyped-def]
    """Fill both packed planes, and first and last column from which a tap in a band of rows reads something seen."""
    height, width = channels.shape[1], channels.shape[2]
    filtered = np.zeros((3, height, width), np.uint16)
    blue, red, cover = filtered[0], filtered[1], filtered[2]
    _filter_chroma(channels[1], blue)
    _filter_chroma(channels[2], red)
    _filter_chroma(channels[3], cover)
    one = np.empty(width, np.uint32)
    for row in range(height):
        luma, alpha = channels[0, row], channels[3, row]
        for i in range(width):
            one[i] = np.uint32(_value_byte(luma[i]) | np.uint32(_byte(alpha[i]) << np.uint32(8)))
        near, far, pairs = one[: width - 1], one[1:], pixels[0, row]
        for i in range(width - 1):
            pairs[i] = np.uint32(near[i] | np.uint32(far[i] << np.uint32(16)))
        b, r, a, sites = blue[row], red[row], cover[row], pixels[1, row]
        for i in range(width):
            both = np.uint32(_value_byte(b[i]) | np.uint32(_value_byte(r[i]) << np.uint32(16)))
            sites[i] = np.uint32(both | np.uint32(_byte(a[i]) << np.uint32(8)))
    for band in range(spans.shape[0]):
        first, last = NEVER, -1
        for row in range(band * BAND, min((band + 1) * BAND + 1, height)):
            line = cover[row]  # reaches further than the luma's alpha
            for i in range(width):
                if line[i] > 0:
                    first = min(first, i)
                    break
            for i in range(width - 1, last, -1):
                if line[i] > 0:
                    last = i
                    break
        spans[band, 0], spans[band, 1] = (first - 1 if last >= 0 else first), last


@njit(cache=True, nogil=True)
def _value_byte(value):  # type: ignore[no-untyped-def]
    return np.uint32(np.uint32(np.uint32(value) + np.uint32(128)) >> np.uint32(8))


@njit(cache=True, nogil=True)
def halved(channels):  # type: ignore[no-untyped-def]
    """2 × 2 means of the drawing, padded again; an odd last row or column is averaged with the clear padding."""
    height = (channels.shape[1] - 2 * PAD + 1) // 2
    width = (channels.shape[2] - 2 * PAD + 1) // 2
    half = np.zeros((4, height + 2 * PAD, width + 2 * PAD), np.uint16)
    for channel in range(4):
        for row in range(height):
            upper, lower = channels[channel, 2 * row + PAD], channels[channel, 2 * row + 1 + PAD]
            line = half[channel, row + PAD]
            for column in range(width):
                x = 2 * column + PAD
                total = (
                    np.uint32(upper[x])
                    + np.uint32(upper[x + 1])
                    + np.uint32(lower[x])
                    + np.uint32(lower[x + 1])
                )
                line[column + PAD] = np.uint16(np.uint32(total + 2) >> 2)
    return half
