"""What frames hold as codes is read as words where people look, and stays a code in an export."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from django.contrib.auth.models import User
from django.utils import timezone, translation

from analytics.dashboard.codes import spelled
from analytics.dashboard.figures import plain
from analytics.dashboard.figures.style import Style
from analytics.dashboard.reasons import FAILURES, FLAGS, RULES
from generation.models import Video
from recommender.events import bots
from recommender.models import Viewer
from tests import factories
from tests.analytics.dashboard.test_pages import ask
from tests.analytics.watching import send, watched

pytestmark = pytest.mark.django_db


def test_codes_become_words_and_what_is_no_code_stays() -> None:
    frame = pd.DataFrame(
        {
            "kind": ["recipe_policy", "own"],
            "state": ["canary", "done"],
            "source": ["explore", "fresh"],
            "n": [1, 2],
        }
    )
    with translation.override("zh-hans"):
        told = spelled(frame)
    assert told["kind"].tolist() == ["配方策略", "own"]
    assert told["source"].tolist() == ["随机试探", "最新"]
    assert told["n"].tolist() == [1, 2] and frame["kind"][0] == "recipe_policy"
    assert "canary" not in told["state"].tolist()


def test_the_quality_page_names_events_and_its_export_keeps_codes(
    client_of: Any, analyst: User, creator: User, media_root: Any
) -> None:
    video = factories.video(creator, state="published", seconds=10.0, category="food")
    send(watched(Viewer.objects.create(), video, timezone.now() - timedelta(hours=2), 10.0))
    client = client_of(analyst)
    client.cookies["django_language"] = "zh-hans"
    told = json.dumps(ask(client, "/dashboards/quality/"), ensure_ascii=False)
    assert "看完" in told and '"complete"' not in told and "每页行数：" in told
    exported = client.get("/dashboards/data/quality/0/types.csv").content.decode()
    assert "complete" in exported
    page = client.get("/dashboards/").content.decode()
    assert '<option value="food">' in page and ">food<" not in page


def test_experiments_and_cycles_stand_on_their_dashboards(
    client_of: Any, analyst: User, creator: User, media_root: Any
) -> None:
    video: Video = factories.video(creator, state="published")
    factories.experiment(video, name="Two titles")
    factories.cycle(number=7, state="rolled_back", verdict={"videos": 9, "predicted": 0.61, "true": 0.55})
    client = client_of(analyst)
    told = json.dumps(ask(client, "/dashboards/experiments/"))
    assert "Two titles" in told and "Stopped" in told and "No experiment is running" in told
    made = json.dumps(ask(client, "/dashboards/generators/"))
    assert "Rolled back" in made and "0.61" in made


def test_days_are_written_once_and_nobody_loses_a_weekday() -> None:
    style = Style("light")
    days = pd.DataFrame({"time": pd.date_range("2026-03-01", periods=5, tz="UTC"), "n": range(5)})
    ticks = plain.lines(days, style, x="time", named={"n": "n"}).layout.xaxis
    assert (ticks.tickformat, ticks.dtick) == ("%m-%d", 86_400_000)
    hours = pd.DataFrame({"weekday": [1, 5], "hour": [3, 4], "plays": [2, 1]})
    names = {n: str(n) for n in range(1, 8)}
    cells = plain.grid(hours, style, x="hour", y="weekday", value="plays", labels=names).data[0]
    assert list(cells.y) == list(names.values())


ROOT = Path(__file__).resolve().parents[3]
# codes that no job, training or cycle ends with: refusals of a request, or of a file
REFUSALS = set(
    """address_link_ended body_too_large cycle_busy cycle_state_conflict file_irregular file_missing file_unreadable
    hash_list_unreadable job_state_conflict limit_reached not_authenticated number_taken renders_spent role_missing
    scene_words_missing storage_full storyboard_changed text_and_document text_and_points throttled token_limit
    token_unknown training_busy training_ended upload_rejected version_state_conflict video_state_conflict
    experiment_invalid experiment_state_conflict dashboard_unknown dashboard_refused analytics_error data""".split()
)


def test_everything_that_a_job_may_fail_with_has_words() -> None:
    named: set[str] = set()
    for room in ("core", "generation", "analytics"):
        for place in (ROOT / room).rglob("*.py"):
            if "moderation" not in place.parts and "migrations" not in place.parts:
                source = place.read_text(encoding="utf-8")
                named |= set(re.findall(r"\bcode(?:: str)? ?= ?\"([a-z_]+)\"", source))
    assert "disk_full" in named and not named - set(FAILURES) - REFUSALS
    assert not set(FAILURES) & REFUSALS


def test_every_flag_and_every_rule_has_words() -> None:
    assert set(RULES) == set(bots.RULES)
    told = (
        (ROOT / "docs/events.md").read_text(encoding="utf-8").split("## Kept, flagged")[1].split("\n## ")[0]
    )
    assert set(re.findall(r"^\| `([a-z_]+)` \|", told, re.MULTILINE)) <= set(FLAGS)


def test_failures_trainings_and_marks_are_told_in_both_languages_and_exported_as_codes(
    client_of: Any, analyst: User, creator: User
) -> None:
    factories.job(creator, state="failed", error_code="disk_full", error="The disk is full.")
    factories.training_run(state="failed", error_code="too_little_data", error="Too few.")
    factories.version(kind="text_safety", metrics={"auc": 0.9, "f1": 0.8, "texts": 5})
    client = client_of(analyst)
    english = json.dumps(ask(client, "/dashboards/generators/"))
    client.cookies["django_language"] = "zh-hans"
    chinese = json.dumps(ask(client, "/dashboards/generators/"), ensure_ascii=False)
    assert "The disk was full" in english and "Too little data" in english
    assert "磁盘已满" in chinese and "数据太少" in chinese
    assert "F1 of the offensive class" in english and "冒犯类的 F1" in chinese
    for told in (english, chinese):
        assert "disk_full" not in told and "too_little_data" not in told
    assert "disk_full" in client.get("/dashboards/data/generators/0/failures.csv").content.decode()
