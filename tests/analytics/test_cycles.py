"""Cycles at their outer edge: the command, HTTP, and what creation does with what was learned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from analytics.models import CycleStep, OptimizationCycle
from analytics.optimization import generators
from analytics.optimization import run as cycle_run
from analytics.optimization.run import cycle_take
from analytics.optimization.work import SEGMENTS, CycleLease, CycleWork
from analytics.services.cycles import cycle_request
from analytics.stats.policy.canary import CanaryVerdict
from generation.media.scenes import PALETTES
from generation.media.scenes.palettes import named
from generation.models import GenerationJob, ModelVersion
from generation.registry import version_register
from generation.services.jobs import job_request
from generation.services.palettes import palettes_trained
from generation.web.policy_texts import policy_rows
from tests.analytics.planted import audience, videos_made, watched

State = OptimizationCycle.State
pytestmark = pytest.mark.django_db(transaction=True)  # the lease looks from a connection of its own


def loves_gold(recipe: Mapping[str, Any]) -> float:
    return (1.2 if recipe["palette"] in ("gold", "peach", "night") else 0.0) + (
        0.8 if recipe["mood"] == "epic" else 0.0
    )


@pytest.fixture
def loved(creator: User, var_dir: Path) -> list[Any]:
    """Sixty videos of which some palettes and one mood are loved."""
    viewers = audience()
    videos = videos_made(creator, 60, seed=3)
    watched(videos, loves_gold, viewers=viewers, each=20, seed=3)
    return viewers


def cycle_done(**values: Any) -> OptimizationCycle:
    cycle = cycle_take(cycle_request(queue=False, **values).pk)
    assert cycle is not None
    return cycle


def jobs_asked(creator: User, count: int, settings: Any, **values: Any) -> list[GenerationJob]:
    settings.JOB_RUNNING_LIMIT = 1000
    return [
        job_request(owner=creator, topic="露营", language="zh", seconds=20, seed=n, **values)
        for n in range(count)
    ]


def test_a_cycle_learns_what_is_loved_and_new_jobs_are_made_so(
    loved: Any, creator: User, settings: Any
) -> None:
    cycle = cycle_done()
    assert cycle.state == State.CANARY, (cycle.error, list(cycle.steps.values("name", "result")))
    jobs = jobs_asked(creator, 24, settings)
    canary = [job for job in jobs if job.policy["arm"] == "canary"]
    assert 6 <= len(canary) <= 18
    loving = [job for job in canary if job.recipe["palette"] in ("gold", "peach", "night")]
    assert len(loving) >= 0.6 * len(canary), "evenly drawn it would be 0.21"
    assert all(
        job.policy["version"] == cycle.version_id and 0 < job.policy["propensity"] <= 1 for job in canary
    )
    assert all(job.recipe["palette"] is None for job in jobs if job.policy["arm"] == "holdout")


def loves_light(recipe: Mapping[str, Any]) -> float:
    return 1.2 * (sum(PALETTES[recipe["palette"]].ground[0]) > 450) + (
        0.8 if recipe["mood"] == "epic" else 0.0
    )


def test_palettes_learned_in_a_cycle_go_on_trial_with_its_candidate(
    creator: User, var_dir: Path, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(generators, "palettes_trained", partial(palettes_trained, steps=200))
    viewers, videos = audience(), videos_made(creator, 70, seed=4)
    watched(videos, loves_light, viewers=viewers, each=20, seed=4)
    cycle = cycle_done()
    assert cycle.state == State.CANARY, (cycle.error, list(cycle.steps.values("name", "result")))
    step = cycle.steps.get(name="generators")
    assert step.result["passed"] and step.result["palettes"] == len(PALETTES), step.result
    settings.RECIPE_CANARY_SHARE, settings.RECIPE_HOLDOUT_SHARE = 1.0, 0.0
    settings.RECIPE_PALETTES_SHARE = 1.0
    job = jobs_asked(creator, 1, settings)[0]
    assert (
        job.recipe["palette"] not in PALETTES and named(job.recipe["palette"]).name == job.recipe["palette"]
    )
    assert job.policy["reasons"]["palette"] == {"kind": "generated"} and 0 < job.policy["propensity"] <= 1
    told = {row["field"]: row for row in policy_rows(job)}
    assert told["Colors"]["option"] == "Colors of its own" and "generator" in told["Colors"]["why"]
    asked = jobs_asked(creator, 1, settings, recipe={"palette": "mint"})[0]
    assert asked.recipe["palette"] == "mint", "what is asked for is never overruled"
    settings.RECIPE_PALETTES_SHARE = 0.0
    assert jobs_asked(creator, 1, settings)[0].recipe["palette"] in PALETTES


def test_what_the_creator_asks_for_is_never_overruled(loved: Any, creator: User, settings: Any) -> None:
    cycle_done()
    settings.RECIPE_CANARY_SHARE, settings.RECIPE_HOLDOUT_SHARE = 1.0, 0.0
    job = jobs_asked(creator, 1, settings, recipe={"palette": "mint", "mood": "calm"})[0]
    assert (job.recipe["palette"], job.recipe["mood"]) == ("mint", "calm")
    assert sorted(job.policy["overruled"]) == ["mood", "palette"]
    assert "palette" not in job.policy["values"] and "hook" in job.policy["values"]


def test_a_cycle_killed_at_every_step_goes_on_each_time_and_leaves_one_candidate(
    loved: Any, monkeypatch: Any, var_dir: Path
) -> None:
    asked = cycle_request(queue=False, seed=5)
    killed: list[str] = []

    def dying(name: str, make: Any) -> Any:
        def step(work: Any) -> Any:
            result = make(work)  # everything the step does has happened, only that it is done is not recorded
            if name not in killed:
                killed.append(name)
                raise SystemExit(9)
            return result

        return step

    monkeypatch.setattr(
        cycle_run, "STEPS", tuple((name, dying(name, make)) for name, make in cycle_run.STEPS)
    )
    for _ in cycle_run.STEPS:
        with pytest.raises(SystemExit):
            cycle_take(asked.pk)
    cycle = cycle_take(asked.pk)
    assert killed == ["previous", "reward", "dataset", "train", "generators", "gate", "canary"]
    assert cycle is not None and cycle.state == State.CANARY
    assert ModelVersion.objects.filter(kind="recipe_policy").count() == 1
    assert cycle.steps.filter(state=CycleStep.State.DONE).count() == 6, "all but the trial and its verdict"
    assert not list((var_dir / "cycles").rglob("views.parquet")), "no copy of single views stays"


def test_the_next_cycle_first_judges_the_one_on_trial(
    loved: Any, creator: User, settings: Any, client_of: Any, analyst: User
) -> None:
    first = cycle_done()
    jobs = jobs_asked(creator, 40, settings)
    recipes = [_made(job, number) for number, job in enumerate(jobs)]
    videos = videos_made(creator, len(jobs), seed=9, recipes=recipes)
    for video, job in zip(videos, jobs):
        GenerationJob.objects.filter(pk=video.job_id).update(policy=job.policy)
    watched(videos, loves_gold, viewers=loved, each=20, seed=11)
    second = cycle_done()
    first.refresh_from_db()
    assert first.state == State.PROMOTED, first.verdict
    assert first.verdict["against_production"]["low"] > 0
    assert ModelVersion.objects.get(pk=first.version_id).state == ModelVersion.State.PRODUCTION
    assert second.steps.get(name="previous").result["cycle"] == first.number
    told = client_of(analyst).get(f"/api/v1/cycles/{first.pk}/").json()
    assert told["state"] == "promoted" and told["verdict"]["why"] == "better_than_production"
    assert all(set(step) >= {"name", "state", "summary"} for step in told["steps"])


def test_where_approval_is_asked_for_a_winner_serves_only_after_a_person_said_so(
    loved: Any, settings: Any, client_of: Any, analyst: User, monkeypatch: Any
) -> None:
    settings.CYCLE_APPROVAL = True
    cycle = cycle_done()
    won = CanaryVerdict("promoted", "better_than_production", None, None)
    monkeypatch.setattr("analytics.optimization.verdict.canary_judged", lambda cycle: (won, won.to_json()))
    client, address = client_of(analyst), f"/api/v1/cycles/{cycle.pk}"
    early = client.post(f"{address}/approve/")
    assert (early.status_code, early.json()["code"]) == (409, "cycle_state_conflict")
    page = client.post(f"/cycles/{cycle.pk}/judge", follow=True).content.decode()
    assert f"/cycles/{cycle.pk}/approve" in page and f"/cycles/{cycle.pk}/refuse" in page
    assert client.get(f"{address}/").json()["state"] == "approval"
    version = ModelVersion.objects.get(pk=cycle.version_id)
    assert version.state == ModelVersion.State.CANARY, "it goes on as on trial"
    told = client.post(f"{address}/approve/").json()
    assert told["state"] == "promoted" and told["verdict"]["decided_by"] == analyst.username
    version.refresh_from_db()
    assert version.state == ModelVersion.State.PRODUCTION
    assert client.post(f"{address}/refuse/").status_code == 409, "what is decided stays decided"


def test_a_winner_that_waits_makes_way_for_the_next_and_a_refused_one_is_rolled_back(
    loved: Any, settings: Any, client_of: Any, analyst: User
) -> None:
    first, waiting = cycle_done(), {"why": "awaits_approval", "won": "better_than_production"}
    OptimizationCycle.objects.update(state=State.APPROVAL, verdict=waiting)
    second = cycle_done()
    first.refresh_from_db()
    assert (first.state, first.verdict["why"]) == (State.ROLLED_BACK, "superseded")
    OptimizationCycle.objects.filter(pk=second.pk).update(state=State.APPROVAL, verdict=waiting)
    client_of(analyst).post(f"/cycles/{second.pk}/refuse")
    second.refresh_from_db()
    assert (second.state, second.verdict["why"]) == (State.ROLLED_BACK, "refused")
    assert set(ModelVersion.objects.values_list("state", flat=True)) == {ModelVersion.State.RETIRED}


def test_segments_keep_the_numbers_of_the_last_candidate_that_told_more_than_one_apart(
    settings: Any, var_dir: Path
) -> None:
    for number, shares in enumerate(([0.5, 0.5], [0.4, 0.6], [1.0]), start=1):
        folder = f"policies/cycle-{number}"
        (var_dir / folder).mkdir(parents=True)
        document = {"shares": shares, "tastes": [[0.0]] * len(shares), "categories": []}
        (var_dir / folder / SEGMENTS).write_text(json.dumps(document), encoding="utf-8")
        version = version_register(
            kind="recipe_policy", folder=folder, config={}, metrics={}, data_fingerprint=str(number)
        )
        ModelVersion.objects.filter(pk=version.pk).update(state=ModelVersion.State.RETIRED)
        OptimizationCycle.objects.create(number=number, state=State.ROLLED_BACK, version=version)
    cycle = OptimizationCycle.objects.create(number=4, state=State.RUNNING)
    work = CycleWork(cycle, CycleLease(cycle, "test"))
    assert work._segments_before()["shares"] == [0.4, 0.6], "though none of them ever served"


def _made(job: GenerationJob, number: int) -> dict[str, Any]:
    """What a finished video would record: the job's choices, the rest as the site usually chooses."""
    usual = {"hook": "number", "palette": ("mint", "sky", "ocean", "gold")[number % 4], "caption_style": "pill", "mood": ("warm", "calm")[number % 2],
             "tempo": 90.0, "music_level": 1.0, "voice": "zf_xiaoxiao", "speed": 1.0}  # fmt: skip
    return usual | {name: value for name, value in job.recipe.items() if value is not None and name in usual}


def test_the_api_starts_one_cycle_at_a_time_and_says_so(
    client_of: Any, analyst: User, creator: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr("analytics.tasks.cycle_run.delay_on_commit", lambda pk: None)
    client = client_of(analyst)
    answer = client.post("/api/v1/cycles/", {}, content_type="application/json")
    assert answer.status_code == 201 and answer.json()["state"] == "queued"
    assert [step["name"] for step in answer.json()["steps"]][1:] == [
        "reward",
        "dataset",
        "train",
        "generators",
        "gate",
        "canary",
        "verdict",
    ]
    again = client.post("/api/v1/cycles/", {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "cycle_busy")
    assert client_of(creator).post("/api/v1/cycles/", {}, content_type="application/json").status_code == 403
    stopped = client.post(f"/api/v1/cycles/{answer.json()['id']}/cancel/")
    assert stopped.json()["state"] == "cancelled"


def test_with_too_little_to_learn_from_a_cycle_fails_with_a_sentence(var_dir: Path) -> None:
    with pytest.raises(CommandError, match="needs at least 20 generated videos"):
        call_command("optimize")
    assert OptimizationCycle.objects.get().error_code == "cycle_too_little_data"
