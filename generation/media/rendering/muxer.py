"""Encoded segments, sound, captions and tags into one mp4, without encoding a picture again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path

import av
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from core.files import atomic_path, disk_errors
from generation.media.rendering.encoder import EncoderSettings, set_up_encoder
from generation.media.rendering.segments import EncodedSegment
from generation.media.rendering.sound import Pcm, Timed, aac_packets, add_aac
from generation.storyboard import Cue

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
        audio = None
        if sidecar.audio is not None:
            audio = add_aac(container, language=ISO_LANGUAGES.get(sidecar.language, "und"))
        captions = _caption_stream(container, sidecar) if sidecar.captions else None
        container.start_encoding()
        streams = [_video_packets(segments, video, fps)]
        if audio is not None and sidecar.audio is not None:
            streams.append(aac_packets(sidecar.audio, audio))
        if captions is not None:
            streams.append(_caption_packets(sidecar.captions, captions))
        for _, packet in merge(*streams, key=lambda timed: timed[0]):
            check()
            container.mux(packet)
    check()


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
