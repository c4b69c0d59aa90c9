"""Closed days of events move to Parquet: ``archive/event_date=YYYY-MM-DD/part-N.parquet`` under ``VAR_DIR``.

A part is written under another name, brought to the disk, read again and compared (schema, rows, ids), and only then given
its name and its row of ``ArchivedDay``. Rows leave the table after that, by the ids read from the file itself. Killed at
any line, the next run finds either a file without a row of its own (removed: the events are still in the table) or a row
that says what is left to prune. Late events of an archived day make another part. From registering to pruning an event is
in both places; whoever reads both takes each id once.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from core.files import sha256_of, sync_folder
from recommender.errors import ArchiveDamaged
from recommender.models import ArchivedDay, EngagementEvent, EventArrival, Viewer

MOMENT = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("viewer", pa.int64(), nullable=False),
        pa.field("simulated", pa.bool_(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("video", pa.int64(), nullable=False),
        pa.field("session", pa.string(), nullable=False),
        pa.field("request", pa.string()),
        pa.field("position", pa.int16()),
        pa.field("watch_ms", pa.int32()),
        pa.field("detail", pa.string(), nullable=False),  # JSON
        pa.field("happened", MOMENT, nullable=False),
        pa.field("received", MOMENT, nullable=False),
        pa.field("flags", pa.string(), nullable=False),
        pa.field("counted", pa.bool_(), nullable=False),
    ],
    metadata={"version": "1"},
)
READ = (
    "id", "viewer_id", "viewer__simulated", "type", "video_id", "session", "request_id", "position", "watch_ms",
    "detail", "happened", "received", "flags", "counted",
)  # fmt: skip
CHUNK = 5_000  # rows read at a time
PRUNED_AT_ONCE = 1_000  # rows a delete holds the write lock for


@dataclass(frozen=True)
class Written:
    """What went into a file: its rows, a digest of their ids in order, and whose they are."""

    rows: int
    ids: str
    viewers: frozenset[int]


def archive(now: datetime | None = None) -> list[ArchivedDay]:
    """Move every day that closed ``AIGC_EVENT_DAYS`` ago or earlier; the parts that were finished.

    Events that the roll-up has not counted yet stay for the next run. Raises ``ArchiveDamaged``.
    """
    cutoff = ((now or timezone.now()).astimezone(UTC) - timedelta(days=settings.EVENT_DAYS)).date()
    with _alone():
        _remove_unregistered()
        finished = list(ArchivedDay.objects.filter(pruned__isnull=True))
        for part in finished:
            _prune(part)
        day = _next_day(date.min, cutoff)
        while day is not None:
            if (fresh := _archive_day(day)) is not None:
                _prune(fresh)
                finished.append(fresh)
            day = _next_day(day + timedelta(days=1), cutoff)
    return finished


def archived_files(since: date = date.min, until: date = date.max) -> list[Path]:
    """The verified files of these days, both included."""
    parts = ArchivedDay.objects.filter(day__gte=since, day__lte=until)
    return [Path(settings.VAR_DIR) / part.file for part in parts]


def archived_events(viewers: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Archived events of these viewers (also of those merged into them, ``Viewer.former``), day by day."""
    wanted = pa.array(sorted(viewers), pa.int64())
    for file in archived_files():
        table = pq.read_table(file, schema=SCHEMA, partitioning=None)
        for batch in table.filter(pc.is_in(table["viewer"], wanted)).to_batches(CHUNK):
            yield from batch.to_pylist()


def forget(viewers: Iterable[int]) -> int:
    """Write every file that holds events of these viewers again without them; the rows that went.

    A rewritten file gets another name and its row points there before the old one goes, so a kill leaves one of the two.
    """
    gone = pa.array(sorted(viewers), pa.int64())
    removed = 0
    with _alone():
        for part in ArchivedDay.objects.all():
            place = Path(settings.VAR_DIR) / part.file
            table = pq.read_table(place, schema=SCHEMA, partitioning=None)
            kept = table.filter(pc.invert(pc.is_in(table["viewer"], gone)))
            if kept.num_rows == table.num_rows:
                continue
            stem, _, revision = place.stem.partition(".")
            target = place.with_name(f"{stem}.{int(revision or 0) + 1}.parquet")
            _write(target, kept.to_batches(CHUNK))
            removed += table.num_rows - kept.num_rows
            part.file, part.rows, part.sha256 = _relative(target), kept.num_rows, sha256_of(target)
            part.save(update_fields=["file", "rows", "sha256"])
            place.unlink()
    return removed


def _next_day(since: date, cutoff: date) -> date | None:
    """The first day before ``cutoff``, not before ``since``, that has events."""
    events = EngagementEvent.objects.filter(happened__lt=_midnight(cutoff))
    if since > date.min:
        events = events.filter(happened__gte=_midnight(since))
    first: datetime | None = events.aggregate(first=Min("happened"))["first"]
    return None if first is None else first.astimezone(UTC).date()


