"""Every metric of the site: once, with formula, unit, window, interval and the least sample that may be shown.

A metric is a sum, or one sum over another, of the columns of a frame; the frames come from ``analytics.stats.folding``
and from the tables of production. ``expression`` is the metric in Ibis, for any engine; ``value_of`` the same over sums
that are added up already, as pages have them. docs/metrics.md is written from this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from analytics.stats import intervals
from analytics.stats.columns import SUMS

HOURS, VIEWERS, RETURNS, CURVES = "video hours", "viewer days", "returns", "curves"
FEED, EVENTS, MAKING, SCREENING = "feed hours", "event hours", "production days", "moderation days"


@dataclass(frozen=True)
class Measured:
    """A metric's value with its 95 % interval (None where there is none) over ``n`` cases; ``enough`` of them to show."""

    value: float | None
    low: float | None
    high: float | None
    n: float
    enough: bool


@dataclass(frozen=True)
class Metric:
    """``scale`` × Σ ``top`` / Σ ``bottom`` over the rows of ``frame``; without ``bottom``, the sum alone.

    ``interval``: wilson (a share of independent cases), mean (from ``square``), delta (a ratio over days) or none (a count
    is a fact). ``minimum``: the least Σ ``bottom`` that is shown; below it pages say "not enough data yet".
    """

    name: str
    meaning: str
    frame: str
    top: str
    bottom: str = ""
    square: str = ""
    scale: float = 1.0
    unit: str = ""
    window: str = "viewings that began in the period"
    interval: str = "none"
    minimum: float = 1
    chinese: str = ""
    distinct: bool = False

    @property
    def formula(self) -> str:
        """As a reader writes it."""
        top = f"count of distinct {self.top}" if self.distinct else f"Σ {self.top}"
        scaled = f"{self.scale:g} × " if self.scale != 1 else ""
        return f"{scaled}{top} / Σ {self.bottom}" if self.bottom else f"{scaled}{top}"

    def expression(self, frame: ir.Table) -> ir.Value:
        """The metric over a table of its frame."""
        top = frame[self.top].nunique() if self.distinct else frame[self.top].sum()
        if not self.bottom:
            return top * self.scale if self.scale != 1 else top
        return top.cast("float64") / frame[self.bottom].sum().nullif(0) * self.scale

    def value_of(self, sums: Mapping[str, float], clusters: Sequence[Mapping[str, float]] = ()) -> Measured:
        """The metric over added sums; ``clusters`` are the sums of the single days, which the delta method needs."""
        top = float(sums.get(self.top, 0.0))
        if not self.bottom:
            return Measured(top * self.scale, None, None, top, top >= self.minimum)
        n = float(sums.get(self.bottom, 0.0))
        if n <= 0:
            return Measured(None, None, None, 0.0, False)
        low, high = self._interval(top, n, sums, clusters)
        return Measured(top / n * self.scale, low, high, n, n >= self.minimum)

    def _interval(
        self, top: float, n: float, sums: Mapping[str, float], clusters: Sequence[Mapping[str, float]]
    ) -> tuple[float | None, float | None]:
        if self.interval == "wilson" and top <= n:
            low, high = intervals.wilson(top, n)
        elif self.interval == "mean" and n >= 2:
            low, high = intervals.mean(top, float(sums.get(self.square, 0.0)), n)
        elif self.interval == "delta" and len(clusters) >= 2:
            low, high = intervals.ratio([c[self.top] for c in clusters], [c[self.bottom] for c in clusters])
        else:
            return None, None
        return low * self.scale, high * self.scale


def _share(name: str, meaning: str, top: str, bottom: str, minimum: float, chinese: str = "") -> Metric:
    return Metric(
        name, meaning, HOURS, top, bottom, unit="share", interval="wilson", minimum=minimum, chinese=chinese
    )


