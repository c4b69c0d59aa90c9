"""A site from before visibility and moderation keeps every report, and what was shown is shown; also on the way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from tests.migrating import moved, opened

BEFORE = [("generation", "0004_recipes_as_made"), ("recommender", "0008_impression_best_score")]
AFTER = [
    ("generation", "0009_shown_is_published"),
    ("moderation", "0001_initial"),
    ("recommender", "0013_delete_report"),
]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def site(django_db_blocker: Any, tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A database of its own, as it was before; no test case stands around it, as a schema is changed outside of one."""
    with django_db_blocker.unblock(), opened(tmp_path / "old.sqlite3") as connection:
        moved(connection, BEFORE)
        yield connection


def filled(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Four videos (reported by three, reported by two and a bot, in the bin, a draft) and reports of a comment."""
    executor = MigrationExecutor(connection)
    apps = executor.loader.project_state(BEFORE).apps

    def made(app: str, name: str, **values: Any) -> Any:
        return apps.get_model(app, name).objects.using(connection.alias).create(**values)

    owner = made("auth", "User", username="cora")
    rows: dict[str, Any] = {}
    for name, values in {
        "reported": {"state": "published", "published": NOW},
        "doubted": {"state": "published", "published": NOW},
        "binned": {"state": "ready", "deleted": NOW},
        "draft": {"state": "held"},
    }.items():
        upload = made("generation", "Upload", owner=owner, kind="clip", original_name="a.mp4")
        rows[name] = made(
            "generation", "Video", owner=owner, upload=upload, title=name, aspect="9:16", seconds=9.0, width=9,
            height=16, sha256="0" * 64, file=f"videos/{name}.mp4", **values,
        )  # fmt: skip
    people = [made("recommender", "Viewer") for _ in range(3)] + [
        made("recommender", "Viewer", flagged="too_fast")
    ]
    comment = made("recommender", "Comment", author=owner, video=rows["doubted"], text="words")
    gone = made("recommender", "Report", viewer=people[0], video=rows["reported"], reason="other")
    gone.delete()  # so that numbers have a hole
    for viewer in people[:3]:
        made("recommender", "Report", viewer=viewer, video=rows["reported"], reason="spam", created=NOW)
    for viewer in people[1:]:
        made("recommender", "Report", viewer=viewer, video=rows["doubted"], reason="hate", text="look")
    for viewer in people:
        made("recommender", "Report", viewer=viewer, video=rows["doubted"], comment=comment, reason="hate")
    return rows


OLD = ("pk", "viewer_id", "video_id", "comment_id", "reason", "text", "created")
NEW = ("pk", "reporter", "video_id", "comment", "reason", "text", "created")


def test_an_old_site_keeps_its_reports_and_shows_what_it_showed(site: BaseDatabaseWrapper) -> None:
    rows = filled(site)
    tables = moved(site, BEFORE)
    before = list(tables("recommender", "Report").order_by("pk").values_list(*OLD))
    assert len(before) == 10

    tables = moved(site, AFTER)
    reports = tables("moderation", "Report")
    assert list(reports.order_by("pk").values_list(*NEW)) == before
    assert reports.filter(counted=False).count() == 2  # both of the bot
    found = dict(tables("generation", "Video").values_list("title", "visibility"))
    assert found == {"reported": "demoted", "doubted": "public", "binned": "private", "draft": "private"}
    video = tables("generation", "Video").get(pk=rows["draft"].pk)
    fresh = reports.create(reporter=1, video_id=video.pk, reason="other")
    assert fresh.pk > before[-1][0]
    fresh.delete()

    tables = moved(site, BEFORE)
    assert list(tables("recommender", "Report").order_by("pk").values_list(*OLD)) == before
    assert "moderation_report" not in site.introspection.table_names()
    states = dict(tables("generation", "Video").values_list("title", "state"))
    assert states == {"reported": "published", "doubted": "published", "binned": "ready", "draft": "held"}

    tables = moved(site, AFTER)
    assert list(tables("moderation", "Report").order_by("pk").values_list(*NEW)) == before
    gone = before[0][1]  # a viewer who leaves no row behind takes no report back to a table that asks for one
    tables("recommender", "Viewer").filter(pk=gone).delete()
    tables = moved(site, BEFORE)
    left = list(tables("recommender", "Report").order_by("pk").values_list(*OLD))
    assert left == [row for row in before if row[1] != gone]
