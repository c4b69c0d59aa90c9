"""What is in this file? Checks that need the demuxer: tracks, codecs, true length, rate, size. Runs in the sandbox."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from generation.media.ingest.containers import check_structure
from generation.media.ingest.formats import ISO, KINDS, MATROSKA, Family, sniff
from generation.media.ingest.refusals import PICTURE_TRACK, RECORDING_TAKEN, SOUND_TRACK, _, refusal

Times = NDArray[np.float64]

VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "h263", "mjpeg", "png", "prores")
AUDIO_CODECS = tuple("aac mp3 mp3float opus libopus vorbis flac alac ac3 eac3 amrnb amrwb".split())
# the sample layouts a wav file may have, and those of old cameras
PCM_CODECS = tuple(
    f"pcm_{layout}" for layout in "u8 s16le s16be s24le s24be s32le s32be f32le f64le alaw mulaw".split()
)
SOUND_ADVICE = {"clip": "AAC", "audio": RECORDING_TAKEN}
MOST_TRACKS = 16
SMALLEST_SIDE = 64
MOST_ELONGATED = 8
MOST_SAMPLE_RATE_HZ = 192_000
OVERHANG_SECONDS = 0.5  # sound in blocks ends a little behind the pictures; that is cut
# only these say how long they are; of the others FFmpeg makes a guess
CLAIMING = (ISO, MATROSKA)
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
    """One track by its packets: ``start`` and ``seconds`` in seconds, ``interval`` the median time between packets.

    ``longest`` is the most that the packets leave open: how long the last of them is on show.
    """

    index: int
    start: float
    seconds: float
    packets: int
    interval: float
    longest: float = 0.0

    @property
    def end(self) -> float:
        return self.start + self.seconds


@dataclass(frozen=True)
class FileFacts:
    """What was found: the ``family`` and its tracks; ``seconds`` is the length that counts for the kind.

    ``sounds`` are all sound tracks that can be read, in the file's order; which of them speaks is told by decoding.
    """

    family: Family
    seconds: float
    video: Track | None
    sounds: tuple[Track, ...] = ()

    @property
    def audio(self) -> Track | None:
        return self.sounds[0] if self.sounds else None

    @property
    def held_seconds(self) -> float:
        """How much longer than its pictures a clip's sound is, in seconds: so long the last picture stays."""
        if self.video is None or not self.sounds:
            return 0.0
        longer = max(sound.end for sound in self.sounds) - self.video.end
        return longer if longer > OVERHANG_SECONDS else 0.0


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
        video, sounds = chosen_streams(container)
        audio = sounds[0] if sounds else None
        if kind == "clip" and video is None:
            raise refusal("upload_no_video")
        if kind == "audio" and video is not None:
            raise refusal("upload_wrong_kind", found=_("a film"), kind=KINDS["audio"])
        if kind == "audio" and audio is None:
            raise refusal("upload_no_sound")
        for stream in (video, audio):
            if stream is not None:
                _check_codec(stream, kind)
        if video is not None:
            check_size(video.codec_context.width, video.codec_context.height, limits.max_pixels)
        tracks = _read_packets(container, [s for s in (video, *sounds) if s is not None], limits)
        film = tracks.get(video.index) if video is not None else None
        heard = tuple(tracks[sound.index] for sound in sounds if sound.index in tracks)
        main = film if kind == "clip" else max(heard, key=lambda track: track.seconds, default=None)
        if main is None:
            raise refusal("upload_no_frames" if kind == "clip" else "upload_silent")
        if kind == "clip":
            _check_rate(main, limits)
        if family in CLAIMING:
            main = _with_claim(container, family, main, (main, *heard))
    facts = FileFacts(family, main.seconds, main if kind == "clip" else None, heard)
    facts = replace(facts, seconds=main.seconds + facts.held_seconds)
    shown = f"{facts.seconds:.2f}"
    if facts.seconds < (limits.min_seconds if kind == "clip" else 1.0) - 0.01:
        raise refusal(
            "upload_too_short", seconds=shown, limit=f"{limits.min_seconds if kind == 'clip' else 1:g}"
        )
    if facts.seconds > limits.max_seconds + 0.05:
        raise refusal("upload_too_long", seconds=shown, limit=f"{limits.max_seconds:g}")
    return facts


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


def chosen_streams(container: InputContainer) -> tuple[VideoStream | None, list[AudioStream]]:
    """The largest film track and the sound tracks; covers, fonts and subtitles are passed over.

    Sound tracks come without those that cannot be read, as long as there is one that can. Raises ``UploadRejected`` for
    too many tracks.
    """
    films = [
        s for s in container.streams.video if s.codec_context and not int(s.disposition) & ATTACHED_PICTURE
    ]
    sounds = list(container.streams.audio)
    if len(films) + len(sounds) > MOST_TRACKS:
        raise refusal("upload_too_many_streams", count=len(films) + len(sounds), limit=MOST_TRACKS)
    best = max(films, key=lambda s: s.codec_context.width * s.codec_context.height, default=None)
    readable = [
        s for s in sounds if s.codec_context is not None and s.codec_context.name in AUDIO_CODECS + PCM_CODECS
    ]
    return best, readable or sounds


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


