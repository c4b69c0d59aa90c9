"""The snapshot a training learns from: counted viewings up to a moment, as frames of plain columns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import QuerySet

from generation.selectors import videos_shown
from recommender.errors import TooLittleData
from recommender.ml.engagement.features import FEATURES
from recommender.models import Impression, Viewing

VIEWINGS_MOST = 1_000_000  # the newest ones; what is older says little about the present
SLOTS_MOST = 200_000
HELD_WATCH = 0.5  # a corrected watch from here on counts as met, so does a like, share or whole viewing
MEETINGS_LEAST = 100  # meetings a ranker can learn from


@dataclass(frozen=True)
class TrainingSnapshot:
    """What was known at ``until``.

    ``viewings``: viewer, video, timestamp, watch_seconds, duration_seconds, reward, completed, skipped, liked, shared.
    ``meetings``: user, item, timestamp, watch_ratio of the viewings that went well. ``slots``: features and labels of
    shown slots with their ``timestamp``. ``items``: item, text, duration_seconds, created_at, category, language.
    """

    until: datetime
    viewings: pd.DataFrame
    meetings: pd.DataFrame
    slots: pd.DataFrame
    items: pd.DataFrame

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits that change with any row learned from."""
        digest = hashlib.sha256()
        for frame in (self.meetings, self.slots):
            digest.update(",".join(frame.columns).encode())
            digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
        return digest.hexdigest()

    def before(self, moment: float) -> TrainingSnapshot:
        """The same up to ``moment`` (seconds since 1970)."""
        return TrainingSnapshot(
            self.until,
            _earlier(self.viewings, moment),
            _earlier(self.meetings, moment),
            _earlier(self.slots, moment),
            self.items,
        )


def _earlier(frame: pd.DataFrame, moment: float) -> pd.DataFrame:
    return frame[frame["timestamp"] < moment]


def snapshot_read(*, until: datetime, simulated: bool) -> TrainingSnapshot:
    """Counted viewings that began before ``until``; those of simulated viewers only when asked for.

    Raises ``TooLittleData`` with what there is.
    """
    viewings = _viewings(until=until, simulated=simulated)
    good = viewings[(viewings["reward"] >= HELD_WATCH) | viewings["liked"] | viewings["shared"]]
    good = good[~good["refused"]].sort_values("timestamp", kind="stable")
    meetings = pd.DataFrame(
        {
            "user": good["viewer"].to_numpy(np.int64),
            "item": good["video"].to_numpy(np.int64),
            "timestamp": good["timestamp"].to_numpy(np.float64),
            "watch_ratio": good["reward"].fillna(1.0).to_numpy(np.float64),
        }
    )
    if len(meetings) < MEETINGS_LEAST:
        raise TooLittleData(
            f"A ranker needs at least {MEETINGS_LEAST} viewings that went well, there are {len(meetings)}. "
            "Wait for more viewers, or count simulated ones with --simulated."
        )
    return TrainingSnapshot(until, viewings, meetings, _slots(viewings, until=until), _items(until))


def rewards_by_slot(*, until: datetime, simulated: bool) -> dict[tuple[Any, int], float]:
    """What each watched slot of the feed earned (0–1), by page and position."""
    viewings = _viewings(until=until, simulated=simulated)
    watched = viewings[viewings["request"].notna() & viewings["reward"].notna()]
    return {(row.request, int(row.position)): float(row.reward) for row in watched.itertuples(index=False)}


def _viewings(*, until: datetime, simulated: bool) -> pd.DataFrame:
    rows: QuerySet[Viewing] = Viewing.objects.filter(started__lt=until, viewer__flagged="")
    if not simulated:
        rows = rows.filter(viewer__simulated=False)
    names = (
        "viewer_id", "video_id", "started", "watch_ms", "video__seconds", "reward", "completed", "skipped",
        "liked", "shared", "refused", "feed_request", "position",
    )  # fmt: skip
    found = list(rows.order_by("-started").values_list(*names)[:VIEWINGS_MOST])
    frame = pd.DataFrame(
        found,
        columns=[
            "viewer", "video", "started", "watch_ms", "duration_seconds", "reward", "completed", "skipped",
            "liked", "shared", "refused", "request", "position",
        ],
    )  # fmt: skip
    frame["timestamp"] = [moment.timestamp() for moment in frame.pop("started")]
    frame["watch_seconds"] = frame.pop("watch_ms").astype(np.float64) / 1000
    frame["reward"] = frame["reward"].astype(np.float64)
    for name in ("completed", "skipped", "liked", "shared", "refused"):
        frame[name] = frame[name].astype(bool)
    return frame


def _slots(viewings: pd.DataFrame, *, until: datetime) -> pd.DataFrame:
    """One row a shown slot whose features were logged, with what came of it."""
    seen = {
        (row.request, row.position): row
        for row in viewings[viewings["request"].notna()].itertuples(index=False)
    }
    rows: list[list[Any]] = []
    logged = Impression.objects.filter(created__lt=until).order_by("-pk")
    for request, position, features in logged.values_list("request_id", "position", "features")[:SLOTS_MOST]:
        met = seen.get((request, position))
        if met is None or len(features) != len(FEATURES):
            continue
        labels = [met.reward, float(met.liked), float(met.shared), float(met.skipped)]
        rows.append([*features, *labels, met.timestamp])
    frame = pd.DataFrame(rows, columns=[*FEATURES, "watch", "like", "share", "skip", "timestamp"])
    frame = frame.astype(np.float64)
    # the slot itself is known when learning, and held at the top when predicting
    return frame.sort_values("timestamp", kind="stable", ignore_index=True)


def _items(until: datetime) -> pd.DataFrame:
    """Every video shown now that was published by then, also those nobody has met."""
    names = ("pk", "title", "hashtags", "seconds", "published", "category", "language")
    rows = videos_shown().select_related(None).filter(published__lt=until).order_by("pk").values_list(*names)
    return pd.DataFrame(
        [
            (pk, f"{title} {' '.join(tags)}", seconds, published.timestamp(), category, language)
            for pk, title, tags, seconds, published, category, language in rows
        ],
        columns=["item", "text", "duration_seconds", "created_at", "category", "language"],
    )
