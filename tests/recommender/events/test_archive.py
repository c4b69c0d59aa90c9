"""Closed days become Parquet: every event once, in the table or in the archive, wherever a run is killed."""

from __future__ import annotations

import linecache
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User
from django.db import transaction

from generation.models import Video
from recommender.errors import ArchiveDamaged
from recommender.events import archive as archiving
from recommender.events import rollup
from recommender.events.store import Event, store
from recommender.models import ArchivedDay, EngagementEvent, EventArrival, Viewer
from tests import factories

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OLD = datetime(2026, 4, 10, 23, 30, tzinfo=UTC)


@pytest.fixture
def video(creator: User, media_root: Path, var_dir: Path) -> Video:
    return factories.video(creator, state="published", seconds=10.0)


def put(video: Video, *moments: datetime, viewer: Viewer | None = None, **values: Any) -> list[str]:
    viewer = viewer or Viewer.objects.create()
    events = [
        Event(uuid.uuid4().hex, viewer.pk, "play", video.pk, "s", moment, moment, **values)
        for moment in moments
    ]
    with transaction.atomic():
        store(events)
    return [str(uuid.UUID(event.id)) for event in events]


def in_table() -> list[str]:
    return sorted(str(pk) for pk in EngagementEvent.objects.values_list("pk", flat=True))


def in_archive() -> list[str]:
    return sorted(pk for file in archiving.archived_files() for pk in pq.read_table(file)["id"].to_pylist())


def archive() -> None:
    rollup.roll_up()
    archiving.archive(NOW)


def test_closed_days_move_and_recent_ones_stay(video: Video, var_dir: Path, settings: Any) -> None:
    settings.EVENT_DAYS = 30
    old = put(video, OLD, OLD + timedelta(hours=1), OLD + timedelta(hours=2))  # two days by UTC
    recent = put(video, NOW - timedelta(days=29))
    archive()
    assert (in_archive(), in_table()) == (sorted(old), sorted(recent))
    days = {str(part.day): (part.rows, part.file, bool(part.pruned)) for part in ArchivedDay.objects.all()}
    assert days == {
        "2026-04-10": (1, "archive/event_date=2026-04-10/part-1.parquet", True),
        "2026-04-11": (2, "archive/event_date=2026-04-11/part-1.parquet", True),
    }
    before = {file: file.read_bytes() for file in archiving.archived_files()}
    archive()
    assert {file: file.read_bytes() for file in archiving.archived_files()} == before


def test_an_archived_event_says_what_the_row_said(video: Video) -> None:
    viewer = Viewer.objects.create(simulated=True)
    detail = {"seconds": [1, 2], "muted": True}
    put(video, OLD, viewer=viewer, watch_ms=1234, detail=detail, flags="skewed", counted=False)
    row = EngagementEvent.objects.get()
    archive()
    [found] = archiving.archived_events([viewer.pk])
    assert found == {
        "id": str(row.pk),
        "viewer": viewer.pk,
        "simulated": True,
        "type": "play",
        "video": video.pk,
        "session": "s",
        "request": None,
        "position": None,
        "watch_ms": 1234,
        "detail": '{"muted": true, "seconds": [1, 2]}',
        "happened": OLD,
        "received": OLD,
        "flags": "skewed",
        "counted": False,
    }


def test_every_file_has_the_same_schema_even_where_a_column_is_empty(video: Video) -> None:
    put(video, OLD)
    put(video, OLD + timedelta(days=3), watch_ms=5, detail={"loops": 1})
    archive()
    assert all(
        pq.read_schema(file).equals(archiving.SCHEMA, check_metadata=True)
        for file in archiving.archived_files()
    )


def test_late_events_of_an_archived_day_make_another_part(video: Video) -> None:
    first = put(video, OLD)
    archive()
    late = put(video, OLD)
    archive()
    assert in_archive() == sorted(first + late)
    assert list(ArchivedDay.objects.values_list("part", "rows")) == [(1, 1), (2, 1)]


