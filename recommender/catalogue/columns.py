"""What the catalogue holds of each shown video, as parallel arrays, and how it is read from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from generation.models import Video
from generation.selectors import videos_shown
from recommender.models import VideoStat, VideoVector

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STATS = ("impressions", "views", "reward_sum", "likes", "shares", "skips", "completes", "plays")
REAL, ALL = 0, 1  # first axis of the stats: real viewers only, or simulated ones too
DAY = 86_400.0
BLOCK = 4096  # vectors read together
RECOMMENDED = Video.Visibility.PUBLIC.value  # the one visibility of what a feed may hold
TEXT_SHARE = 0.8  # of the squared length of a content vector; the rest is picture and sound


@dataclass
class Columns:
    """Parallel arrays over the catalogue's rows; categories and languages are codes into ``names``."""

    ids: Ints
    creators: Ints
    categories: Ints
    languages: Ints
    seconds: Floats
    published: Floats  # seconds since 1970
    hashes: NDArray[np.uint64]  # perceptual hash of the cover, 0 unknown
    alive: NDArray[np.bool_]  # still shown
    safe: NDArray[np.bool_]  # may be recommended, not only found
    stats: NDArray[np.float32]  # (2, n, len(STATS))
    heat: Floats  # (2, n) log2 of the decayed reward, referred to 1970 so that it never changes by itself
    names: list[str] = field(default_factory=lambda: [""])

    def __len__(self) -> int:
        return len(self.ids)

    def copied(self, *names: str) -> Columns:
        """The same columns with the named ones copied, ready to be changed."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return Columns(**{**values, **{name: values[name].copy() for name in names}})

    def extended(self, more: Columns) -> Columns:
        return Columns(
            **{f: np.concatenate([getattr(self, f), getattr(more, f)]) for f in _FLAT},
            stats=np.concatenate([self.stats, more.stats], axis=1),
            heat=np.concatenate([self.heat, more.heat], axis=1),
            names=more.names,
        )

    def kept(self, rows: NDArray[np.bool_]) -> Columns:
        return Columns(
            **{f: getattr(self, f)[rows] for f in _FLAT},
            stats=self.stats[:, rows],
            heat=self.heat[:, rows],
            names=self.names,
        )


_FLAT = ("ids", "creators", "categories", "languages", "seconds", "published", "hashes", "alive", "safe")
_VIDEO = ("pk", "owner_id", "category", "language", "seconds", "published", "visibility")


def read_videos(
    names: list[str], *, published_from: datetime | None = None, ids: Sequence[int] = ()
) -> Columns:
    """Shown videos in the order of their ids, without stats: all, or those since a moment and those of ``ids``.

    New categories are appended to ``names``.
    """
    videos = videos_shown().select_related(None).order_by("pk")
    if published_from is not None:
        videos = videos.filter(Q(published__gte=published_from) | Q(pk__in=ids[:BLOCK]))
    return columns_of(list(videos.values_list(*_VIDEO)), names)


def columns_of(rows: Sequence[tuple[Any, ...]], names: list[str]) -> Columns:
    codes = {name: code for code, name in enumerate(names)}

    def code(name: str) -> int:
        return codes.setdefault(name, len(codes))

    n = len(rows)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_VIDEO)
    ids, owners, categories, languages, seconds, published, visibility = columns
    made = Columns(
        ids=np.array(ids, np.int64),
        creators=np.array(owners, np.int64),
        categories=np.fromiter((code(name) if name else -1 for name in categories), np.int64, n),
        languages=np.fromiter((code(name) if name else -1 for name in languages), np.int64, n),
        seconds=np.array(seconds, np.float64),
        published=np.fromiter((moment.timestamp() for moment in published), np.float64, n),
        hashes=np.zeros(n, np.uint64),
        alive=np.ones(n, np.bool_),
        safe=np.fromiter((one == RECOMMENDED for one in visibility), np.bool_, n),
        stats=np.zeros((2, n, len(STATS)), np.float32),
        heat=np.full((2, n), -np.inf),
    )
    made.names = list(codes)
    return made


def read_stats(since: datetime | None) -> list[tuple[Any, ...]]:
    """Rows ``video, simulated, *STATS, heat, heat_at, updated`` changed at or after ``since``, all without it."""
    rows = VideoStat.objects.order_by()
    if since is not None:
        touched = VideoStat.objects.filter(updated__gte=since).values("video")
        rows = rows.filter(video__in=touched)
    return list(rows.values_list("video", "simulated", *STATS, "heat", "heat_at", "updated"))


def put_stats(columns: Columns, rows: Sequence[tuple[Any, ...]], places: Ints) -> None:
    """Write totals into the columns: ``rows`` are all rows of the videos they name, ``places`` (len(rows),) theirs.

    A place of -1 is passed over.
    """
    kept = np.flatnonzero(places >= 0)
    if not len(kept):
        return
    table = list(zip(*(rows[int(i)] for i in kept), strict=True))
    at, simulated = places[kept], np.array(table[1], np.bool_)
    counts = np.array(table[2 : 2 + len(STATS)], np.float32).T
    level = np.array(
        [
            np.log2(heat) + moment.timestamp() / DAY if heat > 0 and moment else -np.inf
            for heat, moment in zip(table[-3], table[-2], strict=True)
        ]
    )
    columns.stats[:, at] = 0.0
    columns.heat[:, at] = -np.inf
    for kind, counted in ((REAL, ~simulated), (ALL, np.ones(len(at), np.bool_))):
        np.add.at(columns.stats[kind], at[counted], counts[counted])
        np.logaddexp2.at(columns.heat[kind], at[counted], level[counted])


def read_vectors(since: datetime | None) -> list[tuple[Any, ...]]:
    """Rows ``video, text, media, phash, updated`` changed at or after ``since``."""
    rows = VideoVector.objects.order_by()
    if since is not None:
        rows = rows.filter(updated__gte=since)
    return list(rows.values_list("video", "text", "media", "phash", "updated"))


def vector_blocks() -> Iterator[list[tuple[Any, ...]]]:
    """All rows of ``read_vectors``, ``BLOCK`` at a time."""
    rows = VideoVector.objects.order_by("pk").values_list("video", "text", "media", "phash", "updated")
    yield from batched(rows.iterator(chunk_size=BLOCK), BLOCK)


def batched(rows: Iterable[tuple[Any, ...]], size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Lists of ``size`` rows, the last one shorter."""
    waiting = iter(rows)
    while block := list(islice(waiting, size)):
        yield block


def text_rows(raw: Sequence[bytes]) -> NDArray[np.float32]:
    """Stored float16 rows as float32 (n, d)."""
    return (
        np.frombuffer(b"".join(bytes(row) for row in raw), np.float16)
        .reshape(len(raw), -1)
        .astype(np.float32)
    )


def content_rows(
    text: NDArray[np.float32], media: NDArray[np.float32], centers: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Unit rows (n, d + m) of text off its language's center (n, d) and of picture and sound; zero where unknown."""
    parts = [
        np.sqrt(TEXT_SHARE) * _unit(np.where(np.abs(text).sum(1, keepdims=True) > 0, text - centers, 0)),
        np.sqrt(1 - TEXT_SHARE) * _unit(media),
    ]
    return _unit(np.concatenate(parts, axis=1))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 1e-6, length, 1), np.float32)