def _check_codec(stream: VideoStream | AudioStream, kind: str) -> None:
    """Raises ``UploadRejected`` with advice for what was sent: a recording is not told to become a film."""
    picture = isinstance(stream, VideoStream)
    name = stream.codec_context.name if stream.codec_context is not None else "something unknown"
    if name not in (VIDEO_CODECS if picture else AUDIO_CODECS + PCM_CODECS):
        words = PICTURE_TRACK if picture else SOUND_TRACK
        taken = "H.264" if picture else SOUND_ADVICE[kind]
        raise refusal("upload_codec", stream=words, codec=name, taken=taken)
    if isinstance(stream, AudioStream) and stream.codec_context.sample_rate > MOST_SAMPLE_RATE_HZ:
        coded = f"{name} at {stream.codec_context.sample_rate} Hz"
        raise refusal("upload_codec", stream=SOUND_TRACK, codec=coded, taken=SOUND_ADVICE[kind])
    if isinstance(stream, AudioStream) and not stream.codec_context.channels:
        raise refusal("upload_channels")


def _read_packets(
    container: InputContainer, streams: list[VideoStream | AudioStream], limits: Limits
) -> dict[int, Track]:
    """Each track's packets with their times, without decoding one."""
    times: dict[int, list[float]] = {stream.index: [] for stream in streams}
    lasting: dict[int, list[float]] = {stream.index: [] for stream in streams}
    most = int(max(limits.max_fps, 100) * limits.max_seconds * 4)
    try:
        for packet in container.demux(*streams):
            index, at = packet.stream.index, packet.pts if packet.pts is not None else packet.dts
            if packet.size == 0 or at is None or packet.time_base is None or packet.is_discard:
                continue
            seconds = float(at * packet.time_base)
            times[index].append(seconds)
            lasting[index].append(float((packet.duration or 0) * packet.time_base))
            if len(times[index]) > most:
                break  # far more than any length and rate we take: the rate check says so
    except MemoryError:
        raise
    except (av.FFmpegError, OSError, ValueError) as error:
        raise refusal("upload_malformed", detail=_words(error)) from error
    tracks = {}
    for index, found in times.items():
        if found:
            tracks[index] = _track(index, np.array(found), np.array(lasting[index]))
    return tracks


def _track(index: int, times: Times, lasting: Times) -> Track:
    """A track of packets at ``times`` that are on show for ``lasting``, in seconds and in the order of decoding.

    That order differs from the pictures' own, so what the last one lasts stands at another: where every packet says how
    long it lasts, their sum says where the track ends, and else the last one's own word or the usual step.
    """
    ordered = np.sort(times)
    steps = np.diff(ordered)
    span = float(ordered[-1] - ordered[0])
    interval = float(np.median(steps)) if len(steps) else 0.0
    together = float(lasting.sum())
    longest = float(max(steps.max(initial=0.0), lasting.max(initial=0.0)))
    last = float(lasting[int(np.argmax(times))]) or interval
    if lasting.all() and span <= together <= span + longest + 1e-3:
        last = together - span
    return Track(index, float(ordered[0]), span + last, len(times), interval, longest)


def _check_rate(track: Track, limits: Limits) -> None:
    span = track.seconds
    rate = track.packets / span if span > 0 else float(track.packets)
    if track.packets >= 8 and rate > limits.max_fps * 1.05:
        raise refusal("upload_frame_rate", rate=f"{rate:.0f}", limit=f"{limits.max_fps:g}")


def _with_claim(container: InputContainer, family: Family, main: Track, tracks: tuple[Track, ...]) -> Track:
    """``main`` as long as the header claims, where the packets leave that open. Raises ``UploadRejected`` for a lie.

    Packets say when each begins. How long the last of a slide show stays is often told by the header alone.
    A track of Matroska claims nothing of its own.
    """
    stream = container.streams[main.index]
    held = main.seconds
    if family is ISO and stream.duration is not None and stream.time_base is not None:
        claimed = float(stream.duration * stream.time_base)
    elif container.duration:
        claimed = container.duration / av.time_base
        held = max(track.seconds for track in tracks)
    else:
        return main
    most = max(held, main.seconds + main.longest)
    if not held - _slack(held) <= claimed <= most + _slack(most):
        raise refusal("upload_duration_lie", claimed=f"{claimed:.1f}", held=f"{held:.1f}")
    is_open = held < claimed <= main.seconds + main.longest + 1e-3
    return replace(main, seconds=claimed) if is_open else main


def _slack(seconds: float) -> float:
    return max(2.0, 0.2 * seconds)


def _words(error: Exception) -> str:
    text: Any = getattr(error, "strerror", None) or str(error)
    return str(text)[:120].rstrip(".")