def test_what_the_roll_up_has_not_counted_stays_in_the_table(video: Video) -> None:
    waiting = put(video, OLD)
    assert archiving.archive(NOW) == []
    assert in_table() == waiting
    archive()
    assert (in_table(), in_archive(), EventArrival.objects.count()) == ([], waiting, 0)


def test_a_damaged_file_keeps_the_events_in_the_table(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    events = put(video, OLD)
    rollup.roll_up()
    with monkeypatch.context() as patch, pytest.raises(ArchiveDamaged, match="nothing was pruned"):
        patch.setattr(archiving, "_read_back", lambda file: archiving.Written(0, "", frozenset()))
        archiving.archive(NOW)
    assert in_table() == events
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(archiving, "_prune", lambda part: (_ for _ in ()).throw(KeyboardInterrupt))
        archiving.archive(NOW)
    archiving.archived_files()[0].write_bytes(b"PAR1")
    with pytest.raises(ArchiveDamaged, match="stay in the database"):
        archiving.archive(NOW)
    assert in_table() == events


class Killed(BaseException):
    """Stands for SIGKILL: the module has no clean-up of its own that this would run."""


def run_and_kill_at(line: int) -> bool:
    """Run the archive until its ``line``-th executed line; whether it got that far."""
    counted = 0

    def trace(frame: Any, kind: str, _: Any) -> Any:
        nonlocal counted
        if frame.f_code.co_filename != archiving.__file__:
            return None
        if kind == "line":
            counted += 1
            # at the end of a with block, an exception from here would jump over its __exit__, which no real kill needs
            entering = linecache.getline(archiving.__file__, frame.f_lineno).lstrip().startswith("with ")
            if counted >= line and not entering:
                sys.settrace(None)
                raise Killed
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        archiving.archive(NOW)
    except Killed:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_at_any_line_it_leaves_every_event_once_after_the_next_run(
    video: Video, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(archiving, "CHUNK", 2)
    monkeypatch.setattr(archiving, "PRUNED_AT_ONCE", 2)
    line, events = 1, []
    while True:
        events += put(video, OLD, OLD, OLD, OLD + timedelta(days=1))
        rollup.roll_up()
        killed = run_and_kill_at(line)
        held = set(in_table()) | set(in_archive())
        assert held == set(events), f"lost at line {line}"
        archiving.archive(NOW)
        assert in_archive() == sorted(events), f"doubled or lost after line {line}"
        assert in_table() == []
        folder = archiving._folder()
        assert len(list(folder.glob("event_date=*/*"))) == ArchivedDay.objects.count()
        assert sum(part.rows for part in ArchivedDay.objects.all()) == len(events)
        if not killed:
            break
        if len(events) > 40:  # keep it quick: start over with an empty archive
            for place in archiving.archived_files():
                place.unlink()
            ArchivedDay.objects.all().delete()
            events = []
        line += step
    assert line > 100


def test_a_viewer_can_be_forgotten_in_the_archive(video: Video) -> None:
    leaving, staying = Viewer.objects.create(), Viewer.objects.create()
    put(video, OLD, OLD, viewer=leaving)
    kept = put(video, OLD, viewer=staying)
    archive()
    assert archiving.forget([leaving.pk]) == 2
    assert list(archiving.archived_events([leaving.pk])) == []
    assert in_archive() == kept
    part = ArchivedDay.objects.get()
    assert (part.rows, part.file) == (1, "archive/event_date=2026-04-10/part-1.1.parquet")
    archive()  # nothing unregistered, nothing damaged
    assert in_archive() == kept
    assert archiving.forget([leaving.pk]) == 0


def test_somebody_who_leaves_while_the_file_is_written_is_not_kept(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = Viewer.objects.create()
    put(video, OLD, viewer=leaving)
    kept = put(video, OLD)
    rollup.roll_up()
    write = archiving._write

    def slow(*values: Any) -> archiving.Written:
        written = write(*values)
        Viewer.objects.filter(pk=leaving.pk).delete()
        return written

    with monkeypatch.context() as patch:
        patch.setattr(archiving, "_write", slow)
        assert archiving.archive(NOW) == []
    archiving.archive(NOW)
    assert in_archive() == kept
