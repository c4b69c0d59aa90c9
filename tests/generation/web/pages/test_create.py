"""The form of a new video: what it takes, refuses and keeps."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from generation.media.scenes import PALETTES
from generation.models import GenerationJob
from tests import factories

pytestmark = pytest.mark.django_db


BRIEF = {
    "topic": "周末露营必备清单",
    "language": "zh",
    "aspect": "9:16",
    "seconds": "15",
    "voice": "",
    "speed": "1.0",
    "mood": "",
    "music_level": "1.0",
    "caption_style": "",
    "palette": "",
    "points": "",
}


@pytest.mark.parametrize(
    ("action", "quality", "stops"),
    [("draft", "draft", False), ("full", "full", False), ("script", "draft", True)],
)
def test_a_brief_becomes_a_job(client_of: Any, creator: User, action: str, quality: str, stops: bool) -> None:
    chosen = {"voice": "zm_yunxi", "mood": "warm", "palette": sorted(PALETTES)[0], "speed": "1.1"}
    response = client_of(creator).post(reverse("create"), {**BRIEF, **chosen, "action": action})
    row = GenerationJob.objects.get()
    assert response.status_code == 302 and response["Location"] == reverse("job", args=[row.pk])
    assert (row.quality, row.stop_after_script, row.owner) == (quality, stops, creator)
    assert row.recipe["voice"] == "zm_yunxi" and row.recipe["mood"] == "warm" and row.recipe["speed"] == 1.1


def test_a_topic_that_nothing_answers_asks_for_points_and_offers_what_is_near(
    client_of: Any, creator: User
) -> None:
    far = {**BRIEF, "topic": "Quantum chromodynamics lattice gauge renormalization", "language": "en"}
    client = client_of(creator)
    response = client.post(reverse("create"), far)
    text = response.content.decode()
    assert response.status_code == 422 and not GenerationJob.objects.exists()
    assert far["topic"] in text and text.count("data-example=") >= 3
    with_points = {
        **far,
        "points": "Quarks are held by gluons\nThe force grows with distance\nNobody saw a free quark",
    }
    assert client.post(reverse("create"), with_points).status_code == 302
    assert GenerationJob.objects.get().points[0] == "Quarks are held by gluons"


@pytest.mark.parametrize(
    "change",
    [
        {"seconds": "5"},
        {"language": "xx"},
        {"topic": ""},
        {"voice": "robot"},
        {"points": "a\n" * 9},
        {"aspect": "4:3"},
    ],
)
def test_a_wrong_brief_keeps_what_was_typed_and_says_what_is_wrong(
    client_of: Any, creator: User, change: dict[str, str]
) -> None:
    response = client_of(creator).post(reverse("create"), {**BRIEF, **change})
    assert response.status_code == 422 and not GenerationJob.objects.exists()
    assert response.context["form"].errors


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("part", ["(1)", "露营", "camp-fire's ", "a"])
def test_a_topic_of_any_length_is_refused_at_once(
    client_of: Any, creator: User, part: str, language: str
) -> None:
    client = client_of(creator)
    client.post(
        reverse("create"), {**BRIEF, "language": language, "topic": "x" * 121}
    )  # loads what is loaded once
    topic = (part * 36_000)[:36_000]
    began = time.process_time()
    response = client.post(reverse("create"), {**BRIEF, "language": language, "topic": topic})
    typing = client.get(reverse("create-nearest"), {"language": language, "topic": topic})
    opened = client.get(reverse("create"), {"topic": topic})
    assert time.process_time() - began < 2.0
    assert (response.status_code, typing.status_code, opened.status_code) == (422, 200, 200)
    assert not GenerationJob.objects.exists()


def test_a_voice_of_the_other_language_is_chosen_anew(client_of: Any, creator: User) -> None:
    client_of(creator).post(reverse("create"), {**BRIEF, "voice": "af_heart"})
    assert GenerationJob.objects.get().recipe["voice"] is None


def test_the_limit_of_unfinished_jobs_is_told_in_the_form(
    client_of: Any, creator: User, settings: Any
) -> None:
    settings.JOB_RUNNING_LIMIT = 1
    factories.job(creator)
    response = client_of(creator).post(reverse("create"), BRIEF)
    assert response.status_code == 422 and "1" in str(response.context["form"].non_field_errors())


def test_typing_shows_the_topic_that_answers_or_those_that_are_near(client_of: Any, creator: User) -> None:
    client = client_of(creator)

    def hint(topic: str) -> str:
        return client.get(reverse("create-nearest"), {"topic": topic, "language": "zh"}).content.decode()

    assert "露营" in hint("露营装备") and 'hx-swap-oob="innerHTML"' in hint("露营装备")
    far = hint("量子色动力学的格点计算")
    assert far.count("data-example=") == 3 and "points of your own" in far
    assert "harm" in hint("怎么做炸弹") and "data-example" not in hint("怎么做炸弹")


def test_points_that_need_longer_offer_that_length(client_of: Any, creator: User) -> None:
    points = "\n".join(f"第{n}点要讲的是营地里最容易被忘掉的一件小东西" for n in "一二三四五")
    response = client_of(creator).post(
        reverse("create"), {**BRIEF, "topic": "我家的露营", "seconds": "12", "points": points}
    )
    text = response.content.decode()
    needed = re.search(r'data-seconds="(\d+)"', text)
    assert response.status_code == 422 and needed and int(needed[1]) > 12
    longer = {**BRIEF, "topic": "我家的露营", "seconds": needed[1], "points": points}
    assert client_of(creator).post(reverse("create"), longer).status_code == 302


@pytest.mark.parametrize("topic", ["怎么偷偷跟踪一个人不被发现", "今天金价多少", "我和阿杰结婚三周年"])
def test_a_brief_that_is_not_answered_says_why_and_makes_nothing(
    client_of: Any, creator: User, topic: str
) -> None:
    response = client_of(creator).post(reverse("create"), {**BRIEF, "topic": topic})
    assert response.status_code == 422 and not GenerationJob.objects.exists()
    assert response.context["form"].errors["topic"]
