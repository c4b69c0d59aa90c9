"""Starter versions of a fresh site: each once, resumed after a kill, marked, promoted by their gate alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.errors import PlatformError
from generation.errors import TrainingInvalid
from generation.jobs.training import starter_verdict
from generation.ml.training import Progress, Stop
from generation.models import ModelKind, ModelVersion, TrainingRun
from generation.services import starters
from generation.services.starters import own_data, shipped_data, starters_due, starters_train
from generation.services.trainings import training_do
from tests import factories

pytestmark = pytest.mark.django_db
HERE = "tests.generation.jobs.test_starters"


def winning(data: Path, output: Path, **_: Any) -> Mapping[str, Any]:
    (output / "model").write_bytes(data.read_bytes())
    return {"score": 1, "data_fingerprint": "a" * 64, "verdict": {"passed": True}}


def covering(data: Path, output: Path, **_: Any) -> Mapping[str, Any]:
    (output / "model").write_text("g")
    return {"coverage": 0.6, "collapse": "", "data_fingerprint": "b" * 64}


def unjudged(data: Path, output: Path, **_: Any) -> Mapping[str, Any]:
    (output / "model").write_text("t")
    return {"bits_per_character": 4.2, "data_fingerprint": "c" * 64}


def refusing(data: Path, output: Path, **_: Any) -> Mapping[str, Any]:
    raise PlatformError("Not today.", code="training_invalid")


def dying(data: Path, output: Path, *, progress: Progress, stop: Stop, **_: Any) -> Mapping[str, Any]:
    """Its process ends at the first start; at the next one it finds how far it had come."""
    place = output / "state"
    if not place.exists():
        place.write_text("half way")
        raise SystemExit("killed")
    return {
        "begun_by": place.read_text() == "half way",
        "data_fingerprint": "d" * 64,
        "verdict": {"passed": True},
    }


@pytest.fixture(autouse=True)
def trainers(settings: Any, var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Trainers that take no time, on files that take none to write."""
    names = {"palettes": "winning", "script": "unjudged", "visual": "covering"}
    settings.TRAINERS = {kind: f"{HERE}.{name}" for kind, name in names.items()}
    settings.TRAINING_DIR = tmp_path / "training-data"
    folder = var_dir / "starters"
    folder.mkdir(parents=True)
    for name, _ in starters.STARTERS.values():
        (folder / name).write_text(name)
    return settings


def states() -> dict[str, str]:
    return dict(ModelVersion.objects.values_list("kind", "state"))


def test_a_fresh_site_gets_one_starter_of_each_kind_and_only_gates_promote() -> None:
    made = starters_train(minutes=1)
    assert {version.kind for version in made} == {"palettes", "script", "visual"}
    assert all(version.starter for version in made)
    assert states() == {"palettes": "production", "script": "candidate", "visual": "production"}
    assert starters_due() == [] and starters_train(minutes=1) == []
    assert ModelVersion.objects.count() == 3


def test_a_kind_that_has_a_version_is_left_alone() -> None:
    factories.version(kind="visual", state="candidate")
    starters_train(minutes=1)
    assert ModelVersion.objects.filter(kind="visual").count() == 1
    assert not ModelVersion.objects.filter(kind="visual", starter=True).exists()


def test_what_failed_or_was_cancelled_is_tried_again_only_when_asked(trainers: Any) -> None:
    trainers.TRAINERS = {**trainers.TRAINERS, "script": f"{HERE}.refusing"}
    told: dict[str, str] = {}
    starters_train(minutes=1, told=told.__setitem__)
    assert told["script"] == "Not today." and told["visual"] == "production"  # the next one went on
    assert starters_due() == [] and starters_due(again=True) == ["script"]
    trainers.TRAINERS = {**trainers.TRAINERS, "script": f"{HERE}.unjudged"}
    assert [version.kind for version in starters_train(minutes=1, again=True)] == ["script"]


