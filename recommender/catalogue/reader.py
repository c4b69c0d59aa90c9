"""How a snapshot comes to be: everything read once, then only what changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Count
from django.utils import timezone
from numpy.typing import NDArray

from generation.language.embedding import DIMENSIONS as TEXT_DIMENSIONS
from generation.selectors import videos_shown
from recommender.catalogue import columns as c
from recommender.catalogue.snapshot import NEW_SOURCES, Snapshot, snapshot_of
from recommender.ml.content.centering import bank_centers, centers_of
from recommender.ml.content.media import DIMENSIONS as MEDIA_DIMENSIONS
from recommender.ml.content.nearest import Nearest
from recommender.ml.interactions import codes_of
from recommender.models import Impression

WIDTH = TEXT_DIMENSIONS + MEDIA_DIMENSIONS
OVERLAP = timedelta(seconds=30)  # a transaction may commit rows older than what was read before
SWEEP_SECONDS = 30.0  # how often unpublished videos are looked for; a page catches them by itself in between


class Reader:
    """Remembers how far it has read. Not thread-safe: whoever calls holds a lock."""

    def __init__(self) -> None:
        self._centers = bank_centers()
        self._looked: datetime | None = None  # when the last look began
        self._impression = 0
        self._swept = 0.0

    def everything(self) -> Snapshot:
        """The catalogue read anew."""
        self.__init__()  # type: ignore[misc]
        taken = self._swept = time.monotonic()
        self._looked = timezone.now()
        columns = c.read_videos([""])
        stats = c.read_stats(None)
        c.put_stats(columns, stats, codes_of(columns.ids, _column(stats, 0)))
        nearest = self._nearest(columns)
        explored = np.zeros(len(columns), np.int64)
        self._count_explored(explored, columns.ids, np.arange(len(columns)))
        return snapshot_of(columns, nearest, explored, now=time.time(), taken=taken)

    def step(self, old: Snapshot) -> Snapshot:
        """``old`` with what changed since: new videos, totals, vectors, exploration and, now and then, who left."""
        taken = time.monotonic()
        if old.nearest.worn or not len(old):
            return self.everything()
        assert self._looked is not None
        since, self._looked = self._looked - OVERLAP, timezone.now()
        columns, nearest, explored = self._with_new_videos(old, since=since, lost=self._sweep(old, taken))
        sorter = old.sorter if columns.ids is old.columns.ids else np.argsort(columns.ids, kind="stable")
        sorted_ids = columns.ids[sorter]
        stats = c.read_stats(since)
        if stats:
            columns = columns.copied("stats", "heat")
            c.put_stats(columns, stats, _rows(sorted_ids, sorter, _column(stats, 0)))
        columns = self._put_vectors(columns, nearest, sorted_ids, sorter, since=since)
        explored = explored.copy()
        self._count_explored(explored, sorted_ids, sorter)
        return snapshot_of(columns, nearest, explored, now=time.time(), taken=taken, old=old)

    def _nearest(self, columns: c.Columns) -> Nearest:
        """All vectors, a block at a time: at 10^5 videos every copy of them weighs 160 MB."""
        vectors = np.zeros((len(columns), WIDTH), np.float32)
        text = np.zeros((len(columns), TEXT_DIMENSIONS), np.float16)
        media = np.zeros((len(columns), MEDIA_DIMENSIONS), np.float16)
        for found in c.vector_blocks():
            rows = codes_of(columns.ids, _column(found, 0))
            known = np.flatnonzero(rows >= 0)
            rows = rows[known]
            text[rows] = c.text_rows([found[i][1] for i in known])
            media[rows] = c.text_rows([found[i][2] for i in known])
            columns.hashes[rows] = np.array([int(found[i][3] or "0", 16) for i in known], np.uint64)
        languages = self._languages(columns, np.arange(len(columns)))
        placed = text.any(axis=1)
        self._centers = centers_of(text[placed], [languages[i] for i in np.flatnonzero(placed)])
        for first in range(0, len(columns), c.BLOCK):
            part = slice(first, first + c.BLOCK)
            centers = self._of(languages[part])
            vectors[part] = c.content_rows(
                text[part].astype(np.float32), media[part].astype(np.float32), centers
            )
        return Nearest(vectors)

    @staticmethod
    def _languages(columns: c.Columns, rows: c.Ints) -> list[str]:
        return [columns.names[code] if code >= 0 else "" for code in columns.languages[rows]]

    def _of(self, languages: list[str]) -> NDArray[np.float32]:
        """The center (n, d) of each language."""
        return np.array([self._centers.get(name, self._centers[""]) for name in languages], np.float32)

    def _with_new_videos(
        self, old: Snapshot, *, since: datetime, lost: list[int]
    ) -> tuple[c.Columns, Nearest, c.Ints]:
        """Videos published since, or ``lost`` to earlier looks; one that was published again lives again."""
        found = c.read_videos(list(old.columns.names), published_from=since, ids=lost)
        if not len(found):
            return old.columns, old.nearest, old.explored
        rows = old.rows_of(found.ids)
        columns, nearest, explored = old.columns, old.nearest, old.explored
        back = rows[rows >= 0]
        if len(back) and not columns.alive[back].all():
            columns = columns.copied("alive", "safe", "published")
            columns.alive[back] = True
            columns.safe[back] = found.safe[rows >= 0]
            columns.published[back] = found.published[rows >= 0]
        fresh = rows < 0
        if fresh.any():
            columns = columns.extended(found.kept(fresh))
            nearest = nearest.extended(np.zeros((int(fresh.sum()), WIDTH), np.float32))
            explored = np.concatenate([explored, np.zeros(int(fresh.sum()), np.int64)])
        return columns, nearest, explored

    def _put_vectors(
        self, columns: c.Columns, nearest: Nearest, sorted_ids: c.Ints, sorter: c.Ints, *, since: datetime
    ) -> c.Columns:
        found = c.read_vectors(since)
        if not found:
            return columns
        rows = _rows(sorted_ids, sorter, _column(found, 0))
        text, media = c.text_rows([row[1] for row in found]), c.text_rows([row[2] for row in found])
        vectors = c.content_rows(text, media, self._of(self._languages(columns, rows)))
        columns = columns.copied("hashes")
        for row, vector, (*_, phash, _updated) in zip(rows, vectors, found, strict=True):
            if row >= 0:
                nearest.put(int(row), vector)
                columns.hashes[row] = np.uint64(int(phash or "0", 16))
        return columns

    def _count_explored(self, explored: c.Ints, sorted_ids: c.Ints, sorter: c.Ints) -> None:
        """Add the impressions that exploration has given since the last look."""
        last = Impression.objects.order_by("-pk").values_list("pk", flat=True).first()
        if last is None or last <= self._impression:
            return
        shown = Impression.objects.filter(pk__gt=self._impression, pk__lte=last, source__in=NEW_SOURCES)
        counts = list(shown.order_by().values("video").annotate(n=Count("pk")).values_list("video", "n"))
        self._impression = last
        rows = _rows(sorted_ids, sorter, _column(counts, 0))
        np.add.at(explored, rows[rows >= 0], _column(counts, 1)[rows >= 0])

    def _sweep(self, old: Snapshot, taken: float) -> list[int]:
        """Mark who left, now and then; the ids of those that are there and unknown (published with an earlier date)."""
        if taken - self._swept < SWEEP_SECONDS:
            return []
        self._swept = taken
        columns = old.columns
        found = list(videos_shown().select_related(None).order_by().values_list("pk", "visibility"))
        there = _column(found, 0)
        safe = there[np.fromiter((one == c.RECOMMENDED for _, one in found), np.bool_, len(found))]
        # one byte a row, written in place: a request sees a video as there or gone, either is true of some moment
        columns.alive[:] = np.isin(columns.ids, there)
        columns.safe[:] = np.isin(columns.ids, safe)
        return [int(pk) for pk in there[old.rows_of(there) < 0]]


def _column(rows: Sequence[tuple[Any, ...]], index: int) -> c.Ints:
    return np.array([row[index] for row in rows], np.int64)


def _rows(sorted_ids: c.Ints, sorter: c.Ints, ids: c.Ints) -> c.Ints:
    places = codes_of(sorted_ids, ids)
    return np.where(places >= 0, sorter[places], -1)
