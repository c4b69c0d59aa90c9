"""The rest of a deletion: what lies in the archive and on the disk, also after a kill in between."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
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
    log_empty()
    if erasure.owner is None or erasure.created < timezone.now() - SETTLED:
        erasure.delete()


def log_empty() -> None:
    """Let nothing of what was deleted stand in SQLite's write-ahead log, nor in pages that are free (secure_delete).

    Somebody who reads at that moment keeps it for a while: the next look at the erasure tries again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    usual = 1000 * int(connection.settings_dict["OPTIONS"].get("timeout", 5))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 1000")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {usual}")
