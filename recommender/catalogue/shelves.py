"""Published videos to look through without asking for anything: what is hot now, what is new, whom one follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.db.models import Count, QuerySet

from generation.models import Video
from generation.selectors import videos_shown
from recommender.catalogue import refresher
from recommender.catalogue.categories import CATEGORIES, Category
from recommender.catalogue.columns import ALL, REAL
from recommender.models import Viewer


@dataclass(frozen=True)
class Shelf:
    """A category with the number of its published videos."""

    name: str
    category: Category
    count: int


def shelves(language: str = "") -> list[Shelf]:
    """Categories that hold something, the fullest first."""
    videos = narrowed(videos_shown().order_by(), language=language)
    counts = dict(videos.values_list("category").annotate(number=Count("pk")))
    found = [Shelf(name, category, counts[name]) for name, category in CATEGORIES.items() if counts.get(name)]
    return sorted(found, key=lambda shelf: -shelf.count)


def narrowed(videos: QuerySet[Video], *, category: str = "", language: str = "") -> QuerySet[Video]:
    if category:
        videos = videos.filter(category=category)
    return videos.filter(language=language) if language else videos


def newest(*, category: str = "", language: str = "") -> QuerySet[Video]:
    return narrowed(videos_shown(), category=category, language=language)


def followed(viewer: Viewer | None, *, category: str = "", language: str = "") -> QuerySet[Video]:
    """What the creators whom the viewer follows have published, newest first."""
    videos = narrowed(videos_shown(), category=category, language=language)
    return videos.filter(owner__followers__viewer=viewer) if viewer else videos.none()


def trending(*, category: str = "", language: str = "") -> list[int]:
    """Ids, hottest first: rewards that halve every day, as of now; only what anybody has watched lately."""
    snapshot = refresher.current()
    rows = snapshot.trending[ALL if settings.FEED_SIMULATED else REAL]
    columns = snapshot.columns
    for values, wanted in ((columns.categories, category), (columns.languages, language)):
        if wanted:
            code = columns.names.index(wanted) if wanted in columns.names else -2
            rows = rows[values[rows] == code]
    return [int(pk) for pk in columns.ids[np.asarray(rows)]]


def in_order(pks: list[int]) -> list[Video]:
    """The published ones of these videos, in the given order."""
    videos = videos_shown().in_bulk(pks)
    return [videos[pk] for pk in pks if pk in videos]
