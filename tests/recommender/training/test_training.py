"""Training on planted groups of viewers: a version that wins serves, one that does not waits, and nothing is half done."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from core.errors import LeaseLost, PlatformError
from core.leases import lease_owner_new
from generation.errors import TrainingBusy, VersionStateConflict
from generation.models import GenerationJob, ModelVersion, TrainingRun, Video
from generation.registry import run_claim
from generation.services.versions import run_request
from recommender import tasks
from recommender.errors import TooLittleData
from recommender.feed import feed_page
from recommender.ml.engagement.features import FEATURES
from recommender.models import FeedRequest, Impression, Like, Viewer, Viewing
from recommender.training import runs
from recommender.training.data import snapshot_read
from recommender.training.gate import Marks, verdict
from recommender.training.production import Holder, holder
from recommender.training.promotion import ranker_promote, ranker_rollback, ranker_train
from tests import factories
from tests.recommender.light_ranker import LightRanker

ROOT = Path(__file__).resolve().parents[3]
GROUPS, PER_GROUP, VIEWERS, WATCHED = 3, 12, 60, 9
State = ModelVersion.State


def many_videos(creator: User, count: int) -> list[Video]:
    """Published videos in bulk; their files are never opened here."""
    jobs = GenerationJob.objects.bulk_create(
        GenerationJob(owner=creator, topic="露营", language="zh", seconds=15, state="done")
        for _ in range(count)
    )
    past = timezone.now() - timedelta(days=30)
    return Video.objects.bulk_create(
        Video(
            owner=creator, job=job, title=f"video {i}", language="zh", aspect="9:16", seconds=15, width=360,
            height=640, sha256="0" * 64, file=f"videos/{i}.mp4", state="published", visibility="public", published=past,
        )
        for i, job in enumerate(jobs)
    )  # fmt: skip


@pytest.fixture
def site(creator: User, media_root: Path, var_dir: Path) -> dict[str, Any]:
    """Viewers of three tastes who watched videos of their own group to the end, a day after the other."""
    rng = np.random.default_rng(3)
    videos = many_videos(creator, GROUPS * PER_GROUP)
    viewers = Viewer.objects.bulk_create(Viewer() for _ in range(VIEWERS))
    now, rows = timezone.now(), []
    for number, viewer in enumerate(viewers):
        own = [v for i, v in enumerate(videos) if i % GROUPS == number % GROUPS]
        for step, place in enumerate(rng.permutation(len(own))[:WATCHED]):
            rows.append(viewing(viewer, own[place], now - timedelta(days=10 - step, minutes=number)))
    Viewing.objects.bulk_create(rows)
    return {"videos": videos, "viewers": viewers, "now": now}


def viewing(viewer: Viewer, video: Video, started: Any, **values: Any) -> Viewing:
    return Viewing(
        **{
            "id": uuid4(), "viewer": viewer, "video": video, "started": started, "shown": True, "played": True,
            "completed": True, "watch_ms": 14_000, "reward": 0.9, **values,
        }
    )  # fmt: skip


def test_a_ranker_that_finds_the_planted_groups_beats_popularity_and_serves(site: dict[str, Any]) -> None:
    version = ranker_train(until=site["now"])
    marks = version.metrics
    assert version.state == State.PRODUCTION and version.promoted is not None
    assert marks["new"]["ndcg_at_10"] > 1.3 * marks["popularity"]["ndcg_at_10"]
    assert marks["verdict"]["against"]["popularity"]["sure"] >= 0.9
    assert len(version.data_fingerprint) == 64 and version.cutoff == site["now"]
    viewer = site["viewers"][0]
    page = feed_page(viewer=viewer, limit=3, rng=np.random.default_rng(0))
    assert page.request.policy == f"ranker-{version.pk}" and page.request.ranker_id == version.pk
    groups = [site["videos"].index(slot.video) % GROUPS for slot in page.slots]
    assert groups[0] == 0 and groups.count(0) >= 2  # what its group has left; a slot may explore


def test_the_same_rows_and_seed_give_the_same_fingerprint_and_marks(site: dict[str, Any]) -> None:
    first, second = (snapshot_read(until=site["now"], simulated=False) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    Viewing.objects.bulk_create([viewing(site["viewers"][0], site["videos"][1], site["now"] - timedelta(1))])
    assert snapshot_read(until=site["now"], simulated=False).fingerprint != first.fingerprint


def test_a_version_that_knows_no_more_than_the_present_one_is_not_promoted(site: dict[str, Any]) -> None:
    first = ranker_train(until=site["now"] - timedelta(days=3))
    second = ranker_train(until=site["now"])
    assert "production" in second.metrics
    sure = second.metrics["verdict"]["against"]["production"]["sure"]
    assert (second.state == State.PRODUCTION) == (sure >= 0.9)
    assert ModelVersion.objects.filter(state=State.PRODUCTION).count() == 1
    assert second.parent == first


def test_simulated_flagged_and_later_viewings_are_left_out(site: dict[str, Any]) -> None:
    Viewer.objects.filter(pk=site["viewers"][0].pk).update(simulated=True)
    Viewer.objects.filter(pk=site["viewers"][1].pk).update(flagged="fast")
    early = site["now"] - timedelta(days=4)
    real = snapshot_read(until=early, simulated=False)
    assert real.meetings["timestamp"].max() < early.timestamp()
    assert not set(real.meetings["user"]) & {site["viewers"][0].pk, site["viewers"][1].pk}
    assert site["viewers"][0].pk in set(snapshot_read(until=early, simulated=True).meetings["user"])


def test_shown_slots_are_learned_with_the_features_they_were_ranked_by(site: dict[str, Any]) -> None:
    viewer, video = site["viewers"][0], site["videos"][0]
    request = FeedRequest.objects.create(viewer=viewer, policy="prior-blend")
    features = [round(0.01 * i, 2) for i in range(len(FEATURES))]
    Impression.objects.create(
        request=request, viewer=viewer, video=video, position=2, source="content", features=features
    )
    seen = viewing(
        viewer, video, site["now"] - timedelta(1), feed_request=request.pk, position=2, liked=True, reward=0.7
    )
    seen.save()
    slots = snapshot_read(until=timezone.now() + timedelta(1), simulated=False).slots
    assert len(slots) == 1
    row = slots.iloc[0]
    assert [row[name] for name in FEATURES] == features
    assert (row["watch"], row["like"], row["share"], row["skip"]) == (0.7, 1.0, 0.0, 0.0)


def test_what_exploration_costs_is_read_from_the_log(site: dict[str, Any]) -> None:
    """Planted: the best of a slot earns 0.8 for one half of the viewers and 0.6 for the other, what is tried instead 0.2.

    Scores know which of the two it is and say it on a scale of their own.
    """
    rng, rows, slots = np.random.default_rng(5), [], []
    for number, viewer in enumerate(site["viewers"]):
        best = 0.8 if number % 2 else 0.6
        page = FeedRequest.objects.create(viewer=viewer, policy="prior-blend")
        for position in range(25):
            tried = rng.random() < 0.2
            video = site["videos"][position]
            slots.append(
                Impression(
                    request=page, viewer=viewer, video=video, position=position, features=[],
                    source="explore" if tried else "content", propensity=0.02 if tried else 0.8,
                    score=0.1 if tried else best / 2, best_score=best / 2,
                )
            )  # fmt: skip
            rows.append(
                viewing(
                    viewer, video, site["now"] - timedelta(hours=1), feed_request=page.pk, position=position,
                    reward=0.2 if tried else best,
                )
            )  # fmt: skip
    Impression.objects.bulk_create(slots)
    Viewing.objects.bulk_create(rows)
    out = StringIO()
    call_command("judge_exploration", json=True, stdout=out)
    found = json.loads(out.getvalue())
    truth = np.mean([0.8 if number % 2 else 0.6 for number in range(len(site["viewers"]))])
    estimates = found["without_exploration"]
    for name in ("ips", "snips", "dr"):
        assert estimates[name]["low"] <= truth <= estimates[name]["high"]
        assert abs(estimates[name]["value"] - truth) < 0.03
    width = {name: row["high"] - row["low"] for name, row in estimates.items()}
    assert width["dr"] <= width["ips"]
    assert found["as_shown"]["value"] < truth - 0.05
    assert found["by_source"]["explore"]["reward"] == 0.2
    with pytest.raises(CommandError, match="at least 200 watched slots"):
        Impression.objects.all().delete()
        call_command("judge_exploration")


def test_too_little_is_refused_with_what_there_is_and_leaves_nothing(creator: User, var_dir: Path) -> None:
    with pytest.raises(TooLittleData, match="at least 100 viewings that went well, there are 0"):
        ranker_train()
    assert not ModelVersion.objects.exists()
    run = TrainingRun.objects.get()
    assert (run.state, run.error_code) == ("failed", "too_little_data")
    assert "at least 100 viewings" in run.error
    with pytest.raises(CommandError, match="--simulated"):
        call_command("train_ranker")


def test_a_training_that_dies_before_the_end_promotes_nothing_and_is_cleared_away(
    site: dict[str, Any], var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "pointer_move", lambda version: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ranker_train(until=site["now"])
    assert not ModelVersion.objects.exists()
    assert TrainingRun.objects.get().error_code == "internal_error"
    monkeypatch.undo()
    (var_dir / "rankers" / "abc.part").mkdir()
    version = ranker_train(until=site["now"])
    places = {place.name for place in (var_dir / "rankers").iterdir() if place.is_dir()}
    assert places == {Path(version.folder).name}


def test_two_trainings_never_run_at_once(site: dict[str, Any]) -> None:
    run = run_request(kind="ranker", parameters={})
    for _ in ("while it waits", "while it runs"):
        with pytest.raises(TrainingBusy, match="under way"):
            ranker_train(until=site["now"])
        run_claim(run.pk, "another process")
    assert not ModelVersion.objects.exists() and TrainingRun.objects.count() == 1
    run_request(kind="script", parameters={})  # one of another kind may


@pytest.mark.django_db(transaction=True)
def test_of_many_trainers_exactly_one_gets_the_run() -> None:
    run, got, start = run_request(kind="ranker", parameters={}), [], threading.Barrier(5)

    def trainer() -> None:
        start.wait()
        got.append(run_claim(run.pk, lease_owner_new()))
        connection.close()

    threads = [threading.Thread(target=trainer) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 4 + [True]


def lost_run(parameters: dict[str, Any], **values: Any) -> TrainingRun:
    """A run whose process is gone: nobody has renewed its lease."""
    past = timezone.now() - timedelta(seconds=1)
    return factories.training_run(
        state="running", lease_owner="gone", lease_until=past, parameters=parameters, **values
    )


def test_a_run_whose_process_died_is_taken_up_by_a_worker_with_what_it_was_asked_for(
    site: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = lost_run({"until": site["now"].isoformat(), "simulated": False, "seed": 4}, attempts=1)
    sent = []
    monkeypatch.setattr(tasks.training_take, "apply_async", lambda args, **options: sent.append(args))
    tasks.trainings_wake()
    assert sent == [(run.pk,)]
    tasks.training_take(run.pk)
    run.refresh_from_db()
    assert (run.state, run.progress, run.attempts, run.error) == ("done", 1.0, 2, "")
    assert run.version is not None and run.version.cutoff == site["now"]
    assert run.version.config["seed"] == 4
    tasks.trainings_wake()
    assert len(sent) == 1 and runs.run_take(run.pk) is None


def test_the_next_training_ends_a_run_whose_process_died_with_a_sentence(site: dict[str, Any]) -> None:
    lost = lost_run({})
    version = ranker_train(until=site["now"])
    lost.refresh_from_db()
    assert (lost.state, lost.error_code) == ("failed", "training_died")
    assert "ended before the training did" in lost.error
    assert version.run.state == "done" and version.run != lost


def test_a_run_that_keeps_killing_its_process_is_given_up(site: dict[str, Any], settings: Any) -> None:
    run = lost_run({}, attempts=settings.JOB_ATTEMPTS)
    with pytest.raises(PlatformError, match="died 5 times"):
        runs.run_take(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "training_died")


def test_a_trainer_that_was_taken_for_dead_registers_nothing(
    site: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    save = LightRanker.save

    def taken_over(ranker: LightRanker, folder: Path) -> None:
        save(ranker, folder)
        TrainingRun.objects.update(lease_owner="another")

    monkeypatch.setattr(LightRanker, "save", taken_over)
    with pytest.raises(LeaseLost, match="taken over"):
        ranker_train(until=site["now"])
    assert not ModelVersion.objects.exists()
    assert TrainingRun.objects.get().state == "running"


@pytest.mark.slow
def test_a_killed_training_leaves_no_version_and_the_next_one_is_not_held_up(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    site = os.environ | {"AIGC_VAR_DIR": str(folder), "AIGC_JOB_LEASE": "2"}
    command = [sys.executable, "manage.py"]
    subprocess.run([*command, "migrate", "-v0"], cwd=ROOT, env=site, check=True)
    dying = (
        "import django, os, signal; django.setup()\n"
        "from recommender.training import runs\n"
        "runs.snapshot_read = lambda **asked: os.kill(os.getpid(), signal.SIGKILL)\n"
        "runs.ranker_train()"
    )
    env = site | {"DJANGO_SETTINGS_MODULE": "aigc_platform.settings"}
    died = subprocess.run([sys.executable, "-c", dying], cwd=ROOT, env=env, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    time.sleep(2.1)  # its lease runs out
    again = subprocess.run(
        [*command, "train_ranker"], cwd=ROOT, env=site, capture_output=True, text=True, check=False
    )
    assert again.returncode == 1 and "at least 100 viewings" in again.stderr
    with sqlite3.connect(folder / "platform.sqlite3") as database:
        query = "SELECT state, error_code FROM generation_trainingrun ORDER BY id"
        assert database.execute(query).fetchall() == [
            ("failed", "training_died"),
            ("failed", "too_little_data"),
        ]
        assert database.execute("SELECT count(*) FROM generation_modelversion").fetchall() == [(0,)]


def test_promotion_and_rollback_move_the_pointer_and_serving_follows(site: dict[str, Any]) -> None:
    first = ranker_train(until=site["now"])
    second = factories.ranker(
        folder=first.folder, data_fingerprint=first.data_fingerprint, cutoff=first.cutoff
    )
    serving = Holder()
    assert serving.current().version == first.pk
    ranker_promote(version=second)
    assert serving.current().version == second.pk
    assert ranker_rollback().pk == first.pk
    assert serving.current().version == first.pk
    assert ModelVersion.objects.get(pk=second.pk).state == State.RETIRED
    with pytest.raises(VersionStateConflict, match="replaced no other"):
        ranker_rollback()


def test_a_version_without_files_is_not_promoted_and_a_broken_one_leaves_the_former_serving(
    site: dict[str, Any], var_dir: Path
) -> None:
    with pytest.raises(VersionStateConflict, match="cannot be read"):
        ranker_promote(version=factories.ranker())
    first = ranker_train(until=site["now"])
    serving = Holder()
    serving.current()
    ModelVersion.objects.filter(pk=first.pk).update(state=State.RETIRED)
    factories.ranker(state=State.PRODUCTION)
    assert serving.current().version == first.pk


def test_the_commands_train_promote_and_go_back(site: dict[str, Any]) -> None:
    out = StringIO()
    call_command("train_ranker", "--json", stdout=out)
    marks = json.loads(out.getvalue())
    assert marks["state"] == "production" and marks["verdict"]["passed"]
    with pytest.raises(CommandError, match="There is no ranker 999"):
        call_command("promote_ranker", "999")
    with pytest.raises(CommandError, match="Give either"):
        call_command("promote_ranker")
    with pytest.raises(CommandError, match="in production already"):
        call_command("promote_ranker", str(marks["id"]))


def test_an_equal_contender_does_not_pass_and_a_better_one_does() -> None:
    rng = np.random.default_rng(0)
    ndcg = rng.uniform(0, 1, 200)
    same = Marks(ndcg, ndcg, 0.5)
    better = Marks(np.clip(ndcg + 0.05 + 0.1 * rng.standard_normal(200), 0, 1), ndcg, 0.5)
    assert not verdict(same, {"production": same}, seed=0)["passed"]
    assert verdict(better, {"production": same}, seed=0)["passed"]
    assert not verdict(better, {"production": same, "popularity": better}, seed=0)["passed"]


def test_the_page_of_versions_shows_marks_and_promotes(
    client_of: Any, site: dict[str, Any], analyst: User
) -> None:
    version = ranker_train(until=site["now"])
    client = client_of(analyst)
    page = client.get("/versions/").content.decode()
    assert f"Ranker {version.pk}" in page and "NDCG@10" in page
    answer = client.post("/versions/rollback", follow=True)
    assert "replaced no other" in answer.content.decode()


def test_the_page_promotes_goes_back_and_shows_the_other_kinds(
    client_of: Any, site: dict[str, Any], analyst: User
) -> None:
    first = ranker_train(until=site["now"])
    second = factories.ranker(folder=first.folder)
    writer = factories.version(kind="script", metrics={"perplexity": 12.5})
    client = client_of(analyst)
    answer = client.post(f"/versions/{second.pk}/promote", follow=True).content.decode()
    assert f"Ranker {second.pk} serves now." in answer
    assert f"Go back to Ranker {first.pk}" in answer
    answer = client.post("/versions/rollback", {"kind": "ranker"}, follow=True).content.decode()
    assert f"Back to Ranker {first.pk}." in answer
    page = client.get("/versions/?kind=script").content.decode()
    assert f"Script writer {writer.pk}" in page and "perplexity" in page and "12.5" in page
    assert f"Ranker {first.pk}" not in page
    answer = client.post(f"/versions/{writer.pk}/promote", follow=True).content.decode()
    assert "cannot be read" in answer
    writer.refresh_from_db()
    assert writer.state == State.CANDIDATE
    assert client.get("/versions/?kind=nonsense").status_code == 200


def test_the_page_says_why_the_latest_training_gave_no_version(
    client_of: Any, analyst: User, var_dir: Path
) -> None:
    with pytest.raises(TooLittleData):
        ranker_train()
    client = client_of(analyst)
    assert "at least 100 viewings that went well" in client.get("/versions/").content.decode()
    chinese = client.get("/versions/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "可供学习的数据还太少" in chinese


@pytest.fixture(autouse=True)
def light_and_fresh(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting in place of a network, and a process that holds no ranker yet."""
    if "slow" not in request.keywords:
        monkeypatch.setattr("recommender.ml.Ranker", LightRanker, raising=False)
    holder.__init__()  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.django_db(
    transaction=True
)  # it takes longer than until the first heartbeat, which sees committed rows
def test_the_real_ranker_is_trained_judged_saved_and_serves(site: dict[str, Any]) -> None:
    version = ranker_train(until=site["now"])
    assert version.metrics["new"]["ndcg_at_10"] > version.metrics["popularity"]["ndcg_at_10"]
    page = feed_page(viewer=site["viewers"][0], limit=3, rng=np.random.default_rng(0))
    assert page.request.policy == f"ranker-{version.pk}"
    assert any(slot.source in ("sequence", "items") for slot in page.slots)


def test_a_like_outlasts_the_events_it_came_with(site: dict[str, Any]) -> None:
    viewer = Viewer.objects.create()
    Like.objects.create(viewer=viewer, video=site["videos"][0])
    page = feed_page(viewer=viewer, limit=5)
    assert page.slots
