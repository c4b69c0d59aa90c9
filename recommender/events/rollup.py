"""Events into totals: viewings and ``VideoStat``, each event exactly once, in whatever order it arrived.

A chunk of arrival notes is read, folded and judged outside any lock; then one short transaction takes the notes away and
writes what follows from them. Either both happen or neither, so a process killed at any line changes nothing by it. Should
another roll-up have taken the same notes, fewer vanish than were read, and this one writes nothing.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.moderation.services import reports_discount
from recommender.events import bots
from recommender.events.changes import events_taken, hours_of, viewings_changed
from recommender.events.viewings import FACT_FIELDS, Fact, fold, viewing_begun
from recommender.ml.engagement.duration import DurationCorrection
from recommender.models import EngagementEvent, EventArrival, VideoStat, Viewer, Viewing
from recommender.selectors import ranker_current

logger = logging.getLogger(__name__)

CHUNK = 1_000  # events; the write lock is held for as long as that many take
HALF_LIFE_SECONDS = 86_400.0
TOTALS = (
    "impressions", "plays", "completes", "skips", "likes", "comments", "shares", "follows", "negatives",
    "watch_seconds", "views", "reward_sum",
)  # fmt: skip
STAT_FIELDS = (*TOTALS, "heat", "heat_at", "updated")
VIEWING_FIELDS = tuple(
    field.attname for field in Viewing._meta.concrete_fields if field.attname not in ("id", "video_id")
)

StatKey = tuple[int, bool]  # video, simulated


def roll_up(*, seconds: float = 8.0) -> int:
    """Count what has arrived, for about ``seconds`` at most; the number of events taken in."""
    deadline = time.monotonic() + seconds
    total = 0
    while time.monotonic() < deadline:
        try:
            count = roll_up_chunk()
        except IntegrityError:  # a viewer or video went between reading and writing; nothing was written
            logger.warning(
                "A roll-up met rows that were just removed; the next one reads again.", exc_info=True
            )
            break
        if not count:
            break
        total += count
    return total


def roll_up_chunk(now: datetime | None = None) -> int:
    """Take in the oldest arrivals, about ``CHUNK`` events; 0 when there are none or another roll-up was faster."""
    now = now or timezone.now()
    notes, ids = _arrivals()
    if not notes:
        return 0
    facts = [Fact(*row) for row in EngagementEvent.objects.filter(pk__in=ids).values_list(*FACT_FIELDS)]
    flagged = _flagged_now(facts, now)
    counted = [f for f in facts if f.counted and not f.flagged and f.viewer not in flagged]
    withdrawn = list(_viewings_of(flagged))
    before = Viewing.objects.in_bulk({fact.viewing for fact in counted})
    changed = _folded(counted, before)
    deltas: dict[StatKey, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    simulated = {fact.viewing: fact.simulated for fact in counted}
    for viewing in withdrawn:
        _add(deltas[viewing.video_id, False], viewing, -1, now)
    for pk, viewing in changed.items():
        key = viewing.video_id, simulated[pk]
        if pk in before:
            _add(deltas[key], before[pk], -1, now)
        _add(deltas[key], viewing, 1, now)
    people = {fact.viewer: fact.simulated for fact in counted}
    hours = hours_of([*withdrawn, *before.values(), *changed.values()], people)
    with transaction.atomic():
        if EventArrival.objects.filter(pk__in=notes).delete()[0] < len(notes):
            transaction.set_rollback(True)
            return 0
        _withdraw(flagged, withdrawn)
        _silence(facts)
        Viewing.objects.bulk_create(
            changed.values(), update_conflicts=True, unique_fields=["id"], update_fields=VIEWING_FIELDS
        )
        _write_stats(deltas, now)
        viewings_changed.send(sender=Viewing, hours=hours)
        events_taken.send(sender=EngagementEvent, ids=ids)
    return len(ids)


def correction_current() -> DurationCorrection:
    """The duration correction of the ranker in production; before there is one, the watch ratio, at most 1."""
    version = ranker_current()
    if version is not None:
        file = Path(settings.VAR_DIR) / version.folder / "duration.json"
        if file.is_file():
            return DurationCorrection.load(file)
    return DurationCorrection().fit(pd.DataFrame())


def _arrivals() -> tuple[list[int], list[str]]:
    """The oldest notes of about ``CHUNK`` events, and the events' ids."""
    notes: list[int] = []
    ids: list[str] = []
    for pk, events in EventArrival.objects.order_by("pk").values_list("pk", "events")[:CHUNK].iterator():
        if ids and len(ids) + len(events) > CHUNK:
            break
        notes.append(pk)
        ids += events
    return notes, ids


