"""Palettes that a small generator proposes, as palettes a scene can be drawn in: readable ones only.

A palette's ten colors are thirty numbers in OKLab. What is drawn is mended where type would not be readable (its lightness
is moved, its hue kept) and then named by its colors, so that a storyboard that holds the name needs nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from generation.media.scenes.backgrounds import from_oklab, to_oklab
from generation.media.scenes.palettes import PALETTES, Palette, coded, named
from generation.ml.palettes import RowGenerator, fit_rows, turned

F32 = NDArray[np.float32]
READABLE, LARGE = 4.5, 3.0  # contrast of type and of large type, WCAG 2 AA
TURNS = 12  # of hue, of which each palette is met in all
PULL = 1.0  # a palette is met e to this power as often for each spread that its reward lies above the mean
_GROUND, _INK, _MARKER, _ON_MARKER, _SHAPES = slice(0, 4), 4, 5, 6, slice(7, 10)


def as_lab(palette: Palette) -> F32:
    """The ten colors (10, 3) in OKLab: ground, ink, marker, on the marker, shapes."""
    colors = [*palette.ground, palette.ink, palette.marker, palette.on_marker, *palette.shapes]
    return to_oklab(np.array(colors, np.float32) / 255)


def fit_palettes(
    rewards: Mapping[str, float] | None = None,
    *,
    steps: int = 1500,
    seed: int = 0,
    tell: Callable[[float], None] | None = None,
) -> RowGenerator:
    """Learn from the hand-made palettes, and those learned before that ``rewards`` name, under turns of hue.

    ``rewards`` by name, in [0, 1], say which held viewers: such palettes are met more often, near their own hue most.
    """
    rows, weights = rows_met(rewards or {})
    return fit_rows(rows, weights, steps=steps, seed=seed, tell=tell)


def rows_met(rewards: Mapping[str, float]) -> tuple[F32, F32]:
    """Rows (N, 30) of every palette under every turn, and how often each is met (N,), more than 0 and at most 1."""
    names = list(dict.fromkeys((*PALETTES, *rewards)))
    labs = np.stack([as_lab(named(name)) for name in names])
    known = np.array(list(rewards.values()), np.float64)
    mean, spread = (float(known.mean()), max(float(known.std()), 0.01)) if len(known) else (0.0, 1.0)
    above = np.array([np.clip((rewards.get(name, mean) - mean) / spread, -2, 2) for name in names])
    rows, _ = turned(labs, turns=TURNS)
    angles = np.repeat(2 * np.pi * np.arange(TURNS) / TURNS, len(labs))
    # the other side of the circle is another palette, which the reward says nothing of
    met = np.exp(PULL * np.tile(above, TURNS) * (1 + np.cos(angles)) / 2)
    return rows, (met / met.max()).astype(np.float32)


def sample_palettes(generator: RowGenerator, count: int, *, seed: int) -> list[Palette]:
    """``count`` readable palettes named by their colors; equal arguments, equal palettes."""
    return [coded(_bytes(_mended(row.reshape(10, 3)))) for row in generator.sample(count, seed=seed)]


def mended_by(generator: RowGenerator, count: int, *, seed: int) -> float:
    """How far ``sample_palettes`` moves a color so that type reads, as a mean distance in OKLab."""
    rows = generator.sample(count, seed=seed).reshape(count, 10, 3)
    return float(np.mean([np.linalg.norm(_mended(row) - row, axis=1).mean() for row in rows]))


def _bytes(lab: F32) -> NDArray[np.uint8]:
    return np.round(from_oklab(lab) * 255).astype(np.uint8)


def _mended(lab: F32) -> F32:
    """Ink and marker moved in lightness until type on them is readable."""
    lab = lab.copy()
    lab[:, 0] = np.clip(lab[:, 0], 0.08, 0.99)
    dark = lab[_INK, 0] > lab[_GROUND, 0].mean()
    lab[_INK] = _apart(lab[_INK], lab[0], lighter=bool(dark))
    lab[0] = _apart(
        lab[0], lab[_INK], lighter=not dark
    )  # where even black or white was too near a middling base
    for blob in range(1, 4):  # type runs over them too
        lab[blob] = _apart(lab[blob], lab[_INK], lighter=not dark, least=LARGE)
    lab[_MARKER] = _apart(lab[_MARKER], lab[0], lighter=bool(dark), least=3.0)
    lab[_ON_MARKER] = _apart(lab[_ON_MARKER], lab[_MARKER], lighter=_light_reads_better(lab[_MARKER]))
    return lab


def _apart(color: F32, ground: F32, *, lighter: bool, least: float = READABLE) -> F32:
    """``color`` with its lightness moved away from ``ground`` until the contrast is reached; white or black at the end."""
    color = color.copy()
    for _ in range(60):
        if contrast(_bytes(color), _bytes(ground)) >= least:
            return color
        color[0] = np.clip(color[0] + (0.02 if lighter else -0.02), 0, 1)
        color[1:] *= 0.96
    return color


def _light_reads_better(color: F32) -> bool:
    """Whether white type on ``color`` is more readable than black."""
    ground = _bytes(color)
    ends = [np.full(3, end, np.uint8) for end in (255, 0)]
    return contrast(ends[0], ground) > contrast(ends[1], ground)


def contrast(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """WCAG 2 contrast of two sRGB colors, 1 to 21."""
    lights = []
    for color in (first, second):
        linear = np.where(color / 255 <= 0.04045, color / 255 / 12.92, ((color / 255 + 0.055) / 1.055) ** 2.4)
        lights.append(float(linear @ np.array([0.2126, 0.7152, 0.0722])) + 0.05)
    return max(lights) / min(lights)
