"""Data to learn from, as an administrator collects it: files and the site's own titles become one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from django.conf import settings
from django.utils import timezone

from generation.collection.cleaning import Unsafe, pictures_cleaned, titles_cleaned
from generation.collection.exports import export_read
from generation.collection.folder import pictures_listed
from generation.collection.layouts import layout_read
from generation.collection.rows import Provenance, rows_of
from generation.collection.snapshots import MANIFEST, DataSnapshot, snapshot_read, snapshot_write
from generation.collection.tables import TableUnreadable, titles_read
from generation.errors import TrainingInvalid
from generation.selectors import videos_shown

SITE = "site"  # the origin of this site's own titles; their ``origin_row`` is the video's number


@dataclass(frozen=True)
class TitleSource:
    """A file of titles, what may be done with it, and which of its columns is what (theirs → ours)."""

    path: Path
    licence: str
    consent: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def snapshots_root() -> Path:
    return Path(settings.TRAINING_DIR)


def titles_collect(
    sources: Sequence[TitleSource], *, with_site: bool = False, unsafe: Unsafe | None = None
) -> DataSnapshot:
    """Collect the sources' titles, and the site's own where asked, clean them and keep a snapshot.

    Raises ``TableUnreadable`` for a file that is no table of titles, ``TrainingInvalid`` when nothing is asked for.
    """
    if not sources and not with_site:
        raise TrainingInvalid("Name at least one file of titles, or ask for the site's own.", field="data")
    now = timezone.now().isoformat(timespec="seconds")
    frames, origins = [], []
    for number, source in enumerate(sources):
        name = f"{number}:{source.path.name}"
        rows, layout = _rows(source, name)
        frames.append(rows)
        origins.append(
            Provenance(name, f"{source.path.name} ({layout})", source.licence, source.consent, collected=now)
        )
    if with_site:
        frames.append(site_titles())
        origins.append(
            Provenance(SITE, "published here", "own", "agreed to with the terms of this site", now)
        )
    full = [frame for frame in frames if len(frame)]
    if not full:
        raise TableUnreadable("None of the sources holds a title.")
    kept, dropped, report = titles_cleaned(pd.concat(full, ignore_index=True), unsafe=unsafe)
    return snapshot_write(snapshots_root(), kept, dropped, report=report, origins=origins)


def pictures_collect(place: Path, *, licence: str, consent: str = "") -> DataSnapshot:
    """Look through a folder or archive of pictures and keep a snapshot of its listing; the pictures stay where they are.

    Raises ``FolderUnreadable``.
    """
    origin = Provenance(
        place.name, str(place), licence, consent, timezone.now().isoformat(timespec="seconds")
    )
    kept, dropped, report = pictures_cleaned(pictures_listed(place))
    return snapshot_write(snapshots_root(), kept, dropped, report=report, origins=[origin])


def site_titles() -> pd.DataFrame:
    """Titles of what is published here, as rows; ``origin_row`` is the video's number."""
    videos = (
        videos_shown().order_by("pk").values("pk", "title", "language", "category", "seconds", "published")
    )
    frame = pd.DataFrame(list(videos))
    if frame.empty:
        return rows_of(pd.DataFrame({"title": []}), origin=SITE)
    rows = rows_of(frame.rename(columns={"seconds": "duration_seconds"}), origin=SITE)
    rows["origin_row"] = frame["pk"].to_numpy()
    return rows


def snapshots_all() -> list[DataSnapshot]:
    """The snapshots in the folder of training data, newest first."""
    root = snapshots_root()
    manifests = sorted(root.glob(f"*/{MANIFEST}"), key=lambda path: -path.stat().st_mtime)
    return [snapshot_read(path.parent) for path in manifests]


def _rows(source: TitleSource, origin: str) -> tuple[pd.DataFrame, str]:
    """By the columns' names if they were given, else a creator's export, a published layout, or columns named as ours."""
    if source.columns:
        return titles_read(source.path, origin=origin, columns=source.columns), "table"
    for read in (export_read, layout_read):
        try:
            return read(source.path, origin=origin)
        except TableUnreadable:
            continue
    return titles_read(source.path, origin=origin), "table"