def _archive_day(day: date) -> ArchivedDay | None:
    """Write, verify and register what the table holds of a day; ``None`` when all of it waits for the roll-up."""
    begin = _midnight(day)
    found = EngagementEvent.objects.filter(happened__gte=begin, happened__lt=begin + timedelta(days=1))
    ids = list(found.order_by("happened", "id").values_list("id", flat=True))
    # read after the ids: whatever is not noted any more has been counted
    waiting = {UUID(pk) for events in EventArrival.objects.values_list("events", flat=True) for pk in events}
    ids = [pk for pk in ids if pk not in waiting]
    if not ids:
        return None
    number = (ArchivedDay.objects.filter(day=day).aggregate(most=Max("part"))["most"] or 0) + 1
    target = _folder() / f"event_date={day}" / f"part-{number}.parquet"
    written = _write(target, _batches(ids))
    with transaction.atomic():
        viewers = set(Viewer.objects.filter(pk__in=written.viewers).values_list("pk", flat=True))
        merged = {
            pk
            for former in Viewer.objects.exclude(former=[]).values_list("former", flat=True)
            for pk in former
        }
        if written.viewers - viewers - merged:
            return None  # somebody left while their rows were on the way: the file goes, the next run writes it anew
        return ArchivedDay.objects.create(
            day=day, part=number, rows=written.rows, file=_relative(target), sha256=sha256_of(target)
        )


def _batches(ids: Sequence[UUID]) -> Iterator[pa.RecordBatch]:
    """The rows of these events, in the same order."""
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        rows = {row[0]: row for row in EngagementEvent.objects.filter(pk__in=some).values_list(*READ)}
        ordered = [rows[pk] for pk in some if pk in rows]
        columns: list[Any] = [list(column) for column in zip(*ordered, strict=True)] or [[] for _ in READ]
        columns[0] = [str(pk) for pk in columns[0]]
        columns[6] = [None if page is None else str(page) for page in columns[6]]
        columns[9] = [json.dumps(detail, sort_keys=True) for detail in columns[9]]
        yield pa.record_batch(
            [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)],
            schema=SCHEMA,
        )


def _write(target: Path, batches: Iterable[pa.RecordBatch]) -> Written:
    """Put the batches into ``target``: it appears whole, on the disk and read back, or not at all.

    Raises ``ArchiveDamaged`` when what is read is not what was written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.unfinished")
    rows, digest, viewers = 0, hashlib.sha256(), set[int]()
    with unfinished.open("wb") as file:
        with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
                viewers.update(batch["viewer"].to_pylist())
                for pk in batch["id"].to_pylist():
                    digest.update(pk.encode())
        file.flush()
        os.fsync(file.fileno())
    written = Written(rows, digest.hexdigest(), frozenset(viewers))
    if (found := _read_back(unfinished)) != written:
        raise ArchiveDamaged(
            f"{target.name} was written with {rows} rows and read back with {found.rows} or other ids; "
            "nothing was pruned. Check the disk, then run the archive again."
        )
    unfinished.replace(target)
    sync_folder(target.parent)
    return written


def _read_back(file: Path) -> Written:
    """What a file holds, by reading all of it."""
    table = pq.read_table(file, partitioning=None)
    if not table.schema.equals(SCHEMA, check_metadata=True):
        raise ArchiveDamaged(f"{file.name} has another schema than the archive's.")
    digest = hashlib.sha256()
    for pk in table["id"].to_pylist():
        digest.update(pk.encode())
    return Written(table.num_rows, digest.hexdigest(), frozenset(table["viewer"].to_pylist()))


def _prune(part: ArchivedDay) -> None:
    """Take the events of a registered file from the table.

    Raises ``ArchiveDamaged`` when the file is not the registered one any more; the events then stay.
    """
    place = Path(settings.VAR_DIR) / part.file
    if not place.is_file() or sha256_of(place) != part.sha256:
        raise ArchiveDamaged(
            f"{part.file} is missing or was changed after it was registered; its events stay in the database. "
            "Bring the file back, or remove its ArchivedDay row to have it written again."
        )
    ids = pq.read_table(place, columns=["id"], partitioning=None)["id"].to_pylist()
    for start in range(0, len(ids), PRUNED_AT_ONCE):
        EngagementEvent.objects.filter(pk__in=ids[start : start + PRUNED_AT_ONCE]).delete()
    part.pruned = timezone.now()
    part.save(update_fields=["pruned"])


def _remove_unregistered() -> None:
    """Remove what a killed run left: files that no row names, finished or not."""
    known = set(ArchivedDay.objects.values_list("file", flat=True))
    for place in _folder().glob("event_date=*/*"):
        if _relative(place) not in known:
            place.unlink()


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time; another one waits."""
    _folder().mkdir(parents=True, exist_ok=True)
    with (_folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "archive"


def _relative(place: Path) -> str:
    return str(place.relative_to(settings.VAR_DIR))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
