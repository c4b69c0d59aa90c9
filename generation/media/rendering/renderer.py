"""Scenes into a video: draw → blend → x264 in one pass, with every finished segment kept for the next time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generation.media.layers import Layer, Rgb, SceneLayers
from generation.media.rendering.compositing.frames import Frame
from generation.media.rendering.encoder import EncoderSettings, EncoderThread, FramePool
from generation.media.rendering.memory import give_back
from generation.media.rendering.muxer import Sidecar, write_mp4
from generation.media.rendering.painter import Painter
from generation.media.rendering.segments import EncodedSegment, read_segment, segment_path, write_segment
from generation.media.rendering.timeline import Digests, Plan, build_timeline, plan_segment

FRAMES_IN_FLIGHT = 6  # drawn or being encoded at one time

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RenderReport:
    """What a rendering did: frames in all and drawn now, segments in all and drawn now, seconds by kind of work.

    ``paint_seconds`` is time spent drawing, ``wait_seconds`` time the painter waited for the encoder,
    ``mux_seconds`` joining and sound; ``keys`` are the segments' cache keys in order.
    """

    frames: int
    frames_drawn: int
    segments: int
    segments_drawn: int
    paint_seconds: float
    wait_seconds: float
    mux_seconds: float
    total_seconds: float
    keys: tuple[str, ...]


def render_scenes(
    scenes: Sequence[SceneLayers],
    *,
    size: tuple[int, int],
    fps: int,
    output: Path,
    cache_dir: Path,
    overlays: Sequence[Layer] = (),
    settings: EncoderSettings | None = None,
    sidecar: Sidecar | None = None,
    progress: Progress | None = None,
) -> RenderReport:
    """Render ``scenes`` with ``overlays`` (motion in video seconds) over them to ``output``, an mp4.

    ``size`` is (width, height), even. Segments whose inputs are unchanged come from ``cache_dir``. ``progress`` is
    called with (frames done, frames in all), never falling, at least twenty times a second, and may raise
    ``WorkCancelled``: then threads are joined, temporary files are gone and ``output`` is as it was.
    Raises ``DiskFull``, ``MediaFolderUnwritable``, ``MediaUnreadable``.
    """
    started = time.perf_counter()
    give_back()
    settings = settings or EncoderSettings()
    run = _Run(scenes, overlays, size, fps, settings, cache_dir, progress or _no_progress)
    try:
        run.draw_missing()
        painted = time.perf_counter()
        write_mp4(
            output,
            run.encoded_segments(),
            size=size,
            fps=fps,
            settings=settings,
            sidecar=sidecar or Sidecar(),
            check=run.tell,
        )
    finally:
        run.close()
        give_back()
    ended = time.perf_counter()
    return RenderReport(
        frames=run.timeline.frames,
        frames_drawn=run.frames_drawn,
        segments=len(run.plans),
        segments_drawn=run.segments_drawn,
        paint_seconds=run.paint_seconds,
        wait_seconds=run.wait_seconds,
        mux_seconds=ended - painted,
        total_seconds=ended - started,
        keys=tuple(plan.key for plan in run.plans),
    )


def draw_frames(
    scenes: Sequence[SceneLayers], overlays: Sequence[Layer], *, size: tuple[int, int], fps: int
) -> Iterator[Frame]:
    """All frames in order, each valid until the next one is asked for."""
    timeline, digests = build_timeline(scenes, fps), Digests()
    painter = Painter(scenes, overlays, timeline, size)
    out = Frame.empty(*size)
    try:
        for segment in timeline.segments:
            plan = plan_segment(segment, timeline, scenes, overlays, size=size, encoder="", digests=digests)
            painter.open(plan)
            for offset in range(segment.frames):
                painter.draw(plan, offset, out)
                yield out
    finally:
        painter.close()


def frame_hashes(
    scenes: Sequence[SceneLayers], overlays: Sequence[Layer] = (), *, size: tuple[int, int], fps: int
) -> list[str]:
    """SHA-256 of every drawn frame (Y, U, V planes as x264 gets them): equal inputs give equal hashes."""
    hashes = []
    for picture in draw_frames(scenes, overlays, size=size, fps=fps):
        digest = hashlib.sha256()
        for plane in picture.visible_planes():
            digest.update(plane.tobytes())
        hashes.append(digest.hexdigest())
    return hashes


def draw_frame(
    scenes: Sequence[SceneLayers],
    overlays: Sequence[Layer],
    seconds: float,
    size: tuple[int, int],
    fps: int = 30,
) -> Rgb:
    """The frame on show at ``seconds`` of the video, as sRGB (H, W, 3): for covers and thumbnails."""
    timeline = build_timeline(scenes, fps)
    frame = min(max(int(seconds * fps), 0), timeline.frames - 1)
    segment = next(segment for segment in timeline.segments if segment.start <= frame < segment.stop)
    plan = plan_segment(segment, timeline, scenes, overlays, size=size, encoder="", digests=Digests())
    painter = Painter(scenes, overlays, timeline, size)
    out = Frame.empty(*size)
    try:
        painter.open(plan)
        painter.draw(plan, frame - segment.start, out)
    finally:
        painter.close()
    return out.to_rgb()


class _Run:
    """The state of one rendering: plans, what is done, and the encoders at work."""

    def __init__(
        self,
        scenes: Sequence[SceneLayers],
        overlays: Sequence[Layer],
        size: tuple[int, int],
        fps: int,
        settings: EncoderSettings,
        cache_dir: Path,
        progress: Progress,
    ) -> None:
        self.timeline = build_timeline(scenes, fps)
        self.size, self.fps, self.settings, self.cache_dir, self.progress = (
            size,
            fps,
            settings,
            cache_dir,
            progress,
        )
        self.painter = Painter(scenes, overlays, self.timeline, size)
        digests, encoder = Digests(), settings.fingerprint()
        self.plans = [
            plan_segment(
                segment, self.timeline, scenes, overlays, size=size, encoder=encoder, digests=digests
            )
            for segment in self.timeline.segments
        ]
        self.frames_drawn = self.segments_drawn = 0
        self.paint_seconds = self.wait_seconds = 0.0
        self._ready = 0  # frames of segments that were kept already
        self._encoder: EncoderThread | None = None

    def tell(self) -> None:
        """Report progress; the callback may raise to cancel."""
        encoded = self._encoder.encoded if self._encoder is not None else 0
        self.progress(self._ready + encoded, self.timeline.frames)

    def draw_missing(self) -> None:
        missing = []
        for plan in self.plans:
            if read_segment(self.cache_dir, plan.key, plan.segment.frames) is None:
                missing.append(plan)
            else:
                self._ready += plan.segment.frames
            self.tell()
        if missing:
            pool = FramePool(self.size, FRAMES_IN_FLIGHT)
            self._encoder = EncoderThread(
                self.settings, self.size, self.fps, pool, keep=partial(write_segment, self.cache_dir)
            )
            for plan in missing:
                self._draw(plan, self._encoder, pool)
            waiting = time.perf_counter()
            self._encoder.finish(self.tell)
            self.wait_seconds += time.perf_counter() - waiting
        self.tell()

    def encoded_segments(self) -> Iterator[tuple[int, EncodedSegment]]:
        for plan in self.plans:
            segment = read_segment(self.cache_dir, plan.key, plan.segment.frames)
            if segment is None:
                raise RuntimeError(
                    f"The segment {segment_path(self.cache_dir, plan.key)} vanished while rendering."
                )
            yield plan.segment.start, segment

    def _draw(self, plan: Plan, encoder: EncoderThread, pool: FramePool) -> None:
        encoder.begin(plan.key, plan.segment.frames)
        self.painter.open(plan)
        for offset in range(plan.segment.frames):
            waiting = time.perf_counter()
            frame = pool.take(self._check)
            painting = time.perf_counter()
            self.painter.draw(plan, offset, Frame.of_frame(frame))
            self.paint_seconds += time.perf_counter() - painting
            self.wait_seconds += painting - waiting
            encoder.put(frame)
            self.tell()
        self.frames_drawn += plan.segment.frames
        self.segments_drawn += 1

    def _check(self) -> None:
        """While waiting for a frame: an encoder that failed gives none back, and the creator may cancel."""
        if self._encoder is not None:
            self._encoder.raise_failure()
        self.tell()

    def close(self) -> None:
        if self._encoder is not None:
            self._encoder.abandon()
        self.painter.close()


def _no_progress(done: int, total: int) -> None:
    del done, total
