"""How loud, how peaky and how silent a sound is: ITU-R BS.1770 loudness, true peak, DC, silence.

https://www.itu.int/rec/R-REC-BS.1770
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

Pcm = NDArray[np.float32]

FLOOR_DB = -120.0  # what silence is said to measure, so that reports stay plain JSON
SILENCE_DBFS = -60.0
BLOCK_SECONDS, HOP_SECONDS = 0.4, 0.1
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0
OVERSAMPLING = 4


@dataclass(frozen=True)
class Loudness:
    """Integrated ``lufs``, ``true_peak_dbtp`` of the louder channel, ``dc`` the largest mean of a channel.

    ``longest_silence_seconds`` counts stretches below −60 dBFS in both channels. Silence measures −120.
    """

    lufs: float
    true_peak_dbtp: float
    dc: float
    longest_silence_seconds: float


def measure(pcm: Pcm, rate: int) -> Loudness:
    """Measure float samples of shape (N,) or (N, channels) at ``rate`` Hz."""
    planes = pcm[:, None] if pcm.ndim == 1 else pcm
    if len(planes) == 0:
        return Loudness(FLOOR_DB, FLOOR_DB, 0.0, 0.0)
    loudness = gated_loudness(planes, rate)
    return Loudness(
        lufs=FLOOR_DB if loudness is None else round(loudness, 3),
        true_peak_dbtp=true_peak_dbtp(planes),
        dc=float(max(abs(plane.mean(dtype=np.float64)) for plane in planes.T)),
        longest_silence_seconds=longest_silence(planes, rate),
    )


def gated_loudness(planes: Pcm, rate: int) -> float | None:
    """Integrated loudness in LUFS of (N, channels) samples; ``None`` when every block is below the gate.

    A sound shorter than one block of 0.4 s is measured as one block.
    """
    powers = block_powers(planes, rate)
    loud = powers[powers > _power(ABSOLUTE_GATE_LUFS)]
    if len(loud) == 0:
        return None
    gate = loud.mean() * 10 ** (RELATIVE_GATE_LU / 10)
    return _lufs(float(loud[loud > gate].mean()))


def block_powers(planes: Pcm, rate: int) -> NDArray[np.float64]:
    """K-weighted power, summed over channels, of blocks of 0.4 s that start every 0.1 s."""
    from scipy.signal import sosfilt  # a second of a start: only who hears loads it

    hop = round(HOP_SECONDS * rate)
    total = np.zeros(len(planes))
    for plane in planes.T:
        total += np.square(sosfilt(_k_weighting(rate), plane.astype(np.float64)))
    count = round(BLOCK_SECONDS / HOP_SECONDS)
    hops = len(total) // hop
    if hops < count:
        return np.array([total.mean()])
    sums = total[: hops * hop].reshape(hops, hop).sum(axis=1)
    blocks: NDArray[np.float64] = np.convolve(sums, np.ones(count), mode="valid") / (hop * count)
    return blocks


def true_peaks(planes: Pcm) -> NDArray[np.float32]:
    """Per sample, the largest magnitude of any channel from it to just before the next, at 4 × the rate."""
    from scipy.signal import resample_poly  # a second of a start: only who hears loads it

    peaks = np.zeros(len(planes), np.float32)
    for plane in planes.T:
        finer = np.abs(resample_poly(plane.astype(np.float32), OVERSAMPLING, 1))
        for phase in range(OVERSAMPLING):
            np.maximum(peaks, finer[phase::OVERSAMPLING], out=peaks)
    return peaks


def true_peak_dbtp(planes: Pcm) -> float:
    """True peak of the loudest channel of (N, channels) samples; −120 for silence."""
    peak = float(true_peaks(planes).max()) if len(planes) else 0.0
    return round(20 * math.log10(peak), 3) if peak > 1e-6 else FLOOR_DB


def magnitude(planes: Pcm) -> NDArray[np.float32]:
    """The largest magnitude of any channel, per sample."""
    largest = np.abs(planes[:, 0])
    for plane in planes.T[1:]:
        largest = np.maximum(largest, np.abs(plane))
    return largest


def longest_silence(planes: Pcm, rate: int) -> float:
    """Seconds of the longest stretch in which no channel passes −60 dBFS."""
    window = max(round(0.01 * rate), 1)
    loud = maximum_filter1d(magnitude(planes), window) > 10 ** (SILENCE_DBFS / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[True], loud, [True]]).astype(np.int8)))
    if len(edges) == 0:
        return 0.0
    return float((edges[1::2] - edges[::2]).max() / rate)


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


@lru_cache(maxsize=8)
def _k_weighting(rate: int) -> NDArray[np.float64]:
    """The standard's shelf (+4 dB above 1.7 kHz) and high-pass (38 Hz), bilinear for any rate."""
    tangent = np.tan(np.pi * 1681.974450955533 / rate)
    high, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = high**0.4996667741545416
    shelf_scale = 1 + tangent / q + tangent**2
    shelf = [
        (high + middle * tangent / q + tangent**2) / shelf_scale,
        2 * (tangent**2 - high) / shelf_scale,
        (high - middle * tangent / q + tangent**2) / shelf_scale,
        1.0,
        2 * (tangent**2 - 1) / shelf_scale,
        (1 - tangent / q + tangent**2) / shelf_scale,
    ]
    tangent, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    pass_scale = 1 + tangent / q + tangent**2
    high_pass = [
        1.0,
        -2.0,
        1.0,
        1.0,
        2 * (tangent**2 - 1) / pass_scale,
        (1 - tangent / q + tangent**2) / pass_scale,
    ]
    return np.array([shelf, high_pass])
