"""Numbers that describe a clip or picture, for search, recommendation and learning later.

| feature | unit and range | how |
|---|---|---|
| brightness | 0 black – 1 white | mean BT.709 luma of the samples |
| colorfulness | 0 gray – about 110 vivid | Hasler and Süsstrunk 2003, https://infoscience.epfl.ch/record/33994 |
| palette | 5 × {hex, share 0–1}, largest first | k-means in CIELAB over the samples' pixels |
| motion_energy | 0 still – 1 | mean change of luma in 0.1 s, cuts left out |
| cuts_per_minute | 1/min | jumps of the color histogram that stand out from their neighbors |
| phash, phashes | 64 bits as 16 hex digits | signs of the lowest DCT coefficients (poster; at 10, 30, 50, 70, 90 %) |
| loudness_lufs, true_peak_dbtp | LUFS, dBTP; −120 is silence | the sound as it was sent, ITU-R BS.1770 |
| speech_share | 0–1 | time under recognized words ÷ length |

Samples are taken ten times a second, at most 160 pixels wide or high.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dctn

from generation.storyboard import Cue

Rgb = NDArray[np.uint8]  # (h, w, 3)
Gray = NDArray[np.float32]  # (h, w) in [0, 1]

VERSION = 1
SAMPLE_SECONDS = 0.1
SAMPLE_SIDE = 160
PALETTE_COLORS = 5
PALETTE_PIXELS = 12_000
CUT_HISTOGRAM, CUT_LUMA, CUT_CONTRAST = 0.3, 0.04, 2.5
CUT_GAP_SECONDS = 0.35
BLANK_DEVIATION = 1.5 / 255
PHASH_TIMES = (0.1, 0.3, 0.5, 0.7, 0.9)
WORD_GAP_SECONDS = 0.3  # words closer than this belong to one stretch of speech


class FeatureCollector:
    """Takes samples in the order of time and describes them together."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._lumas: list[float] = []
        self._colors: list[float] = []
        self._steps: list[tuple[float, float]] = []  # change of histogram and of luma since the sample before
        self._small: list[Rgb] = []
        self._last: tuple[Gray, NDArray[np.float32]] | None = None
        self.blank = True

    def due(self, t: float) -> bool:
        return not self._times or t >= self._times[-1] + SAMPLE_SECONDS - 0.02

    def add(self, t: float, rgb: Rgb) -> None:
        """A sample at ``t`` seconds, its longer side about ``SAMPLE_SIDE`` pixels."""
        gray, colors = luma(rgb), _histogram(rgb)
        if self._last is not None:
            elapsed = max(t - self._times[-1], 1e-3)
            change = float(np.abs(gray - self._last[0]).mean())
            jump = float(np.abs(colors - self._last[1]).sum() / 2)
            self._steps.append((jump, change * min(SAMPLE_SECONDS / elapsed, 1.0)))
        self._last = gray, colors
        self._times.append(t)
        self._lumas.append(float(gray.mean()))
        self._colors.append(colorfulness(rgb))
        self._small.append(np.asarray(Image.fromarray(rgb).resize((40, 40), Image.Resampling.BOX)))
        self.blank = self.blank and float(gray.std()) < BLANK_DEVIATION

    def describe(self, seconds: float) -> dict[str, Any]:
        """All features of the pictures; of a still when there was one sample."""
        cuts = self._cuts()
        moving = [change for index, (_, change) in enumerate(self._steps) if index not in cuts]
        places = [min(int(at * len(self._small)), len(self._small) - 1) for at in PHASH_TIMES]
        return {
            "version": VERSION,
            "brightness": round(float(np.mean(self._lumas)), 4),
            "colorfulness": round(float(np.mean(self._colors)), 2),
            "palette": palette(np.concatenate([small.reshape(-1, 3) for small in self._small])),
            "motion_energy": round(float(np.mean(moving)), 5) if moving else 0.0,
            "cuts_per_minute": round(60 * len(cuts) / seconds, 2) if seconds > 0 else 0.0,
            "cut_seconds": [round(self._times[index + 1], 2) for index in cuts],
            "phashes": [phash(self._small[place]) for place in places],
        }

    def _cuts(self) -> list[int]:
        """Indices of steps that are cuts: large, and far above the steps around them."""
        jumps = np.array([jump for jump, _ in self._steps])
        found: list[int] = []
        for index, (jump, change) in enumerate(self._steps):
            around = np.concatenate([jumps[max(index - 6, 0) : index], jumps[index + 1 : index + 7]])
            usual = float(np.median(around)) if len(around) else 0.0
            stands_out = jump > CUT_HISTOGRAM and change > CUT_LUMA and jump > CUT_CONTRAST * usual
            if not stands_out:
                continue
            if found and self._times[index] - self._times[found[-1]] < CUT_GAP_SECONDS:
                continue
            found.append(index)
        return found


