"""Viewers who never did anything: crawlers, and browsers that kept no cookie, leave a row at each visit."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from generation.moderation.models import Report
from recommender.models import FeedRequest, Impression, Viewer

KEPT = timedelta(days=3)  # a sitting is long over by then
BATCH = 500
SERVED = (FeedRequest, Impression)  # what was served says nothing of somebody who answered nothing


def viewers_silent() -> QuerySet[Viewer]:
    """Browsers, made before ``KEPT``, that nobody signed in with and that no table names but for what was served to them."""
    rows = Viewer.objects.filter(
        user=None, simulated=False, personalized=True, reset=None, created__lt=timezone.now() - KEPT
    )
    for relation in Viewer._meta.related_objects:
        if relation.related_model not in SERVED:
            said = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})  # type: ignore[union-attr]
            rows = rows.exclude(Exists(said))
    return rows.exclude(Exists(Report.objects.filter(reporter=OuterRef("pk"))))


def viewers_prune(most: int = 20_000) -> int:
    """Delete silent viewers with what was served to them, at most ``most``, a few hundred a transaction; how many."""
    removed = 0
    while removed < most:
        batch = list(viewers_silent().values_list("pk", flat=True)[:BATCH])
        if not batch:
            break
        Viewer.objects.filter(pk__in=batch).delete()
        removed += len(batch)
    return removed
