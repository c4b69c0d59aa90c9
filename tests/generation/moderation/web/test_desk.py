"""The queue and the desk as pages: what is listed, taken one after another, and shown of a case."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from PIL import Image

from generation.moderation.models import Case, Report
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.cases import case_claim
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.stills import stills_forget
from tests.e2e.films import film

pytestmark = pytest.mark.django_db


def rows(text: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-case="(\d+)"', text)]


def text_of(client: Any, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    return str(response.content.decode())


def test_the_queue_lists_the_most_urgent_first_and_names_who_holds_a_case(
    case_of: Any, moderator: User, second_moderator: User, client_of: Any
) -> None:
    mild, grave = case_of("[misleading:0.5]"), case_of("[violence:0.8]")
    case_claim(case=grave, moderator=second_moderator)
    text = text_of(client_of(moderator), "/moderation/")
    assert rows(text) == [grave.pk, mild.pk]
    assert second_moderator.moderator.pseudonym in text and second_moderator.username not in text
    assert "data-claim-left" in text and "Violence or danger" in text


def test_filters_narrow_the_queue_and_words_that_are_none_do_not(
    case_of: Any, moderator: User, client_of: Any
) -> None:
    hate, fraud = case_of("[hate:0.6]"), case_of("[fraud:0.6]", language="en")
    client = client_of(moderator)
    assert rows(text_of(client, "/moderation/?policy=fraud")) == [fraud.pk]
    assert rows(text_of(client, "/moderation/?language=zh")) == [hate.pk]
    assert rows(text_of(client, "/moderation/?kind=report")) == []
    assert set(rows(text_of(client, "/moderation/?kind=golden&state=nonsense"))) == {hate.pk, fraud.pk}
    cache.clear()
    assert rows(text_of(client, "/moderation/?mine=1")) == []


def test_a_restricted_policy_is_not_listed_for_who_was_not_granted_it(
    case_of: Any, moderator: User, administrator: User, client_of: Any
) -> None:
    case = case_of("[minors:0.5]")
    assert rows(text_of(client_of(moderator), "/moderation/")) == []
    assert client_of(moderator).get(f"/moderation/cases/{case.pk}/").status_code == 404
    assert rows(text_of(client_of(administrator), "/moderation/")) == [case.pk]


def test_the_desk_takes_one_case_after_another_and_says_what_comes_next(
    case_of: Any, moderator: User, client_of: Any
) -> None:
    grave, mild = case_of("[hate:0.8]"), case_of("[misleading:0.5]")
    client = client_of(moderator)
    first = client.post("/moderation/take").json()
    assert (first["case"], first["following"]) == (grave.pk, mild.pk) and first["claim_left"] > 500
    assert f'data-sheet="{grave.pk}"' in first["html"]
    body = {"action": "approve"}
    client.post(f"/api/v1/cases/{grave.pk}/decisions/", body, content_type="application/json")
    second = client.post("/moderation/take", {"have": mild.pk}).json()
    assert (second["case"], second["following"], second["html"]) == (mild.pk, None, "")  # the page has it
    assert Case.objects.get(pk=mild.pk).claimed_by == moderator


def test_who_met_enough_severe_material_is_offered_a_break_and_gets_lighter_cases(
    case_of: Any, moderator: User, client_of: Any, settings: Any
) -> None:
    grave, light = case_of("[violence:0.8]"), case_of("[misleading:0.5]")
    settings.EXPOSURE_BUDGET_SECONDS = 0
    taken = client_of(moderator).post("/moderation/take").json()
    assert (taken["case"], taken["break_due"], taken["budget"]) == (light.pk, True, 0)
    settings.EXPOSURE_BUDGET_SECONDS = 900
    body = {"action": "approve"}
    client = client_of(moderator)
    client.post(f"/api/v1/cases/{light.pk}/decisions/", body, content_type="application/json")
    assert client.post("/moderation/take").json()["case"] == grave.pk


def test_looking_at_a_sheet_ahead_claims_nothing(case_of: Any, moderator: User, client_of: Any) -> None:
    case = case_of()
    assert f'data-sheet="{case.pk}"' in text_of(client_of(moderator), f"/moderation/cases/{case.pk}/sheet")
    case.refresh_from_db()
    assert case.claimed_by is None


def test_found_words_are_marked_where_they_stand_with_what_they_stand_for(
    case_of: Any, moderator: User, client_of: Any
) -> None:
    case = case_of("You [hate:0.6] you")
    case.evidence = [{**piece, "shown": "sb → 傻…"} for piece in case.evidence]
    case.save()
    text = text_of(client_of(moderator), f"/moderation/cases/{case.pk}/")
    assert re.search(r"You <mark\s*>\[hate:0\.6\]<span class=\"shown\">sb → 傻…</span>", text)


def test_moments_of_evidence_and_reports_are_marked_and_have_pictures(
    case_of: Any, moderator: User, client_of: Any, creator: User, var_dir: Any, viewer: User
) -> None:
    case = case_of(content=film(seconds=15))
    case.evidence = [{"where": "frame", "policy": "sexual", "score": 0.7, "seconds": 3.0, "scorer": "x"}]
    case.save()
    Report.objects.create(reporter=7, video=case.video, case=case, reason="spam", seconds=9.5)
    text = text_of(client_of(moderator), f"/moderation/cases/{case.pk}/")
    assert len(re.findall(r"data-mark\b", text)) == 2 and "Spam or fraud" in text
    stills = re.findall(r'src="(/moderation/cases/\d+/stills/(\d+)\.jpg)"', text)
    assert {"3000", "9500"} <= {moment for _, moment in stills} and len(stills) >= 6
    shares = [bar_share(client_of(moderator).get(address)) for address, _ in stills]
    wanted = [(int(moment) / 1000) / 15 for _, moment in stills]
    assert shares == pytest.approx(wanted, abs=0.03)  # the bar of the film grows with its time
    assert len(list(var_dir.glob("stills/*/*.jpg"))) == len(stills)
    other = client_of(moderator).get(f"/moderation/cases/{case.pk}/stills/1234.jpg")
    assert other.status_code == 404  # no moment of this case
    assert client_of(creator).get(stills[0][0]).status_code == 403
    stills_forget(video=case.video_id)
    assert not list(var_dir.glob("stills/*/*.jpg"))


def bar_share(response: Any) -> float:
    """How much of the film has passed in the picture."""
    picture = np.asarray(Image.open(io.BytesIO(response.content)).convert("L"), float)
    column = picture[:, : picture.shape[1] // 8].mean(axis=1)
    return float((column > 170).mean())


def test_little_detail_is_little_detail(case_of: Any, moderator: User, client_of: Any, var_dir: Any) -> None:
    case = case_of(content=film(seconds=15))
    client = client_of(moderator)
    body = {"reduced": True, "warn": False}
    client.patch("/api/v1/moderation/me/", body, content_type="application/json")
    text = text_of(client, f"/moderation/cases/{case.pk}/")
    assert "data-way-reduced" in text and "data-way-warn" not in text
    address = re.findall(r'src="(/moderation/cases/\d+/stills/\d+\.jpg\?detail=reduced)"', text)[0]
    picture = Image.open(io.BytesIO(client.get(address).content))
    assert max(picture.size) <= 28


def test_severe_material_is_veiled_by_default_and_as_the_person_wants_it_otherwise(
    case_of: Any, moderator: User, client_of: Any
) -> None:
    severe, light = case_of("[violence:0.6]"), case_of("[misleading:0.6]")
    client = client_of(moderator)
    text = text_of(client, f"/moderation/cases/{severe.pk}/")
    assert "data-way-blur" in text and "data-way-warn" in text and "hard to look at" in text
    assert "data-way-blur" not in text_of(client, f"/moderation/cases/{light.pk}/")
    client.patch("/api/v1/moderation/me/", {"blur": False}, content_type="application/json")
    assert "data-way-blur" not in text_of(client, f"/moderation/cases/{severe.pk}/")
    client.patch("/api/v1/moderation/me/", {"blur": None}, content_type="application/json")
    assert "data-way-blur" in text_of(client, f"/moderation/cases/{severe.pk}/")


def test_policies_to_reject_by_stand_with_the_one_in_question_first(
    case_of: Any, moderator: User, client_of: Any
) -> None:
    case = case_of("[fraud:0.7] [hate:0.5]")
    text = text_of(client_of(moderator), f"/moderation/cases/{case.pk}/sheet")
    choices = re.findall(r'data-choose="(\w+)" data-key="(.)"', text)
    assert [key for _, key in choices] == list("1234567890-")
    assert (
        choices[0][0] == Case.objects.get(pk=case.pk).policy.code and len({code for code, _ in choices}) == 11
    )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_are_in_both_languages_and_hold_no_inline_script_or_style(
    case_of: Any, moderator: User, client_of: Any, language: str
) -> None:
    case = case_of("[hate:0.6]")
    client = client_of(moderator)
    for address in ("/moderation/", "/moderation/desk/", f"/moderation/cases/{case.pk}/"):
        text = text_of(client, address, **{"accept-language": language})
        assert "<style" not in text and " style=" not in text and " onclick=" not in text
        assert ("仇恨或侮辱" in text or address.endswith("desk/")) == (
            language != "en" or address.endswith("desk/")
        )


def test_the_queue_page_asks_the_database_as_often_for_many_cases_as_for_few(
    case_of: Any, moderator: User, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(moderator)
    for number in range(3):
        case_of(f"[hate:0.6] {number}")
    text_of(client, "/moderation/")
    cache.clear()
    with django_assert_max_num_queries(22):
        text_of(client, "/moderation/")


def test_only_a_senior_moderator_is_offered_to_keep_a_decision_as_a_known_answer(
    case_of: Any, moderator: User, administrator: User, client_of: Any
) -> None:
    case = case_of()
    address = f"/moderation/cases/{case.pk}/"
    assert 'data-act="golden"' not in text_of(client_of(administrator), address)  # nothing is decided yet
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("approve")])
    assert 'data-act="golden"' in text_of(client_of(administrator), address)
    assert 'data-act="golden"' not in text_of(client_of(moderator), address)
