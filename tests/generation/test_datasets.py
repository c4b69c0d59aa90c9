"""The command and the page of training data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def training_dir(settings: Any, tmp_path: Path) -> Path:
    settings.TRAINING_DIR = tmp_path / "training-data"
    return Path(settings.TRAINING_DIR)


@pytest.fixture
def titles(tmp_path: Path) -> Path:
    place = tmp_path / "titles.csv"
    lines = [f"How to keep plant number {n} alive in winter,2026-01-{n + 1:02d}" for n in range(20)]
    place.write_text("title,published\n" + "\n".join([*lines, "Hi,2026-02-01", lines[0]]) + "\n")
    return place


def test_files_and_the_sites_own_titles_become_one_snapshot(
    titles: Path, creator: User, capsys: pytest.CaptureFixture[str], training_dir: Path, media_root: Path
) -> None:
    video = factories.video(creator, state="published", title="怎么挑西瓜才又甜又沙", language="zh")
    call_command("collect_data", str(titles), "--licence", "own", "--site", "--json")
    manifest = json.loads(capsys.readouterr().out)
    assert manifest["report"]["before"] == 23
    removed = {step["reason"]: step["removed"] for step in manifest["report"]["steps"]}
    assert removed["too_short"] == 1 and removed["duplicate"] == 1
    assert [origin["licence"] for origin in manifest["origins"]] == ["own", "own"]
    import pandas as pd

    rows = pd.read_parquet(training_dir / manifest["fingerprint"][:32] / "rows.parquet")
    assert rows.loc[rows["origin"] == "site", "origin_row"].tolist() == [video.pk]


def test_a_licence_is_asked_for_and_a_missing_file_named(titles: Path) -> None:
    with pytest.raises(CommandError, match="Say under which licence"):
        call_command("collect_data", str(titles))
    with pytest.raises(CommandError, match="There is no file"):
        call_command("collect_data", "nowhere.csv", "--licence", "own")
    with pytest.raises(CommandError, match="Name at least one file"):
        call_command("collect_data")


def test_the_page_shows_origin_and_what_was_taken_away(client_of: Any, analyst: User, titles: Path) -> None:
    client = client_of(analyst)
    assert "No snapshot yet" in client.get("/datasets/").content.decode()
    call_command("collect_data", str(titles), "--licence", "CC BY 4.0", "--consent", "asked by mail")
    page = client.get("/datasets/").content.decode()
    assert "CC BY 4.0" in page and "asked by mail" in page and "Too short" in page
    assert page.count("<rect y=") >= 1
