"""The rows of synthetic viewers: made, found again, and taken away with everything they left."""

from __future__ import annotations

from django.db import transaction

from recommender.models import RankerVersion, VideoStat, Viewer


def viewers_made(count: int) -> list[Viewer]:
    """``count`` new viewers, marked as simulated before they do anything."""
    return Viewer.objects.bulk_create(Viewer(simulated=True) for _ in range(count))


@transaction.atomic
def viewers_removed() -> dict[str, int]:
    """Remove all synthetic viewers, what they did, and what was learned from them alone; counts by kind."""
    viewers = Viewer.objects.filter(simulated=True)
    counted = {"viewers": viewers.count()}
    viewers.delete()
    counted["stats"] = VideoStat.objects.filter(simulated=True).delete()[0]
    learned = RankerVersion.objects.filter(config__simulated=True)
    counted["rankers"] = learned.count()
    learned.delete()
    return counted