def luma(rgb: Rgb) -> Gray:
    """BT.709 luma in [0, 1]."""
    gray: Gray = (rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)).astype(np.float32) / np.float32(255)
    return gray


def colorfulness(rgb: Rgb) -> float:
    """Hasler and Süsstrunk's measure on 8-bit sRGB."""
    red, green, blue = (rgb[..., channel].astype(np.float64) for channel in range(3))
    first, second = red - green, (red + green) / 2 - blue
    return float(np.hypot(first.std(), second.std()) + 0.3 * np.hypot(first.mean(), second.mean()))


def phash(rgb: Rgb) -> str:
    """64-bit perceptual hash: near pictures differ in few bits (a Hamming distance of at most about 10).

    imagehash.phash takes the constant row and column of the transform too, so its bits mean other coefficients: on
    forty pictures 22 to 42 of the 64 differed, and no stored hash could be compared with a new one.
    """
    gray = np.asarray(
        Image.fromarray(rgb).convert("L").resize((32, 32), Image.Resampling.LANCZOS), np.float64
    )
    low = dctn(gray, norm="ortho")[1:9, 1:9].ravel()
    bits = low > np.median(low)
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def palette(pixels: Rgb) -> list[dict[str, Any]]:
    """Up to five colors of (n, 3) pixels with their shares, largest first; the same pixels give the same answer."""
    chosen = pixels[:: max(len(pixels) // PALETTE_PIXELS, 1)]
    lab = _lab(chosen)
    rng = np.random.default_rng(0)
    centers = lab[[int(rng.integers(len(lab)))]]
    while len(centers) < PALETTE_COLORS:  # k-means++: new centers where no center is near
        nearest = np.square(lab[:, None] - centers[None]).sum(axis=2).min(axis=1)
        if nearest.max() < 1.0:
            break
        centers = np.vstack([centers, lab[int(rng.choice(len(lab), p=nearest / nearest.sum()))]])
    for _ in range(12):
        owner = np.square(lab[:, None] - centers[None]).sum(axis=2).argmin(axis=1)
        centers = np.array(
            [lab[owner == k].mean(axis=0) if np.any(owner == k) else c for k, c in enumerate(centers)]
        )
    found = []
    for k in range(len(centers)):
        mine = chosen[owner == k]
        if len(mine):
            red, green, blue = np.rint(mine.mean(axis=0)).astype(int)
            found.append(
                {"hex": f"#{red:02x}{green:02x}{blue:02x}", "share": round(len(mine) / len(chosen), 4)}
            )
    return sorted(found, key=lambda color: -color["share"])


def speech_share(words: Sequence[Cue], seconds: float) -> float:
    """The part of the time that somebody speaks, in [0, 1]."""
    spoken, until = 0.0, float("-inf")
    for word in sorted(words, key=lambda word: word.start):
        start = until if 0 <= word.start - until < WORD_GAP_SECONDS else max(word.start, until)
        spoken += max(word.end - start, 0.0)
        until = max(until, word.end)
    return round(min(spoken / seconds, 1.0), 4) if seconds > 0 else 0.0


def poster_score(rgb: Rgb) -> float:
    """How good a still would look on a tile: sharp, rich in contrast and color, neither dark nor washed out."""
    gray = luma(rgb)
    edges = np.abs(np.diff(gray, axis=0)).mean() + np.abs(np.diff(gray, axis=1)).mean()
    exposed = 1.0 - min(abs(float(gray.mean()) - 0.5) / 0.5, 1.0) ** 4
    return float((gray.std() * 2 + edges * 4 + colorfulness(rgb) / 150) * exposed)


def _histogram(rgb: Rgb) -> NDArray[np.float32]:
    """Shares of the 512 colors of three bits a channel, slightly smeared so that a gradient does not jump."""
    bins = rgb.astype(np.int32) >> 5
    flat = (bins[..., 0] * 64 + bins[..., 1] * 8 + bins[..., 2]).ravel()
    counts: NDArray[Any] = np.bincount(flat, minlength=512).astype(np.float32).reshape(8, 8, 8)
    for axis in range(3):
        padded = np.take(counts, [0, *range(8), 7], axis=axis)
        parts = [np.take(padded, np.arange(8) + shift, axis=axis) for shift in range(3)]
        counts = (parts[0] + 2 * parts[1] + parts[2]) / 4
    shares: NDArray[np.float32] = counts.ravel() / counts.sum()
    return shares


def _lab(pixels: Rgb) -> NDArray[np.float64]:
    """sRGB to CIELAB (D65), https://www.color.org/chardata/rgb/srgb.xalter"""
    value = pixels / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ matrix.T / np.array([0.9505, 1.0, 1.089])
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * root[:, 1] - 16, 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])], axis=1
    )
