"""A closed path of noise, as long as a scene and moved by its music: onsets are speed, chroma is direction.

The path runs once round a circle in noise; every note hurries it for a moment and the sounding pitch classes pull it
aside, each its own way. Everything that varies over time is smoothed round the loop, so the last frame meets the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.media.music.score import Score

F32 = NDArray[np.float32]

_HURRY = 1.6  # how much faster a beat full of notes is than silence
_PULL = 0.55  # how far the chroma pulls, in spreads of the noise
_NOTE_SECONDS, _CHROMA_SECONDS = 0.18, 0.9  # how long a note and a chord are felt


@dataclass(frozen=True)
class Drive:
    """What moves a path, one value a frame: ``speed`` (F,) positive, ``chroma`` (F, 12) summing to 1 or to 0 in silence."""

    speed: F32
    chroma: F32

    @classmethod
    def silent(cls, frames: int) -> Drive:
        """An even pace where nothing is played."""
        return cls(np.ones(frames, np.float32), np.zeros((frames, 12), np.float32))


def heard(score: Score, start: float, seconds: float, fps: int) -> Drive:
    """The notes of ``score`` from ``start`` on, ``seconds`` long, as a drive of one value a frame; drums only hurry."""
    frames = max(round(seconds * fps), 2)
    onsets, chroma = np.zeros(frames), np.zeros((frames, 12))
    for part in score.parts:
        for note in part.notes:
            first, last = (note.start - start) * fps, (note.start + note.seconds - start) * fps
            if last <= 0 or first >= frames:
                continue
            loud = note.velocity / 127
            if first >= 0:
                onsets[min(int(first), frames - 1)] += loud
            if not part.drums:
                chroma[max(int(first), 0) : max(int(np.ceil(last)), 1), note.pitch % 12] += loud
    felt = _smoothed(onsets, _NOTE_SECONDS * fps)
    speed = 1 + _HURRY * felt / max(felt.max(), 1e-9)
    smooth = np.stack([_smoothed(column, _CHROMA_SECONDS * fps) for column in chroma.T], 1)
    total = smooth.sum(1, keepdims=True)
    share = np.divide(smooth, total, out=np.zeros_like(smooth), where=total > 1e-6)
    return Drive(speed.astype(np.float32), share.astype(np.float32))


def _smoothed(values: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """A Gaussian average of ``width`` frames, round the loop."""
    count = len(values)
    apart = np.minimum(np.arange(count), count - np.arange(count))
    kernel = np.exp(-0.5 * (apart / max(width, 1e-6)) ** 2)
    kernel /= kernel.sum()
    return np.asarray(np.fft.irfft(np.fft.rfft(values) * np.fft.rfft(kernel), count), np.float64)


def closed_path(drive: Drive, z_dim: int, *, seed: int) -> F32:
    """Noise (F, z_dim) of unit spread for each frame; the step from the last frame to the first is like any other."""
    draw = np.random.default_rng(seed)
    center, across, down = draw.normal(size=(3, z_dim))
    ways = draw.normal(size=(12, z_dim))
    passed = np.concatenate([[0.0], np.cumsum(drive.speed.astype(np.float64))])
    angle = 2 * np.pi * passed[:-1] / passed[-1]
    z = center + 0.8 * (np.cos(angle)[:, None] * across + np.sin(angle)[:, None] * down)
    z = z + _PULL * drive.chroma @ ways
    return np.asarray(z / z.std(1, keepdims=True), np.float32)
