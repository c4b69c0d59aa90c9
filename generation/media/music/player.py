"""A score played on the sampled instruments of the sound font, balanced part by part, in a room."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import tinysoundfont
from numpy.typing import NDArray

from generation.assets import asset_path
from generation.media.music.drums import RISER_PROGRAM
from generation.media.music.mixing.dynamics import compression
from generation.media.music.mixing.loudness import gated_loudness
from generation.media.music.moods import MOOD_TABLE
from generation.media.music.score import Part, Score
from generation.media.music.sound_font import with_samples_of

Stereo = NDArray[np.float32]  # (N, 2) at the door, (2, N) inside

SOUND_FONT = "instruments/FluidR3Mono_GM.sf3"
PERCUSSION_BANK = 128
LANDING_LUFS = -18.0  # of the whole piece, leaving headroom for peaks
RELEASE_SECONDS = 0.03
_LOCK = threading.Lock()  # a synthesizer plays one part at a time


def render(score: Score, sample_rate: int = 48000) -> Stereo:
    """Play ``score``: float32 (round(seconds · sample_rate), 2) at −18 LUFS, faded out with the last sample.

    Raises ``AssetMissing`` when set-up has not fetched the sound font.
    """
    length = round(score.seconds * sample_rate)
    with _LOCK:
        band = _band(asset_path(SOUND_FONT), score.mood, sample_rate)
    dry = np.zeros((2, length), np.float32)
    send = np.zeros((2, length), np.float32)
    for channel, part in enumerate(score.parts):
        if not part.notes:
            continue
        stem = _play(band, part, channel, length, sample_rate)
        loudness = gated_loudness(stem[:, None], sample_rate)
        if loudness is None:
            continue
        stem *= np.float32(10 ** ((LANDING_LUFS + part.level_db - loudness) / 20))
        for ear, gain in enumerate(_pan_gains(part.pan)):
            placed = stem * gain
            dry[ear] += placed
            send[ear] += np.float32(part.reverb) * placed
    dry += _room(send, score.room_seconds, sample_rate)
    glued = _glue(_clean(dry, sample_rate), sample_rate)
    mixed = np.ascontiguousarray(glued.T)
    loudness = gated_loudness(mixed, sample_rate)
    if loudness is not None:
        mixed *= np.float32(10 ** ((LANDING_LUFS - loudness) / 20))
    return _ring_out(mixed, score, sample_rate)


@dataclass(frozen=True)
class _Band:
    """A synthesizer with the samples of one mood's instruments."""

    synthesizer: tinysoundfont.Synth
    font: int


@lru_cache(maxsize=len(MOOD_TABLE))
def _band(path: Path, mood: str, sample_rate: int) -> _Band:
    synthesizer = tinysoundfont.Synth(gain=0.0, samplerate=sample_rate)
    return _Band(synthesizer, synthesizer.sfload(with_samples_of(path, presets(mood))))


def presets(mood: str) -> frozenset[tuple[int, int]]:
    """Every (bank, program) a mood may call for."""
    table = MOOD_TABLE[mood]
    tuned = {(0, program) for part in table.parts for program in part.programs}
    kit = {(PERCUSSION_BANK, table.drums.kit)} if table.drums else set()
    return frozenset(tuned | kit | ({(0, RISER_PROGRAM)} if table.riser else set()))


