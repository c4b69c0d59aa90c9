"""Samples as a WAV file that browsers play."""

from __future__ import annotations

import wave
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray


def wav(target: BinaryIO, samples: NDArray[np.float32], rate_hz: int) -> None:
    """Write mono ``samples`` in [-1, 1] as 16-bit PCM."""
    whole = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2")
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(whole.tobytes())
