"""Frames as BT.709 limited-range 4:2:0 planes: what x264 takes and what every drawing here ends in.

Luma is ``16 + 219·Y'``, chroma ``128 + 224·C``; chroma sites are H.264's default ("left"): at even luma columns,
half way between two luma rows, so a chroma sample is the [1 2 1] mean of three columns and two rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from numba import njit
from numpy.typing import NDArray

from generation.media.layers import Rgb

U8 = NDArray[np.uint8]

# Rec. ITU-R BT.709-6, section 3: luma weights, and the divisors that bring B−Y and R−Y into [−½, ½]
RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722
BLUE_RANGE, RED_RANGE = 1.8556, 1.5748


@dataclass(frozen=True, eq=False)
class Frame:
    """One 4:2:0 picture of even ``width`` × ``height``; rows of the planes may be longer than the picture is wide.

    ``y`` is (height, ≥ width), ``u`` and ``v`` are (height/2, ≥ width/2), all C-contiguous.
    """

    width: int
    height: int
    y: U8
    u: U8
    v: U8

    @classmethod
    def empty(cls, width: int, height: int) -> Frame:
        """A picture with undefined content. Raises ``ValueError`` for an odd or non-positive size."""
        if width < 2 or height < 2 or width % 2 or height % 2:
            raise ValueError(f"A 4:2:0 picture needs an even, positive size, got {width}×{height}.")
        return cls.of_frame(av.VideoFrame(width, height, "yuv420p"))

    @classmethod
    def of_frame(cls, frame: av.VideoFrame) -> Frame:
        """The planes of a ``yuv420p`` frame in place: writing to the picture writes to the frame."""
        planes = [
            np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height]
            for plane in frame.planes
        ]
        return cls(frame.width, frame.height, *planes)

    @classmethod
    def of_rgb(cls, rgb: Rgb) -> Frame:
        """An sRGB picture (H, W, 3) of even size as planes."""
        height, width = rgb.shape[:2]
        picture = cls.empty(width, height)
        rgb_to_planes(np.ascontiguousarray(rgb), picture.y, picture.u, picture.v)
        return picture

    def to_rgb(self) -> Rgb:
        """(H, W, 3) sRGB, chroma interpolated between its sites."""
        rgb = np.empty((self.height, self.width, 3), np.uint8)
        planes_to_rgb(self.y, self.u, self.v, rgb)
        return rgb

    def copy_from(self, other: Frame) -> None:
        """Take over the pixels of a picture of the same size."""
        for target, source, width in (
            (self.y, other.y, self.width),
            (self.u, other.u, self.width // 2),
            (self.v, other.v, self.width // 2),
        ):
            if target.shape == source.shape:
                np.copyto(target, source)
            else:
                np.copyto(target[:, :width], source[:, :width])

    def copy(self) -> Frame:
        clone = Frame.empty(self.width, self.height)
        clone.copy_from(self)
        return clone

    def visible_planes(self) -> tuple[U8, U8, U8]:
        """Views without the padding at the row ends."""
        half = self.width // 2
        return self.y[:, : self.width], self.u[:, :half], self.v[:, :half]


@njit(cache=True, nogil=True)
def rgb_to_planes(rgb, y, u, v):  # type: ignore[no-untyped-def]
    """Fill the planes from (H, W, 3); the column left of the picture repeats its first one."""
    height, width = rgb.shape[0], rgb.shape[1]
    to_red, to_green, to_blue = np.float32(RED), np.float32(GREEN), np.float32(BLUE)
    luma_gain = np.float32(219.0 / 255.0)
    blue_gain, red_gain = (
        np.float32(224.0 / 255.0 / 8.0 / BLUE_RANGE),
        np.float32(224.0 / 255.0 / 8.0 / RED_RANGE),
    )
    sums = np.empty((3, width + 1), np.float32)  # two rows together, shifted by the repeated column
    for row in range(0, height, 2):
        for line in range(row, row + 2):
            source, out = rgb[line], y[line]
            for i in range(width):
                luma = to_red * source[i, 0] + to_green * source[i, 1] + to_blue * source[i, 2]
                out[i] = np.uint8(np.int32(np.float32(16.5) + luma * luma_gain))
        upper, lower = rgb[row], rgb[row + 1]
        for channel in range(3):
            total = sums[channel]
            for i in range(width):
                total[i + 1] = np.float32(np.int32(upper[i, channel]) + np.int32(lower[i, channel]))
            total[0] = total[1]
        red, green, blue = sums[0], sums[1], sums[2]
        line_u, line_v = u[row // 2], v[row // 2]
        for i in range(width // 2):
            at = 2 * i
            r = red[at] + np.float32(2) * red[at + 1] + red[at + 2]
            g = green[at] + np.float32(2) * green[at + 1] + green[at + 2]
            b = blue[at] + np.float32(2) * blue[at + 1] + blue[at + 2]
            luma = to_red * r + to_green * g + to_blue * b
            line_u[i] = np.uint8(np.int32(np.float32(128.5) + (b - luma) * blue_gain))
            line_v[i] = np.uint8(np.int32(np.float32(128.5) + (r - luma) * red_gain))


@njit(cache=True, nogil=True)
def planes_to_rgb(y, u, v, rgb):  # type: ignore[no-untyped-def]
    """Fill (H, W, 3); chroma is linear between its sites in both directions."""
    height, width = rgb.shape[0], rgb.shape[1]
    rows, columns = height // 2, width // 2
    for row in range(height):
        near = row // 2
        far = min(max(near - 1 if row % 2 == 0 else near + 1, 0), rows - 1)
        for column in range(width):
            c0 = column // 2
            c1 = min(c0 + column % 2, columns - 1)
            cb = 0.375 * (u[near, c0] + u[near, c1]) + 0.125 * (u[far, c0] + u[far, c1]) - 128.0
            cr = 0.375 * (v[near, c0] + v[near, c1]) + 0.125 * (v[far, c0] + v[far, c1]) - 128.0
            luma = (y[row, column] - 16.0) / 219.0
            blue = luma + cb * (BLUE_RANGE / 224.0)
            red = luma + cr * (RED_RANGE / 224.0)
            green = (luma - RED * red - BLUE * blue) / GREEN
            rgb[row, column, 0] = np.uint8(min(max(red * 255.0 + 0.5, 0.0), 255.0))
            rgb[row, column, 1] = np.uint8(min(max(green * 255.0 + 0.5, 0.0), 255.0))
            rgb[row, column, 2] = np.uint8(min(max(blue * 255.0 + 0.5, 0.0), 255.0))
