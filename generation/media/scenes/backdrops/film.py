"""A loop of frames as a file that the renderer plays as a scene's ground."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av

from core.files import atomic_path
from generation.media.layers import Rgb

_ENCODER = {
    "crf": "16",  # constant rate factor: the loop is encoded once more in the video
    "preset": "veryfast",
    "threads": "1",
    "x264-params": "cpu-independent=1",  # else equal frames give other files, with AVX-512 even on one machine
}


def write_loop(place: Path, frames: Sequence[Rgb], *, fps: int) -> None:
    """Replace ``place`` (.mp4) by the frames, all of one even size. Raises ``MediaFolderUnwritable`` or ``DiskFull``."""
    height, width = frames[0].shape[:2]
    with atomic_path(place) as part, av.open(str(part), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(fps), options=_ENCODER)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in frames:
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
