"""The visible label as a viewer sees it: our own drawing of it, looked for in decoded frames where it should stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from core.languages import LANGUAGES
from generation.media.layers import Layer, Rgba
from generation.media.provenance.reader import is_still, opened
from generation.media.scenes import ai_label_layers

Luma = NDArray[np.uint8]  # (height, width), the Y plane

LEAST_SECONDS = 2.0  # GB 45438-2025: from the first frame
MOST_PIXELS = 4096 * 2304
_MATCH = 0.7  # ours correlate above 0.95; other pictures and the other language stay below 0.5
_MARK_SHARE = 0.8  # of the later looks in which the corner mark must be found
_SOLID = 0.3  # opacity from which a point of the drawing says something about the frame
_SHIFTS = tuple((dy, dx) for dy in range(-2, 3) for dx in range(-2, 3))
_OPENING_SECONDS, _OPENING_FRAMES = 2.2, 300
_OFF_SECONDS = 0.05  # how much earlier than wished a frame may be
_LATER = (0.45, 0.75, 0.95)  # shares of the length at which the corner mark is looked for


@dataclass
class LabelSight:
    """Looks for the label of one language in frames of ``size``, shown in order of time."""

    language: str
    size: tuple[int, int]
    total_seconds: float
    until: float = 0.0  # the label was there from the first frame to this second
    lowest: float = 1.0  # the weakest match in that time
    marks: list[float] = field(default_factory=list)
    _broken: bool = False

    def __post_init__(self) -> None:
        self._layers = sorted(
            ai_label_layers(self.language, size=self.size, total_seconds=self.total_seconds),
            key=lambda layer: -layer.rgba.shape[0],
        )
        self._templates = [_Template(layer.rgba) for layer in self._layers]

    def see(self, luma: Luma, seconds: float, until: float) -> None:
        """Look at the frame that is on show from ``seconds`` to ``until``."""
        for index, (layer, template) in enumerate(zip(self._layers, self._templates, strict=True)):
            corner = _corner(layer, seconds)
            if corner is None:
                continue
            score = template.best_match(luma, *corner)
            if index > 0:
                self.marks.append(score)
            elif not self._broken:
                self._broken = score < _MATCH
                if not self._broken:
                    self.until, self.lowest = until, min(self.lowest, score)

    def verdict(self) -> dict[str, Any]:
        """``found``: at least two seconds from the first frame. ``mark``: the corner mark is there later on."""
        later = [score >= _MATCH for score in self.marks]
        return {
            "found": self.until >= LEAST_SECONDS - 1e-6,
            "language": self.language if self.until > 0 else "",
            "seconds": round(self.until, 3),
            "score": round(self.lowest, 3) if self.until > 0 else 0.0,
            "mark": bool(later) and sum(later) >= _MARK_SHARE * len(later),
        }


def read_visible(path: Path) -> dict[str, Any]:
    """Look for our label in either language in the file's first seconds, and for its mark later.

    Labels of another design are not known, so ``found`` says only whether ours is there; ``checked`` is false for a
    file without a moving picture or with one of more than ``MOST_PIXELS`` points. Raises ``MediaUnreadable``.
    """
    if is_still(path):
        return unchecked(
            "visible_still", f"{path.name} is a still picture; the label of videos is not looked for."
        )
    with opened(path) as container:
        stream = next(iter(container.streams.video), None)
        if stream is None or not 0 < stream.width * stream.height <= MOST_PIXELS:
            return unchecked(
                "visible_no_picture", f"{path.name} holds no picture, or one too large to be looked at."
            )
        size = (stream.width, stream.height)
        total = float((container.duration or 0) / av.time_base)
        sights = [LabelSight(language, size, total) for language in LANGUAGES]
        stream.thread_type = "AUTO"
        if not _look_at_opening(container, stream, sights):
            return unchecked("visible_no_picture", f"{path.name} holds no picture that can be decoded.")
        for share in _LATER:
            _look_at(container, stream, total * share, sights)
    best = max(sights, key=lambda sight: (sight.until, sight.lowest))
    return {"checked": True, **best.verdict(), "problems": []}


def unchecked(code: str, detail: str) -> dict[str, Any]:
    """The answer for a file whose pictures could not be looked at."""
    nothing = {"found": False, "language": "", "seconds": 0.0, "score": 0.0, "mark": False}
    return {"checked": False, **nothing, "problems": [{"code": code, "detail": detail}]}


def _look_at_opening(container: InputContainer, stream: VideoStream, sights: list[LabelSight]) -> bool:
    """Whether there was anything to see."""
    waiting: tuple[Luma, float] | None = None
    for count, frame in enumerate(container.decode(stream)):
        seconds = float(frame.time or 0.0)
        if waiting is not None:
            for sight in sights:
                sight.see(*waiting, seconds)
        if seconds > _OPENING_SECONDS or count >= _OPENING_FRAMES:
            return True
        waiting = luma_of(frame), seconds
    if waiting is not None:
        for sight in sights:
            sight.see(*waiting, waiting[1])
    return waiting is not None


def _look_at(
    container: InputContainer, stream: VideoStream, seconds: float, sights: list[LabelSight]
) -> None:
    if seconds < _OPENING_SECONDS:
        return
    container.seek(int(seconds * av.time_base))
    for frame in container.decode(stream):  # from the keyframe before
        shown = float(frame.time or 0.0)
        if shown >= seconds - _OFF_SECONDS:
            for sight in sights:
                sight.see(luma_of(frame), shown, shown)
            return


def luma_of(frame: av.VideoFrame) -> Luma:
    """The frame's Y plane; another pixel format is converted to gray first. Valid as long as the frame."""
    if frame.format.name not in ("yuv420p", "yuvj420p", "nv12", "gray"):
        frame = frame.reformat(format="gray")
    plane = frame.planes[0]
    rows: Luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


def _corner(layer: Layer, seconds: float) -> tuple[int, int] | None:
    """Top and left of the drawing at that moment, while it stands still and whole."""
    placement = layer.motion(seconds)
    if placement is None or placement.scale != 1.0 or placement.opacity < 0.9:
        return None
    height, width = layer.rgba.shape[:2]
    return round(placement.y - height / 2), round(placement.x - width / 2)


class _Template:
    """The drawing's light where it is solid, compared by correlation: brightness and contrast do not matter."""

    def __init__(self, rgba: Rgba) -> None:
        alpha = rgba[..., 3] / np.float32(255)
        light = rgba[..., :3] @ np.array([0.2126, 0.7152, 0.0722], np.float32) * alpha
        self._solid = alpha >= _SOLID
        self._shape = alpha.shape
        chosen = light[self._solid]
        centered = chosen - chosen.mean()
        self._unit = centered / max(float(np.linalg.norm(centered)), 1e-6)

    def best_match(self, luma: Luma, top: int, left: int) -> float:
        """Correlation in [−1, 1] at the place; a bad match is tried again up to two pixels beside it."""
        score = self._match(luma, top, left)
        if score >= _MATCH:
            return score
        return max(self._match(luma, top + dy, left + dx) for dy, dx in _SHIFTS)

    def _match(self, luma: Luma, top: int, left: int) -> float:
        height, width = self._shape
        if top < 0 or left < 0 or top + height > luma.shape[0] or left + width > luma.shape[1]:
            return 0.0
        seen = luma[top : top + height, left : left + width][self._solid].astype(np.float32)
        seen -= seen.mean()
        norm = float(np.linalg.norm(seen))
        return float(seen @ self._unit) / norm if norm > 1e-3 else 0.0
