"""How one picture gives way to the next: each kind is a function of two pictures and a progress in (0, 1)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numba import njit

from generation.media.rendering.compositing.frames import U8, Frame
from generation.media.rendering.compositing.zoom import zoom_plane
from generation.storyboard import TransitionKind

SLANT = 0.18  # pixels the wipe's edge leans per row
SHADOW_PIXELS = 48  # width of the shadow that a sliding picture casts, at 1080 pixels of picture width
PEAK = 235  # luma of the flash
ZOOM_AWAY, ZOOM_ARRIVE = (
    0.45,
    0.30,
)  # how much the picture before grows, and how much larger the next one begins


def ease(progress: float) -> float:
    """Slow, fast, slow: the cubic that has no speed at either end."""
    return 4 * progress**3 if progress < 0.5 else 1 - (2 - 2 * progress) ** 3 / 2


def transition(kind: TransitionKind, before: Frame, after: Frame, progress: float, out: Frame) -> None:
    """Draw the moment ``progress`` of a transition into ``out``, which is neither of the other two.

    At 0 it is ``before``, at 1 it is ``after``. Raises ``ValueError`` for a kind that ``TransitionKind`` does not name.
    """
    if kind not in _DRAW:
        raise ValueError(f"A transition must be one of {', '.join(_DRAW)}, got {kind!r}.")
    if progress <= 0 or progress >= 1:
        out.copy_from(before if progress <= 0 else after)
        return
    _DRAW[kind](before, after, progress, out)


def _cut(before: Frame, after: Frame, progress: float, out: Frame) -> None:
    out.copy_from(before if progress < 0.5 else after)


def _crossfade(before: Frame, after: Frame, progress: float, out: Frame) -> None:
    share = round(ease(progress) * 256)
    for a, b, c in _planes(before, after, out):
        _mix(a, b, share, c)


def _wipe(before: Frame, after: Frame, progress: float, out: Frame) -> None:
    lean = SLANT * out.height
    edge = ease(progress) * (out.width + lean + 2) - 1
    _wipe_plane(before.y, after.y, out.y, out.width, edge, -SLANT, 0.5, 1.0)
    for a, b, c in ((before.u, after.u, out.u), (before.v, after.v, out.v)):
        _wipe_plane(a, b, c, out.width // 2, edge / 2, -SLANT, 0.5, 1.0)


def _slide(before: Frame, after: Frame, progress: float, out: Frame) -> None:
    """The next picture comes in from the right over the one before, with a shadow at its edge."""
    left = _even(out.width * (1 - ease(progress)))
    reach = _even(SHADOW_PIXELS * out.width / 1080)
    for a, b, c, unit in zip(*_plane_lists(before, after, out), (1, 2, 2), strict=True):
        start, width = left // unit, out.width // unit
        c[:, :start] = a[:, :start]
        c[:, start:width] = b[:, : width - start]
    _shade(out.y, max(left - reach, 0), left, reach)


def _push(before: Frame, after: Frame, progress: float, out: Frame) -> None:
    """The next picture comes from below and pushes the one before out at the top."""
    top = _even(out.height * (1 - ease(progress)))
    for a, b, c, unit in zip(*_plane_lists(before, after, out), (1, 2, 2), strict=True):
        line, height, width = top // unit, out.height // unit, out.width // unit
        c[:line, :width] = a[height - line : height, :width]
        c[line:height, :width] = b[: height - line, :width]


def _zoom(before: Frame, after: Frame, progress: float, out: Frame) -> None:
    """The picture before flies past the viewer while the next one settles from slightly too large."""
    moved = ease(progress)
    share = round(256 * ease(min(max((progress - 0.25) / 0.5, 0.0), 1.0)))
    away, arrive = 1 + ZOOM_AWAY * moved, 1 + ZOOM_ARRIVE * (1 - moved)
    for a, b, c, unit in zip(*_plane_lists(before, after, out), (1, 2, 2), strict=True):
        width = out.width // unit
        if share < 256:
            _zoom_center(a, c, width, away)
        if share > 0:
            _zoom_center(b, c, width, arrive, share)


def _iris(before: Frame, after: Frame, progress: float, out: Frame) -> None:
    radius = ease(progress) * (math.hypot(out.width, out.height) / 2 + 1)
    _iris_plane(before.y, after.y, out.y, out.width, radius, 1.0)
    for a, b, c in ((before.u, after.u, out.u), (before.v, after.v, out.v)):
        _iris_plane(a, b, c, out.width // 2, radius / 2, 0.5)


def _flash(before: Frame, after: Frame, progress: float, out: Frame) -> None:
    """Up to white quickly, then down to the next picture more slowly."""
    rising = progress < 0.35
    white = progress / 0.35 if rising else (1 - progress) / 0.65
    share = round(256 * white**1.5)
    source = before if rising else after
    for plane, target, level in zip(
        (source.y, source.u, source.v), (out.y, out.u, out.v), (PEAK, 128, 128), strict=True
    ):
        _toward(plane, level, share, target)


_DRAW: dict[str, Callable[[Frame, Frame, float, Frame], None]] = {
    "cut": _cut,
    "crossfade": _crossfade,
    "wipe": _wipe,
    "slide": _slide,
    "push": _push,
    "zoom": _zoom,
    "iris": _iris,
    "flash": _flash,
}


def _even(pixels: float) -> int:
    return 2 * round(pixels / 2)


def _plane_lists(*pictures: Frame) -> list[tuple[U8, U8, U8]]:
    return [(picture.y, picture.u, picture.v) for picture in pictures]


def _planes(*pictures: Frame) -> Iterator[tuple[U8, ...]]:
    return zip(*_plane_lists(*pictures), strict=True)


def _zoom_center(source: U8, target: U8, width: int, scale: float, share: int = 256) -> None:
    height = target.shape[0]
    span_x, span_y = width / scale, height / scale
    corner = (width - span_x) / 2, (height - span_y) / 2
    zoom_plane(source, width, target, width, *corner, span_x, span_y, share)


@njit(cache=True, nogil=True)
def _mix(before, after, share, out):  # type: ignore[no-untyped-def]
    b = np.uint32(share)
    a = np.uint32(256) - b
    for row in range(out.shape[0]):
        p, q, line = before[row], after[row], out[row]
        for i in range(line.size):
            line[i] = np.uint8(
                np.uint32(np.uint32(p[i]) * a + np.uint32(q[i]) * b + np.uint32(128)) >> np.uint32(8)
            )


@njit(cache=True, nogil=True)
def _toward(plane, level, share, out):  # type: ignore[no-untyped-def]
    added = np.uint32(level) * np.uint32(share) + np.uint32(128)
    kept = np.uint32(256) - np.uint32(share)
    for row in range(out.shape[0]):
        source, line = plane[row], out[row]
        for i in range(line.size):
            line[i] = np.uint8(np.uint32(np.uint32(source[i]) * kept + added) >> np.uint32(8))


@njit(cache=True, nogil=True)
def _lerp(before, after, cover):  # type: ignore[no-untyped-def]
    return np.uint8(before + (np.float32(after) - np.float32(before)) * np.float32(cover) + np.float32(0.5))


@njit(cache=True, nogil=True)
def _copy(source, target, row, start, stop):  # type: ignore[no-untyped-def]
    for i in range(np.uintp(start), np.uintp(stop)):
        target[row, i] = source[row, i]


@njit(cache=True, nogil=True)
def _wipe_plane(before, after, out, width, edge, slope, middle, softness):  # type: ignore[no-untyped-def]
    """Columns left of ``edge + slope·row`` come from ``after``; ``softness`` is the ramp in pixels on each side."""
    for row in range(out.shape[0]):
        at = edge + slope * (row + middle)
        low = min(max(int(np.floor(at - softness)), 0), width)
        high = min(max(int(np.ceil(at + softness)), 0), width)
        _copy(after, out, row, 0, low)
        _copy(before, out, row, high, width)
        for i in range(low, high):
            cover = min(max((at - (i + 0.5)) / (2 * softness) + 0.5, 0.0), 1.0)
            out[row, i] = _lerp(before[row, i], after[row, i], cover)


@njit(cache=True, nogil=True)
def _iris_plane(before, after, out, width, radius, softness):  # type: ignore[no-untyped-def]
    """Within ``radius`` of the middle comes ``after``; the ramp is ``softness`` pixels on each side."""
    height = out.shape[0]
    inner, outer = max(radius - softness, 0.0), radius + softness
    for row in range(height):
        dy = row + 0.5 - height / 2
        if abs(dy) >= outer:
            _copy(before, out, row, 0, width)
            continue
        half = np.sqrt(outer * outer - dy * dy)
        low, high = max(int(np.floor(width / 2 - half)), 0), min(int(np.ceil(width / 2 + half)), width)
        core_low, core_high = high, high
        if abs(dy) < inner:
            core = np.sqrt(inner * inner - dy * dy)
            core_low = min(max(int(np.ceil(width / 2 - core)), low), high)
            core_high = min(max(int(np.floor(width / 2 + core)), core_low), high)
            _copy(after, out, row, core_low, core_high)
        _copy(before, out, row, 0, low)
        _copy(before, out, row, high, width)
        for part in range(2):
            start, stop = (low, core_low) if part == 0 else (core_high, high)
            for i in range(start, stop):
                distance = np.sqrt((i + 0.5 - width / 2) ** 2 + dy * dy)
                cover = min(max((radius - distance) / (2 * softness) + 0.5, 0.0), 1.0)
                out[row, i] = _lerp(before[row, i], after[row, i], cover)


@njit(cache=True, nogil=True)
def _shade(y, left, right, reach):  # type: ignore[no-untyped-def]
    """Darken columns up to 45 % towards ``right``, as a shadow falling to the left."""
    for row in range(y.shape[0]):
        for i in range(left, right):
            depth = 1.0 - (right - i) / reach
            y[row, i] = np.uint8(16.5 + (np.float64(y[row, i]) - 16.0) * (1.0 - 0.45 * depth * depth))
