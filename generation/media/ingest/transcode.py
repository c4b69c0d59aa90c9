"""An accepted upload becomes a file of ours: one pass from any codec to mp4, with features on the way.

Clips: H.264 High yuv420p BT.709 + AAC 48 kHz stereo at −14 LUFS, upright, square pixels, constant ≤ 60 fps, longer side
≤ 1920, index first. Voice-overs: 48 kHz mono wav at −16 LUFS. Runs in the sandbox (``take``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from av.video.stream import VideoStream
from PIL import Image

from generation.media.ingest.audio import (
    MOST_BAD_SHARE,
    RATE_HZ,
    VOICE_OVER_LUFS,
    heard_sound,
    is_silent,
    leveled,
)
from generation.media.ingest.features import SAMPLE_SIDE, FeatureCollector, Rgb, phash, poster_score
from generation.media.ingest.images import take_image, write_poster
from generation.media.ingest.orientation import Uprighter, turn_of, upright_size
from generation.media.ingest.probe import (
    FileFacts,
    Limits,
    Track,
    check,
    check_large_enough,
    check_size,
    opened,
)
from generation.media.ingest.refusals import refusal
from generation.media.music.mixing import measure
from generation.media.music.mixing.loudness import Pcm
from generation.media.provenance import labels_of
from generation.media.provenance.field import KEY, SOURCE_KEY
from generation.media.wav import write_wav

Progress = Callable[[float], None]
Timed: TypeAlias = "tuple[float, av.Packet[Any]]"

LONGEST_SIDE = 1920
SLOWEST_FPS, FASTEST_FPS = 10, 60
USUAL_RATES = [Fraction(n) for n in (10, 12, 15, 24, 25, 30, 48, 50, 60)] + [
    Fraction(n * 1000, 1001) for n in (24, 30, 60)
]
PICTURE_STAYS, SIZE_CHANGES = "picture_stays", "size_changes"
POSTER_EVERY_SECONDS = 0.5
SOUND_SHARE = 0.06  # of the work
THREADS = min(os.cpu_count() or 1, 4)


def take(
    kind: str, source: str, folder: str, name: str, limits: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    """Check the file at ``source`` and write what becomes of it into ``folder``; what the row stores, as JSON.

    ``kind`` is clip, image or audio; ``limits`` are the fields of ``Limits``. Raises ``UploadRejected``.
    """
    bounds = Limits(**limits)
    if kind == "image":
        return take_image(Path(source), Path(folder), name, bounds)
    facts = check(Path(source), kind=kind, name=name, limits=bounds)
    if kind == "audio":
        return _take_voice_over(Path(source), Path(folder), facts, progress)
    return _take_clip(Path(source), Path(folder), facts, bounds, progress)


def _take_voice_over(source: Path, folder: Path, facts: FileFacts, progress: Progress) -> dict[str, Any]:
    heard = heard_sound(source, facts)
    mono = heard.pcm.mean(axis=1, keepdims=True)
    progress(0.6)
    if is_silent(mono):
        raise refusal("upload_silent")
    found = measure(mono, RATE_HZ)
    write_wav(folder / "file.wav", leveled(mono, lufs=VOICE_OVER_LUFS)[:, 0], rate_hz=RATE_HZ)
    progress(1.0)
    features = {"version": 1, "loudness_lufs": found.lufs, "true_peak_dbtp": found.true_peak_dbtp}
    return {
        "seconds": round(len(mono) / RATE_HZ, 3),
        "width": 0,
        "height": 0,
        "features": features,
        "labels": labels_of(source),
        "notes": list(heard.notes),
    }


def _take_clip(
    source: Path, folder: Path, facts: FileFacts, limits: Limits, progress: Progress
) -> dict[str, Any]:
    assert facts.video is not None
    labels = labels_of(source)
    notes = [PICTURE_STAYS] if facts.held_seconds else []
    sound = np.zeros((round(facts.seconds * RATE_HZ), 2), np.float32)
    features: dict[str, Any] = {"loudness_lufs": -120.0, "true_peak_dbtp": -120.0}
    if facts.audio is not None:
        heard = heard_sound(source, facts, start=facts.video.start, seconds=facts.seconds)
        loudness = measure(heard.pcm, RATE_HZ)
        features = {"loudness_lufs": loudness.lufs, "true_peak_dbtp": loudness.true_peak_dbtp}
        sound = leveled(heard.pcm)
        notes += heard.notes
    progress(SOUND_SHARE)
    pictures = _Pictures(source, facts, limits, lambda done: progress(SOUND_SHARE + (1 - SOUND_SHARE) * done))
    _write(folder / "file.mp4", pictures, sound, labels)
    if pictures.collector.blank:
        raise refusal("upload_blank")
    assert pictures.poster is not None
    poster = write_poster(pictures.poster, folder / "poster.jpg")
    features |= pictures.collector.describe(facts.seconds) | {"phash": phash(np.asarray(poster))}
    return {
        "seconds": round(pictures.total / float(pictures.fps), 3),
        "width": pictures.size[0],
        "height": pictures.size[1],
        "fps": round(float(pictures.fps), 3),
        "features": features,
        "labels": labels,
        "has_sound": bool(np.any(sound)),
        "notes": notes + ([SIZE_CHANGES] if pictures.has_bars else []),
    }


def constant_rate(track: Track) -> Fraction:
    """The constant frame rate, 10–60 fps, that serves a track best: its usual step, snapped to a usual rate."""
    rate = 1 / track.interval if track.interval > 0 else track.packets / max(track.seconds, 1e-3)
    while rate > FASTEST_FPS * 1.02:
        rate /= 2
    nearest = min(USUAL_RATES, key=lambda usual: abs(float(usual) - rate))
    if abs(float(nearest) - rate) < 0.004 * rate:
        return nearest
    near = min(USUAL_RATES[:9], key=lambda usual: abs(float(usual) - rate))
    if abs(float(near) - rate) < 0.03 * rate:
        return near
    return min(max(Fraction(rate).limit_denominator(2), Fraction(SLOWEST_FPS)), Fraction(FASTEST_FPS))


@dataclass
class _Pictures:
    """The clip's pictures at a constant rate, upright and sampled for features, as they come out of the decoder."""

    source: Path
    facts: FileFacts
    limits: Limits
    progress: Progress
    collector: FeatureCollector = field(default_factory=FeatureCollector)
    poster: Image.Image | None = None
    size: tuple[int, int] = (0, 0)
    _best: float = -1.0
    _poster_due: float = 0.0

    def __post_init__(self) -> None:
        assert self.facts.video is not None
        self.track = self.facts.video
        self.fps = constant_rate(self.track)
        self.total = max(round(self.facts.seconds * float(self.fps)), 1)
        self._decoded = self._decode()
        self._first = next(self._decoded, None)
        if self._first is None:
            raise refusal("upload_no_frames")
        frame = self._first[1]
        turn = turn_of(frame)
        turned = any(name == "transpose" for name, _ in turn)
        self.size = upright_size(
            frame.width, frame.height, pixel_aspect=self._pixel_aspect, turned=turned, longest=LONGEST_SIDE
        )
        check_large_enough(*self.size)
        self._uprighter = Uprighter(self.size, turn, pixel_aspect=self._pixel_aspect)

    @property
    def has_bars(self) -> bool:
        """Whether pictures of another shape than the first's came and were set between bars."""
        return self._uprighter.has_bars

    def frames(self) -> Iterator[av.VideoFrame]:
        """``total`` frames: each slot shows the newest picture whose time, rounded, it has reached."""
        assert self._first is not None
        shown, slot = self._convert(self._first[1], 0.0), 0
        for at, frame in self._decoded:
            reached = min(round(at * float(self.fps)), self.total)
            if reached <= slot:
                continue  # the next picture comes before this slot is over: the newer one is kept out
            for index in range(slot, reached):
                yield self._stamped(shown, index)
            slot = reached
            if slot >= self.total:
                break
            shown = self._convert(frame, slot / float(self.fps))
        for index in range(slot, self.total):
            yield self._stamped(shown, index)

    def _stamped(self, frame: av.VideoFrame, index: int) -> av.VideoFrame:
        frame.pts, frame.time_base = index, 1 / self.fps
        if index % 8 == 0:
            self.progress(min(index / self.total, 1.0))
        return frame

    def _convert(self, frame: av.VideoFrame, t: float) -> av.VideoFrame:
        upright = self._uprighter.convert(frame)
        upright.colorspace, upright.color_range = Colorspace.ITU709, ColorRange.MPEG
        upright.pict_type = 0  # the encoder chooses its own key frames
        if self.collector.due(t):
            self._sample(upright, t)
        return upright

    def _sample(self, frame: av.VideoFrame, t: float) -> None:
        width, height = self.size
        fit = SAMPLE_SIDE / max(width, height)
        small = frame.reformat(
            max(round(width * fit), 8),
            max(round(height * fit), 8),
            format="rgb24",
            interpolation=Interpolation.AREA,
            src_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
        )
        rgb: Rgb = small.to_ndarray().astype(np.uint8, copy=False)
        self.collector.add(t, rgb)
        if self.poster is None or (t >= self._poster_due and poster_score(rgb) > self._best * 1.02):
            self._best = poster_score(rgb)
            whole = frame.reformat(
                format="rgb24",
                src_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.MPEG,
                dst_color_range=ColorRange.JPEG,
            )
            self.poster = Image.fromarray(whole.to_ndarray())
        if t >= self._poster_due:
            self._poster_due = t + POSTER_EVERY_SECONDS

    def _decode(self) -> Iterator[tuple[float, av.VideoFrame]]:
        """(seconds since the first picture, picture). Raises ``UploadRejected`` when too much is damaged."""
        bad, shown, at = 0, 0, -self.track.interval
        with opened(self.source, self.facts.family) as container:
            stream = container.streams[self.track.index]
            assert isinstance(stream, VideoStream)
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = THREADS
            aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
            self._pixel_aspect = Fraction(aspect) if aspect else Fraction(1)
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except MemoryError:
                    raise
                except av.FFmpegError:
                    bad += 1
                    continue
                for frame in frames:
                    if not isinstance(frame, av.VideoFrame):
                        continue
                    check_size(frame.width, frame.height, self.limits.max_pixels)
                    if frame.pts is not None and frame.time_base is not None:
                        at = float(frame.pts * frame.time_base) - self.track.start
                    else:
                        at += self.track.interval
                    shown += 1
                    yield at, frame
        missing = max(bad, self.track.packets - shown if shown < 0.9 * self.track.packets else 0)
        if shown and missing > MOST_BAD_SHARE * self.track.packets:
            raise refusal("upload_damaged", share=round(100 * missing / self.track.packets))