def _flagged_now(facts: Sequence[Fact], now: datetime) -> dict[int, str]:
    """Viewers of these events that meet a rule of ``bots``, with its name."""
    people = {fact.viewer for fact in facts if not (fact.simulated or fact.flagged)}
    own: dict[int, dict[uuid.UUID, Fact]] = defaultdict(dict)
    recent = EngagementEvent.objects.filter(viewer__in=people, happened__gte=now - bots.WINDOW)
    for fact in [*facts, *(Fact(*row) for row in recent.values_list(*FACT_FIELDS))]:
        if fact.viewer in people:
            own[fact.viewer][fact.id] = fact
    found = {}
    for viewer, theirs in own.items():
        traces = [
            bots.Trace(fact.type, fact.viewing, fact.happened, fact.watch_ms, fact.seconds)
            for fact in theirs.values()
        ]
        if name := bots.verdict(traces):
            found[viewer] = name
    return found


def _viewings_of(viewers: Iterable[int]) -> Iterable[Viewing]:
    return Viewing.objects.filter(viewer__in=list(viewers)) if viewers else ()


def _folded(facts: Sequence[Fact], before: dict[uuid.UUID, Viewing]) -> dict[uuid.UUID, Viewing]:
    """The viewings that these events change, as they are afterwards; ``before`` keeps the old ones."""
    after: dict[uuid.UUID, Viewing] = {}
    lengths: dict[uuid.UUID, float] = {}
    for fact in facts:
        pk = fact.viewing
        if pk not in after:
            old = before.get(pk)
            after[pk] = viewing_begun(fact) if old is None else _copy(old)
            lengths[pk] = fact.seconds
        fold(after[pk], fact)
    watched = [viewing for viewing in after.values() if viewing.watch_ms is not None]
    if watched:
        rewards = correction_current().transform(
            [(viewing.watch_ms or 0) / 1000 for viewing in watched], [lengths[v.pk] for v in watched]
        )
        for viewing, reward in zip(watched, rewards, strict=True):
            viewing.reward = float(reward)
    return after


def _copy(viewing: Viewing) -> Viewing:
    return Viewing(
        **{field.attname: getattr(viewing, field.attname) for field in Viewing._meta.concrete_fields}
    )


def _add(delta: dict[str, float], viewing: Viewing, sign: int, now: datetime) -> None:
    """A viewing's share of its video's totals; of its heat only where it warms."""
    delta["impressions"] += sign * viewing.shown
    delta["plays"] += sign * viewing.played
    delta["completes"] += sign * viewing.completed
    delta["skips"] += sign * viewing.skipped
    delta["likes"] += sign * viewing.liked
    delta["comments"] += sign * viewing.comments
    delta["shares"] += sign * viewing.shared
    delta["follows"] += sign * viewing.followed
    delta["negatives"] += sign * viewing.refused
    if viewing.reward is not None:
        delta["watch_seconds"] += sign * (viewing.watch_ms or 0) / 1000
        delta["views"] += sign
        delta["reward_sum"] += sign * viewing.reward
        delta["heat"] += viewing.warms * sign * viewing.reward * _decay(viewing.started, now)


def _withdraw(flagged: dict[int, str], viewings: Sequence[Viewing]) -> None:
    """Flag viewers and leave out what they did before, which was counted until now."""
    for viewer, name in flagged.items():
        Viewer.objects.filter(pk=viewer).update(flagged=name)
        EngagementEvent.objects.filter(viewer=viewer).update(counted=False)
        reports_discount(reporter=viewer)
    Viewing.objects.filter(pk__in=[viewing.pk for viewing in viewings]).delete()


def _silence(facts: Sequence[Fact]) -> None:
    """Events that were on their way while their viewer was flagged."""
    late = [fact.id for fact in facts if fact.flagged and fact.counted]
    EngagementEvent.objects.filter(pk__in=late).update(counted=False)


def _write_stats(deltas: dict[StatKey, dict[str, float]], now: datetime) -> None:
    """Add to the totals. Only the roll-up writes them, inside the transaction that took the notes away."""
    videos = {video for video, _ in deltas}
    stats = {(stat.video_id, stat.simulated): stat for stat in VideoStat.objects.filter(video__in=videos)}
    for key, delta in deltas.items():
        stat = stats.setdefault(key, VideoStat(video_id=key[0], simulated=key[1]))
        for name in TOTALS:
            setattr(stat, name, max(getattr(stat, name) + delta[name], 0))
        kept = stat.heat * _decay(stat.heat_at, now) if stat.heat_at else 0.0
        stat.heat, stat.heat_at, stat.updated = max(kept + delta["heat"], 0.0), now, now
    touched = [stats[key] for key in deltas]
    known = [stat for stat in touched if stat.pk is not None]
    VideoStat.objects.bulk_create([stat for stat in touched if stat.pk is None])
    VideoStat.objects.bulk_create(
        known,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=STAT_FIELDS,
    )


def _decay(then: datetime, now: datetime) -> float:
    """What is left of something that is halved each day."""
    age = (now - then).total_seconds()
    return float(min(2.0 ** (-age / HALF_LIFE_SECONDS), 1.0))
