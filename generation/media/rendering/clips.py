"""A creator's clip or image as the background of a scene: decoded, looped, cropped before scaling, slowly zoomed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageOps

from generation.errors import MediaUnreadable
from generation.media.layers import ClipSource
from generation.media.rendering.compositing.frames import Frame
from generation.media.rendering.compositing.zoom import halve_plane, zoom_plane

READ_AHEAD = 3  # decoded frames waiting for the painter
SEEK_BACK_SECONDS = 0.5  # an earlier time than this is reached by seeking, not by looping round
BT601 = (Colorspace.SMPTE170M, Colorspace.ITU601)


def crop_window(
    source_size: tuple[int, int], target_size: tuple[int, int], focus: tuple[float, float], zoom: float
) -> tuple[float, float, float, float]:
    """The window (left, top, width, height) of the source, in its pixels, that fills the target at ``zoom`` ≥ 1.

    It has the target's aspect, lies inside the source and is as near to being centered on ``focus`` as that allows.
    """
    source_width, source_height = source_size
    fit = min(source_width / target_size[0], source_height / target_size[1]) / max(zoom, 1.0)
    width, height = target_size[0] * fit, target_size[1] * fit
    left = min(max(focus[0] * source_width - width / 2, 0.0), source_width - width)
    top = min(max(focus[1] * source_height - height / 2, 0.0), source_height - height)
    return left, top, width, height


class ClipBackground:
    """Draws a ``ClipSource`` at any scene time; times that rise are cheapest. Close it to stop its decoder.

    Raises ``MediaUnreadable`` when the file cannot be opened or holds no picture.
    """

    def __init__(self, source: ClipSource, *, seconds: float, size: tuple[int, int]) -> None:
        self.source, self.seconds, self.size = source, seconds, size
        self._still = _load_image(source, size) if source.kind == "image" else None
        self._frames = None if source.kind == "image" else _FrameSequence(source.path)
        self._shrunk: tuple[Frame | None, int, Frame] | None = None

    def draw(self, t: float, out: Frame) -> None:
        """Draw scene time ``t`` into ``out``, a picture of this background's size."""
        if self._still is not None:
            picture = self._still
        else:
            assert self._frames is not None
            picture = self._frames.at(self.source.start + t)
        progress = min(max(t / self.seconds, 0.0), 1.25) if self.seconds > 0 else 0.0
        zoom = 1 + (max(self.source.zoom, 1.0) - 1) * progress
        window = crop_window((picture.width, picture.height), self.size, self.source.focus, zoom)
        picture, window = self._shrink(picture, window)
        left, top, width, height = window
        zoom_plane(picture.y, picture.width, out.y, out.width, left, top, width, height)
        # Chroma sites lie on even luma columns and between rows, which scaling about pixel corners would shift.
        across = left / 2 + (1 - width / out.width) / 4
        for source, target in ((picture.u, out.u), (picture.v, out.v)):
            zoom_plane(
                source, picture.width // 2, target, out.width // 2, across, top / 2, width / 2, height / 2
            )

    def close(self) -> None:
        if self._frames is not None:
            self._frames.close()

    def _shrink(
        self, picture: Frame, window: tuple[float, float, float, float]
    ) -> tuple[Frame, tuple[float, float, float, float]]:
        """Halve the picture until one source pixel is no more than 1.6 target pixels apart: no aliasing."""
        halvings = 0
        while window[2] / 2**halvings / self.size[0] > 1.6:
            halvings += 1
        if halvings == 0:
            return picture, window
        held = self._shrunk
        if held is None or held[0] is not picture or held[1] != halvings:
            small = picture
            for _ in range(halvings):
                small = _half(small)
            held = self._shrunk = (picture, halvings, small)
        left, top, width, height = (edge / 2**halvings for edge in window)
        return held[2], (left, top, width, height)


