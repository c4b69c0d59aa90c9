"""Touched hours counted anew: sums by video and hour, curves by video and day, visits by viewer and day, returns by day.

Notes are read and counted outside any lock; one transaction then takes the notes away and writes. Should another roll-up
have taken the same notes, fewer vanish than were read and this one writes nothing. What changes meanwhile leaves a note
of its own.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
from django.db import IntegrityError, transaction
from django.db.models import Min, Sum
from django.utils import timezone

from analytics.models import SiteDay, SiteHour, TouchedHours, VideoDay, VideoHour, ViewerDay, Watermark
from analytics.rollup import viewings
from analytics.rollup.engine import duckdb, table
from analytics.stats import folding
from analytics.stats.columns import SUMS
from generation.models import Video
from recommender.models import Viewing

logger = logging.getLogger(__name__)

NOTES_AT_ONCE = 200
AGES = 30  # days after the first that returns are followed for
DAY = timedelta(days=1)
WATERMARK = "hours"


@dataclass
class Touched:
    """What a batch of notes asks for."""

    hours: set[tuple[int, datetime, bool]] = field(default_factory=set)  # video, hour, simulated
    days: dict[date, set[int]] = field(default_factory=lambda: defaultdict(set))  # day → videos
    visits: dict[date, set[int]] = field(default_factory=lambda: defaultdict(set))  # day → viewers

    @classmethod
    def of(cls, notes: list[list[list[Any]]]) -> Touched:
        touched = cls()
        for viewer, video, simulated, seconds in (entry for note in notes for entry in note):
            hour = datetime.fromtimestamp(seconds, UTC)
            touched.hours.add((video, hour, bool(simulated)))
            touched.days[hour.date()].add(video)
            touched.visits[hour.date()].add(viewer)
            touched.visits[hour.date() + DAY].add(viewer)  # a session may go on past midnight
        return touched


@dataclass
class Counted:
    """The rows that the touched hours, days and visits have now."""

    hours: pd.DataFrame
    days: pd.DataFrame
    curves: pd.DataFrame
    visits: pd.DataFrame


def roll_up(*, seconds: float = 20.0) -> int:
    """Count touched hours for about ``seconds`` at most; how many notes were taken."""
    deadline, total = time.monotonic() + seconds, 0
    if not Watermark.objects.filter(name=WATERMARK).exists():
        touch_all()
    while time.monotonic() < deadline:
        began = timezone.now()
        try:
            taken = roll_up_chunk()
        except IntegrityError:  # a video or viewer went between reading and writing; nothing was written
            logger.warning(
                "A roll-up met rows that were just removed; the next one reads again.", exc_info=True
            )
            break
        total += taken
        if not taken:
            Watermark.objects.update_or_create(name=WATERMARK, defaults={"moment": began})
            break
    return total


def roll_up_chunk() -> int:
    """Take in the oldest notes; 0 when there are none or another roll-up was faster."""
    notes = list(TouchedHours.objects.order_by("pk").values_list("pk", "hours")[:NOTES_AT_ONCE])
    if not notes:
        return 0
    touched = Touched.of([hours for _, hours in notes])
    counted = count(touched)
    with transaction.atomic():
        if TouchedHours.objects.filter(pk__in=[pk for pk, _ in notes]).delete()[0] < len(notes):
            transaction.set_rollback(True)
            return 0
        hours_write(touched, counted)
        days_write(touched, counted)
        visits_write(touched, counted)
        site_days_write(since=min(touched.visits))
    return len(notes)


def touch_all() -> None:
    """Note every hour there is, such as after an update from a site that added nothing up yet."""
    found: set[tuple[int, int, bool, int]] = set()
    for viewer, video, simulated, started in Viewing.objects.values_list(
        "viewer_id", "video_id", "viewer__simulated", "started"
    ).iterator(5_000):
        found.add((viewer, video, simulated, int(started.timestamp()) // 3600 * 3600))
    ordered = sorted(found, key=lambda hour: hour[3])
    notes = [TouchedHours(hours=ordered[at : at + 5_000]) for at in range(0, len(ordered), 5_000)]
    with transaction.atomic():
        TouchedHours.objects.bulk_create(notes)
        Watermark.objects.get_or_create(name=WATERMARK)


def count(touched: Touched) -> Counted:
    """Evaluate the expressions over the viewings of the touched days."""
    seen = viewings.frame(*(viewings.of_videos(videos, day) for day, videos in touched.days.items()))
    visiting = viewings.frame(*(viewings.of_viewers(*run) for run in runs(touched.visits)))
    with duckdb() as engine:
        of_videos = table(engine, "of_videos", seen)
        visits = folding.viewer_days(table(engine, "of_viewers", visiting)).to_pandas()
        asked = [
            row["viewer"] in touched.visits.get(_day(row["day"]), ()) for row in visits.to_dict("records")
        ]
        return Counted(
            hours=folding.hourly(of_videos).to_pandas(),
            days=folding.video_days(of_videos).to_pandas(),
            curves=folding.curves(of_videos).order_by("second").to_pandas(),
            visits=visits[asked],
        )


def runs(visits: dict[date, set[int]]) -> list[tuple[set[int], date, date]]:
    """The viewers of each run of days without a gap, with its first and last day."""
    found: list[tuple[set[int], date, date]] = []
    for day in sorted(visits):
        if found and found[-1][2] + DAY == day:
            found[-1] = found[-1][0] | visits[day], found[-1][1], day
        else:
            found.append((set(visits[day]), day, day))
    return found


def hours_write(touched: Touched, counted: Counted) -> None:
    """Replace the touched video hours, and the site's hours by their sums."""
    fresh = []
    for row in counted.hours.to_dict("records"):
        hour = _utc(row["hour"])
        if (row["video"], hour, row["simulated"]) in touched.hours:
            sums = {name: row[name] for name in SUMS}
            fresh.append(VideoHour(video_id=row["video"], hour=hour, simulated=row["simulated"], **sums))
    by_hour: dict[datetime, set[int]] = defaultdict(set)
    for video, hour, _ in touched.hours:
        by_hour[hour].add(video)
    for hour, videos in by_hour.items():
        for simulated in (False, True):
            mine = [v for v in videos if (v, hour, simulated) in touched.hours]
            VideoHour.objects.filter(hour=hour, simulated=simulated, video__in=mine).delete()
    VideoHour.objects.bulk_create(fresh)
    site_hours_write(set(by_hour))


