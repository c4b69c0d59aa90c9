"""What is left over and may go: old intermediate files, emptied bins, half-received uploads."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from generation.jobs.awaited import PREVIEWS, READINGS
from generation.jobs.trash import bin_empty
from generation.models import (
    Awaited,
    GenerationJob,
    LabelReading,
    ModelVersion,
    NarrationPreview,
    TrainingRun,
    Upload,
)

AWAITED_DAYS = 1 / 24  # what a page waited for: nobody comes back for it; the pages say an hour
RECEIVING_DAYS = 1.0  # no request lasts as long: what is still there a process left behind that was killed


def sweep() -> dict[str, int]:
    """Remove intermediate files older than AIGC_CACHE_DAYS, what was received and lost, and what nobody points to; counts by kind."""
    return {
        "videos": bin_empty(),
        "jobs": _sweep_jobs(Path(settings.VAR_DIR) / "jobs"),
        "trainings": _sweep_trainings(Path(settings.VAR_DIR)),
        "sessions": Session.objects.filter(expire_date__lt=timezone.now()).delete()[0],
        "narration": _sweep_old(Path(settings.VAR_DIR) / "narration"),
        "awaited": _sweep_awaited(Path(settings.VAR_DIR)),
        "incoming": _sweep_incoming(Path(settings.MEDIA_ROOT) / "incoming")
        + _sweep_old(Path(settings.FILE_UPLOAD_TEMP_DIR), days=RECEIVING_DAYS),
    }


def _is_old(place: Path, days: float | None = None) -> bool:
    age = time.time() - place.stat().st_mtime
    return age > (settings.CACHE_DAYS if days is None else days) * 86_400


def _sweep_jobs(folder: Path) -> int:
    busy = set(GenerationJob.objects.exclude(state__in=GenerationJob.ENDED).values_list("pk", flat=True))
    removed = 0
    for place in folder.glob("*"):
        if place.is_dir() and _is_old(place) and not (place.name.isdigit() and int(place.name) in busy):
            shutil.rmtree(place, ignore_errors=True)
            removed += 1
    return removed


def _sweep_trainings(root: Path) -> int:
    """Folders of trainings that ended, and files of versions that are gone or that a killed process never registered."""
    live = set(TrainingRun.objects.filter(state__in=("queued", "running")).values_list("pk", flat=True))
    kept = set(ModelVersion.objects.values_list("folder", flat=True))
    lost = [
        place
        for place in (root / "training").glob("*")
        if place.name.isdigit() and int(place.name) not in live
    ]
    lost += [place for place in (root / "versions").glob("*/*") if str(place.relative_to(root)) not in kept]
    removed = [place for place in lost if place.is_dir() and _is_old(place)]
    for place in removed:
        shutil.rmtree(place, ignore_errors=True)
    return len(removed)


def _sweep_awaited(root: Path) -> int:
    """Readings and previews an hour after they were asked for, unless a worker holds them; then the files that no row names."""
    now = timezone.now()
    removed = 0
    tables: list[tuple[type[Awaited], str, str]] = [
        (LabelReading, "file", READINGS),
        (NarrationPreview, "sound", PREVIEWS),
    ]
    for table, column, folder in tables:
        old = table._default_manager.filter(created__lt=now - timedelta(days=AWAITED_DAYS))
        removed += old.exclude(state="running", lease_until__gte=now).delete()[0]
        kept = set(table._default_manager.exclude(**{column: ""}).values_list(column, flat=True))
        lost = [
            place
            for place in (root / folder).glob("*")
            if _is_old(place, AWAITED_DAYS) and f"{folder}/{place.name}" not in kept
        ]
        for place in lost:
            place.unlink(missing_ok=True)
        removed += len(lost)
    return removed


def _sweep_old(folder: Path, days: float | None = None) -> int:
    old = [place for place in folder.glob("*") if place.is_file() and _is_old(place, days)]
    for place in old:
        place.unlink(missing_ok=True)
    return len(old)


def _sweep_incoming(folder: Path) -> int:
    known = set(Upload.objects.exclude(original="").values_list("original", flat=True))
    root = Path(settings.MEDIA_ROOT)
    lost = [
        p for p in folder.rglob("*") if p.is_file() and _is_old(p) and str(p.relative_to(root)) not in known
    ]
    for place in lost:
        place.unlink(missing_ok=True)
    return len(lost)