class _FrameSequence:
    """The frames of a clip as pictures, by time; a thread decodes a little ahead."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._queue: queue.Queue[tuple[float, Frame] | BaseException | None] = queue.Queue(READ_AHEAD)
        self._current: tuple[float, Frame] | None = None
        self._next: tuple[float, Frame] | None = None
        self._ended = False
        self._length = _clip_seconds(path)

    def at(self, seconds: float) -> Frame:
        """The picture on show ``seconds`` into the clip, which repeats for ever."""
        within = seconds % self._length if self._length > 0 else 0.0
        if self._current is None or within < self._current[0] or within > self._current[0] + 2.0:
            self._restart(within)
        while self._next is not None and self._next[0] <= within + 1e-6:
            self._current, self._next = self._next, self._take()
        assert self._current is not None
        return self._current[1]

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            while self._thread.is_alive():
                try:
                    self._queue.get_nowait()
                except queue.Empty:
                    self._thread.join(0.01)
            self._thread = None

    def _restart(self, seconds: float) -> None:
        self.close()
        self._stop, self._queue, self._ended = threading.Event(), queue.Queue(READ_AHEAD), False
        self._thread = threading.Thread(
            target=self._decode, args=(seconds, self._stop, self._queue), name="clip-decoder", daemon=True
        )
        self._thread.start()
        self._current = self._take()
        if self._current is None:
            raise MediaUnreadable(f"The clip {Path(self._path).name} holds no picture. Choose another file.")
        self._next = self._take()

    def _take(self) -> tuple[float, Frame] | None:
        if self._ended:
            return None
        item = self._queue.get()
        if isinstance(item, BaseException):
            self._ended = True
            raise MediaUnreadable(
                f"The clip {Path(self._path).name} cannot be decoded ({item}). Choose another file."
            ) from item
        self._ended = item is None
        return item

    def _decode(self, seconds: float, stop: threading.Event, out: queue.Queue[object]) -> None:
        last: tuple[float, Frame] | None = None
        try:
            for at, frame in _decoded_from(self._path, seconds):
                if at <= seconds + 1e-6:
                    last = (
                        at,
                        _as_picture(frame),
                    )  # the newest frame that is not too late opens the sequence
                    continue
                if last is not None:
                    _put(out, last, stop)
                    last = None
                _put(out, (at, _as_picture(frame)), stop)
                if stop.is_set():
                    return
            if last is not None:
                _put(out, last, stop)
            _put(out, None, stop)
        except Exception as error:  # handed to the thread that draws, which raises it
            _put(out, error, stop)


def _put(out: queue.Queue[object], item: object, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            out.put(item, timeout=0.05)
            return
        except queue.Full:
            continue


def _clip_seconds(path: str) -> float:
    try:
        with av.open(path) as container:
            if not container.streams.video:
                raise MediaUnreadable(
                    f"The clip {Path(path).name} holds no video stream. Choose another file."
                )
            stream = container.streams.video[0]
            if stream.duration is not None and stream.time_base is not None:
                return float(stream.duration * stream.time_base)
            return float((container.duration or 0) / av.time_base)
    except (av.FFmpegError, OSError) as error:
        raise MediaUnreadable(
            f"The clip {Path(path).name} cannot be opened ({error}). Choose another file."
        ) from error


def _decoded_from(path: str, seconds: float) -> Iterator[tuple[float, av.VideoFrame]]:
    """Frames with their times since the clip's first one, beginning at or before ``seconds``.

    On the way from the keyframe before ``seconds`` to there, pictures that no other one needs are left out.
    """
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base = float(stream.time_base or 0)
        first = (stream.start_time or 0) * base
        if seconds > SEEK_BACK_SECONDS and base > 0:
            container.seek(int((first + seconds) / base), stream=stream, backward=True)
        for packet in container.demux(stream):
            early = packet.pts is not None and packet.pts * base - first < seconds - SEEK_BACK_SECONDS
            stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
            for frame in packet.decode():
                if frame.pts is not None:
                    yield frame.pts * base - first, frame


def _as_picture(frame: av.VideoFrame) -> Frame:
    """The frame as BT.709 limited-range 4:2:0; an untagged clip is taken to be that already, as browsers do."""
    full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    even = frame.width % 2 == 0 and frame.height % 2 == 0
    if frame.format.name != "yuv420p" or full or frame.colorspace in BT601 or not even:
        frame = frame.reformat(
            width=frame.width - frame.width % 2,
            height=frame.height - frame.height % 2,
            format="yuv420p",
            src_colorspace=Colorspace.ITU601 if frame.colorspace in BT601 else Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
        )
    return Frame.of_frame(frame)


def _load_image(source: ClipSource, size: tuple[int, int]) -> Frame:
    """The image upright and no larger than the closest zoom needs."""
    try:
        with Image.open(source.path) as opened:
            opened.draft("RGB", (size[0] * 2, size[1] * 2))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, Image.DecompressionBombError) as error:
        name = Path(source.path).name
        raise MediaUnreadable(f"The image {name} cannot be opened ({error}). Choose another file.") from error
    fit = min(upright.width / size[0], upright.height / size[1]) / max(source.zoom, 1.0)
    if fit > 1:
        upright = upright.resize(
            (round(upright.width / fit), round(upright.height / fit)), Image.Resampling.LANCZOS
        )
    rgb = np.asarray(upright)
    rgb = rgb[: max(rgb.shape[0] - rgb.shape[0] % 2, 2), : max(rgb.shape[1] - rgb.shape[1] % 2, 2)]
    if rgb.shape[0] < 2 or rgb.shape[1] < 2:
        raise MediaUnreadable(
            f"The image {Path(source.path).name} is only {upright.width}×{upright.height} pixels."
        )
    return Frame.of_rgb(rgb)


def _half(picture: Frame) -> Frame:
    """Half the size; dimensions are cut to even ones first so that the planes stay aligned."""
    width, height = picture.width // 4 * 2, picture.height // 4 * 2
    y = halve_plane(picture.y, picture.width)[:height, :width]
    u, v = (
        halve_plane(plane, picture.width // 2)[: height // 2, : width // 2]
        for plane in (picture.u, picture.v)
    )
    return Frame(width, height, *(np.ascontiguousarray(plane) for plane in (y, u, v)))
