"""The dashboards over HTTP: what they say, to whom, and what the browser cannot make them say."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from analytics.models import Alert
from generation.models import Video
from recommender.models import Viewer
from tests import factories
from tests.analytics.watching import send, watched

FOR_ANALYSTS = ("", "audience/", "feed/", "experiments/", "generators/", "quality/")


@pytest.fixture
def video(creator: User, media_root: Path) -> Video:
    return factories.video(creator, state="published", seconds=10.0)


@pytest.fixture
def audience(video: Video) -> list[Viewer]:
    """Forty viewers of yesterday: ten stay to the end, thirty leave after two seconds."""
    viewers = [Viewer.objects.create() for _ in range(40)]
    when = timezone.now() - timedelta(hours=20)
    send(*(watched(v, video, when, 10.0 if place < 10 else 2.0) for place, v in enumerate(viewers)))
    return viewers


def ask(client: Client, path: str, search: str = "", *, theme: str = "light") -> Any:
    """What the renderer asks for when a page opens: the page's children."""
    body = {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "inputs": [
            {"id": "url", "property": "pathname", "value": path},
            {"id": "url", "property": "search", "value": search},
            {"id": "theme", "property": "data", "value": theme},
            {"id": "clock", "property": "n_intervals", "value": 0},
        ],
        "changedPropIds": ["theme.data"],
    }
    response = client.post(
        "/dashboards/_dash/_dash-update-component", json.dumps(body), content_type="application/json"
    )
    assert response.status_code == 200, response.content[:500]
    return response.json()["response"]["page"]["children"]


