"""The library and the page of a video."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from generation.models import Video
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_library_filters_by_state_language_source_and_words(client_of: Any, creator: User) -> None:
    factories.video(creator, title="Camping", language="en")
    factories.video(creator, title="露营", state="published")
    client = client_of(creator)

    def titles(**query: str) -> list[str]:
        return [video.title for video in client.get(reverse("library"), query).context["page"]]

    assert titles(q="camp") == ["Camping"] and titles(state="published") == ["露营"]
    assert (
        titles(language="zh") == ["露营"]
        and titles(kind="uploaded") == []
        and len(titles(kind="generated")) == 2
    )
    assert len(titles(state="nonsense")) == 2


def test_a_page_of_the_library_needs_a_fixed_number_of_queries(
    client_of: Any, creator: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        factories.video(creator)
        factories.job(creator)
    client = client_of(creator)
    with django_assert_max_num_queries(12):
        client.get(reverse("library"))


def test_a_video_is_published_taken_back_deleted_and_brought_back(
    client_of: Any, creator: User, client: Client
) -> None:
    row = factories.video(creator)
    own, page = client_of(creator), reverse("video", args=[row.pk])
    assert client.get(page).status_code == 404
    own.post(reverse("video-publish", args=[row.pk]))
    assert client.get(page).status_code == 200 and row.title in client.get("/").content.decode()
    own.post(reverse("video-unpublish", args=[row.pk]))
    assert client.get(page).status_code == 404
    shown = own.post(reverse("video-delete", args=[row.pk]), follow=True).content.decode()
    assert reverse("video-restore", args=[row.pk]) in shown  # the undo of the toast
    own.post(reverse("video-restore", args=[row.pk]))
    assert own.get(page).status_code == 200


def test_a_held_video_says_what_failed_and_is_published_only_anyway(client_of: Any, creator: User) -> None:
    report = {
        "passed": False,
        "checks": [{"name": "loudness", "ok": False, "value": -22.0, "limit": "-15 … -13", "unit": "LUFS"}],
    }
    row = factories.video(creator, state="held", report=report)
    own = client_of(creator)
    text = own.get(reverse("video", args=[row.pk])).content.decode()
    assert "The loudness is -22 LUFS; allowed are -15 … -13 LUFS." in text and "Publish anyway" in text
    own.post(reverse("video-publish", args=[row.pk]))
    assert Video.objects.get().state == "held"
    own.post(reverse("video-publish", args=[row.pk]), {"override": "yes"})
    assert Video.objects.get().state == "published"


def test_others_see_only_the_public_part_of_a_video(client: Client, creator: User) -> None:
    row = factories.video(creator, state="published", recipe={"mood": "calm"}, manifest={"seed": 4242})
    text = client.get(reverse("video", args=[row.pk])).content.decode()
    assert row.title in text and "4242" not in text and "Manifest" not in text
    assert reverse("video-delete", args=[row.pk]) not in text


def test_title_and_hashtags_are_changed_and_an_empty_title_is_refused(client_of: Any, creator: User) -> None:
    row = factories.video(creator)
    own, address = client_of(creator), reverse("video-details", args=[row.pk])
    assert own.post(address, {"title": " ", "description": "", "hashtags": ""}).status_code == 422
    own.post(address, {"title": "新", "description": "说明", "hashtags": "#露营 户外，新手"})
    row.refresh_from_db()
    assert (row.title, row.hashtags) == ("新", ["露营", "户外", "新手"])


def test_titles_are_escaped_wherever_they_stand(client_of: Any, creator: User) -> None:
    row = factories.video(creator, title="<script>alert(1)</script>", state="published")
    for address in ("/", "/library/", f"/videos/{row.pk}/"):
        assert "<script>alert" not in client_of(creator).get(address).content.decode()
