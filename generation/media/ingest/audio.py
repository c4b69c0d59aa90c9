"""The sound of an upload: decoded onto the picture's clock, brought to one loudness. Runs in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from generation.media.ingest.formats import Family
from generation.media.ingest.probe import FileFacts, Track, opened
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
SILENT_LUFS = -60.0
LEAST_TOGETHER = 10 ** (-5 / 10)  # of the louder side's power: what both sides together must have
OTHER_TRACK, ONE_SIDE = "other_track", "one_side"


@dataclass(frozen=True)
class Heard:
    """The sound of a file as (n, 2) samples at ``RATE_HZ``, with what was done so that it is heard, as codes of notes."""

    pcm: Pcm
    notes: tuple[str, ...] = ()


def heard_sound(path: Path, facts: FileFacts, *, start: float | None = None, seconds: float = 0.0) -> Heard:
    """The first sound track that is not silent, on both sides; silence where all are.

    Sample 0 stands at ``start`` of the file's clock and ``seconds`` are taken; without a ``start`` the track's own count.
    Raises ``UploadRejected`` as ``decode_sound`` does.
    """
    first: Pcm | None = None
    for number, track in enumerate(facts.sounds):
        began, length = (track.start, track.seconds) if start is None else (start, seconds)
        pcm = decode_sound(path, facts.family, track, start=began, seconds=length)
        both = on_both_sides(pcm)
        if not is_silent(both):
            notes = [
                note for note, holds in ((OTHER_TRACK, number > 0), (ONE_SIDE, both is not pcm)) if holds
            ]
            return Heard(both, tuple(notes))
        first = pcm if first is None else first
    assert first is not None
    return Heard(first)


def is_silent(pcm: Pcm) -> bool:
    loudness = gated_loudness(pcm, RATE_HZ)
    return loudness is None or loudness <= SILENT_LUFS


def on_both_sides(pcm: Pcm) -> Pcm:
    """Stereo samples that can be heard on one loudspeaker: the louder side on both where the two would cancel out.

    A side that is silent, or the same with its sign turned, takes six decibels or everything from the sum; two microphones
    or music take at most three.
    """
    left, right = (float(np.square(pcm[:, side], dtype=np.float64).mean()) for side in (0, 1))
    together = float(np.square(pcm.mean(axis=1), dtype=np.float64).mean())
    louder = max(left, right)
    if louder <= 0 or together >= louder * LEAST_TOGETHER:
        return pcm
    side = pcm[:, 0] if left >= right else pcm[:, 1]
    return np.stack([side, side], axis=1)


def decode_sound(path: Path, family: Family, track: Track, *, start: float, seconds: float) -> Pcm:
    """A track as (round(seconds · 48000), 2) float32, sample 0 at ``start`` of the file's clock; gaps are silent.

    Raises ``UploadRejected`` when more than one packet in twenty is damaged.
    """
    length = round(seconds * RATE_HZ)
    pcm = np.zeros((length, 2), np.float32)
    resampler, shape = _resampler(), None
    bad, cursor = 0, None
    with opened(path, family) as container:
        stream = container.streams[track.index]
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
    if bad > MOST_BAD_SHARE * track.packets:
        raise refusal("upload_damaged", share=round(100 * bad / track.packets))
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
    from scipy.signal import butter, sosfilt  # a second of a start: only who hears loads it

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