@pytest.mark.parametrize("page", FOR_ANALYSTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_and_draws_with_and_without_data(
    client_of: Any, analyst: User, video: Video, page: str, language: str
) -> None:
    client = client_of(analyst)
    client.cookies["django_language"] = language
    for filled in (False, True):
        if filled:
            send(watched(Viewer.objects.create(), video, timezone.now() - timedelta(hours=2), 10.0))
        assert client.get(f"/dashboards/{page}").status_code == 200
        told = json.dumps(ask(client, f"/dashboards/{page}"), ensure_ascii=False)
        assert "alert" not in told
    if language == "zh-hans" and not page:
        assert "曝光" in told


def test_the_first_answer_holds_the_numbers_themselves(
    client_of: Any, analyst: User, audience: list[Viewer]
) -> None:
    page = client_of(analyst).get("/dashboards/?days=7").content.decode()
    assert '<b class="number">40</b>' in page  # impressions
    assert "25.0%" in page and "14.2% – 40.2%" in page  # completion rate with Wilson's interval


def test_too_few_plays_are_called_not_enough_data(client_of: Any, analyst: User, video: Video) -> None:
    send(watched(Viewer.objects.create(), video, timezone.now() - timedelta(hours=2), 10.0))
    assert "not enough data yet" in client_of(analyst).get("/dashboards/").content.decode()


def test_a_callback_answers_the_session_and_not_the_address(
    client_of: Any, creator: User, other_creator: User, video: Video, audience: list[Viewer]
) -> None:
    own = json.dumps(ask(client_of(creator), f"/dashboards/videos/{video.pk}/"))
    assert "retention" in own
    for path in (f"/dashboards/videos/{video.pk}/", f"/dashboards/creators/{creator.pk}/"):
        told = ask(client_of(other_creator), path)
        assert told["props"]["role"] == "alert" and "yours to see" in told["props"]["children"]
    refused = ask(client_of(creator), "/dashboards/")
    assert "is for analysts" in refused["props"]["children"]


def test_a_callback_without_the_csrf_token_is_refused(creator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(creator, backend="django.contrib.auth.backends.ModelBackend")
    address = "/dashboards/_dash/_dash-update-component"
    assert client.post(address, "{}", content_type="application/json").status_code == 403


@pytest.mark.parametrize(
    "path", ["_reload-hash", "_favicon.ico", "", "_dash-component-suites/../../settings"]
)
def test_only_what_the_renderer_needs_is_passed_on(client_of: Any, analyst: User, path: str) -> None:
    assert client_of(analyst).get(f"/dashboards/_dash/{path}").status_code == 404


def test_the_policy_of_a_dashboard_differs_only_in_style_attributes(client_of: Any, analyst: User) -> None:
    client = client_of(analyst)
    policies = [client.get(path).headers["Content-Security-Policy"] for path in ("/models/", "/dashboards/")]
    rules = [{part.strip().split(" ", 1)[0]: part for part in policy.split(";")} for policy in policies]
    assert set(rules[1]) - set(rules[0]) == {"style-src-attr"}
    assert "unsafe" not in rules[1]["script-src" if "script-src" in rules[1] else "default-src"]


def test_an_export_holds_the_whole_frame(
    client_of: Any, creator: User, video: Video, audience: list[Viewer]
) -> None:
    client = client_of(creator)
    place = f"/dashboards/data/video/{video.pk}/retention"
    rows = list(csv.DictReader(io.StringIO(client.get(f"{place}.csv?days=7").content.decode())))
    assert [round(float(row["reached"]), 3) for row in rows] == [1, 1, *[0.25] * 8]
    table = pq.read_table(io.BytesIO(client.get(f"{place}.parquet?days=7").content))
    assert table["reached"].to_pylist() == [float(row["reached"]) for row in rows]
    assert client.get(f"{place}.exe").status_code == 404 == client.get(f"{place}_of_none.csv").status_code


def test_the_generators_page_counts_what_is_in_the_tables(
    client_of: Any, analyst: User, creator: User, media_root: Path
) -> None:
    factories.job(creator, state="failed", error_code="disk_full", error="full")
    factories.video(creator, state="published")
    client = client_of(analyst)

    def rows(chart: str) -> list[dict[str, str]]:
        answer = client.get(f"/dashboards/data/generators/0/{chart}.csv")
        return list(csv.DictReader(io.StringIO(answer.content.decode())))

    assert rows("failures") == [{"code": "disk_full", "jobs": "1"}]
    assert sum(int(row["jobs"]) for row in rows("states")) == 2
    assert sum(float(row["published"]) for row in rows("output")) == 1


def test_a_creator_finds_their_own_numbers(client_of: Any, creator: User, video: Video) -> None:
    client = client_of(creator)
    assert client.get("/dashboards/mine/")["Location"] == f"/dashboards/creators/{creator.pk}/"
    assert f"/dashboards/videos/{video.pk}/" in client.get(f"/videos/{video.pk}/").content.decode()
    assert "/dashboards/mine/" in client.get("/library/").content.decode()


def test_simulated_viewers_count_only_where_the_site_lets_them_in(
    client_of: Any, analyst: User, video: Video, settings: Any
) -> None:
    when = timezone.now() - timedelta(hours=3)
    send(*(watched(Viewer.objects.create(simulated=True), video, when, 10.0) for _ in range(30)))
    shown = '<b class="number">30</b>'
    for let_in in (False, True):
        settings.FEED_SIMULATED = let_in
        assert (shown in client_of(analyst).get("/dashboards/").content.decode()) is let_in


def test_an_alert_stands_on_the_overview(client_of: Any, analyst: User) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    Alert.objects.create(metric="skip_rate", hour=hour, value=0.9, usual=0.5, score=7.0)
    client = client_of(analyst)
    assert "above the usual 50.0%" in client.get("/dashboards/").content.decode()
    assert "above the usual 50.0%" in json.dumps(ask(client, "/dashboards/"))


def test_the_sentence_that_loses_most_leads_to_the_editor(
    client_of: Any, creator: User, media_root: Path
) -> None:
    """Viewers leave while the second of three sentences is said."""
    job = factories.job(creator, state="done")
    scenes = [{"id": f"s{n}", "narration": f"Sentence {n}.", "seconds": 4.0} for n in (1, 2, 3)]
    film = factories.video(
        creator, job=job, state="published", seconds=12.0, manifest={"storyboard": {"scenes": scenes}}
    )
    when = timezone.now() - timedelta(hours=3)
    viewers = [Viewer.objects.create() for _ in range(40)]
    send(*(watched(v, film, when, 12.0 if place < 10 else 6.0) for place, v in enumerate(viewers)))
    client = client_of(creator)
    answer = client.get(f"/dashboards/data/video/{film.pk}/sentences.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(answer)))
    assert [row["worst"] for row in rows] == ["False", "True", "False"]
    assert [round(float(row["lost"]), 2) for row in rows] == [0, 0.75, 0]
    drawn = json.dumps(ask(client, f"/dashboards/videos/{film.pk}/"))
    assert f"/jobs/{job.pk}/edit/#say-s2" in drawn and "Sentence 2." in drawn
