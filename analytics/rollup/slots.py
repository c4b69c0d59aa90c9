"""Served slots added up by hour and source. They are append-only, so each is read once, in the order of its number.

A transaction that began earlier may end later, so a run reads only what the run before had seen already.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from analytics.models import FeedHour, Watermark
from recommender.models import Impression

AT_ONCE = 20_000
READ, SEEN = "slots", "slots seen"
EXPLORED = "explore"  # the source of a slot that a draw filled; every slot could have been, so its propensity does not say
SUMS = ("slots", "explored", "propensity", "inverse", "inverse_sq")


@transaction.atomic
def roll_up() -> int:
    """Add the slots up to where the last run looked; how many."""
    read = Watermark.objects.select_for_update().get_or_create(name=READ)[0]
    seen = Watermark.objects.select_for_update().get_or_create(name=SEEN)[0]
    until = min(seen.position, read.position + AT_ONCE)
    rows = Impression.objects.filter(pk__gt=read.position, pk__lte=until).values_list(
        "created", "viewer__simulated", "source", "propensity"
    )
    sums: dict[tuple[datetime, bool, str], list[float]] = defaultdict(lambda: [0.0] * len(SUMS))
    count = 0
    for created, simulated, source, propensity in rows.order_by().iterator():
        count += 1
        row = sums[created.replace(minute=0, second=0, microsecond=0), simulated, source]
        weight = 1 / propensity
        for place, value in enumerate((1, source == EXPLORED, propensity, weight, weight * weight)):
            row[place] += value
    for (hour, simulated, source), values in sums.items():
        found = dict(zip(SUMS, values, strict=True))
        key = {"hour": hour, "simulated": simulated, "source": source}
        if not FeedHour.objects.filter(**key).update(**{name: F(name) + found[name] for name in SUMS}):
            FeedHour.objects.create(**key, **found)
    if count or read.position < until:
        read.position, read.moment = until, timezone.now()
        read.save()
    newest = Impression.objects.aggregate(newest=Max("pk"))["newest"] or 0
    if newest != seen.position:
        seen.position, seen.moment = newest, timezone.now()
        seen.save()
    return count


def behind() -> bool:
    """Whether the last run saw slots that it left to the next one."""
    marks = dict(Watermark.objects.filter(name__in=(READ, SEEN)).values_list("name", "position"))
    return marks.get(READ, 0) < marks.get(SEEN, 0)
