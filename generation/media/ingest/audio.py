"""The sound of an upload: decoded onto the picture's clock, brought to one loudness. Runs in the sandbox."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from scipy.signal import butter, sosfilt

from generation.media.ingest.probe import FileFacts, opened
from generation.media.ingest.refusals import refusal
from generation.media.music.mixing import TARGET_LUFS
from generation.media.music.mixing.dynamics import Limiter
from generation.media.music.mixing.loudness import Pcm, gated_loudness

RATE_HZ = 48_000
VOICE_OVER_LUFS = -16.0
CEILING_DBTP = -2.0  # AAC raises peaks a little; at most −1 dBTP is promised
MOST_GAIN_DB = 30.0  # more would only raise the noise of a room
GAP_SECONDS = 0.04  # a jump of the clock larger than this is a real gap
MOST_BAD_SHARE = 0.05
ROUNDS = 6


def decode_sound(path: Path, facts: FileFacts, *, start: float, seconds: float) -> Pcm:
    """The sound as (round(seconds · 48000), 2) float32, sample 0 at ``start`` of the file's clock; gaps are silent.

    Raises ``UploadRejected`` when more than one packet in twenty is damaged.
    """
    assert facts.audio is not None
    length = round(seconds * RATE_HZ)
    pcm = np.zeros((length, 2), np.float32)
    resampler, shape = _resampler(), None
    bad, cursor = 0, None
    with opened(path, facts.family) as container:
        stream = container.streams[facts.audio.index]
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except MemoryError:
                raise
            except av.FFmpegError:
                bad += 1
                continue
            for frame in frames:
                if not isinstance(frame, av.AudioFrame):
                    continue
                if frame.pts is not None and frame.time_base is not None:
                    place = round((float(frame.pts * frame.time_base) - start) * RATE_HZ)
                    if cursor is None or abs(place - cursor) > GAP_SECONDS * RATE_HZ:
                        cursor = place
                frame.pts = None  # the place is kept here; the resampler would fill gaps its own way
                is_like = (frame.format.name, frame.layout.name, frame.sample_rate)
                if (
                    shape is not None and is_like != shape
                ):  # recorders may turn from mono to stereo on the way
                    cursor = _lay(pcm, resampler.resample(None), cursor or 0)
                    resampler = _resampler()
                shape = is_like
                cursor = _lay(pcm, resampler.resample(frame), cursor or 0)
        if cursor is not None and shape is not None:
            _lay(pcm, resampler.resample(None), cursor)
    if bad > MOST_BAD_SHARE * facts.audio.packets:
        raise refusal("upload_damaged", share=round(100 * bad / facts.audio.packets))
    np.nan_to_num(pcm, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return pcm


def _resampler() -> AudioResampler:
    return AudioResampler(format="flt", layout="stereo", rate=RATE_HZ)


def _lay(pcm: Pcm, frames: list[av.AudioFrame], cursor: int) -> int:
    """Put ``frames`` behind one another from sample ``cursor``; where the next one goes."""
    for frame in frames:
        samples = frame.to_ndarray().reshape(-1, 2)
        first, last = max(cursor, 0), min(cursor + len(samples), len(pcm))
        if last > first:
            pcm[first:last] = samples[first - cursor : last - cursor]
        cursor += len(samples)
    return cursor


def leveled(pcm: Pcm, *, lufs: float = TARGET_LUFS) -> Pcm:
    """The sound at ``lufs`` with true peaks below −2 dBTP; silence stays silence, gain ends at 30 dB."""
    clean: Pcm = sosfilt(butter(2, 20, "highpass", fs=RATE_HZ, output="sos"), pcm, axis=0).astype(np.float32)
    loudness = gated_loudness(clean, RATE_HZ)
    if loudness is None:
        return pcm
    limiter, ceiling = Limiter(clean, RATE_HZ), 10 ** (CEILING_DBTP / 20)
    gain_db = min(lufs - loudness, MOST_GAIN_DB)
    wanted = loudness + gain_db
    result = clean
    for _ in range(ROUNDS):
        result = limiter.drive(10 ** (gain_db / 20), ceiling)
        reached = gated_loudness(result, RATE_HZ)
        short = wanted - (wanted if reached is None else reached)
        if abs(short) < 0.1:
            break
        gain_db += short * 1.2 if short > 0 else short  # the limiter takes a part of it away again
    return result
