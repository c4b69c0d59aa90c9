"""Trainings of the kinds that the settings name: asked for, watched, cancelled, resumed after a kill, registered."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from core.errors import PlatformError
from core.leases import lease_owner_new, row_claim
from generation.errors import TrainingEnded, TrainingInvalid
from generation.jobs.cleanup import sweep
from generation.jobs.training import training_take
from generation.ml.training import Progress, Stop
from generation.models import ModelVersion, TrainingRun
from generation.selectors import training_curve, training_files, version_folder
from generation.services.trainings import training_cancel, training_do, training_request
from generation.services.versions import version_read
from tests import factories

pytestmark = pytest.mark.django_db
State = TrainingRun.State


def counting(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """A trainer that adds up the file's numbers, one a step, and keeps where it is; the words in the file are its orders."""
    place = output / "state.json"
    state = json.loads(place.read_text()) if place.exists() else {"step": 0, "sum": 0, "starts": 0}
    state["starts"] += 1
    words = data.read_text().split()
    while state["step"] < len(words) and not stop():
        word = words[state["step"]]
        state["step"] += 1
        if word == "die" and state["starts"] == 1:
            place.write_text(json.dumps(state))
            raise SystemExit("killed")
        if word == "refuse":
            raise PlatformError("The data is empty. Give more of it.", code="too_little_data")
        if word == "wait":
            state["step"] -= 1
            time.sleep(0.05)
        if word.isdigit():
            state["sum"] += int(word)
        place.write_text(json.dumps(state))
        progress(state["step"] / len(words), {"loss": 1 / (state["sum"] + 1), "step": state["step"]})
    return {
        "sum": state["sum"],
        "starts": state["starts"],
        "data_fingerprint": f"{seed:064x}",
        "verdict": {"passed": "win" in words},
    }


def read_sum(version: ModelVersion) -> int:
    return int(json.loads((version_folder(version) / "state.json").read_text())["sum"])


