"""From events to sums, as Ibis expressions: the same on DuckDB over the archive and on Spark over a larger one.

``events`` has the columns of the archive (``recommender.events.archive.SCHEMA``), ``videos`` the columns video and
seconds. A *viewing* is one viewer before one video in one slot of a page, or in one sitting outside a page, exactly as
``recommender.events.viewings`` folds it; the tests hold the two together. Moments are UTC.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

BEFORE_THE_VIDEO = ("impression", "play", "progress", "complete", "skip")
HELD_SECONDS = 3.0  # shorter views count as swiped away
SESSION_PAUSE_SECONDS = 1800


def viewings(events: ir.Table, videos: ir.Table) -> ir.Table:
    """One row a viewing of counted events: what was done in it, ``started``, ``watch_ms`` and ``counts``.

    ``counts`` (array of int64, null where the player did not tell) holds how often each second was played.
    """
    e = events.filter(events.counted)
    slot = e.request.concat(":", e.position.cast("string"))
    sitting = e.viewer.cast("string").concat(":", e.video.cast("string"), ":", e.session)
    e = e.mutate(
        viewing=ibis.ifelse(e.request.isnull(), sitting, slot),
        loops_told=_number(e.detail, "loops"),
        quartile_told=_number(e.detail, "quartile"),
    )
    folded = e.group_by(["viewing", "viewer", "video", "simulated"]).aggregate(
        started=e.happened.min(),
        shown=_any(e.type.isin(BEFORE_THE_VIDEO)),
        played=_any(e.type.isin(("play", "progress", "complete"))),
        completed=_any(e.type == "complete"),
        skipped=_any(e.type == "skip"),
        liked=_any(e.type == "like"),
        shared=_any(e.type == "share"),
        followed=_any(e.type == "follow"),
        refused=_any(e.type.isin(("not_interested", "report"))),
        comments=(e.type == "comment").cast("int64").sum(),
        watch_ms=e.watch_ms.max(),
        quartile=ibis.ifelse(e.type == "complete", 4, e.quartile_told).max(),
        loops=e.loops_told.max(),
    )
    told = _told_seconds(e)
    found = folded.left_join(told, folded.viewing == told.of_viewing).drop("of_viewing")
    return found.inner_join(videos, "video")


def hourly(viewings: ir.Table) -> ir.Table:
    """The sums of ``analytics.stats.columns`` by video, UTC hour and simulated."""
    keys = ["video", "hour", "simulated"]
    v = measured(viewings)
    return v.group_by(keys).aggregate(**_sums(v))


def measured(viewings: ir.Table) -> ir.Table:
    """The viewings with what their sums are made of, each 0 or 1 or a number."""
    watch = viewings.watch_ms.cast("float64") / 1000.0  # else Spark reckons in decimals
    timed = viewings.played & viewings.watch_ms.notnull()
    ended = viewings.completed
    taps = viewings.liked | viewings.shared | viewings.followed | (viewings.comments > 0)
    return viewings.mutate(
        hour=viewings.started.truncate("h"),
        day=viewings.started.truncate("D").date(),
        timed=timed,
        watch=ibis.ifelse(timed, watch, 0.0),
        ratio=ibis.ifelse(timed, watch / viewings.seconds, 0.0),
        viewed=viewings.played & (ended | (watch >= HELD_SECONDS).fill_null(False)),
        held_3=viewings.played & (ended | (watch >= 3.0).fill_null(False)),
        held_5=viewings.played & (ended | (watch >= 5.0).fill_null(False)),
        halfway=viewings.played
        & (ended | (viewings.quartile >= 2) | (watch * 2 >= viewings.seconds).fill_null(False)),
        interacted=taps,
    )


def curves(viewings: ir.Table) -> ir.Table:
    """By video, UTC day, simulated and second: plays that reached it (``reached``) and times it was played (``played``).

    Where the player told single seconds these count; else the watch time, laid from the beginning, and loops.
    """
    v = measured(viewings)
    v = v.filter(v.timed)
    v = v.mutate(second=ibis.range(0, v.seconds.ceil().cast("int32")).unnest())
    told = v.counts.notnull()
    from_told = ibis.ifelse(v.second < v.counts.length(), v.counts[v.second.cast("int32")], 0).fill_null(0)
    rest = v.watch - v.loops * v.seconds
    once = (v.completed | (v.loops > 0) | (v.watch > v.second)).cast("int64")
    from_watch = ibis.greatest(once, v.loops + (rest > v.second).cast("int64"))
    v = v.mutate(times=ibis.ifelse(told, from_told, from_watch))
    return v.group_by(["video", "day", "simulated", "second"]).aggregate(
        reached=(v.times > 0).cast("int64").sum(), played=v.times.sum()
    )


def video_days(viewings: ir.Table) -> ir.Table:
    """By video, UTC day and simulated: distinct viewers, and plays whose watch time is known."""
    v = measured(viewings)
    return v.group_by(["video", "day", "simulated"]).aggregate(
        viewers=v.viewer.nunique(), measured=v.timed.cast("int64").sum()
    )


def viewer_days(viewings: ir.Table) -> ir.Table:
    """By viewer and UTC day: viewings, sessions begun (after a pause of 30 minutes) and seconds watched."""
    v = measured(viewings)
    before = v.started.epoch_seconds() - v.started.lag().epoch_seconds().over(
        ibis.window(group_by=v.viewer, order_by=v.started)
    )
    v = v.mutate(begins=(before.isnull() | (before > SESSION_PAUSE_SECONDS)).cast("int64"))
    return v.group_by(["viewer", "day", "simulated"]).aggregate(
        slots=v.count(), sessions=v.begins.sum(), watch_seconds=v.watch.sum()
    )


def returns(viewer_days: ir.Table) -> ir.Table:
    """By first day (``day``) and simulated: how many viewers were seen ``age`` days later; age 0 are the viewers themselves.

    ``viewer_days`` also holds ``first``, the viewer's first day.
    """
    d = viewer_days
    d = d.mutate(age=d.day.delta(d["first"], unit="day"))
    return d.group_by(["first", "simulated", "age"]).aggregate(viewers=d.viewer.nunique()).rename(day="first")


def _sums(v: ir.Table) -> dict[str, ir.Value]:
    """The columns of ``COUNTS`` and ``MEASURES`` over a table of ``measured``."""
    flags = {
        "impressions": v.shown, "plays": v.played, "viewed": v.viewed, "held_3": v.held_3, "held_5": v.held_5,
        "halfway": v.halfway, "completes": v.completed, "skips": v.skipped, "likes": v.liked, "shares": v.shared,
        "follows": v.followed, "refused": v.refused, "interacted": v.interacted, "timed": v.timed,
    }  # fmt: skip
    sums: dict[str, Any] = {name: flag.cast("int64").sum() for name, flag in flags.items()}
    return sums | {
        "comments": v.comments.sum(),
        "loops": v.loops.sum(),
        "watch_seconds": v.watch.sum(),
        "watch_seconds_sq": (v.watch * v.watch).sum(),
        "watch_ratio": v.ratio.sum(),
        "watch_ratio_sq": (v.ratio * v.ratio).sum(),
    }


def _told_seconds(events: ir.Table) -> ir.Table:
    """By viewing, the array of how often each second was played: the most that any of its events told."""
    text = events.detail.re_extract(r'"seconds":\s*\[([0-9, ]+)\]', 1)
    e = events.select("viewing", text=text).filter(lambda t: t.text != "")
    e = e.mutate(single=e.text.replace(" ", "").split(","))
    e = e.mutate(second=ibis.range(0, e.single.length()).unnest())
    e = e.mutate(times=e.single[e.second.cast("int32")].cast("int64"))
    most = e.group_by(["viewing", "second"]).aggregate(times=e.times.max())
    # Spark collects in no order: each entry carries its second in front until the array is sorted
    most = most.mutate(entry=most.second.cast("string").lpad(4, "0").concat(":", most.times.cast("string")))
    found = most.group_by("viewing").aggregate(entries=most.entry.collect())
    return found.select(
        of_viewing=found.viewing,
        counts=found.entries.sort().map(lambda entry: entry.split(":")[1].cast("int64")),
    )


def _number(detail: ir.StringValue, key: str) -> ir.IntegerValue:
    """A whole number of the event's JSON; 0 where it is not told."""
    return detail.re_extract(rf'"{key}":\s*([0-9]+)', 1).nullif("").cast("int64").fill_null(0)


def _any(condition: ir.BooleanValue) -> ir.BooleanValue:
    return condition.any()
