"""A site set up at an older commit goes on: its database is migrated by the command that ``./run`` uses, and loses nothing.

``site_at_ab88fd2.sql`` is a database that the code of that commit made: three finished videos (the second one's opening
rewritten in the editor, the third without music), a waiting job, a refused upload, likes, reports, rankers.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DUMP = Path(__file__).with_name("site_at_ab88fd2.sql")
CLEAR_TOKEN = "0123456789abcdef0123456789abcdef01234567"
# table → what it is called now
RENAMED = {
    "generation_storyboard": "generation_storyboardversion",
    "recommender_rankerversion": "generation_modelversion",
    "recommender_report": "moderation_report",
}


def rows(database: Path, query: str) -> list[Any]:
    with sqlite3.connect(database) as connection:
        return connection.execute(query).fetchall()


def load(database: Path) -> None:
    database.parent.mkdir(parents=True)
    with sqlite3.connect(database) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
        connection.execute(
            "INSERT INTO authtoken_token SELECT ?, '2026-01-01', MIN(id) FROM auth_user", (CLEAR_TOKEN,)
        )


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """(as it was, as migrated)."""
    folder = tmp_path_factory.mktemp("older")
    before, after = folder / "before" / "platform.sqlite3", folder / "var" / "platform.sqlite3"
    load(before)
    load(after)
    environment = {**os.environ, "AIGC_VAR_DIR": str(after.parent), "AIGC_MEDIA_DIR": str(folder / "media")}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    yield before, after


def test_no_row_of_any_table_is_lost(sites):
    before, after = sites
    tables = [name for (name,) in rows(before, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    kept = [name for name in tables if name.startswith(("generation_", "recommender_", "auth_user"))]
    kept = [name for name in kept if "searchindex" not in name]
    assert len(kept) > 20
    for name in kept:
        counted = f"SELECT COUNT(*) FROM {RENAMED.get(name, name)}"
        assert rows(after, counted) == rows(before, f"SELECT COUNT(*) FROM {name}"), name


def test_recipes_become_what_was_made(sites):
    before, after = sites
    noted = {
        job: json.loads(result)["detail"]["hook"]
        for job, result in rows(
            before, "SELECT job_id, result FROM generation_jobstage WHERE name = 'script' AND state = 'done'"
        )
    }
    made = rows(after, "SELECT job_id, recipe, manifest FROM generation_video ORDER BY id")
    recipes = [json.loads(recipe) for _, recipe, _ in made]
    assert recipes[0]["hook"] == noted[made[0][0]] != "statement"
    assert recipes[1]["hook"] is None  # a person rewrote the opening
    assert recipes[2]["hook"] == noted[made[2][0]]
    assert 110 < recipes[1]["tempo"] < 130 and recipes[0]["tempo"] and recipes[0]["key"]
    assert (recipes[2]["tempo"], recipes[2]["key"], recipes[2]["music_level"]) == (None, None, 0.0)
    for recipe, (_, _, manifest) in zip(recipes, made, strict=True):
        board = json.loads(manifest)["storyboard"]
        assert recipe["layouts"] == [scene["layout"] for scene in board["scenes"]]
        assert recipe["seconds"] == pytest.approx(
            sum(scene["seconds"] for scene in board["scenes"]), abs=0.01
        )
    asked = [json.loads(recipe) for (recipe,) in rows(after, "SELECT recipe FROM generation_generationjob")]
    assert all(recipe["palette"] is None for recipe in asked) and asked[1]["hook"] == "number"


def test_every_document_of_the_older_site_is_read_by_the_code_of_today(sites):
    from generation.recipe import Recipe
    from generation.storyboard import Storyboard

    _, after = sites
    for (document,) in rows(after, "SELECT document FROM generation_storyboardversion"):
        Storyboard.from_json(json.loads(document))
    for recipe, manifest in rows(after, "SELECT recipe, manifest FROM generation_video"):
        board = Storyboard.from_json(json.loads(manifest)["storyboard"])
        recorded = Recipe.from_json(json.loads(recipe))
        assert recorded.layouts == Recipe.of(board).layouts and recorded.hook == board.hook


def test_rankers_reports_and_what_is_shown_are_what_they_were(sites):
    before, after = sites
    ranker = "SELECT id, state, folder, metrics, parent_id, data_fingerprint FROM {} ORDER BY id"
    assert rows(after, ranker.format("generation_modelversion")) == rows(
        before, ranker.format("recommender_rankerversion")
    )
    assert rows(after, "SELECT DISTINCT kind FROM generation_modelversion") == [("ranker",)]
    served = "SELECT ranker_id FROM recommender_feedrequest"
    assert rows(after, served) == rows(before, served) != [(None,)]
    reports = "SELECT id, video_id, reason, text FROM {} ORDER BY id"
    assert rows(after, reports.format("moderation_report")) == rows(
        before, reports.format("recommender_report")
    )
    shown = dict(rows(after, "SELECT id, visibility FROM generation_video"))
    states = dict(rows(before, "SELECT id, state FROM generation_video"))
    reported = [
        video
        for (video,) in rows(before, "SELECT video_id FROM recommender_report GROUP BY 1 HAVING COUNT(*) > 2")
    ]
    for video, state in states.items():
        if state != "published":
            assert shown[video] == "private"
        else:
            assert (shown[video] == "public") == (video not in reported)
    refused = rows(after, "SELECT error_values FROM generation_upload")
    assert json.loads(refused[0][0]) == {"width": "20", "height": "30", "limit": "64"}


def test_a_token_that_lay_in_clear_goes_on_as_a_hash_and_is_nowhere_to_be_read(sites):
    _, after = sites
    kept = rows(after, "SELECT digest, name, user_id FROM generation_accesstoken")
    user = rows(after, "SELECT MIN(id) FROM auth_user")[0][0]
    assert kept == [(hashlib.sha256(CLEAR_TOKEN.encode()).hexdigest(), "API", user)]
    assert CLEAR_TOKEN.encode() not in after.read_bytes()
