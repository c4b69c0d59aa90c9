"""Encoded segments, sound, captions and tags into one mp4, without encoding a picture again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
from av.audio.stream import AudioStream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from core.files import atomic_path, disk_errors
from generation.media.rendering.encoder import EncoderSettings, set_up_encoder
from generation.media.rendering.segments import EncodedSegment
from generation.storyboard import Cue

Pcm = NDArray[np.float32]  # (samples, 2) in [-1, 1] at 48 kHz

SAMPLE_RATE_HZ = 48_000
AUDIO_BITS_PER_SECOND = 160_000
REORDER_FRAMES = 2  # how far x264's B-frames (with a pyramid) let decoding run ahead of showing
CAPTION_CLOCK = 1000
ISO_LANGUAGES = {"zh": "zho", "en": "eng"}
ASS_HEADER = (
    "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n"
    "Style: Default,Sans,16\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)


@dataclass(frozen=True)
class Sidecar:
    """What a video carries beside its pictures: sound, captions (times in video seconds) and metadata tags."""

    audio: Pcm | None = None
    captions: Sequence[Cue] = ()
    language: str = "zh"
    tags: Mapping[str, str] | None = None


def write_mp4(
    target: Path,
    segments: Iterable[tuple[int, EncodedSegment]],
    *,
    size: tuple[int, int],
    fps: int,
    settings: EncoderSettings,
    sidecar: Sidecar,
    check: Callable[[], None],
) -> None:
    """Write ``target`` in one go and in one piece: ``segments`` are (first frame, packets) in the order of time.

    ``check`` is called again and again and may raise to stop. Raises ``DiskFull`` or ``MediaFolderUnwritable``.
    """
    options = {"movflags": "+use_metadata_tags+faststart"}
    with (
        atomic_path(target) as temporary,
        disk_errors(target.parent),
        av.open(str(temporary), "w", format="mp4", options=options) as container,
    ):
        container.metadata.update(sidecar.tags or {})
        video = container.add_stream("libx264", rate=fps)
        set_up_encoder(video.codec_context, settings, size, fps)
        audio = _audio_stream(container, sidecar) if sidecar.audio is not None else None
        captions = _caption_stream(container, sidecar) if sidecar.captions else None
        container.start_encoding()
        streams = [_video_packets(segments, video, fps)]
        if audio is not None and sidecar.audio is not None:
            streams.append(_audio_packets(sidecar.audio, audio))
        if captions is not None:
            streams.append(_caption_packets(sidecar.captions, captions))
        for _, packet in merge(*streams, key=lambda timed: timed[0]):
            check()
            container.mux(packet)
    check()


Timed: TypeAlias = "tuple[float, av.Packet[Any]]"  # seconds, packet


def _video_packets(
    segments: Iterable[tuple[int, EncodedSegment]], stream: VideoStream, fps: int
) -> Iterator[Timed]:
    clock = Fraction(1, fps)
    position = 0
    for start, segment in segments:
        if segment.extradata != bytes(stream.codec_context.extradata or b""):
            raise RuntimeError("A kept segment was encoded with other parameters than its key says.")
        for frame in segment.frames:
            packet = av.Packet(frame.data)
            packet.stream = stream
            packet.time_base = clock
            packet.pts, packet.dts, packet.duration = start + frame.pts, position - REORDER_FRAMES, 1
            packet.is_keyframe = frame.keyframe
            yield float(position / fps), packet
            position += 1


def _audio_stream(container: av.container.OutputContainer, sidecar: Sidecar) -> AudioStream:
    stream = container.add_stream("aac", rate=SAMPLE_RATE_HZ)
    stream.codec_context.layout = "stereo"
    stream.codec_context.format = "fltp"
    stream.bit_rate = AUDIO_BITS_PER_SECOND
    stream.metadata["language"] = ISO_LANGUAGES.get(sidecar.language, "und")
    return stream


def _audio_packets(pcm: Pcm, stream: AudioStream) -> Iterator[Timed]:
    if pcm.ndim != 2 or pcm.shape[1] != 2:
        raise ValueError(f"Sound must be (samples, 2) at 48 kHz, got {pcm.shape}.")
    clock = Fraction(1, SAMPLE_RATE_HZ)
    block = stream.codec_context.frame_size or 1024
    for start in range(0, len(pcm), block):
        part = np.ascontiguousarray(pcm[start : start + block].T, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE_HZ, start, clock
        yield from _timed(stream.encode(frame))
    yield from _timed(stream.encode(None))


def _timed(packets: Iterable[av.Packet[Any]]) -> Iterator[Timed]:
    for packet in packets:
        yield float((packet.dts or 0) * (packet.time_base or 0)), packet


def _caption_stream(container: av.container.OutputContainer, sidecar: Sidecar) -> SubtitleStream:
    stream = container.add_stream("mov_text")
    stream.codec_context.time_base = Fraction(1, CAPTION_CLOCK)
    stream.codec_context.subtitle_header = ASS_HEADER.encode()
    stream.metadata["language"] = ISO_LANGUAGES.get(sidecar.language, "und")
    return stream


def _caption_packets(captions: Sequence[Cue], stream: SubtitleStream) -> Iterator[Timed]:
    """A tx3g sample is its text in UTF-8 behind two bytes of length; the muxer adds the empty ones between."""
    free_from = 0
    for cue in sorted(captions, key=lambda cue: cue.start):
        start = max(round(cue.start * CAPTION_CLOCK), free_from)
        end = round(cue.end * CAPTION_CLOCK)
        text = cue.text.strip().encode()[:65535]
        if end <= start or not text:
            continue
        packet = av.Packet(len(text).to_bytes(2, "big") + text)
        packet.stream = stream
        packet.time_base = Fraction(1, CAPTION_CLOCK)
        packet.pts = packet.dts = start
        packet.duration = end - start
        packet.is_keyframe = True
        free_from = end
        yield start / CAPTION_CLOCK, packet
