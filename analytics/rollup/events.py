"""All sums from events at once, by the expressions of ``analytics.stats.folding`` alone: an archive counted in one go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from typing import Any, TypeVar

import ibis.expr.types as ir
import pandas as pd
from django.db import models, transaction
from ibis.backends.duckdb import Backend

from analytics.models import SiteDay, SiteHour, VideoDay, VideoHour, ViewerDay
from analytics.rollup.engine import stored
from analytics.rollup.hours import site_days_write, site_hours_write
from analytics.stats import folding
from analytics.stats.columns import SUMS

BATCH = 5_000
Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def count_all(engine: Backend, events: ir.Table, videos: ir.Table) -> int:
    """Replace every sum by what these events come to; how many video hours that are.

    Viewers that never count (``analytics.rollup.viewings.left_out_viewers``) are to be left out of ``events`` already.
    """
    for kept in (VideoHour, SiteHour, VideoDay, ViewerDay, SiteDay):
        kept.objects.all().delete()
    viewings = stored(engine, "viewings", folding.viewings(events, videos))
    hours = folding.hourly(viewings).to_pandas()
    _write(
        VideoHour,
        (
            VideoHour(
                video_id=row["video"],
                hour=_utc(row["hour"]),
                simulated=row["simulated"],
                **{n: row[n] for n in SUMS},
            )
            for row in _rows(hours)
        ),
    )
    site_hours_write({_utc(hour) for hour in hours["hour"].unique()})
    _write(VideoDay, _video_days(viewings))
    visits = folding.viewer_days(viewings).to_pandas()
    _write(
        ViewerDay,
        (
            ViewerDay(
                viewer_id=row["viewer"], day=_day(row["day"]), simulated=row["simulated"], slots=row["slots"],
                sessions=row["sessions"], watch_seconds=row["watch_seconds"],
            )
            for row in _rows(visits)
        ),
    )  # fmt: skip
    if len(visits):
        site_days_write(since=_day(visits["day"].min()))
    return len(hours)


def _video_days(viewings: ir.Table) -> Iterator[VideoDay]:
    curves = folding.curves(viewings).order_by(["video", "day", "simulated", "second"]).to_pandas()
    keys = ["video", "day", "simulated"]
    lists = curves.groupby(keys, sort=False)[["reached", "played"]].agg(list)
    days = folding.video_days(viewings).to_pandas().join(lists, on=keys)
    for row in _rows(days):
        told = isinstance(row["reached"], list)
        yield VideoDay(
            video_id=row["video"], day=_day(row["day"]), simulated=row["simulated"], viewers=row["viewers"],
            measured=row["measured"], reached=row["reached"] if told else [], played=row["played"] if told else [],
        )  # fmt: skip


def _write(kind: type[Row], rows: Iterator[Row]) -> None:
    kind._default_manager.bulk_create(rows, batch_size=BATCH)


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = list(frame.columns)
    for values in frame.itertuples(index=False, name=None):
        yield dict(zip(names, values, strict=True))


def _utc(moment: Any) -> Any:
    found = pd.Timestamp(moment)
    return (found.tz_localize(UTC) if found.tzinfo is None else found).to_pydatetime()


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()