def site_hours_write(hours: set[datetime]) -> None:
    """Add the videos' hours up."""
    SiteHour.objects.filter(hour__in=hours).delete()
    sums = {name: Sum(name) for name in SUMS}
    found = VideoHour.objects.filter(hour__in=hours).values("hour", "simulated").annotate(**sums)
    SiteHour.objects.bulk_create(SiteHour(**row) for row in found)


def days_write(touched: Touched, counted: Counted) -> None:
    """Replace the touched videos' days."""
    reached: dict[Any, list[int]] = defaultdict(list)
    played: dict[Any, list[int]] = defaultdict(list)
    for row in counted.curves.to_dict("records"):
        key = row["video"], row["day"], row["simulated"]
        reached[key].append(int(row["reached"]))
        played[key].append(int(row["played"]))
    for day, videos in touched.days.items():
        VideoDay.objects.filter(day=day, video__in=videos).delete()
    VideoDay.objects.bulk_create(
        VideoDay(
            video_id=row["video"], day=_day(row["day"]), simulated=row["simulated"],
            viewers=row["viewers"], measured=row["measured"],
            reached=reached[row["video"], row["day"], row["simulated"]],
            played=played[row["video"], row["day"], row["simulated"]],
        )
        for row in counted.days.to_dict("records")
    )  # fmt: skip


def visits_write(touched: Touched, counted: Counted) -> None:
    """Replace the touched viewers' days."""
    for day, viewers in touched.visits.items():
        ViewerDay.objects.filter(day=day, viewer__in=viewers).delete()
    ViewerDay.objects.bulk_create(
        ViewerDay(
            viewer_id=row["viewer"], day=_day(row["day"]), simulated=row["simulated"],
            slots=row["slots"], sessions=row["sessions"], watch_seconds=row["watch_seconds"],
        )
        for row in counted.visits.to_dict("records")
    )  # fmt: skip


def site_days_write(*, since: date) -> None:
    """Count the site's days from ``since`` on anew, and who of the days before came again in them."""
    rows = ViewerDay.objects.filter(day__gte=since)
    frame = pd.DataFrame(
        rows.values_list("viewer_id", "day", "simulated", "slots", "sessions", "watch_seconds"),
        columns=["viewer", "day", "simulated", "slots", "sessions", "watch_seconds"],
    )
    first = dict(ViewerDay.objects.values_list("viewer_id").annotate(first=Min("day")).order_by())
    frame["first"] = frame["viewer"].map(first)
    sums = frame.groupby(["day", "simulated"])[["slots", "sessions", "watch_seconds"]].sum()
    sizes = frame.groupby(["day", "simulated"])["viewer"].nunique()
    kept = {(row.day, row.simulated): row for row in SiteDay.objects.filter(day__gte=since - AGES * DAY)}
    for key, row in kept.items():
        row.returned = {age: n for age, n in row.returned.items() if key[0] + int(age) * DAY < since}
        if key[0] >= since:
            row.viewers = row.sessions = row.slots = row.fresh = 0
            row.watch_seconds = 0.0
    for (day, simulated), viewers in sizes.items():
        row = kept.setdefault((day, simulated), SiteDay(day=day, simulated=simulated))
        row.viewers = int(viewers)
        row.slots, row.sessions, row.watch_seconds = (
            int(sums.loc[(day, simulated), "slots"]),
            int(sums.loc[(day, simulated), "sessions"]),
            float(sums.loc[(day, simulated), "watch_seconds"]),
        )
    for (day, simulated, age), viewers in _returned(frame).items():
        row = kept.setdefault((day, simulated), SiteDay(day=day, simulated=simulated))
        if age == 0:
            row.fresh = viewers
        elif age <= AGES:
            row.returned[str(age)] = viewers
    SiteDay.objects.filter(day__gte=since - AGES * DAY).delete()
    SiteDay.objects.bulk_create(
        SiteDay(
            **{f.attname: getattr(row, f.attname) for f in SiteDay._meta.concrete_fields if f.attname != "id"}
        )
        for row in kept.values()
        if row.viewers
    )


def _returned(frame: pd.DataFrame) -> dict[tuple[date, bool, int], int]:
    """Viewers by their first day, simulated and days since."""
    if not len(frame):
        return {}
    days = frame.assign(day=pd.to_datetime(frame["day"]), first=pd.to_datetime(frame["first"]))
    with duckdb() as engine:
        t = table(engine, "days", days[["viewer", "simulated", "day", "first"]])
        found = folding.returns(t.mutate(day=t.day.date(), first=t["first"].date())).to_pandas()
    return {
        (_day(row["day"]), bool(row["simulated"]), int(row["age"])): int(row["viewers"])
        for row in found.to_dict("records")
    }


def videos_known() -> dict[int, float]:
    """Length of each video in seconds."""
    return dict(Video.objects.values_list("pk", "seconds"))


def _utc(moment: Any) -> datetime:
    found: datetime = pd.Timestamp(moment).to_pydatetime()
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()
