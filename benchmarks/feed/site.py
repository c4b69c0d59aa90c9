"""A scratch site for the feed benchmark: a synthetic catalogue with its events, and the web server as the supervisor
starts it (one worker process). Rows go in by plain SQL, because a million of them through the ORM would take an hour."""

from __future__ import annotations

import sqlite3
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.scratch_site import ScratchSite

CREATORS, CATEGORIES, CLUSTERS = 500, 20, 200
EVENTS_A_VIEWING = 4  # impression, play, progress, complete or skip
VIEWINGS_A_VIEWER = 50
PAGE = 10
SETTINGS = "benchmarks.feed.settings"


@dataclass
class Site(ScratchSite):
    """A site of ``videos`` videos and ``events`` events, with the constant page among its addresses."""

    videos: int
    events: int
    seed: int = 0

    def settings(self) -> dict[str, str]:
        return {"DJANGO_SETTINGS_MODULE": SETTINGS}

    @property
    def viewers(self) -> int:
        return max(self.events // (EVENTS_A_VIEWING * VIEWINGS_A_VIEWER), 1)

    def set_up(self) -> None:
        """Migrate and fill, unless an earlier run did it with the same sizes."""
        done = self.folder / f"filled-{self.videos}-{self.events}-{self.seed}"
        if done.exists():
            return
        self.migrate()
        sizes = (self.videos, self.viewers, self.events, self.seed)
        self.python("-m", "benchmarks.feed.site", *(str(size) for size in sizes))
        done.touch()


class Table:
    """Inserts rows of one model: a template of its defaults, and what differs in each row."""

    def __init__(self, database: sqlite3.Connection, model: Any, **same: Any) -> None:
        from django.db import connection

        self.database, self.name = database, model._meta.db_table
        fields = model._meta.concrete_fields
        self.columns = [f.column for f in fields]
        self.template = [
            same.get(f.column, f.get_db_prep_save(f.get_default(), connection=connection)) for f in fields
        ]

    def fill(self, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Rows of the named columns; the others hold the template's values."""
        at = [self.columns.index(name) for name in names]
        marks = ", ".join(["?"] * len(self.columns))
        self.database.executemany(
            f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({marks})", self._whole(at, rows)
        )

    def _whole(self, at: list[int], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
        for row in rows:
            whole = self.template.copy()
            for place, value in zip(at, row, strict=True):
                whole[place] = value
            yield whole


def fill(videos: int, viewers: int, events: int, seed: int) -> None:
    """A catalogue in clusters of content, viewers who like some of the clusters, and what they did."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User

    from generation.language.embedding import DIMENSIONS
    from generation.models import GenerationJob, Video
    from recommender import models as m
    from recommender.catalogue.vectors import EXTRACTORS
    from recommender.ml.content import media as media_features

    rng = np.random.default_rng(seed)
    db = sqlite3.connect(str(settings.DATABASES["default"]["NAME"]))
    db.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
    now = datetime.now(UTC)

    def at(days: float) -> str:
        return (now - timedelta(days=float(days))).strftime("%Y-%m-%d %H:%M:%S.%f")

    Table(db, User).fill(["id", "username"], ((i, f"creator{i}") for i in range(1, CREATORS + 1)))
    owners = rng.integers(1, CREATORS + 1, videos)
    cluster = rng.integers(CLUSTERS, size=videos)
    age = rng.exponential(60, videos)
    ids = np.arange(1, videos + 1)
    Table(db, GenerationJob, topic="t", language="zh", seconds=15.0, state="done").fill(
        ["id", "owner_id"], zip(ids.tolist(), owners.tolist(), strict=True)
    )
    Table(
        db, Video, aspect="9:16", width=720, height=1280, sha256="0" * 64, state="published", visibility="public",
        quality="full",
    ).fill(
        ["id", "owner_id", "job_id", "title", "category", "language", "seconds", "file", "cover", "published"],
        (
            (
                i, int(owners[i - 1]), i, f"Video {i} about subject {cluster[i - 1]}",
                f"category{cluster[i - 1] % CATEGORIES}", "zh" if cluster[i - 1] % 2 else "en",
                float(8 + i % 50), f"videos/{i}.mp4", f"videos/{i}.jpg", at(age[i - 1]),
            )
            for i in ids.tolist()
        ),
    )  # fmt: skip
    centers = _unit(rng.standard_normal((CLUSTERS, DIMENSIONS)))
    text = _unit(centers[cluster] + 0.6 * _unit(rng.standard_normal((videos, DIMENSIONS)))).astype(np.float16)
    media = rng.standard_normal((videos, media_features.DIMENSIONS)).astype(np.float16)
    Table(db, m.VideoVector).fill(
        ["id", "video_id", "version", "text", "media", "phash"],
        (
            (i, i, f"{EXTRACTORS}:bench", text[i - 1].tobytes(), media[i - 1].tobytes(), f"{rng.integers(1 << 62):016x}")
            for i in ids.tolist()
        ),
    )  # fmt: skip
    quality = rng.beta(3, 3, videos)
    Table(db, m.Viewer).fill(["id", "key"], ((i, uuid.UUID(int=i).hex) for i in range(1, viewers + 1)))
    viewings = events // EVENTS_A_VIEWING
    _attention(
        db, m, rng, videos=videos, viewers=viewers, viewings=viewings, cluster=cluster, quality=quality, at=at
    )
    db.commit()
    db.execute("ANALYZE")
    db.commit()


def _attention(
    db: sqlite3.Connection,
    m: Any,
    rng: np.random.Generator,
    *,
    videos: int,
    viewers: int,
    viewings: int,
    cluster: np.ndarray[Any, Any],
    quality: np.ndarray[Any, Any],
    at: Any,
) -> None:
    """Pages, slots, viewings, events, likes, follows and totals."""
    members = [np.flatnonzero(cluster == c) for c in range(CLUSTERS)]
    tastes = rng.integers(CLUSTERS, size=(viewers, 3))
    viewer = np.sort(rng.integers(viewers, size=viewings))
    video = rng.integers(videos, size=viewings)
    fitting = rng.random(viewings) < 0.6
    for row in np.flatnonzero(fitting):
        own = members[tastes[viewer[row], row % 3]]
        if len(own):
            video[row] = own[int(rng.integers(len(own)))]
    reward = np.clip(0.5 * quality[video] + 0.3 * fitting + 0.2 * rng.random(viewings), 0, 1)
    days = np.sort(rng.uniform(1, 29, viewings))[::-1]
    keys = [uuid.UUID(int=(1 << 90) + n).hex for n in range(viewings)]
    pages = [uuid.UUID(int=(2 << 90) + n).hex for n in range(0, viewings, PAGE)]
    Table(db, m.FeedRequest, policy="bench").fill(
        ["id", "viewer_id", "created"],
        ((page, int(viewer[n * PAGE]) + 1, at(days[n * PAGE])) for n, page in enumerate(pages)),
    )
    Table(db, m.Impression, source="trending", reason='{"code": "popular"}').fill(
        ["id", "request_id", "viewer_id", "video_id", "position", "created"],
        (
            (n + 1, pages[n // PAGE], int(viewer[n]) + 1, int(video[n]) + 1, n % PAGE, at(days[n]))
            for n in range(viewings)
        ),
    )
    Table(db, m.Viewing, shown=True, played=True).fill(
        ["id", "viewer_id", "video_id", "feed_request", "position", "started", "watch_ms", "reward", "completed", "skipped"],
        (
            (
                keys[n], int(viewer[n]) + 1, int(video[n]) + 1, pages[n // PAGE], n % PAGE, at(days[n]),
                int(reward[n] * 15000), float(reward[n]), bool(reward[n] > 0.7), bool(reward[n] < 0.3),
            )
            for n in range(viewings)
        ),
    )  # fmt: skip
    kinds = ("impression", "play", "progress", "complete")
    Table(db, m.EngagementEvent, session="bench").fill(
        ["id", "viewer_id", "video_id", "request_id", "position", "type", "watch_ms", "happened", "received"],
        (
            (
                uuid.UUID(int=(3 << 90) + n * 4 + k).hex, int(viewer[n]) + 1, int(video[n]) + 1, pages[n // PAGE],
                n % PAGE, "skip" if k == 3 and reward[n] < 0.3 else kinds[k], int(reward[n] * 15000) if k > 1 else None,
                at(days[n]), at(days[n]),
            )
            for n in range(viewings)
            for k in range(EVENTS_A_VIEWING)
        ),
    )  # fmt: skip
    liked = {(int(viewer[n]) + 1, int(video[n]) + 1): n for n in np.flatnonzero(reward > 0.85)}
    Table(db, m.Like).fill(
        ["id", "viewer_id", "video_id", "created"],
        ((i + 1, v, w, at(days[n])) for i, ((v, w), n) in enumerate(liked.items())),
    )
    Table(db, m.Follow).fill(
        ["id", "viewer_id", "creator_id"],
        ((v * 3 + k + 1, v + 1, (v * 7 + k * 31) % CREATORS + 1) for v in range(viewers) for k in range(3)),
    )
    count = np.bincount(video, minlength=videos)
    rewards = np.bincount(video, reward, videos)
    heat = np.bincount(video, reward * 0.5**days, videos)
    likes = np.bincount([w - 1 for _, w in liked], minlength=videos)
    Table(db, m.VideoStat, heat_at=at(0)).fill(
        ["id", "video_id", "impressions", "plays", "views", "reward_sum", "likes", "heat"],
        (
            (
                i + 1,
                i + 1,
                int(count[i]),
                int(count[i]),
                int(count[i]),
                float(rewards[i]),
                int(likes[i]),
                float(heat[i]),
            )
            for i in range(videos)
        ),
    )


def _unit(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


if __name__ == "__main__":
    fill(*(int(value) for value in sys.argv[1:5]))
