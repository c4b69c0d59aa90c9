"""The rest of a deletion: what lies in the archive and on the disk, also after a kill in between."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from generation.services.erasure import files_erase
from recommender.events import archive
from recommender.models import Erasure
from recommender.search.documents import index_compact

SETTLED = timedelta(minutes=5)  # until then a worker that was cut off may still drop a file


def erasures_finish() -> int:
    """Finish what a killed process left, and look again at young ones for late files; how many are left."""
    for erasure in Erasure.objects.order_by("pk"):
        erasure_finish(erasure)
    return Erasure.objects.count()


def erasure_finish(erasure: Erasure) -> None:
    """Take archive rows and files away; the note of it goes once nothing can come after. Safe to run again."""
    if erasure.viewers:
        archive.forget(erasure.viewers)
    if erasure.owner is not None:
        files_erase(owner_id=erasure.owner, jobs=erasure.jobs)
        index_compact()
    if erasure.owner is None or erasure.created < timezone.now() - SETTLED:
        erasure.delete()
