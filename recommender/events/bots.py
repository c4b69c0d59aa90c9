"""Traffic that no person makes: named rules over a viewer's last minutes. A viewer that meets one counts no more.

The bounds lie far from what people do, because a wrong flag silences a viewer: somebody who flicks through two videos a
second for ten minutes meets none of them.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Trace:
    """What the rules see of an event."""

    type: str
    viewing: uuid.UUID
    happened: datetime
    watch_ms: int | None
    seconds: float  # of the video


def verdict(traces: Sequence[Trace]) -> str:
    """The name of the first rule that a viewer's traffic meets; empty for a person."""
    ordered = sorted(traces, key=lambda trace: trace.happened)
    for name, meets in RULES.items():
        if meets(ordered):
            return name
    return ""


def too_many_events(traces: Sequence[Trace]) -> bool:
    """More than 900 events in a minute: fifteen a second."""
    return _most_in_a_minute(traces) > 900


def too_many_taps(traces: Sequence[Trace]) -> bool:
    """More than 40 likes, follows, shares or comments in a minute."""
    return _most_in_a_minute([t for t in traces if t.type in ("like", "follow", "share", "comment")]) > 40


def skips_too_fast(traces: Sequence[Trace]) -> bool:
    """At least 30 skips, four of five within 200 ms: nobody sees and decides so fast."""
    watched = [t.watch_ms for t in traces if t.type == "skip" and t.watch_ms is not None]
    return len(watched) >= 30 and sum(ms < 200 for ms in watched) > 0.8 * len(watched)


def watches_in_parallel(traces: Sequence[Trace]) -> bool:
    """At least ten videos watched for over three times as long as the time that passed, and five minutes more."""
    watch, first = _watch(traces)
    if len(watch) < 10 or first is None:
        return False
    passed = (traces[-1].happened - first).total_seconds()
    return sum(watch.values()) / 1000 > 3 * passed + 300


def uniform_watch(traces: Sequence[Trace]) -> bool:
    """At least 30 videos left early, four of five after exactly the same milliseconds."""
    seconds = {t.viewing: t.seconds for t in traces}
    early = [ms for viewing, ms in _watch(traces)[0].items() if 0 < ms < 950 * seconds[viewing]]
    return len(early) >= 30 and Counter(early).most_common(1)[0][1] > 0.8 * len(early)


def never_shown(traces: Sequence[Trace]) -> bool:
    """At least 100 videos played of which hardly any was ever on the screen."""
    played = {t.viewing for t in traces if t.type in ("play", "complete", "skip")}
    shown = {t.viewing for t in traces if t.type == "impression"}
    return len(played) >= 100 and len(played - shown) > 0.95 * len(played)


RULES: dict[str, Callable[[Sequence[Trace]], bool]] = {
    rule.__name__: rule
    for rule in (
        too_many_events,
        too_many_taps,
        skips_too_fast,
        watches_in_parallel,
        uniform_watch,
        never_shown,
    )
}


def _watch(traces: Sequence[Trace]) -> tuple[dict[uuid.UUID, int], datetime | None]:
    """Longest watch of each viewing in ms, and when the first of them can have begun."""
    watch: dict[uuid.UUID, int] = {}
    first: datetime | None = None
    for trace in traces:
        if trace.watch_ms is not None:
            watch[trace.viewing] = max(watch.get(trace.viewing, 0), trace.watch_ms)
            began = trace.happened - timedelta(milliseconds=trace.watch_ms)
            first = began if first is None or began < first else first
    return watch, first


def _most_in_a_minute(traces: Sequence[Trace]) -> int:
    """The most events in any 60 seconds of ordered traces."""
    most = begin = 0
    for end, trace in enumerate(traces):
        while trace.happened - traces[begin].happened > MINUTE:
            begin += 1
        most = max(most, end - begin + 1)
    return most
