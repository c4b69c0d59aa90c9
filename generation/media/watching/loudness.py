"""Sudden loudness: where the sound of a video jumps far above what the listener has set the volume for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

RATE_HZ = 16_000
STEP_SECONDS = 0.1
BEFORE_SECONDS = 3.0
SPIKE_DB = 18.0  # above the median of the seconds before
LOUD_DBFS = -12.0  # what is quieter than this startles nobody
FLOOR_DBFS = -60.0
QUIET_DBFS = -45.0  # a beginning after silence is compared with this


@dataclass(frozen=True)
class Spike:
    seconds: float
    above_db: float


def spikes(file: Path) -> list[Spike]:
    """Jumps of the short-term level (100 ms) of ``file``; none for a video without sound."""
    levels = levels_dbfs(samples_of(file))
    found: list[Spike] = []
    before = round(BEFORE_SECONDS / STEP_SECONDS)
    for place in range(round(1 / STEP_SECONDS), len(levels)):
        usual = max(float(np.median(levels[max(place - before, 0) : place])), QUIET_DBFS)
        above = float(levels[place]) - usual
        apart = not found or place * STEP_SECONDS - found[-1].seconds > BEFORE_SECONDS
        if above >= SPIKE_DB and levels[place] >= LOUD_DBFS and apart:
            found.append(Spike(round(place * STEP_SECONDS, 2), round(above, 1)))
    return found


def levels_dbfs(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Root mean square of each tenth of a second of mono samples in [−1, 1], in dBFS."""
    step = round(RATE_HZ * STEP_SECONDS)
    parts = samples[: len(samples) // step * step].reshape(-1, step).astype(np.float64)
    power = np.square(parts).mean(axis=1) if len(parts) else np.zeros(0)
    levels: NDArray[np.float64] = np.maximum(10 * np.log10(np.maximum(power, 1e-12)), FLOOR_DBFS)
    return levels


def samples_of(file: Path) -> NDArray[np.float32]:
    with av.open(str(file), options={"protocol_whitelist": "file"}) as container:
        if not container.streams.audio:
            return np.zeros(0, np.float32)
        resampler = AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        parts = [
            part.to_ndarray().ravel()
            for frame in container.decode(container.streams.audio[0])
            for part in resampler.resample(frame)
        ]
        parts += [part.to_ndarray().ravel() for part in resampler.resample(None)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
