"""The expressions over stored events and the site's own fold of them come to the same sums."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User

from analytics.models import SiteDay, VideoDay, VideoHour, ViewerDay
from analytics.rollup.engine import duckdb, table
from analytics.rollup.events import count_all
from analytics.stats.columns import SUMS
from recommender.events import archive
from recommender.models import FeedRequest, Viewer
from tests import factories
from tests.analytics.watching import event, send, watched

LONG_AGO = datetime.now(UTC).replace(hour=9, minute=50) - timedelta(days=40)


def everything() -> dict[str, list[object]]:
    hours = VideoHour.objects.order_by("video", "hour").values_list("video", "hour", *SUMS)
    days = VideoDay.objects.order_by("video", "day").values_list(
        "video", "day", "viewers", "reached", "played"
    )
    visits = ViewerDay.objects.order_by("viewer", "day").values_list("viewer", "day", "slots", "sessions")
    site = SiteDay.objects.order_by("day").values_list("day", "viewers", "sessions", "fresh", "returned")
    return {"hours": list(hours), "days": list(days), "visits": list(visits), "site": list(site)}


@pytest.mark.django_db(transaction=True)
def test_an_archive_counted_at_once_equals_what_was_counted_as_it_came(
    media_root: Path, var_dir: Path, creator: User
) -> None:
    videos = [factories.video(creator, state="published", seconds=seconds) for seconds in (6.5, 12.0)]
    viewers = [Viewer.objects.create() for _ in range(4)]
    page = FeedRequest.objects.create(viewer=viewers[0], policy="newest")
    place = {"request": page.pk.hex, "position": 3}
    batches = [
        watched(viewers[n % 4], videos[n % 2], LONG_AGO + timedelta(hours=7 * n), 1.5 * n, session=f"{n}",
                seconds=[1, 2, 1][: 1 + n % 3], loops=n % 2)
        for n in range(8)
    ]  # fmt: skip
    batches.append(
        [
            event(viewers[0], videos[0], "impression", LONG_AGO, **place),
            event(viewers[0], videos[0], "play", LONG_AGO, **place),
            event(
                viewers[0],
                videos[0],
                "progress",
                LONG_AGO,
                watch_ms=3100,
                detail={"seconds": [1, 1, 0, 1]},
                **place,
            ),
            event(
                viewers[0],
                videos[0],
                "progress",
                LONG_AGO,
                watch_ms=4100,
                detail={"seconds": [1, 3]},
                **place,
            ),
            event(viewers[0], videos[0], "like", LONG_AGO, **place),
            event(viewers[1], videos[0], "play", LONG_AGO, counted=False, session="own"),
        ]
    )
    send(*batches)
    wanted = everything()
    assert len(wanted["hours"]) > 4
    archive.archive()
    seen = pd.concat(
        [pq.read_table(file, partitioning=None).to_pandas() for file in archive.archived_files()]
    )
    lengths = pd.DataFrame({"video": [v.pk for v in videos], "seconds": [v.seconds for v in videos]})
    with duckdb() as engine:
        count_all(engine, table(engine, "events", seen), table(engine, "videos", lengths))
    assert everything() == wanted
