"""The form of a new video: what it takes, refuses and keeps."""

from __future__ import annotations

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


def test_a_topic_that_is_too_far_asks_for_points_and_says_how_near(client_of: Any, creator: User) -> None:
    far = {**BRIEF, "topic": "Quantum chromodynamics lattice gauge renormalization", "language": "en"}
    client = client_of(creator)
    response = client.post(reverse("create"), far)
    text = response.content.decode()
    assert response.status_code == 422 and not GenerationJob.objects.exists()
    assert "similarity 0." in text and far["topic"] in text
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


def test_typing_shows_the_nearest_topic_with_its_similarity(client_of: Any, creator: User) -> None:
    text = (
        client_of(creator)
        .get(reverse("create-nearest"), {"topic": "露营装备", "language": "zh"})
        .content.decode()
    )
    assert "露营" in text and "similarity" in text and 'hx-swap-oob="innerHTML"' in text
