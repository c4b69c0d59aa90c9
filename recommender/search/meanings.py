"""Videos by meaning: the e5 rows of all published ones, held in the process and brought up to date in steps.

A row is nearer to every row of its own language than a fit of the other one, so cosines are judged among the videos of
their language: by how many standard deviations they stand above what the query gives there. The topic bank's texts are
among the judged, so that three videos are judged like three thousand.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from core.languages import LANGUAGES
from generation.bank.meanings import kept as bank_meanings
from generation.language import embedding
from generation.selectors import is_shown
from recommender.models import VideoVector

FRESH_SECONDS = 3.0  # a search finds what was placed this long ago
ANEW_SECONDS = 600.0  # how often everything is read again, so that what left takes no room
OVERLAP = timedelta(seconds=30)  # a transaction may commit rows older than what was read before

Rows = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Meanings:
    """(n,) ids of videos, (n,) indices in ``LANGUAGES`` (a video without a language counts as the first), (n, 384) rows."""

    ids: Ints
    languages: Ints
    rows: Rows

    def standing(self, query: Rows) -> NDArray[np.float64]:
        """(n,) standard deviations that each video stands above the rest of its language for a unit row."""
        found = (self.rows @ query).astype(np.float64)
        for index, language in enumerate(LANGUAGES):
            own = self.languages == index
            if own.any():
                judged = np.concatenate(
                    [found[own], (bank_meanings().background[language] @ query).astype(np.float64)]
                )
                found[own] = (found[own] - judged.mean()) / (judged.std() or 1.0)
        return found


class MeaningsRefresher:
    """The process's one copy; whoever finds it old refreshes it, and the others go on with what is there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Meanings | None = None
        self._looked = self._read = 0.0
        self._newest: datetime | None = None

    def current(self) -> Meanings:
        kept, now = self._kept, time.monotonic()
        if kept is not None and (now - self._looked < FRESH_SECONDS or self._lock.locked()):
            return kept
        with self._lock:
            if self._kept is None or now - self._looked >= FRESH_SECONDS:
                self._refresh(now)
            assert self._kept is not None
            return self._kept

    def forget(self) -> None:
        """Read everything again at the next search."""
        with self._lock:
            self._kept = None

    def _refresh(self, now: float) -> None:
        anew = self._kept is None or now - self._read >= ANEW_SECONDS
        vectors = VideoVector.objects.filter(is_shown("video__"))
        if not anew and self._newest is not None:
            vectors = vectors.filter(updated__gt=self._newest - OVERLAP)
        found = list(vectors.values_list("video_id", "video__language", "text", "updated"))
        fresh = Meanings(
            np.array([row[0] for row in found], np.int64),
            np.array([row[1] == LANGUAGES[1] for row in found], np.int64),
            np.array([np.frombuffer(row[2], np.float16) for row in found], np.float32).reshape(
                -1, embedding.DIMENSIONS
            ),
        )
        self._kept = fresh if anew or self._kept is None else _joined(self._kept, fresh)
        self._looked = now
        self._read = now if anew else self._read
        self._newest = max([row[3] for row in found] + ([self._newest] if self._newest else []), default=None)


def _joined(old: Meanings, fresh: Meanings) -> Meanings:
    if not len(fresh.ids):
        return old
    kept = ~np.isin(old.ids, fresh.ids)
    return Meanings(
        np.concatenate([old.ids[kept], fresh.ids]),
        np.concatenate([old.languages[kept], fresh.languages]),
        np.concatenate([old.rows[kept], fresh.rows]),
    )


refresher = MeaningsRefresher()


def near(query: str, *, least: float, most: int) -> dict[int, float]:
    """Videos that mean what the query means → their standing, those above ``least``, at most ``most``, best first."""
    kept = refresher.current()
    if not len(kept.ids):
        return {}
    standing = kept.standing(embedding.embed([query], kind="query", on_disk=False)[0])
    order = np.argsort(-standing, kind="stable")[:most]
    return {int(kept.ids[i]): float(standing[i]) for i in order if standing[i] >= least}
