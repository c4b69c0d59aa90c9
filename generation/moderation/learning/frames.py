"""What a video looks like, as the picture classifier sees it: computed once a file, gone with the video."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from core import media_files
from core.files import atomic_path
from generation.media.watching.frames import watched
from generation.ml.picture_safety import NETWORK, WIDTH, Features, pictures_seen
from generation.models import Video

MOST_STILLS = 12  # spread over the video


@dataclass(frozen=True)
class SeenVideo:
    seconds: NDArray[np.float32]  # (n,)
    features: Features  # (n, WIDTH)


def frames_folder() -> Path:
    return Path(settings.VAR_DIR) / "frames"


def frames_of(video: Video) -> SeenVideo:
    """Some stills of the video. Raises ``FileNotFoundError``, and ``av.error.FFmpegError`` for a file that is no video."""
    source = media_files.absolute(video.file)
    stamp = source.stat()
    place = frames_folder() / str(video.pk) / f"{NETWORK}-{stamp.st_mtime_ns:x}-{stamp.st_size:x}.npz"
    if place.is_file():
        with np.load(place, allow_pickle=False) as kept:
            return SeenVideo(kept["seconds"], kept["features"].astype(np.float32))
    stills = watched(source).stills
    chosen = np.unique(np.linspace(0, len(stills) - 1, min(len(stills), MOST_STILLS)).astype(int))
    some = [stills[int(k)] for k in chosen] if stills else []
    features = pictures_seen([still.rgb for still in some]).reshape(-1, WIDTH)
    seconds = np.array([still.seconds for still in some], np.float32)
    frames_forget(video=video.pk)  # of another file
    place.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(place) as partial, partial.open("wb") as file:
        np.savez(file, seconds=seconds, features=features.astype(np.float16))
    return SeenVideo(seconds, features)


def frames_forget(*, video: int) -> None:
    """The video is gone; what was seen of it goes too."""
    shutil.rmtree(frames_folder() / str(video), ignore_errors=True)
