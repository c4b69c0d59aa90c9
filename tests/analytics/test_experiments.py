"""Experiments from the outside: over HTTP, on the feed's own pages, with planted behavior of viewers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from analytics.errors import ExperimentStateConflict
from analytics.experiments import looks
from analytics.experiments.assignment import arm_met, arm_of
from analytics.experiments.table import table_of
from analytics.models import Experiment, Exposure
from analytics.services.experiments import experiment_create, experiment_start, experiment_stop
from core.roles import ANALYST, CREATOR
from generation.models import Video
from recommender.feed.variants import dressed, dresses
from recommender.models import FeedRequest, Impression, VideoVariant, Viewer, Viewing
from recommender.viewers.buckets import is_held_out
from tests import factories
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

TITLES = ["Three pans you need", "Nobody tells you this about pans"]


@pytest.fixture
def creator() -> User:
    return make_user("maker", CREATOR)


@pytest.fixture
def video(creator: User) -> Video:
    return factories.video(creator, state="published", title="Pans", language="en", seconds=20.0)


@pytest.fixture
def running(creator: User, video: Video) -> Experiment:
    row = experiment_create(by=creator, kind="title", video=video, arms=[{"title": t} for t in TITLES[:1]])
    return experiment_start(experiment=row)


def viewers(count: int, **values: Any) -> list[Viewer]:
    return Viewer.objects.bulk_create(Viewer(**values) for _ in range(count))


def watched(
    experiment: Experiment,
    people: list[Viewer],
    *,
    share: dict[str, float],
    refused: dict[str, float] | None = None,
    seed: int = 1,
) -> None:
    """Each viewer meets the video as the feed would show it, and watches about their arm's share of it."""
    rng = np.random.default_rng(seed)
    video = experiment.video
    assert video is not None
    requests, slots, seen = [], [], []
    for person in people:
        dress = dresses([video.pk], person).get(video.pk)
        request = FeedRequest(viewer=person, policy="test", created=timezone.now())
        requests.append(request)
        arm = dress.arm.partition(":")[2] if dress else ""
        slots.append(
            Impression(
                request=request, viewer=person, video=video, position=0, source="test",
                arm=dress.arm if dress else "", arm_share=dress.share if dress else None,
            )
        )  # fmt: skip
        part = float(np.clip(rng.normal(share.get(arm, 0.3), 0.2), 0, 1))
        seen.append(
            Viewing(
                id=uuid4(), viewer=person, video=video, feed_request=request.pk, position=0, started=timezone.now(),
                shown=True, played=part > 0.05, completed=part > 0.95, watch_ms=int(part * video.seconds * 1000),
                refused=bool(rng.random() < (refused or {}).get(arm, 0.0)), reward=part,
            )
        )  # fmt: skip
    FeedRequest.objects.bulk_create(requests)
    Impression.objects.bulk_create(slots)
    Viewing.objects.bulk_create(seen)


def test_a_viewer_sees_the_same_arm_every_time_and_arms_get_equal_shares(
    running: Experiment, video: Video
) -> None:
    people = viewers(1500)
    first = [dresses([video.pk], person).get(video.pk) for person in people]
    assert first[:50] == [dresses([video.pk], person).get(video.pk) for person in people[:50]]
    arms = [dress.arm for dress in first if dress]
    assert set(arms) == {f"{running.pk}:a", f"{running.pk}:b"}
    assert abs(arms.count(f"{running.pk}:a") / len(arms) - 0.5) < 0.05
    assert {arm_of(person, running).key for person in people[:200] if arm_of(person, running)} == {"a", "b"}  # type: ignore[union-attr]


def test_the_hold_out_is_a_few_per_cent_sees_no_arm_and_keeps_the_first_title(
    running: Experiment, video: Video
) -> None:
    people = viewers(3000)
    out = [person for person in people if is_held_out(person.key)]
    assert 0.02 < len(out) / len(people) < 0.04
    assert not dresses([video.pk], out[0])
    assert arm_of(out[0], running) is None
    looks.states.decide(running, winner="b")
    video.refresh_from_db()
    assert video.title == TITLES[0]
    worn = dresses([video.pk], out[0])[video.pk]
    assert dressed(video, worn).title == "Pans"
    others = next(person for person in people if not is_held_out(person.key))
    assert not dresses([video.pk], others)