@pytest.fixture(autouse=True)
def trained_by_counting(settings: Any, var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRAINERS = {"script": f"{__name__}.counting"}
    settings.VERSION_READERS = {**settings.VERSION_READERS, "script": f"{__name__}.read_sum"}
    monkeypatch.setattr("generation.jobs.training.TELL_SECONDS", 0.0)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "numbers.txt"
    place.write_text("1 2 3 4")
    return place


def test_a_training_becomes_a_version_with_its_files_numbers_and_lineage(data: Path) -> None:
    parent = factories.version(kind="script", state="production")
    version = training_do(kind="script", data=data, minutes=1, seed=7)
    assert (version.state, version.parent, version.data_fingerprint[-1]) == ("candidate", parent, "7")
    assert version.metrics["sum"] == 10 and version.config["data"] == "numbers.txt"
    assert version_read(version) == 10
    told = (version_folder(version) / "curve.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in told] == [1, 2, 3, 4]


def test_a_version_whose_gate_says_so_serves_and_the_one_before_can_come_back(data: Path) -> None:
    before = factories.version(kind="script", state="production")
    data.write_text("5 win")
    version = training_do(kind="script", data=data, minutes=1)
    before.refresh_from_db()
    assert (version.state, before.state, version.replaced) == ("production", "retired", before)


def test_a_killed_training_goes_on_from_its_checkpoint(data: Path) -> None:
    data.write_text("1 2 die 3")
    run = training_request(kind="script", data=data, minutes=1)
    with pytest.raises(SystemExit):
        training_take(run.pk)
    run.refresh_from_db()
    assert run.state == State.RUNNING and run in TrainingRun.claimable()
    assert training_take(run.pk)
    run.refresh_from_db()
    assert run.version is not None
    assert (run.state, run.version.metrics["sum"], run.version.metrics["starts"]) == (State.DONE, 6, 2)


def test_the_second_worker_finds_the_training_taken(data: Path) -> None:
    run = training_request(kind="script", data=data, minutes=1)
    assert row_claim(TrainingRun, run.pk, lease_owner_new())
    assert not training_take(run.pk)


def test_what_a_trainer_refuses_is_said_and_serves_nothing(data: Path) -> None:
    data.write_text("refuse")
    with pytest.raises(PlatformError, match="Give more of it"):
        training_do(kind="script", data=data, minutes=1)
    run = TrainingRun.objects.get()
    assert (run.state, run.error_code) == (State.FAILED, "too_little_data")
    assert not ModelVersion.objects.exists()


def test_a_waiting_training_is_cancelled_at_once_and_an_ended_one_not(data: Path) -> None:
    run = training_request(kind="script", data=data, minutes=1)
    assert training_cancel(pk=run.pk).state == State.CANCELLED
    assert not training_take(run.pk)
    with pytest.raises(TrainingEnded):
        training_cancel(pk=run.pk)


@pytest.mark.django_db(transaction=True)
def test_a_training_under_way_ends_when_it_is_cancelled_and_leaves_nothing(data: Path) -> None:
    data.write_text("1 wait")
    run = training_request(kind="script", data=data, minutes=1)
    TrainingRun.objects.filter(pk=run.pk).update(cancel_requested=True)  # as the page does while it goes on
    training_take(run.pk)
    run.refresh_from_db()
    assert run.state == State.CANCELLED and not ModelVersion.objects.exists()
    assert not training_files(run.pk).exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "visual"}, "Nothing here trains a visual. What can be trained: script."),
        ({"data": Path("nowhere.txt")}, "no file or folder 'nowhere.txt'"),
        ({"minutes": 0}, "got 0"),
        ({"minutes": float("nan")}, "got nan"),
    ],
)
def test_a_training_that_cannot_be_done_is_refused_in_words(
    data: Path, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(TrainingInvalid, match=words):
        training_request(**{"kind": "script", "data": data, "minutes": 1.0, **values})
    assert not TrainingRun.objects.exists()


def test_data_that_went_away_meanwhile_is_said(data: Path) -> None:
    run = training_request(kind="script", data=data, minutes=1)
    data.unlink()
    training_take(run.pk)
    run.refresh_from_db()
    assert "is not there any more" in run.error


def test_the_command_trains_and_prints_marks(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("train_generator", "script", "--data", str(data), "--minutes", "1", "--json")
    marks = json.loads(capsys.readouterr().out)
    assert (marks["sum"], marks["state"]) == (10, "candidate")
    with pytest.raises(CommandError, match="Nothing here trains a visual"):
        call_command("train_generator", "visual", "--data", str(data))


def test_an_administrator_starts_watches_and_cancels_on_the_page(
    client_of: Any, administrator: User, analyst: User, data: Path, settings: Any, tmp_path: Path
) -> None:
    settings.TRAINING_DIR = tmp_path
    client = client_of(administrator)
    page = client.get("/versions/?kind=script").content.decode()
    assert "Start training" in page and "numbers.txt" in page
    asked = {"kind": "script", "source": "numbers.txt", "minutes": "1", "seed": "3"}
    client.post("/trainings/", asked)
    run = TrainingRun.objects.get()
    assert run.parameters["seed"] == 3
    assert "under way" in client.post("/trainings/", asked, follow=True).content.decode()
    panel = client.get(f"/trainings/{run.pk}/").content.decode()
    assert "every 2s" in panel and "Waiting for the worker" in panel
    training_take(run.pk)
    assert len(training_curve(run.pk)) == 4
    panel = client.get(f"/trainings/{run.pk}/").content.decode()
    assert "polyline" in panel and "every 2s" not in panel
    assert "Start training" not in client_of(analyst).get("/versions/?kind=script").content.decode()
    card = client_of(analyst).get(f"/versions/{ModelVersion.objects.get().pk}/").content.decode()
    assert "numbers.txt" in card and "10" in card and "polyline" in card


def test_a_file_outside_the_folder_of_training_data_cannot_be_named(
    client_of: Any, administrator: User, data: Path, settings: Any, tmp_path: Path
) -> None:
    settings.TRAINING_DIR = tmp_path / "inside"
    settings.TRAINING_DIR.mkdir()
    (settings.TRAINING_DIR / "link.txt").symlink_to(data)
    client = client_of(administrator)
    for name in ("../numbers.txt", str(data), "link.txt"):
        asked = {"kind": "script", "source": name, "minutes": "1", "seed": "0"}
        assert "Training data" in client.post("/trainings/", asked, follow=True).content.decode()
    assert not TrainingRun.objects.exists()


def test_the_sweep_removes_what_ended_trainings_and_lost_versions_left(
    data: Path, var_dir: Path, settings: Any
) -> None:
    kept = training_do(kind="script", data=data, minutes=1)
    live = training_request(kind="script", data=data, minutes=1)
    lost = [var_dir / "training" / "999", var_dir / "versions" / "script" / "lost"]
    for place in (*lost, training_files(live.pk)):
        place.mkdir(parents=True)
    settings.CACHE_DAYS = -1
    assert sweep()["trainings"] >= 2
    assert not any(place.exists() for place in lost)
    assert version_folder(kept).is_dir() and training_files(live.pk).is_dir()


def sized(data: Path, output: Path, *, size: int = 32, **_: Any) -> Mapping[str, Any]:
    (output / "state.json").write_text("{}")
    return {"size": size, "data_fingerprint": "0" * 64}


def test_the_size_of_pictures_is_handed_to_their_trainer_alone(data: Path, settings: Any) -> None:
    settings.TRAINERS = {"visual": f"{__name__}.sized", "script": f"{__name__}.counting"}
    version = training_do(kind="visual", data=data, minutes=1, size=64)
    assert (version.metrics["size"], version.config["size"]) == (64, 64)
    assert training_do(kind="visual", data=data, minutes=1).metrics["size"] == 32
    with pytest.raises(TrainingInvalid, match="must be one of 32, 64, 128"):
        training_do(kind="visual", data=data, minutes=1, size=48)
    with pytest.raises(TrainingInvalid, match="Only a picture generator"):
        training_do(kind="script", data=data, minutes=1, size=64)
