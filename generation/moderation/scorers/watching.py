"""The pictures of the item that is screened, decoded once for all scorers that look at them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
from PIL import Image

from generation.media.watching.frames import LONGEST_SIDE, Still, Watched, watched
from generation.moderation.scorers.contract import ScreeningItem

MOST_PIXELS = 60_000_000


class Watching:
    """``of`` an item; the latest few videos are remembered, so that five scorers decode one time."""

    def __init__(self, *, kept: int = 2) -> None:
        self._kept, self._seen = kept, OrderedDict[tuple[Path, int, int], Watched]()
        self._lock = threading.Lock()

    def of(self, item: ScreeningItem) -> Watched:
        """Stills of the video and of the pictures beside it; nothing where there are none."""
        pictures = tuple(_picture(place) for place in item.images)
        if item.file is None:
            return Watched(pictures, (), 0.0)
        film = self._film(item.file)
        return Watched(film.stills + pictures, film.flashes, film.seconds)

    def _film(self, file: Path) -> Watched:
        told = file.stat()
        key = (file, told.st_mtime_ns, told.st_size)
        with self._lock:
            if key not in self._seen:
                self._seen[key] = watched(file)
            self._seen.move_to_end(key)
            while len(self._seen) > self._kept:
                self._seen.popitem(last=False)
            return self._seen[key]


def _picture(place: Path) -> Still:
    """A picture that the site normalized, at most ``LONGEST_SIDE`` pixels. Raises ``ValueError`` for a giant."""
    with Image.open(place) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(f"A picture may have {MOST_PIXELS:,} pixels; {place.name} has more.")
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        small = picture.convert("RGB")
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
        return Still(0.0, np.asarray(small))
