"""What a cycle learns from, read as frames: views of generated videos, and the videos with how they were chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import F, QuerySet

from analytics.models import OptimizationCycle, TrainingOptOut
from core.languages import LANGUAGES
from core.roles import ADMINISTRATOR, MODERATOR
from generation.models import Video
from recommender.models import Impression, Viewing

VIEWS_MOST = 300_000  # the newest; what is older says little about present tastes
FLAGS = ("completed", "liked", "shared", "followed", "skipped", "refused")


def videos_frame() -> pd.DataFrame:
    """Generated videos by id: recipe, category, language, arm, segment, propensity, version, cycle (it was made in).

    Videos of creators who opted out are left out, and so are those without a recipe.
    """
    rows = Video.objects.filter(job__isnull=False, language__in=LANGUAGES).exclude(recipe={})
    rows = rows.exclude(owner__in=TrainingOptOut.objects.values("creator"))
    names = ("pk", "recipe", "category", "language", "job__policy", "job__created")
    begun = list(OptimizationCycle.objects.order_by("created").values_list("created", flat=True))
    times = np.array([moment.timestamp() for moment in begun])
    records = []
    for pk, recipe, category, language, policy, created in rows.values_list(*names):
        cycle = 1 + int(np.searchsorted(times, created.timestamp()))
        propensity = policy.get("propensity")
        records.append(
            {
                "video": pk, "recipe": recipe, "category": category, "language": language,
                "arm": policy.get("arm") or "none", "segment": int(policy.get("segment", -1)),
                "propensity": float("nan") if propensity is None else float(propensity),
                "version": int(policy.get("version") or 0), "cycle": cycle,
                "predicted": float("nan") if policy.get("predicted") is None else float(policy["predicted"]),
            }
        )  # fmt: skip
    columns = ["video", "recipe", "category", "language", "arm", "segment", "propensity", "version", "cycle", "predicted"]  # fmt: skip
    return pd.DataFrame(records, columns=columns).set_index("video")


def views_frame(*, simulated: bool, videos: pd.DataFrame, until: datetime | None = None) -> pd.DataFrame:
    """Counted views of ``videos`` in order of time, as ``analytics.stats.rewards.reward`` takes them, with ``epoch``.

    Left out: a creator's own views, moderators' and administrators', flagged viewers, and simulated ones unless asked for.
    ``epoch`` is 1 plus the number of cycles that had seen all views up to then. ``until`` leaves out later ones.
    """
    rows = _viewings(simulated=simulated)
    if until is not None:
        rows = rows.filter(started__lte=until)
    names = (
        "viewer_id", "video_id", "started", "watch_ms", "video__seconds", "position", "feed_request", "loops", "comments",
        *FLAGS,
    )  # fmt: skip
    found = list(rows.order_by("-started").values_list(*names)[:VIEWS_MOST])
    columns = ["viewer", "video", "started", "watch_ms", "duration_seconds", "position", "request", "loops", "comments", *FLAGS]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns)
    frame = frame[frame["video"].isin(videos.index)].iloc[::-1].reset_index(drop=True)
    frame["watch_seconds"] = frame.pop("watch_ms").fillna(0).astype(np.float64) / 1000
    frame["commented"] = frame.pop("comments") > 0
    frame["position"] = frame["position"].astype(np.float64)
    frame["propensity"] = _propensities(frame)
    frame["epoch"] = _epochs(frame["started"])
    return frame.drop(columns="request")


def _viewings(*, simulated: bool) -> QuerySet[Viewing]:
    rows = Viewing.objects.filter(viewer__flagged="", video__job__isnull=False)
    if not simulated:
        rows = rows.filter(viewer__simulated=False)
    rows = rows.exclude(viewer__user__isnull=False, viewer__user=F("video__owner"))
    return rows.exclude(viewer__user__groups__name__in=(MODERATOR, ADMINISTRATOR))


def _propensities(frame: pd.DataFrame) -> Any:
    """The logged chance of each view's slot, NaN where the view stands on no page."""
    known = Impression.objects.filter(request__in=[r for r in frame["request"].unique() if r is not None])
    if len(frame) > 20_000:  # cheaper than a long list of pages
        known = Impression.objects.filter(created__gte=frame["started"].min())
    chance = {
        (request, int(position)): float(value)
        for request, position, value in known.values_list("request_id", "position", "propensity")
    }
    return [
        chance.get((request, int(position)), np.nan)
        if request is not None and position == position
        else np.nan
        for request, position in zip(frame["request"], frame["position"])
    ]


def _epochs(started: pd.Series) -> Any:
    cutoffs = (
        OptimizationCycle.objects.exclude(cutoff=None).order_by("cutoff").values_list("cutoff", flat=True)
    )
    times = np.array([moment.timestamp() for moment in cutoffs if moment])
    return 1 + np.searchsorted(times, np.array([moment.timestamp() for moment in started]), side="left")