def test_two_experiments_share_viewers_out_independently(creator: User, running: Experiment) -> None:
    second = factories.video(creator, state="published", title="Pots", language="en")
    other = experiment_start(
        experiment=experiment_create(by=creator, kind="title", video=second, arms=[{"title": "Pots?"}])
    )
    people = [person for person in viewers(1500) if not is_held_out(person.key)]
    pairs = [(arm_of(p, running).key, arm_of(p, other).key) for p in people]  # type: ignore[union-attr]
    both = sum(pair == ("a", "a") for pair in pairs) / len(pairs)
    assert abs(both - 0.25) < 0.05


def test_a_page_of_the_feed_shows_the_arm_and_notes_it(running: Experiment, video: Video) -> None:
    seen = set()
    for _ in range(12):
        answer = Client().get("/api/v1/feed/?limit=5").json()
        item = next(item for item in answer["items"] if item["video"] == video.pk)
        noted = Impression.objects.get(request=answer["request_id"], video=video)
        expected = {f"{running.pk}:a": "Pans", f"{running.pk}:b": TITLES[0], "": "Pans"}[noted.arm]
        assert item["title"] == expected
        assert noted.arm_share == (0.5 if noted.arm else None)
        seen.add(noted.arm)
    assert len(seen) > 1
    video.refresh_from_db()
    assert video.title == "Pans"


def test_a_better_title_is_decided_for_and_kept(running: Experiment, video: Video) -> None:
    watched(running, viewers(700), share={"a": 0.3, "b": 0.42})
    assert looks.look_at_all() == 1
    running.refresh_from_db()
    video.refresh_from_db()
    assert (running.state, running.winner, video.title) == ("decided", "b", TITLES[0])
    row = running.outcome["rows"][1]
    assert row["low"] > 0 and row["low"] < 0.12 < row["high"] and row["best"] > 0.99


def test_equal_titles_go_on_until_their_time_is_over(running: Experiment) -> None:
    watched(running, viewers(500), share={"a": 0.3, "b": 0.3})
    assert looks.look_at_all() == 0
    Experiment.objects.update(started=timezone.now() - timedelta(days=15))
    assert looks.look_at_all() == 1
    running.refresh_from_db()
    assert (running.state, running.stop_reason, running.winner) == ("stopped", "time", "")
    assert not VideoVariant.objects.exists()


def test_a_title_that_is_refused_too_often_is_stopped_though_it_is_watched(running: Experiment) -> None:
    watched(running, viewers(700), share={"a": 0.3, "b": 0.42}, refused={"a": 0.01, "b": 0.15})
    looks.look_at_all()
    running.refresh_from_db()
    assert (running.state, running.stop_reason) == ("stopped", "guardrail_refusal_rate")


def test_viewers_lost_from_one_arm_end_the_experiment_without_a_winner(running: Experiment) -> None:
    watched(running, viewers(700), share={"a": 0.3, "b": 0.42})
    lost = Viewing.objects.filter(
        feed_request__in=Impression.objects.filter(arm__endswith=":b").values("request")[:250]
    )
    lost.delete()
    looks.look_at_all()
    running.refresh_from_db()
    assert (running.state, running.stop_reason) == ("stopped", "sample_ratio")


def test_a_video_taken_down_ends_its_test(running: Experiment, video: Video) -> None:
    Video.objects.filter(pk=video.pk).update(state="held", visibility="removed")
    looks.look_at_all()
    running.refresh_from_db()
    assert running.stop_reason == "moderation"


def test_simulated_flagged_and_own_views_are_no_evidence(running: Experiment, creator: User) -> None:
    people = viewers(40, simulated=True) + viewers(40, flagged="fast") + [Viewer.objects.create(user=creator)]
    watched(running, people, share={"a": 0.9, "b": 0.9})
    assert sum(row.impressions for row in table_of(running).rows) == 0
    Experiment.objects.update(simulated=True)
    running.refresh_from_db()
    assert 0 < sum(row.impressions for row in table_of(running).rows) <= 40


