"""Pictures of a case's video on disk: taken once, kept a while, gone with the video."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from django.conf import settings
from PIL import Image

from core import media_files
from core.files import atomic_path
from generation.media.watching.moments import picture_at
from generation.models import Video

LONGEST_SIDE = 480
REDUCED_SIDE = 28  # enough to see what kind of scene it is, too little to see what happens in it
KEPT_SECONDS = 14 * 86_400
QUALITY = 80


def stills_folder() -> Path:
    return Path(settings.VAR_DIR) / "stills"


def still_take(*, video: Video, milliseconds: int, reduced: bool = False) -> Path:
    """The picture at that moment as a JPEG file, made when it is not there yet.

    Raises ``FileNotFoundError`` when the video has no file, and what ``picture_at`` raises.
    """
    source = media_files.absolute(video.file)
    stamp = source.stat()
    folder = stills_folder() / str(video.pk)
    name = f"{stamp.st_mtime_ns:x}-{milliseconds}{'-reduced' if reduced else ''}.jpg"
    target = folder / name
    if not target.is_file():
        if not folder.is_dir():
            stills_prune()
        side = REDUCED_SIDE if reduced else LONGEST_SIDE
        picture = picture_at(source, milliseconds / 1000, longest_side=LONGEST_SIDE)
        picture.thumbnail((side, side), Image.Resampling.BOX)
        with atomic_path(target) as partial:
            picture.save(partial, "JPEG", quality=QUALITY)
    return target


def stills_forget(*, video: int) -> None:
    """The video is gone; its pictures go too."""
    shutil.rmtree(stills_folder() / str(video), ignore_errors=True)


def stills_prune(*, now: float | None = None) -> int:
    """Throw away what was made more than ``KEPT_SECONDS`` ago; how many folders went."""
    oldest = (now or time.time()) - KEPT_SECONDS
    folders = [place for place in stills_folder().glob("*") if place.stat().st_mtime < oldest]
    for place in folders:
        shutil.rmtree(place, ignore_errors=True)
    return len(folders)
