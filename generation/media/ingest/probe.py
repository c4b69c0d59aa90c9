"""What is in this file? Checks that need the demuxer: tracks, codecs, true length, rate, size. Runs in the sandbox."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from generation.media.ingest.containers import check_structure
from generation.media.ingest.formats import Family, sniff
from generation.media.ingest.refusals import refusal

VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "h263", "mjpeg", "prores")
AUDIO_CODECS = tuple("aac mp3 mp3float opus libopus vorbis flac alac ac3 eac3 amrnb amrwb".split())
# the sample layouts a wav file may have, and those of old cameras
PCM_CODECS = tuple(
    f"pcm_{layout}" for layout in "u8 s16le s16be s24le s24be s32le s32be f32le f64le alaw mulaw".split()
)
MOST_TRACKS = 16
SMALLEST_SIDE = 64
MOST_ELONGATED = 8
MOST_SAMPLE_RATE_HZ = 192_000
ATTACHED_PICTURE = 0x0400  # AV_DISPOSITION_ATTACHED_PIC: a cover, not a film


@dataclass(frozen=True)
class Limits:
    """The settings that bound an upload, as plain numbers."""

    min_seconds: float = 3.0
    max_seconds: float = 90.0
    max_pixels: int = 3840 * 2160
    max_fps: float = 120.0
    max_bytes: int = 300_000_000
    max_image_pixels: int = 40_000_000


@dataclass(frozen=True)
class Track:
    """One track by its packets: ``start`` and ``seconds`` in seconds, ``interval`` the median time between packets."""

    index: int
    start: float
    seconds: float
    packets: int
    interval: float


@dataclass(frozen=True)
class FileFacts:
    """What was found: the ``family`` and its tracks; ``seconds`` is the length that counts for the kind."""

    family: Family
    seconds: float
    video: Track | None
    audio: Track | None


@contextmanager
def opened(path: Path, family: Family) -> Iterator[InputContainer]:
    """The container, by the demuxer of its own family and no other, local files only, known decoders only.

    Raises ``UploadRejected`` for what FFmpeg cannot read.
    """
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}.get(
            family.demuxer, family.demuxer
        ),
        "codec_whitelist": ",".join(VIDEO_CODECS + AUDIO_CODECS + PCM_CODECS),
    }
    if family.demuxer == "mov":
        options["enable_drefs"] = "0"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            container = av.open(str(path), format=family.demuxer, options=options, metadata_errors="replace")
        except MemoryError:
            raise
        except (av.FFmpegError, OSError, ValueError) as error:
            raise refusal("upload_malformed", detail=_words(error)) from error
        with container:
            yield container


def check(path: Path, *, kind: str, name: str, limits: Limits) -> FileFacts:
    """Everything that can be refused without decoding. Raises ``UploadRejected``."""
    family = sniffed(path, kind=kind, name=name, limits=limits)
    with opened(path, family) as container:
        if len(container.streams) > MOST_TRACKS:
            raise refusal("upload_too_many_streams", count=len(container.streams), limit=MOST_TRACKS)
        video, audio = chosen_streams(container)
        if kind == "clip" and video is None:
            raise refusal("upload_no_video")
        if kind == "audio" and video is not None:
            raise refusal("upload_wrong_kind", found="a film", kind="a voice-over")
        if kind == "audio" and audio is None:
            raise refusal("upload_no_sound")
        for stream in (video, audio):
            if stream is not None:
                _check_codec(stream)
        if video is not None:
            check_size(video.codec_context.width, video.codec_context.height, limits.max_pixels)
        tracks = _read_packets(container, [s for s in (video, audio) if s is not None], limits)
        facts = FileFacts(
            family,
            0.0,
            tracks.get(video.index) if video is not None else None,
            tracks.get(audio.index) if audio is not None else None,
        )
        main = facts.video if kind == "clip" else facts.audio
        if main is None:
            raise refusal("upload_no_frames" if kind == "clip" else "upload_silent")
        if kind == "clip":
            _check_rate(main, limits)
        _check_claim(container, video if kind == "clip" else audio, main, facts)
    shown = f"{main.seconds:.2f}"
    if main.seconds < (limits.min_seconds if kind == "clip" else 1.0) - 0.01:
        raise refusal(
            "upload_too_short", seconds=shown, limit=f"{limits.min_seconds if kind == 'clip' else 1:g}"
        )
    if main.seconds > limits.max_seconds + 0.05:
        raise refusal("upload_too_long", seconds=shown, limit=f"{limits.max_seconds:g}")
    return FileFacts(family, main.seconds, facts.video, facts.audio)


def sniffed(path: Path, *, kind: str, name: str, limits: Limits) -> Family:
    """The family by bytes and outer structure alone; no decoder is touched. Raises ``UploadRejected``."""
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise refusal(
            "upload_too_many_bytes", megabytes=f"{size / 1e6:.0f}", limit=f"{limits.max_bytes / 1e6:.0f}"
        )
    family = sniff(path, kind=kind, name=name)
    check_structure(path, family)
    return family


def chosen_streams(container: InputContainer) -> tuple[VideoStream | None, AudioStream | None]:
    """The largest film track and the first sound track; covers are passed over."""
    films = [
        s for s in container.streams.video if s.codec_context and not int(s.disposition) & ATTACHED_PICTURE
    ]
    sounds = list(container.streams.audio)
    best = max(films, key=lambda s: s.codec_context.width * s.codec_context.height, default=None)
    readable = [
        s for s in sounds if s.codec_context is not None and s.codec_context.name in AUDIO_CODECS + PCM_CODECS
    ]
    return best, next(iter(readable or sounds), None)


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Raises ``UploadRejected`` for a picture that is too large, too small or too long."""
    if width <= 0 or height <= 0:
        raise refusal("upload_no_frames")
    if width * height > max_pixels:
        raise refusal("upload_too_many_pixels", width=width, height=height, limit=max_pixels)
    if max(width, height) > MOST_ELONGATED * min(width, height):
        raise refusal("upload_odd_shape", width=width, height=height, limit=MOST_ELONGATED)


