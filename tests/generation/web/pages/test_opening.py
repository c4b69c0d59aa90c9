"""Who may open which page, and whose objects exist for whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.generation.web.pages.boards import edited

pytestmark = pytest.mark.django_db


OPEN_TO_ALL = ["feed", "verify", "models", "account_login", "account_signup", "account_reset_password"]
FOR_MEMBERS = ["create", "library", "upload", "account", "account_change_password"]


@pytest.mark.parametrize("name", OPEN_TO_ALL)
def test_anybody_opens_the_public_pages(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [*FOR_MEMBERS, "dashboards", "moderation"])
def test_other_pages_ask_for_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302 and response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", FOR_MEMBERS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_creator_opens_every_page_in_both_languages(
    client_of: Any, creator: User, name: str, language: str
) -> None:
    response = client_of(creator).get(reverse(name), headers={"accept-language": language})
    assert response.status_code == 200
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in response.content.decode()


def test_dashboards_and_moderation_are_for_their_roles(
    client_of: Any, creator: User, analyst: User, moderator: User, administrator: User
) -> None:
    wanted = {"dashboards": (403, 200, 403, 200), "moderation": (403, 403, 200, 200)}
    for name, statuses in wanted.items():
        users = (creator, analyst, moderator, administrator)
        assert tuple(client_of(user).get(reverse(name)).status_code for user in users) == statuses


@pytest.mark.parametrize(
    "name", ["job", "job-snapshot", "job-events", "editor", "editor-pictures", "editor-files"]
)
def test_another_creators_job_does_not_exist(
    client_of: Any, creator: User, other_creator: User, name: str
) -> None:
    row = edited(creator)
    assert client_of(other_creator).get(reverse(name, args=[row.pk])).status_code == 404


@pytest.mark.parametrize("name", ["job-cancel", "job-retry", "job-render", "editor-save", "editor-undo"])
def test_another_creators_job_takes_no_orders(
    client_of: Any, creator: User, other_creator: User, name: str
) -> None:
    row = edited(creator)
    client = client_of(other_creator)
    assert client.post(reverse(name, args=[row.pk])).status_code == 404
    assert client.get(reverse(name, args=[row.pk])).status_code == 405


@pytest.mark.parametrize("name", ["video-publish", "video-unpublish", "video-delete", "video-details"])
def test_another_creators_published_video_takes_no_orders(
    client_of: Any, creator: User, other_creator: User, name: str
) -> None:
    row = factories.video(creator, state="published")
    assert client_of(other_creator).post(reverse(name, args=[row.pk])).status_code == 404


def test_pages_hold_no_inline_script_or_style(client_of: Any, creator: User) -> None:
    row = edited(creator)
    client = client_of(creator)
    for address in (
        "/",
        "/create/",
        "/library/",
        f"/jobs/{row.pk}/",
        f"/jobs/{row.pk}/edit/",
        "/upload/",
        "/account/",
    ):
        text = client.get(address).content.decode()
        assert (
            "<style" not in text
            and " style=" not in text
            and "<script>" not in text
            and " onclick=" not in text
        )
