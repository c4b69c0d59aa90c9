"""What a creator is told while typing a title."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.counts import counts
from core.roles import CREATOR
from core.throttles import ScopeThrottle
from generation.ml.title_reward.model import Config, train_frame
from generation.registry import version_register
from generation.services import titles
from generation.services.versions import version_promote
from tests import factories
from tests.conftest import make_user
from tests.generation.ml.test_title_reward import planted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    counts().clear()


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make_user("maker", CREATOR))
    return client


def told(client: Client, title: str, language: str = "en") -> str:
    answer = client.post("/titles/advice", {"title": title, "language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_model_the_page_says_so_and_predicts_nothing(client: Client) -> None:
    page = told(client, "Pans & pots")
    assert "No title model" in page and "<meter" not in page
    assert "Say what the viewer gets." in page


def test_clickbait_is_warned_of_in_english(client: Client) -> None:
    assert "clickbait" in told(client, "17 Things You Won't Believe About Your Favorite Celebrities")
    assert "clickbait" not in told(client, "Parliament approves the budget after three days of talks")
    assert "clickbait" not in told(client, "震惊！你绝对想不到", "zh")


def test_the_registered_model_tells_place_and_words(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    model = train_frame(planted(120, seed=1), config=Config(shares={"words": 1.0, "form": 0.3}, penalty=30.0))
    model.save(tmp_path / "versions" / "1")
    version = version_register(
        kind="title_reward", folder="versions/1", config={}, metrics={}, data_fingerprint="f" * 64
    )
    assert titles.title_scores(["a"]) is None
    version_promote(version=version)
    page = told(client, "The secret of the pan bread bike")
    assert "<meter" in page and "Words that help:" in page and ">secret</b>" in page
    assert "Words that cost:" in told(client, "The report of the pan bread bike")
    scores = titles.title_scores(["The secret of the pan", "The report of the pan"])
    assert scores is not None and scores[0] > scores[1]


def test_what_is_typed_is_escaped_and_cut(client: Client) -> None:
    page = told(client, "<script>alert(1)</script> you" * 20)
    assert "<script" not in page


def test_nobody_may_ask_without_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {**ScopeThrottle.THROTTLE_RATES, "titles": "3/min"}
    monkeypatch.setattr(ScopeThrottle, "THROTTLE_RATES", rates)
    cache.clear()
    statuses = [client.post("/titles/advice", {"title": ""}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_the_video_page_asks_for_advice_beside_the_title_and_offers_a_test() -> None:
    owner = make_user("owner", CREATOR)
    video = factories.video(owner, state="published")
    client = Client()
    client.force_login(owner)
    page = client.get(f"/videos/{video.pk}/").content.decode()
    assert 'hx-post="/titles/advice"' in page
    assert f'href="/videos/{video.pk}/experiment"' in page
    made = client.post(f"/videos/{video.pk}/experiment", {"title": ["A new one", "", ""]})
    assert made.status_code == 302
    shown = client.get(made["Location"]).content.decode()
    assert "A new one" in shown and "Keep this" in shown
