"""How a snapshot comes to be: everything read once, then only what changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from generation.media.meaning import DIMENSIONS as TEXT_DIMENSIONS
from generation.selectors import videos_published
from recommender.catalogue import columns as c
from recommender.catalogue.snapshot import NEW_SOURCES, Snapshot, snapshot_of
from recommender.ml.centering import bank_centers, centers_of
from recommender.ml.interactions import codes_of
from recommender.ml.media_features import DIMENSIONS as MEDIA_DIMENSIONS
from recommender.ml.nearest import Nearest
from recommender.models import Impression

WIDTH = TEXT_DIMENSIONS + MEDIA_DIMENSIONS
OVERLAP = timedelta(seconds=30)  # a transaction may commit rows older than what was read before
SWEEP_SECONDS = 30.0  # how often unpublished videos are looked for; a page catches them by itself in between


class Reader:
    """Remembers how far it has read. Not thread-safe: whoever calls holds a lock."""

    def __init__(self) -> None:
        self._centers = bank_centers()
        self._published = self._stats = self._vectors = None
        self._impression = 0
        self._swept = 0.0

    _published: datetime | None
    _stats: datetime | None
    _vectors: datetime | None

    def everything(self) -> Snapshot:
        """The catalogue read anew."""
        self.__init__()  # type: ignore[misc]
        taken = self._swept = time.monotonic()
        columns = c.read_videos([""])
        columns.safe &= ~np.isin(columns.ids, c.read_reported())
        self._note_published(columns)
        stats = c.read_stats(None)
        c.put_stats(columns, stats, codes_of(columns.ids, _column(stats, 0)))
        self._stats = max((row[-1] for row in stats), default=None)
        nearest = self._nearest(columns)
        explored = np.zeros(len(columns), np.int64)
        self._count_explored(explored, columns.ids, np.arange(len(columns)))
        return snapshot_of(columns, nearest, explored, now=time.time(), taken=taken)

    def step(self, old: Snapshot) -> Snapshot:
        """``old`` with what changed since: new videos, totals, vectors, exploration and, now and then, who left."""
        taken = time.monotonic()
        if old.nearest.worn or not len(old):
            return self.everything()
        columns, nearest, explored = self._with_new_videos(old)
        self._sweep(columns, taken)
        sorter = old.sorter if columns.ids is old.columns.ids else np.argsort(columns.ids, kind="stable")
        sorted_ids = columns.ids[sorter]
        stats = c.read_stats(self._stats and self._stats - OVERLAP)
        if stats:
            newest = max(row[-1] for row in stats)
            if newest != self._stats:
                columns = columns.copied("stats", "heat")
                c.put_stats(columns, stats, _rows(sorted_ids, sorter, _column(stats, 0)))
                self._stats = newest
        columns = self._put_vectors(columns, nearest, sorted_ids, sorter)
        explored = explored.copy()
        self._count_explored(explored, sorted_ids, sorter)
        return snapshot_of(columns, nearest, explored, now=time.time(), taken=taken, old=old)

    def _note_published(self, columns: c.Columns) -> None:
        if len(columns):
            self._published = datetime.fromtimestamp(float(columns.published.max()), UTC)

    def _nearest(self, columns: c.Columns) -> Nearest:
        found = c.read_vectors(None)
        vectors = np.zeros((len(columns), WIDTH), np.float32)
        if found:
            self._vectors = max(row[-1] for row in found)
            text, media = c.text_rows([row[1] for row in found]), c.text_rows([row[2] for row in found])
            rows = codes_of(columns.ids, _column(found, 0))
            known = rows >= 0
            text, media, rows = text[known], media[known], rows[known]
            languages = [columns.names[code] if code >= 0 else "" for code in columns.languages[rows]]
            self._centers = centers_of(text, languages)
            vectors[rows] = c.content_rows(text, media, self._of(languages))
            hashes = np.array([int(row[3] or "0", 16) for row in found], np.uint64)
            columns.hashes[rows] = hashes[known]
        return Nearest(vectors)

    def _of(self, languages: list[str]) -> NDArray[np.float32]:
        """The center (n, d) of each language."""
        return np.array([self._centers.get(name, self._centers[""]) for name in languages], np.float32)

    def _with_new_videos(self, old: Snapshot) -> tuple[c.Columns, Nearest, c.Ints]:
        """Videos published since the last look; one that was published again lives again."""
        since = self._published and self._published - OVERLAP
        names = list(old.columns.names)
        found = c.read_videos(names, published_from=since)
        if not len(found):
            return old.columns, old.nearest, old.explored
        self._note_published(found)
        rows = old.rows_of(found.ids)
        columns, nearest, explored = old.columns, old.nearest, old.explored
        back = rows[rows >= 0]
        if len(back) and not columns.alive[back].all():
            columns = columns.copied("alive", "published")
            columns.alive[back] = True
            columns.published[back] = found.published[rows >= 0]
        fresh = rows < 0
        if fresh.any():
            columns = columns.extended(found.kept(fresh))
            nearest = nearest.extended(np.zeros((int(fresh.sum()), WIDTH), np.float32))
            explored = np.concatenate([explored, np.zeros(int(fresh.sum()), np.int64)])
        return columns, nearest, explored

    def _put_vectors(
        self, columns: c.Columns, nearest: Nearest, sorted_ids: c.Ints, sorter: c.Ints
    ) -> c.Columns:
        found = c.read_vectors(self._vectors and self._vectors - OVERLAP)
        found = [row for row in found if self._vectors is None or row[-1] > self._vectors - OVERLAP]
        if not found:
            return columns
        self._vectors = max(row[-1] for row in found)
        rows = _rows(sorted_ids, sorter, _column(found, 0))
        text, media = c.text_rows([row[1] for row in found]), c.text_rows([row[2] for row in found])
        languages = [columns.names[code] if code >= 0 else "" for code in columns.languages[rows]]
        vectors = c.content_rows(text, media, self._of(languages))
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

    def _sweep(self, columns: c.Columns, taken: float) -> None:
        if taken - self._swept < SWEEP_SECONDS:
            return
        self._swept = taken
        there = np.fromiter(videos_published().order_by().values_list("pk", flat=True), np.int64)
        # one byte a row, written in place: a request sees a video as there or gone, either is true of some moment
        columns.alive[:] = np.isin(columns.ids, there)
        columns.safe[:] = ~np.isin(columns.ids, c.read_reported())


def _column(rows: Sequence[tuple[Any, ...]], index: int) -> c.Ints:
    return np.array([row[index] for row in rows], np.int64)


def _rows(sorted_ids: c.Ints, sorter: c.Ints, ids: c.Ints) -> c.Ints:
    places = codes_of(sorted_ids, ids)
    return np.where(places >= 0, sorter[places], -1)
