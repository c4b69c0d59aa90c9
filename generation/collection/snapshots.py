"""A snapshot of cleaned rows: a folder that is written once, named by what is in it, split by time."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from core.files import sync_files, sync_folder
from generation.collection.cleaning import CleaningReport
from generation.collection.rows import Provenance

SPLIT = (0.8, 0.9)  # where training ends and where validation ends, as shares of the rows in order of time
ROWS, DROPPED, MANIFEST = "rows.parquet", "dropped.parquet", "manifest.json"


@dataclass(frozen=True)
class DataSnapshot:
    """What was kept: ``folder`` holds rows.parquet (with ``split``), dropped.parquet and manifest.json."""

    folder: Path
    fingerprint: str  # SHA-256 over every kept row, in order: the same data always has the same
    manifest: dict[str, Any]

    def rows(self, split: str = "") -> pd.DataFrame:
        """All kept rows, or those of ``train``, ``validation`` or ``test``."""
        rows = pd.read_parquet(self.folder / ROWS)
        return rows[rows["split"] == split].reset_index(drop=True) if split else rows

    def dropped(self) -> pd.DataFrame:
        return pd.read_parquet(self.folder / DROPPED)


def snapshot_write(
    root: Path,
    kept: pd.DataFrame,
    dropped: pd.DataFrame,
    *,
    report: CleaningReport,
    origins: Sequence[Provenance],
    time: str = "published",
) -> DataSnapshot:
    """Keep the rows in a folder of ``root`` named by their fingerprint; the same rows again change nothing.

    They are split by ``time``: the earliest 80 % to train on, then 10 % to choose by, the latest 10 % to judge. Rows of
    equal time, and all of one randomized test, stay on one side. Rows without a time are only trained on.
    """
    rows = split_by_time(kept, time=time)
    fingerprint = fingerprint_of(rows)
    folder = root / fingerprint[:32]
    manifest = {
        "fingerprint": fingerprint,
        "rows": len(rows),
        "splits": {str(k): int(v) for k, v in rows["split"].value_counts().items()},
        "origins": [origin.document() for origin in origins],
        "report": report.document(),
    }
    if not (folder / MANIFEST).exists():
        _write(folder, rows, dropped, manifest)
    return snapshot_read(folder)


def snapshot_read(folder: Path) -> DataSnapshot:
    """The snapshot in ``folder``."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return DataSnapshot(folder, manifest["fingerprint"], manifest)


def split_by_time(rows: pd.DataFrame, *, time: str = "published") -> pd.DataFrame:
    """``rows`` with a column ``split``."""
    moments = pd.to_datetime(rows[time], utc=True) if time in rows else pd.Series(pd.NaT, index=rows.index)
    if "test" in rows and rows["test"].notna().any():  # a test is as old as its first row
        groups = rows["test"].where(rows["test"].notna(), rows.index.to_series().astype(str) + " alone")
        moments = moments.groupby(groups).transform("min")
    known = moments.dropna().sort_values()
    split = pd.Series("train", index=rows.index)
    if len(known) >= 10:
        validation, test = (known.iloc[int(len(known) * share)] for share in SPLIT)
        split[moments >= validation] = "validation"
        split[moments >= test] = "test"
    return rows.assign(split=split)


def fingerprint_of(rows: pd.DataFrame) -> str:
    """SHA-256 over names and values of all columns, row by row."""
    digest = hashlib.sha256("\t".join(map(str, rows.columns)).encode())
    for line in rows.astype(object).where(rows.notna(), None).itertuples(index=False):
        digest.update(json.dumps([None if value is None else str(value) for value in line]).encode())
    return digest.hexdigest()


def _write(folder: Path, rows: pd.DataFrame, dropped: pd.DataFrame, manifest: dict[str, Any]) -> None:
    aside = folder.with_name(f".{uuid.uuid4().hex}")
    aside.mkdir(parents=True)
    try:
        rows.to_parquet(aside / ROWS, index=False)
        dropped.astype({"reason": str}).to_parquet(aside / DROPPED, index=False)
        (aside / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        sync_files(aside)
        if (
            folder.exists()
        ):  # what a killed process left without its manifest, or another one has just written
            shutil.rmtree(aside if (folder / MANIFEST).exists() else folder)
        if aside.exists():
            aside.replace(folder)
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