def _play(band: _Band, part: Part, channel: int, length: int, sample_rate: int) -> NDArray[np.float32]:
    """One part alone, mono."""
    events: list[tuple[int, int, int, int]] = []  # (sample, 0 release | 1 press, pitch, velocity)
    for note in part.notes:
        start = min(round(note.start * sample_rate), length)
        end = min(round((note.start + note.seconds) * sample_rate), length)
        events += [(start, 1, note.pitch, note.velocity), (max(end, start + 1), 0, note.pitch, 0)]
    events.sort()
    pcm = np.zeros((length, 2), np.float32)
    bytes_view = memoryview(pcm.data).cast("B")
    synthesizer = band.synthesizer
    with _LOCK:
        synthesizer.program_select(
            channel % 16, band.font, PERCUSSION_BANK if part.drums else 0, part.program, part.drums
        )
        done = 0
        for sample, press, pitch, velocity in events:
            if sample > done:
                synthesizer.generate_simple(sample - done, bytes_view[done * 8 : sample * 8])
                done = sample
            if sample >= length:
                break
            if press:
                synthesizer.noteon(channel % 16, pitch, velocity)
            else:
                synthesizer.noteoff(channel % 16, pitch)
        if done < length:
            synthesizer.generate_simple(length - done, bytes_view[done * 8 :])
        # voices left ringing would sound in the next part, and in the next piece
        synthesizer.sounds_off()
        synthesizer.generate_simple(sample_rate // 10)
    mono: NDArray[np.float32] = (pcm[:, 0] + pcm[:, 1]) * np.float32(0.5)
    return mono


def _pan_gains(pan: float) -> tuple[np.float32, np.float32]:
    """Left and right gain at constant power, so that a part is equally loud wherever it stands."""
    angle = (pan + 1) * math.pi / 4
    return np.float32(math.cos(angle) * math.sqrt(2)), np.float32(math.sin(angle) * math.sqrt(2))


def _room(send: Stereo, room_seconds: float, sample_rate: int) -> Stereo:
    """The reverberation of ``send``: noise that fades by 60 dB in ``room_seconds``, its own for each ear."""
    from scipy.signal import oaconvolve  # a second of a start: only who hears loads it

    impulse = _impulse(room_seconds, sample_rate)
    mono = (send[0] + send[1]) * np.float32(0.35)
    return np.stack(
        [oaconvolve(mono + np.float32(0.3) * send[ear], impulse[ear])[: send.shape[1]] for ear in (0, 1)]
    )


@lru_cache(maxsize=16)
def _impulse(room_seconds: float, sample_rate: int) -> Stereo:
    from scipy.signal import butter, sosfilt  # a second of a start: only who hears loads it

    pre_delay = round(0.018 * sample_rate)
    length = round(room_seconds * sample_rate)
    t = np.arange(length) / sample_rate
    noise = np.random.default_rng(1).standard_normal((2, length))
    noise *= 10 ** (-3 * t / room_seconds) * np.minimum(t / 0.01, 1)
    # rooms swallow the top first, and low rumble would blur the bass
    noise = sosfilt(butter(2, (250, 5200), "bandpass", fs=sample_rate, output="sos"), noise)
    noise *= 1.6 / np.sqrt((noise**2).sum(axis=1, keepdims=True))
    return np.concatenate([np.zeros((2, pre_delay)), noise], axis=1).astype(np.float32)


def _clean(pcm: Stereo, sample_rate: int) -> Stereo:
    """No direct current and nothing below the lowest bass note."""
    from scipy.signal import butter, sosfilt  # a second of a start: only who hears loads it

    filtered: Stereo = sosfilt(butter(2, 28, "highpass", fs=sample_rate, output="sos"), pcm).astype(
        np.float32
    )
    return filtered


def _glue(pcm: Stereo, sample_rate: int) -> Stereo:
    """Bring intro and drop closer together: beside a voice a quiet intro would vanish."""
    middle = (pcm[0] + pcm[1]) * np.float32(0.5)
    glued: Stereo = pcm * compression(
        middle,
        sample_rate,
        threshold_db=-32,
        ratio=1.8,
        knee_db=12,
        attack_seconds=0.025,
        release_seconds=0.3,
    )
    return glued


def _ring_out(pcm: Stereo, score: Score, sample_rate: int) -> Stereo:
    """Let the last chord fade over the second half of its ring and be gone with the last frame."""
    ring = len(pcm) - round(score.landing * sample_rate)
    fade = max(min(round(ring * 0.5), len(pcm)), round(RELEASE_SECONDS * sample_rate))
    pcm[-fade:] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade))).astype(np.float32)[:, None]
    return pcm