def test_a_starter_whose_process_was_killed_is_gone_on_with(trainers: Any, settings: Any) -> None:
    trainers.TRAINERS = {**trainers.TRAINERS, "palettes": f"{HERE}.dying"}
    with pytest.raises(SystemExit):
        starters_train(minutes=1)
    run = TrainingRun.objects.get(kind="palettes")
    assert run.state == "running" and run.parameters["starter"]
    starters_train(minutes=1)
    version = ModelVersion.objects.get(kind="palettes")
    assert version.metrics["begun_by"] and version.starter and version.run.pk == run.pk


def test_one_that_another_process_holds_is_not_trained_twice(trainers: Any) -> None:
    trainers.TRAINERS = {**trainers.TRAINERS, "palettes": f"{HERE}.dying"}
    with pytest.raises(SystemExit):
        starters_train(minutes=1)
    held = timezone.now() + timedelta(minutes=1)  # as of a process that lives
    TrainingRun.objects.filter(kind="palettes").update(lease_until=held)
    told: dict[str, str] = {}
    starters_train(minutes=1, told=told.__setitem__)
    assert "under way" in told["palettes"] and TrainingRun.objects.filter(kind="palettes").count() == 1


def test_a_picture_generator_that_collapsed_or_covers_little_stays_a_candidate() -> None:
    kind = ModelKind.VISUAL
    for marks, passed in (({"coverage": 0.9}, True), ({"coverage": 0.1}, False), ({"coverage": 0.9, "collapse": "All alike."}, False), ({}, False)):  # fmt: skip
        verdict = starter_verdict(kind, marks)
        assert verdict is not None and verdict["passed"] is passed
    assert starter_verdict(ModelKind.SCRIPT, {"bits_per_character": 1.0}) is None
    assert starter_verdict(kind, {"verdict": {"passed": True}}) is None


def test_a_starter_never_takes_the_place_of_what_serves(trainers: Any) -> None:
    starters_train(minutes=1)
    first = ModelVersion.objects.get(kind="palettes")
    second = training_do(kind="palettes", data=shipped_data("palettes"), minutes=1, starter=True)
    first.refresh_from_db()
    assert (first.state, second.state) == ("production", "candidate")


def test_own_data_of_palettes_is_the_table_of_features_once_there_is_one(
    trainers: Any, tmp_path: Path
) -> None:
    assert own_data("palettes") == shipped_data("palettes")
    place = tmp_path / "training-data" / "features.parquet"
    place.parent.mkdir()
    place.write_bytes(b"PAR1")
    assert own_data("palettes") == place
    with pytest.raises(TrainingInvalid, match="--data"):
        own_data("text_safety")


def test_the_command_trains_and_says_what_became_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    out = StringIO()
    call_command("train_starters", minutes=1.0, stdout=out)
    assert "starter palettes: production" in out.getvalue() and "starter script: candidate" in out.getvalue()
    again = StringIO()
    call_command("train_starters", minutes=1.0, stdout=again)
    assert "has a version already" in again.getvalue()
    with pytest.raises(CommandError, match="more than 0"):
        call_command("train_starters", minutes=0.0)


def test_in_the_background_it_is_the_last_in_line_and_does_nothing_where_starters_are_off(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nice: list[int] = []
    monkeypatch.setattr(os, "nice", nice.append)
    settings.STARTERS = False
    call_command("train_starters", background=True)
    assert nice == [] and not ModelVersion.objects.exists()
    settings.STARTERS = True
    call_command("train_starters", background=True, stdout=StringIO())
    assert nice == [19] and ModelVersion.objects.count() == 3


def test_training_by_command_promotes_where_it_is_told_to(tmp_path: Path, settings: Any) -> None:
    settings.VERSION_READERS = {"script": "tests.generation.jobs.test_starters.read"}
    call_command("train_generator", "script", stdout=StringIO())
    assert states() == {"script": "candidate"}
    call_command("train_generator", "script", promote=True, stdout=StringIO())
    assert ModelVersion.objects.filter(kind="script", state="production").count() == 1


def read(version: ModelVersion) -> str:
    return str(version.pk)
