"""The feed's document: a served page comes with it, whoever asks, in the browser's language, without a word of script."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recommender.models import Impression, Viewer
from tests import factories

pytestmark = pytest.mark.django_db


def served(text: str) -> dict[str, Any]:
    found = re.search(r'<script id="feed-page" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found
    page: dict[str, Any] = json.loads(found[1])
    return page


def test_the_document_holds_the_page_that_was_recorded(
    client: Client, creator: User, media_root: Any
) -> None:
    for place in range(3):
        factories.video(creator, state="published", title=f"Film {place}", hashtags=["露营"])
    answer = client.get("/")
    text = answer.content.decode()
    page = served(text)
    slots = Impression.objects.filter(request=page["request_id"]).order_by("position")
    assert [item["video"] for item in page["items"]] == [slot.video_id for slot in slots]
    first = page["items"][0]
    assert (
        text.count(f'src="{first["file_url"]}"') == 2
    )  # the first slide and the list for browsers without scripts
    assert f'<h2 class="title" id="film-{first["video"]}"' in text and "#露营" in text
    assert Viewer.objects.count() == 1 and answer.cookies["viewer"]["httponly"]
    assert "private" in answer["Cache-Control"] and "Cookie" in answer["Vary"]


def test_what_was_served_is_not_served_again_and_then_the_page_says_so(
    client: Client, creator: User, media_root: Any
) -> None:
    factories.video(creator, state="published")
    assert len(served(client.get("/").content.decode())["items"]) == 1
    text = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert served(text)["items"] == []
    assert 'data-when="end">' in text and 'data-when="empty" hidden' in text


def test_a_site_without_videos_says_that_and_not_that_all_were_seen(client: Client) -> None:
    text = client.get("/").content.decode()
    assert 'data-when="empty">' in text and 'data-when="end" hidden' in text


def test_a_look_at_the_headers_shows_nobody_a_video(client: Client, creator: User, media_root: Any) -> None:
    factories.video(creator, state="published")
    assert client.head("/").status_code == 200
    assert not Viewer.objects.exists() and not Impression.objects.exists()


def test_too_many_new_browsers_from_one_address_are_told_to_wait(client: Client, settings: Any) -> None:
    settings.NEW_VIEWERS_PER_HOUR = 0
    answer = client.get("/")
    assert answer.status_code == 429 and "feed-page" not in answer.content.decode()


def test_titles_and_hashtags_are_data(client: Client, creator: User, media_root: Any) -> None:
    factories.video(
        creator, state="published", title="</script><script>alert(1)</script>", hashtags=['"><img src=x>']
    )
    text = client.get("/").content.decode()
    assert "<script>alert" not in text and "<img src=x>" not in text
    assert served(text)["items"][0]["title"] == "</script><script>alert(1)</script>"


def test_the_document_obeys_the_strict_policy(client: Client, creator: User, media_root: Any) -> None:
    factories.video(creator, state="published")
    answer = client.get("/")
    text = answer.content.decode()
    assert "'unsafe" not in answer["Content-Security-Policy"]
    assert not re.search(r"<[^>]+\sstyle=|<style|\son[a-z]+=", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, tag


def test_only_members_get_a_form_for_comments(client_of: Any, viewer: User) -> None:
    assert "comment-text" in client_of(viewer).get("/").content.decode()
    assert "comment-text" not in Client().get("/").content.decode()
