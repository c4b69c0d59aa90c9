"""A database made before the registry of all kinds keeps its rankers, and can go back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from generation.models import ModelVersion
from recommender.models import FeedRequest, Viewing
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("generation", "0002_roles"), ("recommender", "0008_impression_best_score")]
BEGAN = datetime(2026, 11, 1, 3, 17, tzinfo=UTC)


def migrate(targets: list[Any]) -> Any:
    """Bring the database to ``targets``; the tables as they are then."""
    MigrationExecutor(connection).migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def old() -> Iterator[Any]:
    """The tables before the registry; the newest ones are back when the test ends, however it ends."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        yield migrate(BEFORE)
    finally:
        migrate(newest)


def rankers(apps: Any) -> list[dict[str, Any]]:
    return list(apps.get_model("recommender", "RankerVersion").objects.order_by("pk").values())


def planted(apps: Any) -> tuple[list[dict[str, Any]], dict[Any, int | None]]:
    """Three rankers, the second of which took over from the first, and pages of the feed that they chose."""
    table = apps.get_model("recommender", "RankerVersion")
    for pk, state, before in ((3, "retired", None), (5, "production", 3), (9, "candidate", ...)):
        table.objects.create(
            pk=pk, state=state, folder=f"rankers/{pk}", metrics={"new": {"ndcg_at_10": pk / 100}},
            config={"seed": pk} | ({} if before is ... else {"before": before}), data_fingerprint=f"{pk}" * 64,
            cutoff=BEGAN + timedelta(days=pk), created=BEGAN + timedelta(days=pk, hours=1),
            parent_id=3 if pk == 5 else 5 if pk == 9 else None,
            promoted=None if before is ... else BEGAN + timedelta(days=pk, hours=2),
        )  # fmt: skip
    viewer = apps.get_model("recommender", "Viewer").objects.create()
    requests = apps.get_model("recommender", "FeedRequest").objects
    pages = {
        requests.create(viewer=viewer, policy="x", ranker_id=ranker).pk: ranker for ranker in (3, 5, None)
    }
    return rankers(apps), pages


def test_rankers_keep_number_state_marks_files_and_parents_and_the_feed_still_names_them(old: Any) -> None:
    rows, pages = planted(old)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    versions = list(ModelVersion.objects.order_by("pk"))
    assert [version.kind for version in versions] == ["ranker"] * 3
    for version, row in zip(versions, rows, strict=True):
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
            assert getattr(version, name) == row[name], name
        assert version.promoted == row["promoted"] and version.config == {"seed": version.pk}
    assert [version.replaced_id for version in versions] == [None, 3, None]
    assert {page.pk: page.ranker_id for page in FeedRequest.objects.all()} == pages
    assert factories.ranker().pk > 9
    with pytest.raises(IntegrityError):
        factories.ranker(state="production")
    ModelVersion.objects.get(pk=3).delete()  # the feed's pages follow the registry
    assert FeedRequest.objects.filter(ranker__isnull=True).count() == 2


def test_going_back_restores_the_rankers_own_table_row_for_row(old: Any) -> None:
    rows, pages = planted(old)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    factories.version(kind="script")  # has no place in the old tables
    apps = migrate(BEFORE)
    assert rankers(apps) == rows
    table = apps.get_model("recommender", "FeedRequest")
    assert dict(table.objects.values_list("pk", "ranker_id")) == pages
    assert apps.get_model("recommender", "RankerVersion").objects.create(**{
        **{k: v for k, v in rows[2].items() if k != "id"}, "folder": "rankers/new"
    }).pk > 9  # fmt: skip


def test_viewings_of_viewers_that_made_no_trend_stay_out_of_heat(creator: Any) -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrate([("recommender", "0015_viewer_makes_trends")])
        video = factories.video(creator)
        for name, makes in (("warm", True), ("cold", False)):
            viewer = apps.get_model("recommender", "Viewer").objects.create(makes_trends=makes)
            apps.get_model("recommender", "Viewing").objects.create(
                id=uuid.uuid5(uuid.NAMESPACE_URL, name), viewer=viewer, video_id=video.pk, started=BEGAN
            )
    finally:
        migrate(newest)
    warms = dict(Viewing.objects.values_list("pk", "warms"))
    assert warms == {
        uuid.uuid5(uuid.NAMESPACE_URL, "warm"): True,
        uuid.uuid5(uuid.NAMESPACE_URL, "cold"): False,
    }
