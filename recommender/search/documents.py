"""What a video is found by: its texts, gathered from the rows, kept as terms in the search index.

The index may be behind for a moment, never for good: a publication, a change or a new name queues an update, and a
sweep compares a part of the catalogue with the index at every beat, going on where the last one stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from generation.models import Video
from generation.selectors import is_shown, videos_shown
from recommender.catalogue.contents import scenes_of
from recommender.models import Cursor, SearchDocument
from recommender.search.terms import document_terms

VERSION = "2"  # of the terms; with another one every document is made anew
CURSOR = "search"
SWEPT = 200  # videos compared at each beat
BATCH = 100
COLUMNS = ("title", "tags", "creator", "words", "spoken")


@dataclass(frozen=True)
class Texts:
    """A video's texts as people read and hear them."""

    title: str
    tags: str
    creator: str
    words: str
    spoken: str

    @property
    def digest(self) -> str:
        return hashlib.sha256("\x1f".join((VERSION, *astuple(self))).encode()).hexdigest()


def searchable() -> QuerySet[Video]:
    """Published videos with what ``texts_of`` reads, and without what is heavy and not read."""
    videos = videos_shown().select_related("owner", "upload")
    return videos.defer("labels", "report", "recipe", "upload__features", "upload__labels")


def texts_of(video: Video) -> Texts:
    """Reads ``owner`` and ``upload``; the narration of a generated video is in its manifest."""
    scenes = scenes_of(video)
    heard = video.upload.transcript.get("text", "") if video.upload else ""
    shown = [line for scene in scenes for line in (scene.get("line", ""), *scene.get("items", ()))]
    return Texts(
        title=video.title,
        tags=" ".join(video.hashtags),
        creator=f"{video.owner.get_full_name()} {video.owner.username}".strip(),
        words="\n".join([video.description, *shown]).strip(),
        spoken="\n".join(scene.get("narration", "") for scene in scenes) or heard,
    )


def video_index(pk: int) -> None:
    """Bring one video's document in step with its row, or take it away when the video is not before viewers."""
    with transaction.atomic():
        videos = list(searchable().filter(pk=pk))
        _write(videos)
        if not videos:
            SearchDocument.objects.filter(pk=pk).delete()


def owner_index(owner_id: int) -> None:
    """Bring the documents of everything a person has published in step with their name."""
    for videos in _batches(searchable().filter(owner_id=owner_id)):
        with transaction.atomic():
            _write(videos)


def index_sweep() -> int:
    """Take away what is no longer published, add what is missing, compare the next ``SWEPT``; how many documents changed.

    Where it stopped is moved in the same transaction as what it wrote, so dying on the way loses nothing.
    """
    with transaction.atomic():
        gone, _ = SearchDocument.objects.exclude(is_shown("video__")).delete()
        changed = _write(list(searchable().filter(search__isnull=True)[:SWEPT]))
        cursor, _ = Cursor.objects.select_for_update().get_or_create(name=CURSOR)
        since = cursor.position.get("video", 0)
        videos = list(searchable().filter(pk__gt=since).order_by("pk")[:SWEPT])
        changed += _write(videos)
        cursor.position = {"video": videos[-1].pk if len(videos) == SWEPT else 0}
        cursor.save(update_fields=["position"])
    return gone + changed


def index_rebuild() -> Iterator[int]:
    """Make every document anew; yields how many are done. The site goes on meanwhile."""
    if (
        connection.vendor == "sqlite"
    ):  # first of all the index is made to agree with its table, or no row can be changed
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO recommender_searchindex(recommender_searchindex) VALUES ('rebuild')")
    SearchDocument.objects.exclude(video__in=videos_shown().order_by()).delete()
    done = 0
    for videos in _batches(searchable()):
        with transaction.atomic():
            _write(videos, anew=True)
        done += len(videos)
        yield done


def index_compact() -> None:
    """Leave nothing of deleted documents in the index: FTS5 keeps their terms, struck out, until parts are merged."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO recommender_searchindex(recommender_searchindex) VALUES ('optimize')")


def _batches(videos: QuerySet[Video]) -> Iterator[list[Video]]:
    last = 0
    while batch := list(videos.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _write(videos: Sequence[Video], *, anew: bool = False) -> int:
    """Write the documents that differ from their video; how many."""
    pks = [video.pk for video in videos]
    known = dict(SearchDocument.objects.filter(pk__in=pks).values_list("pk", "digest"))
    rows = []
    for video in videos:
        texts = texts_of(video)
        if anew or known.get(video.pk) != texts.digest:
            terms = {name: document_terms(getattr(texts, name)) for name in COLUMNS}
            rows.append(
                SearchDocument(video_id=video.pk, digest=texts.digest, updated=timezone.now(), **terms)
            )
    SearchDocument.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["video"],
        update_fields=[*COLUMNS, "digest", "updated"],
        batch_size=BATCH,
    )
    return len(rows)