_AUDIENCE = (
    Metric("impressions", "times a video was on the screen", HOURS, "impressions", chinese="曝光"),
    Metric("plays", "times a video began to play", HOURS, "plays", chinese="播放"),
    Metric("watch_hours", "hours watched in the foreground", HOURS, "watch_seconds", scale=1 / 3600, unit="h",
           minimum=0, chinese="观看时长"),
    _share("viewed_rate", "viewed rather than swiped away: stayed 3 s, or to the end of a shorter video",
           "viewed", "impressions", 30, "观看率"),
    _share("play_rate", "impressions that began to play", "plays", "impressions", 30, "播放率"),
    _share("retention_3s", "plays that were watched for 3 s", "held_3", "plays", 30, "3 秒留存"),
    _share("retention_5s", "plays that were watched for 5 s", "held_5", "plays", 30, "5 秒留存"),
    _share("completion_rate", "plays that reached the end", "completes", "plays", 30, "完播率"),
    Metric("average_watch_seconds", "watch time of a play", HOURS, "watch_seconds", "timed", "watch_seconds_sq",
           unit="s", interval="mean", minimum=30, chinese="平均观看时长"),
    Metric("watch_ratio", "watch time of a play as share of the video's length; replays count, so it may exceed 1",
           HOURS, "watch_ratio", "timed", "watch_ratio_sq", unit="share", interval="mean", minimum=30,
           chinese="观看比例"),
    _share("interaction_rate", "impressions with a like, comment, share or follow", "interacted", "impressions",
           100, "互动率"),
    _share("like_rate", "impressions with a like", "likes", "impressions", 100, "点赞率"),
    _share("share_rate", "impressions that were shared", "shares", "impressions", 100, "分享率"),
    _share("skip_rate", "impressions that the viewer swiped away", "skips", "impressions", 30, "划走率"),
    _share("refusal_rate", "impressions answered with not interested or a report", "refused", "impressions", 100,
           "负反馈率"),
    _share("follower_conversion", "viewed videos after which the creator was followed", "follows", "viewed", 100,
           "涨粉转化率"),
    Metric("watch_seconds_per_impression", "watch time that a slot earns", HOURS, "watch_seconds", "impressions",
           unit="s", interval="delta", minimum=30, chinese="单次曝光观看时长"),
)  # fmt: skip
_VISITS = (
    Metric("unique_viewers", "different viewers", VIEWERS, "viewer", distinct=True,
           window="UTC days of the period", chinese="独立观众"),
    Metric("sessions", "visits, each ended by a pause of 30 minutes", VIEWERS, "sessions",
           window="UTC days of the period", chinese="会话数"),
    Metric("feed_depth", "viewings in a session", VIEWERS, "slots", "sessions", unit="viewings", interval="delta",
           window="UTC days of the period", minimum=30, chinese="刷视频深度"),
    Metric("watch_seconds_per_viewer_day", "seconds a viewer watches on a day of visit", VIEWERS, "watch_seconds",
           "viewers", unit="s", interval="delta", window="UTC days of the period", minimum=30,
           chinese="人均观看时长"),
    *(
        Metric(f"return_day_{age}", f"viewers first seen on a day who came again {age} "
               f"{'day' if age == 1 else 'days'} later", RETURNS, f"returned_{age}", f"fresh_{age}", unit="share",
               interval="wilson", minimum=30, window=f"first days in the period that are over {age} days ago",
               chinese=f"{'次日' if age == 1 else '7 日'}留存")
        for age in (1, 7)
    ),
)  # fmt: skip
_CURVE = (
    Metric("retention_by_second", "plays that played the second at least once", CURVES, "reached", "measured",
           unit="share", interval="wilson", window="plays of the UTC days of the period", minimum=30,
           chinese="逐秒留存"),
    Metric("replays_by_second", "how often the second was played in a play; above the retention where it is repeated",
           CURVES, "played", "measured", unit="times", window="plays of the UTC days of the period", minimum=30,
           chinese="逐秒重播"),
)  # fmt: skip
_SITE = (
    Metric("exploration_share", "slots that the feed filled by a draw", FEED, "explored", "slots", unit="share",
           interval="wilson", window="slots served in the period", minimum=30, chinese="探索占比"),
    Metric("mean_propensity", "chance that the served video had of standing in its slot", FEED, "propensity", "slots",
           unit="share", interval="delta", window="slots served in the period", minimum=30, chinese="平均倾向"),
    Metric("events_left_out", "events that do not count: own viewings, bots, impossible times", EVENTS, "uncounted",
           "events", unit="share", interval="wilson", window="events received in the period", minimum=100,
           chinese="未计事件占比"),
    Metric("events_late", "events received over an hour after they happened", EVENTS, "late", "events", unit="share",
           interval="wilson", window="events received in the period", minimum=100, chinese="迟到事件占比"),
    Metric("event_delay_seconds", "from happening to arrival", EVENTS, "delay_seconds", "events", unit="s",
           interval="delta", window="events received in the period", minimum=100, chinese="事件延迟"),
    Metric("videos_published", "videos that went public", MAKING, "published", window="published in the period",
           chinese="发布视频"),
    Metric("videos_per_creator", "videos published by a creator who published", MAKING, "published", "creators",
           unit="videos", window="published in the period", chinese="人均发布"),
    Metric("making_failures", "generations that failed, of those that ended", MAKING, "failed", "ended",
           unit="share", interval="wilson", minimum=10, window="jobs ended in the period", chinese="生成失败率"),
    Metric("cpu_seconds_per_watched_hour", "seconds that the stages of generation worked for an hour of watching",
           MAKING, "stage_seconds", "watch_hours", unit="s/h", window="stages ended and hours watched in the period",
           minimum=0.1, chinese="每观看小时的生成秒数"),
    Metric("report_rate", "reports that count for a thousand impressions", SCREENING, "reports", "impressions",
           scale=1000, unit="per 1,000", interval="wilson", minimum=100, window="reports made in the period",
           chinese="举报率"),
    Metric("held_rate", "new videos that the automatic check held", SCREENING, "held", "made", unit="share",
           interval="wilson", minimum=10, window="videos made in the period", chinese="检查拦截率"),
)  # fmt: skip

METRICS: dict[str, Metric] = {metric.name: metric for metric in (*_AUDIENCE, *_VISITS, *_CURVE, *_SITE)}
assert all(m.top in SUMS and (m.bottom or m.top) in SUMS for m in METRICS.values() if m.frame == HOURS)
