"""Small films made with PyAV alone, for whoever reads labels or judges files."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np


def film(path: Path, *, tags: dict[str, str] | None = None, keep_tags: bool = True, frames: int = 12) -> Path:
    """A 64×64 H.264 film whose brightness rises; ``keep_tags`` asks the muxer to keep unknown metadata keys."""
    options = (
        {"movflags": "+use_metadata_tags+faststart"} if keep_tags and path.suffix in (".mp4", ".mov") else {}
    )
    with av.open(str(path), "w", options=options) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream("libx264", rate=30)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for index in range(frames):
            picture = np.full((64, 64, 3), 20 + index * 15, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def stream_copy(source: Path, target: Path, *, keep_tags: bool = False) -> Path:
    """What ``ffmpeg -c copy`` does: packets as they are, metadata handed on."""
    options = {"movflags": "+use_metadata_tags"} if keep_tags else {}
    with av.open(str(source)) as old, av.open(str(target), "w", options=options) as new:
        new.metadata.update(old.metadata)
        ways = {stream.index: new.add_stream_from_template(stream) for stream in old.streams}
        for packet in old.demux():
            if packet.dts is not None:
                packet.stream = ways[packet.stream.index]
                new.mux(packet)
    return target
