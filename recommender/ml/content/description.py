"""What one of our own finished files looks and sounds like, measured as uploads are when they arrive.

Only for files this platform wrote; what comes from outside is opened in the sandbox of ``generation.media``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from generation.media.ingest.features import SAMPLE_SIDE, FeatureCollector, phash
from generation.media.music.mixing.loudness import FLOOR_DB, measure

SOUND_RATE_HZ = 48_000
MEDIA = (av.FFmpegError, OSError, ValueError)  # what a damaged file raises


def describe(file: Path) -> dict[str, Any]:
    """Brightness, colors, motion, cuts and loudness of a video file; keys of ``generation.media.ingest.features``."""
    with av.open(str(file)) as opened:
        video = opened.streams.video[0]
        video.thread_type = "AUTO"
        seconds = float(opened.duration or 0) / av.time_base
        collector = FeatureCollector()
        for frame in opened.decode(video):
            if collector.due(frame.time or 0.0):
                scale = SAMPLE_SIDE / max(frame.width, frame.height)
                small = frame.reformat(
                    width=max(round(frame.width * scale / 2) * 2, 2),
                    height=max(round(frame.height * scale / 2) * 2, 2),
                    format="rgb24",
                    interpolation="AREA",
                )
                collector.add(frame.time or 0.0, small.to_ndarray().astype(np.uint8, copy=False))
    features = collector.describe(seconds)
    return {**features, "loudness_lufs": _loudness(file)}


def cover_hash(file: Path) -> str:
    """64-bit perceptual hash of a picture file as 16 hex digits."""
    with Image.open(file) as opened:
        opened.draft("RGB", (256, 256))
        return phash(np.asarray(opened.convert("RGB")))


def _loudness(file: Path) -> float:
    """Integrated loudness in LUFS; silence is ``FLOOR_DB``."""
    with av.open(str(file)) as opened:
        if not opened.streams.audio:
            return FLOOR_DB
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=SOUND_RATE_HZ)
        planes = [
            part.to_ndarray()[0]
            for frame in opened.decode(opened.streams.audio[0])
            for part in resampler.resample(frame)
        ]
    return float(measure(np.concatenate(planes), SOUND_RATE_HZ).lufs) if planes else FLOOR_DB
