"""Samples as a WAV file that every player and browser reads."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray


def pcm16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """``samples`` as 16-bit integers, little-endian; what lies outside [-1, 1] is clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2")


def write_wav(target: Path | BinaryIO, samples: NDArray[np.float32], *, rate_hz: int) -> None:
    """Write ``samples`` in [-1, 1], of shape (n,) or (n, channels), as 16-bit PCM. Raises ``OSError``."""
    if isinstance(target, Path):  # the wave module stumbles over a file that it cannot open itself
        with target.open("wb") as stream:
            return write_wav(stream, samples, rate_hz=rate_hz)
    with wave.open(target, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm16(samples).tobytes())
    return None
