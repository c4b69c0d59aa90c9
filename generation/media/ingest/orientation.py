"""One decoded frame of any clip → an upright 8-bit BT.709 frame of the wished size, by FFmpeg's own filters."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.filter import Graph
from av.video.reformatter import ColorRange, Colorspace

MATRICES = {
    int(Colorspace.ITU601): "bt470bg",
    int(Colorspace.SMPTE170M): "smpte170m",
    int(Colorspace.FCC): "fcc",
    int(Colorspace.SMPTE240M): "smpte240m",
    9: "bt2020nc",
    10: "bt2020nc",
}
SAME_SHAPE = 0.02
HDR_TRANSFERS = (16, 18)  # PQ and HLG
WIDE_PRIMARIES = (9, 11, 12)  # BT.2020, DCI-P3, Display P3
TURNS = {  # signs of the display matrix (a, b, c, d) → filters that do the same
    (1, 0, 0, 1): [],
    (-1, 0, 0, -1): [("hflip", ""), ("vflip", "")],
    (-1, 0, 0, 1): [("hflip", "")],
    (1, 0, 0, -1): [("vflip", "")],
    (0, 1, -1, 0): [("transpose", "clock")],
    (0, -1, 1, 0): [("transpose", "cclock")],
    (0, 1, 1, 0): [("transpose", "cclock_flip")],
    (0, -1, -1, 0): [("transpose", "clock_flip")],
}


def turn_of(frame: av.VideoFrame) -> list[tuple[str, str]]:
    """The filters that make the frame upright, from its display matrix (rounded to quarter turns)."""
    data: Any = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return []
    a, b, _, c, d = np.frombuffer(bytes(data), np.int32)[:5].astype(float)
    largest = max(abs(a), abs(b), abs(c), abs(d), 1.0)
    signs = tuple(int(np.sign(v)) if abs(v) > largest / 2 else 0 for v in (a, b, c, d))
    return TURNS.get(signs, [])  # type: ignore[arg-type]


def upright_size(
    width: int, height: int, *, pixel_aspect: Fraction, turned: bool, longest: int
) -> tuple[int, int]:
    """Even (width, height) with square pixels, upright, the longer side at most ``longest``; never larger than sent."""
    aspect = float(pixel_aspect) if Fraction(1, 8) <= pixel_aspect <= 8 else 1.0
    wide, high = (width * aspect, float(height)) if aspect >= 1 else (float(width), height / aspect)
    if aspect != 1:  # keep the number of pixels about as sent
        shrink = (width * height / (wide * high)) ** 0.5
        wide, high = wide * shrink, high * shrink
    if turned:
        wide, high = high, wide
    fit = min(longest / max(wide, high), 1.0)
    return max(round(wide * fit / 2) * 2, 2), max(round(high * fit / 2) * 2, 2)


def _fitted(width: int, height: int, pixel_aspect: Fraction, whole: tuple[int, ...]) -> tuple[int, int]:
    """Even (width, height) of a frame within ``whole``, undistorted; all of it for a shape within a fiftieth of its own."""
    aspect = float(pixel_aspect) if Fraction(1, 8) <= pixel_aspect <= 8 else 1.0
    shape, wanted = width * aspect / height, whole[0] / whole[1]
    if abs(shape / wanted - 1) <= SAME_SHAPE:
        return whole[0], whole[1]
    scale = min(whole[0] / shape, whole[1])  # the height that fits
    return max(round(scale * shape / 2) * 2, 2), max(round(scale / 2) * 2, 2)


class Uprighter:
    """Turns frames into upright yuv420p frames of ``size``; an already fitting frame passes untouched.

    Recorders of browsers and calls change the size on the way: a frame of another shape keeps it, between black bars.
    ``has_bars`` tells that one came.
    """

    def __init__(
        self,
        size: tuple[int, int],
        turn: list[tuple[str, str]],
        *,
        pixel_aspect: Fraction = Fraction(1),
    ) -> None:
        self._size, self._turn, self._pixel_aspect = size, turn, pixel_aspect
        self.has_bars = False
        self._turned = any(name == "transpose" for name, _ in turn)
        self._graph: Graph | None = None
        self._made_for: tuple[object, ...] = ()

    def convert(self, frame: av.VideoFrame) -> av.VideoFrame:
        if not self._turn and self._fits(frame):
            return frame
        shape = (
            frame.width,
            frame.height,
            frame.format.name,
            int(frame.colorspace),
            int(frame.color_range),
            int(frame.color_trc),
            int(frame.color_primaries),
        )
        if self._graph is None or shape != self._made_for:
            self._graph, self._made_for = self._build(frame), shape
        frame.pts, frame.time_base = 0, Fraction(1, 1000)
        self._graph.push(frame)
        made = self._graph.pull()
        assert isinstance(made, av.VideoFrame)
        return made

    def _fits(self, frame: av.VideoFrame) -> bool:
        usual = int(frame.colorspace) not in MATRICES and int(frame.color_range) != int(ColorRange.JPEG)
        plain = int(frame.color_primaries) not in WIDE_PRIMARIES and int(frame.color_trc) not in HDR_TRANSFERS
        return (
            (frame.width, frame.height) == self._size and frame.format.name == "yuv420p" and usual and plain
        )

    def _build(self, frame: av.VideoFrame) -> Graph:
        full = int(frame.color_range) == int(ColorRange.JPEG) or frame.format.name.startswith("yuvj")
        whole = tuple(reversed(self._size)) if self._turned else self._size
        width, height = _fitted(frame.width, frame.height, self._pixel_aspect, whole)
        self.has_bars = self.has_bars or (width, height) != whole
        matrix = MATRICES.get(int(frame.colorspace), "bt709")
        scale = {
            "w": width,
            "h": height,
            "flags": "bicubic",
            "out_color_matrix": "bt709",
            "out_range": "tv",
        }
        if frame.format.name.startswith(("yuv", "nv", "p0")):
            scale |= {"in_color_matrix": matrix, "in_range": "pc" if full else "tv"}
        if int(frame.color_trc) in HDR_TRANSFERS or int(frame.color_primaries) in WIDE_PRIMARIES:
            scale |= {"out_transfer": "bt709", "out_primaries": "bt709"}  # swscale maps tones and gamut
        graph = Graph()
        source = graph.add(
            "buffer",
            video_size=f"{frame.width}x{frame.height}",
            pix_fmt=frame.format.name,
            time_base="1/1000",
            colorspace=str(int(frame.colorspace)),
            range=str(int(frame.color_range)),
        )
        steps = [("scale", ":".join(f"{name}={value}" for name, value in scale.items()))]
        if (width, height) != whole:
            place = f"{(whole[0] - width) // 4 * 2}:{(whole[1] - height) // 4 * 2}"
            steps.append(("format", "yuv420p"))
            steps.append(("pad", f"{whole[0]}:{whole[1]}:{place}:black"))
        steps += [
            *self._turn,
            ("setsar", "1"),
            ("format", "yuv420p"),
            ("sidedata", "mode=delete:type=DISPLAYMATRIX"),
        ]
        last = source
        for name, options in steps:
            step = graph.add(name, options)
            last.link_to(step)
            last = step
        last.link_to(graph.add("buffersink"))
        graph.configure()
        return graph
