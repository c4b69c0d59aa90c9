"""One picture of a finished video at a given moment: what a person looks at instead of playing it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PIL import Image


def picture_at(file: Path, seconds: float, *, longest_side: int) -> Image.Image:
    """The frame shown at ``seconds`` (the last one for a moment past the end), at most ``longest_side`` pixels long.

    Decodes from the key frame before it only. Raises ``av.error.FFmpegError`` for what is no video and ``ValueError``
    for one without a picture.
    """
    with av.open(str(file), options={"protocol_whitelist": "file"}) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        if seconds > 0:
            container.seek(int(seconds * av.time_base))
        chosen: av.VideoFrame | None = None
        for frame in container.decode(stream):
            if chosen is not None and float(frame.time or 0.0) > seconds:
                break
            chosen = frame
        if chosen is None:
            raise ValueError(f"{file.name} has no picture at {seconds:g} s.")
        scale = min(longest_side / max(chosen.width, chosen.height), 1.0)
        width, height = (max(round(size * scale), 2) for size in (chosen.width, chosen.height))
        small = chosen.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
        return Image.fromarray(np.asarray(small.to_ndarray(), np.uint8))
