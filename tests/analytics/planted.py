"""A site with generated videos whose viewers like what a test plants, written as the rows that the feed would leave."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.utils import timezone

from analytics.optimization.work import site_space
from generation.models import GenerationJob, Video
from recommender.models import FeedRequest, Impression, Viewer, Viewing

SPREAD = 0.5  # of log watch seconds


def videos_made(
    owner: User, count: int, *, seed: int, recipes: list[dict[str, Any]] | None = None
) -> list[Video]:
    """``count`` published videos with evenly drawn recipes, or the ``recipes`` given."""
    rng, space = np.random.default_rng(seed), site_space()
    made = []
    for number in range(count):
        codes = space.even(1, "zh", rng)[0]
        recipe = {field.name: field.options[code] for field, code in zip(space.fields, codes)}
        job = GenerationJob.objects.create(
            owner=owner, topic="露营", language="zh", seconds=15, seed=number, state="done"
        )
        made.append(
            Video.objects.create(
                owner=owner, job=job, title=f"v{number}", language="zh", aspect="9:16", seconds=15.0, width=360, height=640,
                sha256="0" * 64, file="videos/x.mp4", recipe=recipes[number] if recipes else recipe,
                category=("food", "health", "home")[number % 3], state=Video.State.PUBLISHED, published=timezone.now(),
                visibility=Video.Visibility.PUBLIC,
            )
        )  # fmt: skip
    return made


def watched(
    videos: list[Video], liking: Callable[[Mapping[str, Any]], float], *, viewers: list[Viewer], each: int, seed: int,
    at: datetime | None = None,
) -> None:  # fmt: skip
    """``each`` views of every video; log watch seconds rise by ``liking`` of its recipe."""
    rng, moment = np.random.default_rng([seed, 2]), at or timezone.now()
    requests, slots, views = [], [], []
    for video in videos:
        for viewer in rng.choice(np.array(viewers, dtype=object), size=each, replace=False):
            seconds = 7.5 * np.exp(liking(video.recipe) + SPREAD * rng.standard_normal())
            request = FeedRequest(viewer=viewer, policy="test")
            position = int(rng.integers(8))
            requests.append(request)
            slots.append(
                Impression(
                    request=request,
                    viewer=viewer,
                    video=video,
                    position=position,
                    source="explore",
                    propensity=0.2,
                )
            )
            views.append(
                Viewing(
                    id=uuid.uuid4(), viewer=viewer, video=video, feed_request=request.pk, position=position,
                    started=moment + timedelta(milliseconds=len(views)), shown=True, played=True,
                    watch_ms=int(1000 * min(seconds, 30)), completed=seconds >= 15, skipped=seconds < 2.5,
                    liked=bool(rng.random() < 0.02 * seconds / 7.5),
                )
            )  # fmt: skip
    FeedRequest.objects.bulk_create(requests)
    Impression.objects.bulk_create(slots)
    Viewing.objects.bulk_create(views)


def audience(count: int = 40) -> list[Viewer]:
    return Viewer.objects.bulk_create(Viewer() for _ in range(count))