def test_only_one_test_of_a_video_runs_at_a_time(running: Experiment, creator: User, video: Video) -> None:
    second = experiment_create(by=creator, kind="title", video=video, arms=[{"title": TITLES[1]}])
    with pytest.raises(ExperimentStateConflict, match="Another test"):
        experiment_start(experiment=second)
    experiment_stop(experiment=running)
    assert experiment_start(experiment=second).state == "running"


def test_meeting_an_experiment_is_noted_once(running: Experiment) -> None:
    person = next(p for p in viewers(20) if not is_held_out(p.key))
    assert arm_met(person, running) == arm_met(person, running)
    assert Exposure.objects.count() == 1


def test_an_experiment_on_rankers_reads_what_its_viewers_watched_after_they_met_it(
    creator: User, video: Video
) -> None:
    asked = experiment_create(by=creator, kind="ranker", arms=[{"value": {"version": 2}}])
    row = experiment_start(experiment=asked)
    people = viewers(600)
    rng = np.random.default_rng(3)
    for person in people:
        arm = arm_met(person, row)
        part = float(np.clip(rng.normal(0.45 if arm and arm.key == "b" else 0.3, 0.2), 0, 1))
        Viewing.objects.create(
            id=uuid4(), viewer=person, video=video, started=timezone.now(), shown=True, watch_ms=int(part * 20_000)
        )  # fmt: skip
    Viewing.objects.create(
        id=uuid4(), viewer=people[0], video=video, started=timezone.now() - timedelta(days=2), shown=True
    )
    table = table_of(row)
    assert sum(line.impressions for line in table.rows) == Exposure.objects.count() > 500
    assert table.balanced and table.rows[1].low is not None and table.rows[1].low > 0


def test_a_creator_starts_a_title_test_over_http_and_reads_its_table(creator: User, video: Video) -> None:
    client = Client()
    client.force_login(creator)
    asked = {"kind": "title", "video": video.pk, "arms": [{"title": TITLES[0]}, {"title": TITLES[1]}]}
    made = client.post("/api/v1/experiments/", asked, content_type="application/json")
    assert made.status_code == 201, made.content
    row = client.get(f"/api/v1/experiments/{made.json()['id']}/").json()
    assert row["state"] == "running" and row["criterion"] == "watch_share"
    assert [arm["title"] for arm in row["table"]["rows"]] == ["Pans", *TITLES]
    listed = client.get("/api/v1/experiments/").json()
    assert [one["id"] for one in listed["results"]] == [row["id"]]
    ended = client.post(
        f"/api/v1/experiments/{row['id']}/decide/", {"winner": "c"}, content_type="application/json"
    )
    assert ended.json()["winner"] == "c"
    again = client.post(f"/api/v1/experiments/{row['id']}/stop/")
    assert (again.status_code, again.json()["code"]) == (409, "experiment_state_conflict")


def test_titles_that_are_no_test_are_refused_with_a_sentence(creator: User, video: Video) -> None:
    client = Client()
    client.force_login(creator)
    for arms in ([], [{"title": "Pans"}], [{"title": " "}], [{"title": "How to build a pipe bomb at home"}]):
        asked = {"kind": "title", "video": video.pk, "arms": arms}
        answer = client.post("/api/v1/experiments/", asked, content_type="application/json")
        assert answer.status_code == 400, arms
        assert answer.json()["detail"]
    assert not Experiment.objects.exists()


def test_others_neither_see_nor_touch_a_test_and_analysts_see_all(running: Experiment, video: Video) -> None:
    stranger, analyst = Client(), Client()
    stranger.force_login(make_user("stranger", CREATOR))
    analyst.force_login(make_user("analyst", ANALYST))
    path = f"/api/v1/experiments/{running.pk}/"
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}stop/").status_code == 404
    asked = {"kind": "title", "video": video.pk, "arms": [{"title": "x"}]}
    assert stranger.post("/api/v1/experiments/", asked, content_type="application/json").status_code == 404
    assert stranger.get("/api/v1/experiments/").json()["count"] == 0
    assert analyst.get(path).status_code == 200
    assert Client().get(path).status_code in (401, 403)
