"""x264 in its own thread behind a short queue: frames go in, one closed segment of packets comes out."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from generation.media.composition.storage import EncodedFrame, EncodedSegment

POLL_SECONDS = 0.05
GLOBAL_HEADER = 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER: parameter sets once, outside the packets


@dataclass(frozen=True)
class EncoderSettings:
    """How x264 is asked: ``preset`` by name, ``crf`` 0–51 (smaller is better), ``threads`` 0 = one and a half a core."""

    preset: str = "veryfast"
    crf: float = 21.0
    threads: int = 0

    def fingerprint(self) -> str:
        """What must be equal for two encodings to fit behind one another in a file."""
        return f"{self!r} cores={os.cpu_count()} libavcodec={av.library_versions['libavcodec']} av={av.__version__}"


def set_up_encoder(
    context: VideoCodecContext, settings: EncoderSettings, size: tuple[int, int], fps: int
) -> None:
    """H.264 High, yuv420p, tagged BT.709 limited range, constant rate factor."""
    context.width, context.height = size
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, fps)
    context.framerate = Fraction(fps)
    context.thread_count = settings.threads
    context.color_primaries = int(ColorPrimaries.BT709)
    context.color_trc = int(ColorTrc.BT709)
    context.colorspace = int(Colorspace.ITU709)
    context.color_range = int(ColorRange.MPEG)
    context.options = {"preset": settings.preset, "crf": str(settings.crf), "profile": "high"}
    context.flags |= GLOBAL_HEADER


def open_encoder(settings: EncoderSettings, size: tuple[int, int], fps: int) -> VideoCodecContext:
    context = av.CodecContext.create("libx264", "w")
    set_up_encoder(context, settings, size, fps)
    return context


@dataclass
class FramePool:
    """A fixed number of frames in turn: the painter waits when all are on their way through the encoder."""

    size: tuple[int, int]
    count: int
    _free: queue.Queue[av.VideoFrame] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        for _ in range(self.count):
            self._free.put(av.VideoFrame(*self.size, "yuv420p"))

    def take(self, while_waiting: Callable[[], None]) -> av.VideoFrame:
        while True:
            try:
                return self._free.get(timeout=POLL_SECONDS)
            except queue.Empty:
                while_waiting()

    def give(self, frame: av.VideoFrame) -> None:
        self._free.put(frame)


class SegmentEncoder:
    """Encodes one segment. ``put`` frames in order, then ``finish``; ``result`` waits; ``abandon`` stops at once."""

    def __init__(
        self,
        settings: EncoderSettings,
        size: tuple[int, int],
        fps: int,
        pool: FramePool,
        keep: Callable[[EncodedSegment], None],
    ) -> None:
        self._settings, self._size, self._fps, self._pool, self._keep = settings, size, fps, pool, keep
        self._queue: queue.SimpleQueue[av.VideoFrame | None] = queue.SimpleQueue()  # the pool bounds it
        self._abandoned = threading.Event()
        self._error: BaseException | None = None
        self._segment: EncodedSegment | None = None
        self.encoded = 0
        self.busy_seconds = 0.0
        self._thread = threading.Thread(target=self._run, name="x264", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def put(self, frame: av.VideoFrame) -> None:
        self.raise_failure()
        self._queue.put(frame)

    def raise_failure(self) -> None:
        if self._error is not None:
            raise self._error

    def finish(self) -> None:
        self._queue.put(None)

    def result(self, while_waiting: Callable[[], None]) -> EncodedSegment:
        while self._thread.is_alive():
            self._thread.join(POLL_SECONDS)
            if self._thread.is_alive():
                while_waiting()
        self.raise_failure()
        assert self._segment is not None
        return self._segment

    def abandon(self) -> None:
        self._abandoned.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            context = open_encoder(self._settings, self._size, self._fps)
            frames: list[EncodedFrame] = []
            while (frame := self._queue.get()) is not None and not self._abandoned.is_set():
                frame.pts, frame.time_base = self.encoded, Fraction(1, self._fps)
                started = time.perf_counter()
                packets = context.encode(frame)
                self.busy_seconds += time.perf_counter() - started
                self._pool.give(frame)
                frames.extend(_unit(packet) for packet in packets)
                self.encoded += 1
            if self._abandoned.is_set():
                return
            started = time.perf_counter()
            frames.extend(_unit(packet) for packet in context.encode(None))
            self.busy_seconds += time.perf_counter() - started
            self._segment = EncodedSegment(bytes(context.extradata or b""), tuple(frames))
            self._keep(self._segment)
        except BaseException as error:  # raised again in the thread that draws
            self._error = error


def _unit(packet: av.Packet[VideoStream]) -> EncodedFrame:
    if packet.pts is None:
        raise RuntimeError("x264 gave a packet without a time.")
    return EncodedFrame(packet.pts, packet.is_keyframe, bytes(packet))
