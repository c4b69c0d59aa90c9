"""Where a video lies among all others before anybody has watched it: the row of its words and of its looks and sound.

Each published video has one ``VideoVector`` whose version names the extractors and the words it was made from, so that
another extractor or another title makes it anew. Safe to run twice and to be killed: a video is written whole or not.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils import timezone
from numpy.typing import NDArray

from core import media_files
from generation.language import embedding
from generation.models import Video
from generation.selectors import videos_shown
from recommender.catalogue.contents import measures_of, words_of
from recommender.ml.content import media as media_features
from recommender.ml.content.description import MEDIA, cover_hash
from recommender.models import Cursor, VideoVector

logger = logging.getLogger(__name__)

EXTRACTORS = f"{embedding.VERSION}/{media_features.VERSION}"
BATCH = 16  # videos a step; a restart repeats at most one
CHECKED = 40  # videos a step whose words are compared with their vector's


def vectors_update(limit: int = 200) -> int:
    """Make up to ``limit`` vectors that are missing or out of date; how many were made."""
    made = 0
    wanted = _missing(limit) + _changed(limit)
    for start in range(0, len(wanted), BATCH):
        made += _make(wanted[start : start + BATCH])
    return made


def vectors_make(pks: Sequence[int]) -> int:
    """Make the vectors of these videos now, as far as they are published and lack a present one."""
    videos = list(videos_shown().filter(pk__in=pks).select_related("job", "upload", "vector"))
    return _make([video for video in videos if _version(video, words_of(video)) != _present(video)])


def _missing(limit: int) -> list[Video]:
    other = Q(vector__isnull=True) | ~Q(vector__version__startswith=EXTRACTORS)
    rows = videos_shown().filter(other).select_related("job", "upload", "vector").order_by("pk")
    return list(rows[:limit])


def _changed(limit: int) -> list[Video]:
    """Videos whose words have changed since, found by going around all of them a part at a time."""
    cursor, _ = Cursor.objects.get_or_create(name="vectors", defaults={"position": {"after": 0}})
    rows = videos_shown().filter(pk__gt=cursor.position["after"], vector__isnull=False)
    part = list(rows.select_related("job", "upload", "vector").order_by("pk")[:CHECKED])
    changed = [video for video in part if _version(video, words_of(video)) != _present(video)]
    if len(changed) <= limit:
        cursor.position = {"after": part[-1].pk if len(part) == CHECKED else 0}
        cursor.save(update_fields=["position"])
    return changed[:limit]


def _make(videos: list[Video]) -> int:
    if not videos:
        return 0
    words = [words_of(video) for video in videos]
    text = embedding.embed(words, kind="passage")
    for video, row, said in zip(videos, text, words, strict=True):
        media, cover = _media_of(video)
        VideoVector.objects.update_or_create(
            video=video,
            defaults={
                "version": _version(video, said),
                "text": row.astype(np.float16).tobytes(),
                "media": media.astype(np.float16).tobytes(),
                "phash": cover,
                "updated": timezone.now(),
            },
        )
    return len(videos)


def _media_of(video: Video) -> tuple[NDArray[np.float32], str]:
    """The row of looks and sound and the cover's hash; what cannot be read is left at the center, and the log says so."""
    features: dict[str, Any] = dict(video.upload.features) if video.upload else {}
    try:
        features = measures_of(video)
        cover = cover_hash(media_files.absolute(video.cover)) if video.cover else features.get("phash", "")
    except MEDIA as problem:
        logger.warning(
            "The looks of video %s cannot be measured (%s); its words alone place it.", video.pk, problem
        )
        cover = ""
    return media_features.media_row(features, seconds=video.seconds), cover


def _version(video: Video, words: str) -> str:
    """Extractors and a hash of what they were given."""
    given = hashlib.sha256(f"{words}\n{video.sha256}\n{video.cover}".encode()).hexdigest()
    return f"{EXTRACTORS}:{given[:10]}"


def _present(video: Video) -> str:
    return video.vector.version if hasattr(video, "vector") else ""
