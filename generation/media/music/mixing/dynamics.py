"""Gains that follow a sound: envelopes, a compressor for the voice, ducking under it, a true-peak limiter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from generation.media.music.mixing.loudness import Pcm, true_peaks

CONTROL_SECONDS = 0.004  # gains are computed this often and drawn as straight lines in between
QUIET_DB = -90.0


def envelope_db(mono: Pcm, rate: int, window_seconds: float = 0.02) -> NDArray[np.float64]:
    """RMS in dBFS over a centered window, one value every ``CONTROL_SECONDS``."""
    hop = round(CONTROL_SECONDS * rate)
    count = -(-len(mono) // hop)
    squared = np.zeros(count * hop)
    squared[: len(mono)] = np.square(mono, dtype=np.float64)
    means = squared.reshape(count, hop).mean(axis=1)
    width = max(round(window_seconds / CONTROL_SECONDS), 1)
    smooth = uniform_filter1d(means, width, mode="constant")
    level: NDArray[np.float64] = np.maximum(10 * np.log10(np.maximum(smooth, 1e-12)), QUIET_DB)
    return level


def follow(
    target_db: NDArray[np.float64], attack_seconds: float, release_seconds: float, hold_seconds: float = 0.0
) -> NDArray[np.float64]:
    """Smooth a gain curve in dB (≤ 0): down with the attack, up with the release after ``hold_seconds``."""
    down = float(np.exp(-CONTROL_SECONDS / attack_seconds))
    up = float(np.exp(-CONTROL_SECONDS / release_seconds))
    hold = round(hold_seconds / CONTROL_SECONDS)
    smoothed: list[float] = []
    gain, waited = 0.0, hold
    for wanted in target_db.tolist():
        if wanted < gain:
            gain = wanted + (gain - wanted) * down
            waited = 0
        elif waited < hold:
            waited += 1
        else:
            gain = wanted + (gain - wanted) * up
        smoothed.append(gain)
    return np.array(smoothed)


def to_samples(gain_db: NDArray[np.float64], length: int, rate: int) -> NDArray[np.float32]:
    """A control curve in dB as one linear gain per sample."""
    hop = round(CONTROL_SECONDS * rate)
    centers = np.arange(len(gain_db)) * hop + hop / 2
    return np.interp(np.arange(length), centers, 10 ** (gain_db / 20)).astype(np.float32)


def compression(
    mono: Pcm,
    rate: int,
    *,
    threshold_db: float,
    ratio: float,
    knee_db: float = 6.0,
    attack_seconds: float = 0.008,
    release_seconds: float = 0.12,
) -> NDArray[np.float32]:
    """Soft-knee gain per sample: levels of ``mono`` above the threshold may rise only 1/ratio as much."""
    over = envelope_db(mono, rate) - threshold_db
    knee = np.clip(over + knee_db / 2, 0, knee_db) ** 2 / (2 * knee_db)
    reduction = np.where(over > knee_db / 2, over, knee) * (1 / ratio - 1)
    return to_samples(follow(reduction, attack_seconds, release_seconds), len(mono), rate)


def ducking_db(
    voice: Pcm,
    rate: int,
    *,
    threshold_db: float,
    depth_db: float,
    look_ahead_seconds: float = 0.08,
    attack_seconds: float = 0.04,
    release_seconds: float = 0.35,
    hold_seconds: float = 0.25,
) -> NDArray[np.float64]:
    """Music gain in dB under ``voice``: down to −``depth_db``, beginning the look-ahead before each word.

    The hold bridges the gaps between words, so that the music does not pump.
    """
    over = envelope_db(voice, rate, 0.03) - threshold_db
    wanted = -depth_db * np.clip(over / 12.0, 0.0, 1.0)  # full depth 12 dB above the threshold
    ahead = round(look_ahead_seconds / CONTROL_SECONDS)
    early = np.concatenate([wanted[ahead:], np.zeros(min(ahead, len(wanted)))])[: len(wanted)]
    return follow(np.minimum(wanted, early), attack_seconds, release_seconds, hold_seconds)


class Limiter:
    """A look-ahead true-peak limiter: the peaks are found once, each drive then costs little."""

    def __init__(self, planes: Pcm, rate: int, *, window_seconds: float = 0.008) -> None:
        self.planes = planes
        self.window = max(round(window_seconds * rate), 1) | 1
        peaks = true_peaks(planes)
        # a peak between two samples must be covered by the gain of both
        self.peaks = np.maximum(peaks, np.concatenate([peaks[:1], peaks[:-1]]))

    def drive(self, gain: float, ceiling: float) -> Pcm:
        """``planes`` times ``gain`` with true peaks held at ``ceiling`` (linear)."""
        needed = np.minimum(1.0, ceiling / np.maximum(self.peaks * gain, 1e-9))
        if needed.min() >= 1.0:
            untouched: Pcm = self.planes * np.float32(gain)
            return untouched
        # the mean over a window of minima over the same window is nowhere above what is needed
        lowest = minimum_filter1d(needed, self.window, mode="nearest")
        smooth = uniform_filter1d(lowest, self.window, mode="nearest")
        limited: Pcm = self.planes * (smooth * gain).astype(np.float32)[:, None]
        return limited
