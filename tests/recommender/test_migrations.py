"""A database made before the registry of all kinds keeps its rankers, and can go back."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from recommender.models import Viewing
from tests import factories
from tests.migrating import Tables, moved, newest, opened

BEFORE = [("generation", "0002_roles"), ("recommender", "0008_impression_best_score")]
BEGAN = datetime(2026, 11, 1, 3, 17, tzinfo=UTC)


@dataclass(frozen=True)
class Site:
    """A site that was set up before the registry and brought to today: its rankers as they were, and its feed's pages."""

    file: Path
    rankers: list[dict[str, Any]]
    pages: dict[Any, int | None]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Site:
    file = tmp_path_factory.mktemp("older") / "grown.sqlite3"
    with django_db_blocker.unblock(), opened(file) as older:
        rows, pages = planted(moved(older, BEFORE))
        moved(older, newest(older))
    return Site(file, rows, pages)


@pytest.fixture
def site(grown: Site, tmp_path: Path, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """A copy of the grown site's database, for one test."""
    with django_db_blocker.unblock(), opened(shutil.copyfile(grown.file, tmp_path / "site.sqlite3")) as older:
        yield older


def today(older: BaseDatabaseWrapper) -> Tables:
    apps = MigrationExecutor(older).loader.project_state(newest(older)).apps
    return lambda app, name: apps.get_model(app, name).objects.using(older.alias)


def version(tables: Tables, **values: Any) -> Any:
    defaults = {"kind": "ranker", "folder": "none", "data_fingerprint": "0" * 64, "cutoff": BEGAN}
    return tables("generation", "ModelVersion").create(**{**defaults, **values})


def rankers(tables: Tables) -> list[dict[str, Any]]:
    return list(tables("recommender", "RankerVersion").order_by("pk").values())


def planted(tables: Tables) -> tuple[list[dict[str, Any]], dict[Any, int | None]]:
    """Three rankers, the second of which took over from the first, and pages of the feed that they chose."""
    table = tables("recommender", "RankerVersion")
    for pk, state, before in ((3, "retired", None), (5, "production", 3), (9, "candidate", ...)):
        table.create(
            pk=pk, state=state, folder=f"rankers/{pk}", metrics={"new": {"ndcg_at_10": pk / 100}},
            config={"seed": pk} | ({} if before is ... else {"before": before}), data_fingerprint=f"{pk}" * 64,
            cutoff=BEGAN + timedelta(days=pk), created=BEGAN + timedelta(days=pk, hours=1),
            parent_id=3 if pk == 5 else 5 if pk == 9 else None,
            promoted=None if before is ... else BEGAN + timedelta(days=pk, hours=2),
        )  # fmt: skip
    viewer = tables("recommender", "Viewer").create()
    requests = tables("recommender", "FeedRequest")
    pages = {
        requests.create(viewer=viewer, policy="x", ranker_id=ranker).pk: ranker for ranker in (3, 5, None)
    }
    return rankers(tables), pages


def test_rankers_keep_number_state_marks_files_and_parents_and_the_feed_still_names_them(
    grown: Site, site: BaseDatabaseWrapper
) -> None:
    tables = today(site)
    versions = list(tables("generation", "ModelVersion").order_by("pk"))
    assert [version.kind for version in versions] == ["ranker"] * 3
    for row_now, row in zip(versions, grown.rankers, strict=True):
        for name in (
            "id",
            "state",
            "folder",
            "metrics",
            "data_fingerprint",
            "cutoff",
            "parent_id",
            "created",
        ):
            assert getattr(row_now, name) == row[name], name
        assert row_now.promoted == row["promoted"] and row_now.config == {"seed": row_now.pk}
    assert [version.replaced_id for version in versions] == [None, 3, None]
    feed = tables("recommender", "FeedRequest")
    assert {page.pk: page.ranker_id for page in feed.all()} == grown.pages
    assert version(tables).pk > 9
    with pytest.raises(IntegrityError):
        version(tables, state="production")
    tables("generation", "ModelVersion").get(pk=3).delete()  # the feed's pages follow the registry
    assert feed.filter(ranker__isnull=True).count() == 2


def test_going_back_restores_the_rankers_own_table_row_for_row(
    grown: Site, site: BaseDatabaseWrapper
) -> None:
    version(today(site), kind="script")  # has no place in the old tables
    tables = moved(site, BEFORE)
    assert rankers(tables) == grown.rankers
    assert dict(tables("recommender", "FeedRequest").values_list("pk", "ranker_id")) == grown.pages
    assert tables("recommender", "RankerVersion").create(**{
        **{k: v for k, v in grown.rankers[2].items() if k != "id"}, "folder": "rankers/new"
    }).pk > 9  # fmt: skip


def migrate(targets: list[Any]) -> Any:
    """Bring the tests' own database to ``targets``; the tables as they are then."""
    MigrationExecutor(connection).migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_viewings_of_viewers_that_made_no_trend_stay_out_of_heat(creator: Any) -> None:
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrate([("recommender", "0015_viewer_makes_trends")])
        video = factories.video(creator)
        for name, makes in (("warm", True), ("cold", False)):
            viewer = apps.get_model("recommender", "Viewer").objects.create(makes_trends=makes)
            apps.get_model("recommender", "Viewing").objects.create(
                id=uuid.uuid5(uuid.NAMESPACE_URL, name), viewer=viewer, video_id=video.pk, started=BEGAN
            )
    finally:
        migrate(leaves)
    warms = dict(Viewing.objects.values_list("pk", "warms"))
    assert warms == {
        uuid.uuid5(uuid.NAMESPACE_URL, "warm"): True,
        uuid.uuid5(uuid.NAMESPACE_URL, "cold"): False,
    }