def check_large_enough(width: int, height: int) -> None:
    if min(width, height) < SMALLEST_SIDE:
        raise refusal("upload_too_small", width=width, height=height, limit=SMALLEST_SIDE)


def _check_codec(stream: VideoStream | AudioStream) -> None:
    picture = isinstance(stream, VideoStream)
    name = stream.codec_context.name if stream.codec_context is not None else "something unknown"
    if name not in (VIDEO_CODECS if picture else AUDIO_CODECS + PCM_CODECS):
        raise refusal("upload_codec", stream="picture" if picture else "sound", codec=name)
    if isinstance(stream, AudioStream) and stream.codec_context.sample_rate > MOST_SAMPLE_RATE_HZ:
        raise refusal(
            "upload_codec", stream="sound", codec=f"{name} at {stream.codec_context.sample_rate} Hz"
        )
    if isinstance(stream, AudioStream) and not stream.codec_context.channels:
        raise refusal("upload_channels")


def _read_packets(
    container: InputContainer, streams: list[VideoStream | AudioStream], limits: Limits
) -> dict[int, Track]:
    """Each track's packets with their times, without decoding one."""
    times: dict[int, list[float]] = {stream.index: [] for stream in streams}
    ends: dict[int, float] = {}
    most = int(max(limits.max_fps, 100) * limits.max_seconds * 4)
    try:
        for packet in container.demux(*streams):
            index, at = packet.stream.index, packet.pts if packet.pts is not None else packet.dts
            if packet.size == 0 or at is None or packet.time_base is None or packet.is_discard:
                continue
            seconds = float(at * packet.time_base)
            times[index].append(seconds)
            ends[index] = max(
                ends.get(index, 0.0), seconds + float((packet.duration or 0) * packet.time_base)
            )
            if len(times[index]) > most:
                break  # far more than any length and rate we take: the rate check says so
    except MemoryError:
        raise
    except (av.FFmpegError, OSError, ValueError) as error:
        raise refusal("upload_malformed", detail=_words(error)) from error
    tracks = {}
    for index, found in times.items():
        if found:
            ordered = np.sort(np.array(found))
            interval = float(np.median(np.diff(ordered))) if len(ordered) > 1 else 0.0
            seconds = max(ends[index] - ordered[0], ordered[-1] - ordered[0] + interval)
            tracks[index] = Track(index, float(ordered[0]), float(seconds), len(found), interval)
    return tracks


def _check_rate(track: Track, limits: Limits) -> None:
    span = track.seconds
    rate = track.packets / span if span > 0 else float(track.packets)
    if track.packets >= 8 and rate > limits.max_fps * 1.05:
        raise refusal("upload_frame_rate", rate=f"{rate:.0f}", limit=f"{limits.max_fps:g}")


def _check_claim(
    container: InputContainer, stream: VideoStream | AudioStream | None, main: Track, facts: FileFacts
) -> None:
    """The length the header claims against the length the packets have; a missing claim is honest."""
    held = main.seconds
    if stream is not None and stream.duration is not None and stream.time_base is not None:
        claimed = float(stream.duration * stream.time_base)
    elif container.duration:
        claimed = container.duration / av.time_base
        held = max(track.seconds for track in (facts.video, facts.audio) if track is not None)
    else:
        return
    if abs(claimed - held) > max(2.0, 0.2 * held):
        raise refusal("upload_duration_lie", claimed=f"{claimed:.1f}", held=f"{held:.1f}")


def _words(error: Exception) -> str:
    text: Any = getattr(error, "strerror", None) or str(error)
    return str(text)[:120].rstrip(".")
