"""A creator's own pages: how a video stands while it is screened, why something was done, the appeal, strikes."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from generation.moderation.models import Appeal
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.decisions import case_decide
from generation.services.videos import video_publish
from tests import factories
from tests.generation.moderation.planted import PlantedTrouble, entry

pytestmark = pytest.mark.django_db


def page(client: Any, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    return str(response.content.decode())


def test_a_video_under_screening_says_so_and_renews_itself_when_it_is_public(
    screening: Any, creator: User, client_of: Any
) -> None:
    video = video_publish(video=factories.video(creator))
    client = client_of(creator)
    assert "It is being screened." in page(client, f"/videos/{video.pk}/")
    waiting = client.get(f"/videos/{video.pk}/standing")
    assert "hx-get" in waiting.content.decode() and "HX-Refresh" not in waiting
    screening()
    assert client.get(f"/videos/{video.pk}/standing")["HX-Refresh"] == "true"
    assert "being screened" not in page(client, f"/videos/{video.pk}/")


def test_what_a_person_looks_at_says_so(case_of: Any, client_of: Any, creator: User) -> None:
    case = case_of("[hate:0.6]")
    assert "A person looks at it" in page(client_of(creator), f"/videos/{case.video_id}/")


def test_a_scorer_that_failed_is_told_with_its_reason(
    screening: Any, settings: Any, tmp_path: Any, creator: User, client_of: Any
) -> None:
    order = tmp_path / "order"
    order.write_text("crash")
    settings.SCREENING_SCORERS = [entry(PlantedTrouble, order=str(order))]
    video = video_publish(video=factories.video(creator))
    screening()
    text = page(client_of(creator), f"/videos/{video.pk}/")
    assert "A check could not be completed" in text and "planted_trouble" in text


def test_reasons_and_the_appeal_stand_on_the_owners_page_alone(
    case_of: Any, moderator: User, creator: User, other_creator: User, client_of: Any
) -> None:
    case = case_of("[hate:0.6]")
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("reject", "hate", 3.0)])
    client, address = client_of(creator), f"/videos/{case.video_id}/"
    text = page(client, address)
    assert (
        "Why something was done" in text
        and "Noticed automatically." in text
        and "Why do you disagree?" in text
    )
    assert f"{moderator.username}@" not in text and moderator.moderator.pseudonym not in text
    assert "Why something was done" not in page(client_of(moderator), address)
    assert client_of(other_creator).post(f"{address}appeal", {"text": "x"}).status_code == 404
    client.post(f"{address}appeal", {"text": " "})
    assert not Appeal.objects.exists()
    client.post(f"{address}appeal", {"text": "It was a quotation."})
    assert Appeal.objects.get().text == "It was a quotation."
    text = page(client, address)
    assert "Being looked at" in text and "Why do you disagree?" not in text


def test_strikes_with_their_end_and_what_follows_stand_on_the_account_page(
    case_of: Any, moderator: User, creator: User, client_of: Any
) -> None:
    assert "You have no strikes." in page(client_of(creator), "/account/")
    case = case_of("[violence:0.6]")
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("reject", "violence")])
    text = page(client_of(creator), "/account/")
    assert "2 points" in text and "A person looks at everything you publish" in text
    assert "Violence or danger" in text and f"/videos/{case.video_id}/" in text
    assert "暴力或危险行为" in page(client_of(creator), "/account/", **{"accept-language": "zh-hans"})
