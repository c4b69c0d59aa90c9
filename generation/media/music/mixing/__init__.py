"""The final mix: voice over ducked music at −14 LUFS with true peaks below −1 dBTP."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generation.errors import MixImpossible
from generation.media.music.mixing.dynamics import Limiter, compression, ducking_db, to_samples
from generation.media.music.mixing.loudness import (
    FLOOR_DB,
    Loudness,
    Pcm,
    gated_loudness,
    measure,
    true_peak_dbtp,
)

__all__ = [
    "CEILING_DBTP",
    "FLOOR_DB",
    "PEAK_DBTP",
    "SAMPLE_RATE",
    "TARGET_LUFS",
    "Loudness",
    "duck",
    "measure",
    "mix",
    "true_peak_dbtp",
]

SAMPLE_RATE = 48000
TARGET_LUFS = -14.0
PEAK_DBTP = -1.0  # promised of the finished file, after its encoding
CEILING_DBTP = -2.0  # of the mix: AAC raises peaks, nearly always by less than this one decibel
VOICE_LUFS = -16.0
MUSIC_UNDER_VOICE_LU = 7.0  # how far the music stays below the voice in its pauses, at level 1
DUCK_DB = 8.0
SPEECH_BAND_HZ = (900.0, 4200.0)
SPEECH_BAND_CUT_DB = 5.0  # taken out of the music's consonant range while the voice speaks
FADE_IN_SECONDS, FADE_OUT_SECONDS = 0.005, 0.03
LOUDNESS_ROUNDS = 6


def mix(
    narration: Pcm | None,
    music: Pcm | None,
    *,
    seconds: float,
    level: float = 1.0,
    ceiling_dbtp: float = CEILING_DBTP,
) -> NDArray[np.float32]:
    """Mix mono ``narration`` and stereo ``music`` (48 kHz) into (round(seconds · 48000), 2) float32.

    ``level`` scales the music: 0 leaves it out, 1 is its normal place under the voice. The result has −14
    LUFS and true peaks of at most ``ceiling_dbtp``; without any sound it is silence. Shorter sounds are padded, longer
    music is cut. Raises ``MixImpossible`` for a wrong shape, a sample that is no finite number, a level
    outside [0, 4], or narration that lasts longer than ``seconds``.
    """
    length = round(seconds * SAMPLE_RATE)
    if length <= 0 or not 0 <= level <= 4:
        raise MixImpossible(
            f"A mix needs a positive length and a music level from 0 to 4, got {seconds:g} s and {level:g}; "
            "choose others."
        )
    voice = _voice(_fitted(narration, length, "narration"))
    bed = _fitted(music, length, "music") if level > 0 else None
    if bed is not None and not np.any(bed):
        bed = None
    if bed is None and voice is None:
        return np.zeros((length, 2), np.float32)
    if bed is not None:
        loudness = gated_loudness(bed, SAMPLE_RATE)
        away = MUSIC_UNDER_VOICE_LU if voice is not None else 0.0
        wanted = VOICE_LUFS - away
        bed = bed * np.float32(level * 10 ** ((wanted - (wanted if loudness is None else loudness)) / 20))
    together = np.zeros((length, 2), np.float32)
    if bed is not None:
        together += bed if voice is None else duck(bed, voice)
    if voice is not None:
        together += voice[:, None]
    return _master(_edges(together), ceiling_dbtp)


def duck(music: Pcm, voice: Pcm) -> NDArray[np.float32]:
    """``music`` turned down while ``voice`` (VOICE_LUFS) speaks, most of all where consonants are."""
    from scipy.signal import butter, sosfilt  # a second of a start: only who hears loads it

    curve = ducking_db(voice, SAMPLE_RATE, threshold_db=VOICE_LUFS - 28, depth_db=DUCK_DB)
    gain = to_samples(curve, len(music), SAMPLE_RATE)[:, None]
    band = butter(1, SPEECH_BAND_HZ, "bandpass", fs=SAMPLE_RATE, output="sos")
    consonants = sosfilt(band, music, axis=0).astype(np.float32)
    depth = (1 - 10 ** (-SPEECH_BAND_CUT_DB / 20)) / (1 - 10 ** (-DUCK_DB / 20))
    ducked: NDArray[np.float32] = gain * (music - np.float32(depth) * (1 - gain) * consonants)
    return ducked


def _voice(narration: Pcm | None) -> Pcm | None:
    """Rumble and DC removed, loud and soft words evened, at ``VOICE_LUFS``; ``None`` for silence."""
    from scipy.signal import butter, sosfilt  # a second of a start: only who hears loads it

    if narration is None:
        return None
    mono = narration[:, 0]
    high_pass = butter(2, 75, "highpass", fs=SAMPLE_RATE, output="sos")
    voice = sosfilt(high_pass, mono).astype(np.float32)
    leveled = _at_loudness(voice, VOICE_LUFS)
    if leveled is None:
        return None
    pressed = leveled * compression(leveled, SAMPLE_RATE, threshold_db=VOICE_LUFS - 2, ratio=2.5)
    return _at_loudness(pressed, VOICE_LUFS)


def _at_loudness(mono: Pcm, lufs: float) -> Pcm | None:
    loudness = gated_loudness(np.stack([mono, mono], axis=1), SAMPLE_RATE)
    if loudness is None:
        return None
    leveled: Pcm = mono * np.float32(10 ** ((lufs - loudness) / 20))
    return leveled


def _fitted(pcm: Pcm | None, length: int, name: str) -> Pcm | None:
    """``pcm`` as (length, channels), checked."""
    if pcm is None or pcm.size == 0:
        return None
    channels = 1 if name == "narration" else 2
    planes = pcm[:, None] if pcm.ndim == 1 else pcm
    if planes.ndim != 2 or planes.shape[1] != channels or not np.issubdtype(planes.dtype, np.floating):
        raise MixImpossible(
            f"The {name} must be floating-point samples with {channels} channel(s), "
            f"got shape {pcm.shape} of {pcm.dtype}; convert it first."
        )
    if not np.isfinite(planes).all():
        raise MixImpossible(f"The {name} holds samples that are no finite numbers; make it again.")
    if name == "narration" and len(planes) > length and np.abs(planes[length:]).max() > 1e-3:
        raise MixImpossible(
            f"The narration lasts {len(planes) / SAMPLE_RATE:.2f} s but the video only "
            f"{length / SAMPLE_RATE:.2f} s; make the scenes longer or the text shorter."
        )
    fitted = np.zeros((length, channels), np.float32)
    fitted[: min(len(planes), length)] = planes[:length]
    return fitted


def _edges(pcm: NDArray[np.float32]) -> NDArray[np.float32]:
    """Short fades, so that neither the first nor the last sample clicks."""
    rise = min(round(FADE_IN_SECONDS * SAMPLE_RATE), len(pcm))
    fall = min(round(FADE_OUT_SECONDS * SAMPLE_RATE), len(pcm))
    pcm[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)[:, None]
    pcm[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)[:, None]
    return pcm


def _master(pcm: NDArray[np.float32], ceiling_dbtp: float) -> NDArray[np.float32]:
    """Bring the mix to ``TARGET_LUFS``: limiting lowers loudness, so the gain is found in rounds."""
    from scipy.signal import butter, sosfilt  # a second of a start: only who hears loads it

    centered: NDArray[np.float32] = sosfilt(
        butter(2, 20, "highpass", fs=SAMPLE_RATE, output="sos"), pcm, axis=0
    ).astype(np.float32)
    loudness = gated_loudness(centered, SAMPLE_RATE)
    if loudness is None:
        return centered
    limiter = Limiter(centered, SAMPLE_RATE)
    ceiling = 10 ** (ceiling_dbtp / 20)
    gain_db = TARGET_LUFS - loudness
    limited = centered
    for _ in range(LOUDNESS_ROUNDS):
        limited = limiter.drive(10 ** (gain_db / 20), ceiling)
        reached = gated_loudness(limited, SAMPLE_RATE)
        short = TARGET_LUFS - (TARGET_LUFS if reached is None else reached)
        if abs(short) < 0.1:
            break
        gain_db += short * 1.2 if short > 0 else short
    return limited
