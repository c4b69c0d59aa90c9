"""The rows of synthetic viewers: made, found again, and taken away with everything they left."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction

from generation.models import ModelKind, ModelVersion
from recommender.events import archive
from recommender.models import VideoStat, Viewer


def viewers_made(count: int) -> list[Viewer]:
    """``count`` new viewers, marked as simulated before they do anything."""
    return Viewer.objects.bulk_create((Viewer(simulated=True) for _ in range(count)), batch_size=1000)


def viewers_removed() -> dict[str, int]:
    """Remove all synthetic viewers, what they did, archived or not, and what was learned from them; counts by kind."""
    viewers = list(Viewer.objects.filter(simulated=True).values_list("pk", flat=True))
    with transaction.atomic():
        Viewer.objects.filter(pk__in=viewers).delete()
        stats = VideoStat.objects.filter(simulated=True).delete()[0]
        learned = ModelVersion.objects.filter(kind=ModelKind.RANKER, config__simulated=True)
        folders = list(learned.values_list("folder", flat=True))
        learned.delete()
    archive.forget(viewers)
    for folder in folders:
        shutil.rmtree(Path(settings.VAR_DIR) / folder, ignore_errors=True)
    return {"viewers": len(viewers), "stats": stats, "rankers": len(folders)}