def _write(target: Path, pictures: _Pictures, sound: Pcm, labels: dict[str, Any]) -> None:
    options = {"movflags": "+use_metadata_tags+faststart"}
    with av.open(str(target), "w", format="mp4", options=options) as container:
        fields = labels.get("aigc", {}).get("fields")
        if fields:
            container.metadata[KEY] = json.dumps(
                fields, separators=(",", ":")
            )  # a foreign label stays on the file
        if source_type := labels.get("iptc", {}).get("digital_source_type"):
            container.metadata[SOURCE_KEY] = source_type
        video = container.add_stream("libx264", rate=pictures.fps)
        _set_up(video, pictures)
        audio = container.add_stream("aac", rate=RATE_HZ)
        audio.codec_context.layout = "stereo"
        audio.codec_context.format = "fltp"
        audio.bit_rate = 160_000
        container.start_encoding()
        for _, packet in merge(
            _video_packets(pictures, video), _audio_packets(sound, audio), key=lambda timed: timed[0]
        ):
            container.mux(packet)


def _set_up(stream: VideoStream, pictures: _Pictures) -> None:
    context = stream.codec_context
    context.width, context.height = pictures.size
    context.pix_fmt = "yuv420p"
    context.time_base = 1 / pictures.fps
    context.thread_count = THREADS
    context.color_primaries, context.color_trc = int(ColorPrimaries.BT709), int(ColorTrc.BT709)
    context.colorspace, context.color_range = int(Colorspace.ITU709), int(ColorRange.MPEG)
    context.options = {
        "preset": "veryfast",
        "crf": "21",
        "profile": "high",
        "maxrate": "12M",
        "bufsize": "24M",
        "g": str(round(2 * pictures.fps)),  # a key frame every two seconds: the editor jumps
    }


def _video_packets(pictures: _Pictures, stream: VideoStream) -> Iterator[Timed]:
    for frame in pictures.frames():
        yield from _timed(stream.encode(frame))
    yield from _timed(stream.encode(None))


def _audio_packets(pcm: Pcm, stream: AudioStream) -> Iterator[Timed]:
    block = stream.codec_context.frame_size or 1024
    for start in range(0, len(pcm), block):
        part = np.ascontiguousarray(pcm[start : start + block].T)
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, start, Fraction(1, RATE_HZ)
        yield from _timed(stream.encode(frame))
    yield from _timed(stream.encode(None))


def _timed(packets: list[av.Packet[Any]]) -> Iterator[Timed]:
    for packet in packets:
        yield float((packet.dts or 0) * (packet.time_base or 0)), packet
