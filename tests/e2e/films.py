"""Films a browser can play, made with PyAV alone: a bar that grows, so that a frame tells its second."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from PIL import Image

from generation.models import Video
from tests import factories

FRAMES_PER_SECOND = 10
COLORS = (0, 67, 134, 201)
VTT = "WEBVTT\n\n00:00:00.000 --> 00:01:00.000\nWords of the film\n"


@lru_cache(maxsize=32)
def film(*, seconds: float, size: tuple[int, int] = (90, 160), color: int = 60) -> bytes:
    """The mp4; encoded once a process for each length, size and color."""
    wide, high = size
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "film.mp4"
        with av.open(str(place), "w", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options={"g": "10"})
            stream.width, stream.height, stream.pix_fmt = wide, high, "yuv420p"
            stream.time_base = Fraction(1, FRAMES_PER_SECOND)
            count = round(seconds * FRAMES_PER_SECOND)
            for index in range(count):
                picture = np.full((high, wide, 3), (color, 70, 150), np.uint8)
                picture[: round(high * (index + 1) / count), : wide // 4] = 240
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(stream.encode(None))
        return place.read_bytes()


def published(owner: User, title: str, *, seconds: float = 24.0, **values: Any) -> Video:
    """A published video with a film, a cover and captions that a browser can show."""
    size = {"9:16": (90, 160), "16:9": (160, 90), "1:1": (120, 120)}[values.get("aspect", "9:16")]
    row = factories.video(owner, title=title, seconds=seconds, state="published", **values)
    place = Path(settings.MEDIA_ROOT) / row.file
    color = COLORS[row.pk % len(COLORS)]  # rows that follow each other differ
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(film(seconds=seconds, size=size, color=color))
    Image.new("RGB", size, (color, 70, 150)).save(place.with_suffix(".jpg"))
    place.with_suffix(".vtt").write_text(VTT, encoding="utf-8")
    stem = row.file.removesuffix(".mp4")
    row.cover, row.captions = f"{stem}.jpg", f"{stem}.vtt"
    row.save()
    return row
