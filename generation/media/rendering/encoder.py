"""x264 in its own thread behind a short queue: frames go in, closed segments of packets come out."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from generation.media.rendering.segments import EncodedFrame, EncodedSegment

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
    context.options = {
        "preset": settings.preset,
        "crf": str(settings.crf),
        "profile": "high",
        "forced-idr": "1",
    }
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


class EncoderThread:
    """One x264 for all segments that are drawn in a rendering; each begins with an IDR picture, so it stands alone.

    ``begin`` a segment, ``put`` its frames in order, at the end ``finish``; ``abandon`` stops at once. ``keep`` is
    called in the thread with the key and the packets of each segment that is complete.
    """

    def __init__(
        self,
        settings: EncoderSettings,
        size: tuple[int, int],
        fps: int,
        pool: FramePool,
        keep: Callable[[str, EncodedSegment], None],
    ) -> None:
        self._settings, self._size, self._fps, self._pool, self._keep = settings, size, fps, pool, keep
        self._queue: queue.SimpleQueue[av.VideoFrame | None] = queue.SimpleQueue()  # the pool bounds it
        self._abandoned = threading.Event()
        self._error: BaseException | None = None
        self._segments: deque[tuple[str, int, int]] = deque()  # key, first frame of this encoder, frames
        self._begun = 0  # frames of the segments begun so far
        self._starts: set[int] = set()
        self.encoded = 0
        self._thread = threading.Thread(target=self._run, name="x264", daemon=True)
        self._thread.start()

    def begin(self, key: str, frames: int) -> None:
        """The next ``frames`` frames are the segment ``key``."""
        self._segments.append((key, self._begun, frames))
        self._starts.add(self._begun)
        self._begun += frames

    def put(self, frame: av.VideoFrame) -> None:
        self.raise_failure()
        self._queue.put(frame)

    def raise_failure(self) -> None:
        if self._error is not None:
            raise self._error

    def finish(self, while_waiting: Callable[[], None]) -> None:
        """Wait until all is encoded and kept."""
        self._queue.put(None)
        while self._thread.is_alive():
            self._thread.join(POLL_SECONDS)
            if self._thread.is_alive():
                while_waiting()
        self.raise_failure()

    def abandon(self) -> None:
        self._abandoned.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            context = open_encoder(self._settings, self._size, self._fps)
            units: list[EncodedFrame] = []
            while (frame := self._queue.get()) is not None and not self._abandoned.is_set():
                frame.pts, frame.time_base = self.encoded, Fraction(1, self._fps)
                frame.pict_type = PictureType.I if self.encoded in self._starts else PictureType.NONE
                packets = context.encode(frame)
                self._pool.give(frame)
                self.encoded += 1
                self._collect(packets, units, context)
            if not self._abandoned.is_set():
                self._collect(context.encode(None), units, context)
        except BaseException as error:  # raised again in the thread that draws
            self._error = error

    def _collect(
        self, packets: list[av.Packet[VideoStream]], units: list[EncodedFrame], context: VideoCodecContext
    ) -> None:
        """Packets come in decoding order, in which no picture of a segment follows one of the next."""
        for packet in packets:
            key, first, count = self._segments[0]
            units.append(_unit(packet, first))
            if len(units) == count:
                self._keep(key, EncodedSegment(bytes(context.extradata or b""), tuple(units)))
                units.clear()
                self._segments.popleft()


def _unit(packet: av.Packet[VideoStream], first: int) -> EncodedFrame:
    if packet.pts is None:
        raise RuntimeError("x264 gave a packet without a time.")
    return EncodedFrame(packet.pts - first, packet.is_keyframe, bytes(packet))
