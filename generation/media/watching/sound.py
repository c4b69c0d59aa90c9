"""How a finished video sounds: its pace, its key, its level and how much that moves.

*Tempo*: onsets are where the spectrum grows from one moment to the next; they are compared with themselves later on, and of
the periods that fit, those near 110 beats a minute are preferred (Ellis 2007, https://doi.org/10.1080/09298210701653344). A
piece may be felt at half or double the tempo that is found. *Key*: the pitch classes that sound, compared with how much each
one is met in the 24 keys (Albrecht and Shanahan 2013, https://doi.org/10.1525/mp.2013.31.1.59); a miss is most often a near
key. A voice over the music disturbs both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.media.watching.loudness import FLOOR_DBFS, RATE_HZ, levels_dbfs, samples_of

VERSION = "sound-1"
F64 = NDArray[np.float64]

SLOWEST, FASTEST, USUAL = 50.0, 180.0, 110.0  # beats a minute
LEAST_SECONDS = 4.0  # below this there are too few beats to compare
NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_HOP, _WINDOW = 160, 1024  # samples: 10 and 64 ms
_LONG = 8192  # samples: 2 Hz apart, which tells the lower half tones from each other
_LOWEST_HZ, _HIGHEST_HZ = 100.0, 1000.0  # above, overtones speak for the fifth
_OCTAVES = 0.9  # spread of the preference among tempos
_MAJOR = np.array([0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081])
_MINOR = np.array([0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052])


@dataclass(frozen=True)
class Sound:
    """``tempo`` in beats a minute and ``key`` ("C", "F#m") are ``None`` where nothing of the kind is heard.

    ``level_dbfs`` is the root mean square of the whole, ``level_spread_db`` the standard deviation of its tenths of a second
    that are not silent.
    """

    tempo: float | None
    key: str | None
    level_dbfs: float
    level_spread_db: float


def sound_of(file: Path) -> Sound:
    """Raises ``av.error.FFmpegError`` for what is no video."""
    return described(samples_of(file))


def described(samples: NDArray[np.float32]) -> Sound:
    """The same of mono samples at 16 kHz in [−1, 1]."""
    levels = levels_dbfs(samples)
    heard = levels[levels > FLOOR_DBFS]
    if not len(heard):
        return Sound(None, None, FLOOR_DBFS, 0.0)
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    level = max(10 * np.log10(max(power, 1e-12)), FLOOR_DBFS)
    return Sound(tempo_of(samples), key_of(samples), round(float(level), 2), round(float(heard.std()), 2))


def tempo_of(samples: NDArray[np.float32]) -> float | None:
    if len(samples) < LEAST_SECONDS * RATE_HZ:
        return None
    bands = np.log1p(1000 * _banded(_spectrum(samples, _WINDOW, _HOP)))
    onsets = np.maximum(np.diff(bands, axis=0), 0).sum(axis=1)
    onsets = onsets - np.convolve(onsets, np.ones(100) / 100, "same")  # what changes within a second only
    if onsets.std() < 1e-9:
        return None
    size = 2 * len(onsets)
    alike = np.fft.irfft(np.abs(np.fft.rfft(onsets, size)) ** 2, size)[: len(onsets)]
    alike /= np.arange(len(onsets), 0, -1)
    rate = RATE_HZ / _HOP
    lags = np.arange(int(rate * 60 / FASTEST), int(rate * 60 / SLOWEST) + 1)
    tempos = 60 * rate / lags
    liked = np.exp(-0.5 * (np.log2(tempos / USUAL) / _OCTAVES) ** 2)
    score = (alike[lags] + 0.5 * alike[np.minimum(2 * lags, len(alike) - 1)]) * liked
    best = int(score.argmax())
    lag = float(lags[best])
    if 0 < best < len(lags) - 1:  # the top of the parabola through three lags
        before, at, after = score[best - 1 : best + 2]
        if (bend := before - 2 * at + after) < 0:
            lag += 0.5 * (before - after) / bend
    return round(float(60 * rate / lag), 2)


def key_of(samples: NDArray[np.float32]) -> str | None:
    if len(samples) < LEAST_SECONDS * RATE_HZ:
        return None
    chroma = _spectrum(samples, _LONG, _LONG // 2) ** 0.25 @ _pitch_classes()
    total = chroma.sum(axis=0)
    if total.max() < 1e-9 or total.std() < 1e-9:
        return None
    rows = [np.roll(profile, turn) for profile in (_MAJOR, _MINOR) for turn in range(12)]
    found = int(np.argmax([np.corrcoef(total, row)[0, 1] for row in rows]))
    return NAMES[found % 12] + ("m" if found >= 12 else "")


def _spectrum(samples: NDArray[np.float32], window: int, hop: int) -> F64:
    """Power (frames, window / 2 + 1)."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, window)[::hop]
    return np.asarray(np.abs(np.fft.rfft(frames * np.hanning(window).astype(np.float32), axis=1)) ** 2)


def _banded(power: F64) -> F64:
    """The mean power in some 20 bands, each a constant part of an octave wide: (frames, bands)."""
    edges = np.unique(np.geomspace(2, power.shape[1] - 1, 25).astype(int))
    return np.asarray(np.add.reduceat(power, edges[:-1], axis=1) / np.diff(edges))


def _pitch_classes() -> F64:
    """(frequencies, 12): which pitch class a frequency of ``_LONG`` samples belongs to, if it is near enough to one."""
    hertz = np.fft.rfftfreq(_LONG, 1 / RATE_HZ)
    table = np.zeros((len(hertz), 12))
    within = np.flatnonzero((hertz >= _LOWEST_HZ) & (hertz <= _HIGHEST_HZ))
    pitch = 69 + 12 * np.log2(hertz[within] / 440)
    near = np.abs(pitch - np.rint(pitch)) < 0.3
    table[within[near], np.rint(pitch[near]).astype(int) % 12] = 1.0
    return table
