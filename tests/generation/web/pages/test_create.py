"""The form of a new video: what it takes, refuses and keeps."""

from __future__ import annotations

import re
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from generation.media.scenes import PALETTES
from generation.models import GenerationJob
from generation.script.matching import answering
from tests import factories
from tests.generation.gans import untrained_gan
from tests.generation.web.pages.boards import edited

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


def hinted(client: Any, topic: str, language: str = "zh") -> str:
    return client.get(reverse("create-nearest"), {"topic": topic, "language": language}).content.decode()


def test_a_topic_that_the_channel_has_is_said_with_a_link_and_made_all_the_same(
    client_of: Any, creator: User, other_creator: User
) -> None:
    """In other words than the first time: what counts is the bank's topic that answers."""
    topic = answering(BRIEF["topic"], "zh")
    assert topic is not None
    client = client_of(creator)
    assert "已经有一条" not in (fresh := hinted(client, topic.title)) and "already has a video" not in fresh
    row = factories.video(creator, title="带什么去露营", recipe={"topic": topic.topic_id})
    link = f'href="{reverse("video", args=[row.pk])}"'
    for text in (topic.title, BRIEF["topic"]):
        shown = hinted(client, text)
        assert link in shown and "带什么去露营" in shown and "already has a video on this" in shown
    assert "already has" not in hinted(client, "绿茶和红茶的区别")
    assert link not in hinted(client_of(other_creator), topic.title)
    response = client.post(reverse("create"), BRIEF)
    made = GenerationJob.objects.latest("pk")
    assert response.status_code == 302 and made.pk != row.job_id
    page = client.get(response["Location"]).content.decode()
    assert link in page and "already has a video on this" in page
    chinese = client.get(response["Location"], headers={"accept-language": "zh-hans"}).content.decode()
    assert "你的频道已经有一条讲这个的视频" in chinese


def test_what_is_in_the_making_is_said_and_what_was_given_up_is_not(client_of: Any, creator: User) -> None:
    client = client_of(creator)
    own = "我家楼下的三只猫"
    row = factories.job(creator, topic=own, points=["一", "二"])
    link = f'href="{reverse("job", args=[row.pk])}"'
    assert link in hinted(client, own) and "already in the making" in hinted(client, own)
    for state in ("cancelled", "failed"):
        GenerationJob.objects.filter(pk=row.pk).update(
            state=state, error_code="x" if state == "failed" else ""
        )
        assert link not in hinted(client, own)
    binned = factories.video(creator, title=own, deleted=timezone.now(), job=row)
    GenerationJob.objects.filter(pk=row.pk).update(state="done", error_code="")
    assert reverse("video", args=[binned.pk]) not in hinted(client, own)


def test_a_script_that_waits_in_the_editor_counts_by_its_topic(client_of: Any, creator: User) -> None:
    topic = answering(BRIEF["topic"], "zh")
    assert topic is not None
    waiting = edited(creator, topic="随便")
    version = waiting.storyboards.get()
    version.document["topic"] = topic.topic_id
    version.save()
    assert reverse("job", args=[waiting.pk]) in hinted(client_of(creator), BRIEF["topic"])
    assert reverse("job", args=[waiting.pk]) not in hinted(client_of(creator), "camping packing list", "en")


def test_moving_grounds_are_offered_only_where_a_gan_is_trained(
    client_of: Any, creator: User, settings: Any, tmp_path: Path
) -> None:
    client, words = client_of(creator), "Moving shapes that were learned"
    chosen = {**BRIEF, "visual_style": "gan", "action": "script"}
    assert words not in client.get(reverse("create"), headers={"accept-language": "en"}).content.decode()
    settings.GENERATORS = deepcopy(settings.GENERATORS)
    settings.GENERATORS["visuals"]["gan"]["OPTIONS"]["model"] = str(untrained_gan(tmp_path))
    assert words in client.get(reverse("create"), headers={"accept-language": "en"}).content.decode()
    client.post(reverse("create"), chosen)
    assert GenerationJob.objects.get().recipe["visual_style"] == "gan"
