"""Policies, quality, the log and the public numbers as pages: who sees them, what they tell, and the steps of a version."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from generation.moderation.models import AuditEntry, PolicyVersion
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.people import moderator_access_set

pytestmark = pytest.mark.django_db


def page(client: Any, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return str(response.content.decode())


def test_a_policy_is_drafted_replayed_shadowed_and_acts_on_its_page(
    case_of: Any, moderator: User, administrator: User, client_of: Any
) -> None:
    case = case_of("[hate:0.6]")
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("reject", "hate")])
    client = client_of(administrator)
    text = page(client, "/moderation/policies/hate/")
    assert 'data-version="1"' in text and "Draft the next version" in text
    acting = PolicyVersion.objects.get(policy__code="hate", state="active")
    fields = {name: getattr(acting, name) for name in (
        "title_en", "title_zh", "wording_en", "wording_zh", "severity", "hold_above", "reports_demote")}  # fmt: skip
    answer = client.post(
        "/moderation/policies/hate/", fields | {"auto_approve_below": "0.7", "note": "too many"}
    )
    assert answer.status_code == 302
    draft = PolicyVersion.objects.get(policy__code="hate", number=2)
    assert (draft.state, draft.auto_approve_below, draft.note) == ("draft", 0.7, "too many")
    assert draft.author == administrator and draft.wording_en == acting.wording_en
    step = "/moderation/policies/hate/versions/2/"
    client.post(f"{step}replay")
    text = page(client, "/moderation/policies/hate/")
    assert "Replayed on 1 past screenings, 1 of them decided by people: 1 would end otherwise." in text
    assert "A person looks → Nothing found: 1" in text
    client.post(f"{step}activate")  # refused: numbers run in shadow first
    draft.refresh_from_db()
    assert draft.state == "draft"
    client.post(f"{step}shadow")
    client.post(f"{step}activate", {"early": "yes"})
    draft.refresh_from_db()
    acting.refresh_from_db()
    assert (draft.state, acting.state) == ("active", "retired")
    assert AuditEntry.objects.filter(action="policy_activate", data__early=True).exists()


def test_thresholds_out_of_order_are_told_on_the_form(administrator: User, client_of: Any) -> None:
    acting = PolicyVersion.objects.get(policy__code="hate", state="active")
    fields = {name: getattr(acting, name) for name in (
        "title_en", "title_zh", "wording_en", "wording_zh", "severity", "hold_above", "reports_demote")}  # fmt: skip
    answer = client_of(administrator).post(
        "/moderation/policies/hate/", fields | {"auto_approve_below": "0.95", "note": ""}
    )
    assert answer.status_code == 422 and "approving ends where holding begins" in answer.content.decode()
    assert PolicyVersion.objects.filter(policy__code="hate").count() == 1


def test_quality_is_for_senior_moderators_and_names_nobody(
    case_of: Any, moderator: User, administrator: User, client_of: Any
) -> None:
    case_decide(case=case_of(), moderator=moderator, actions=[ActionAsked("reject", "hate")])
    assert client_of(moderator).get("/moderation/quality/").status_code == 403
    moderator_access_set(user=moderator, by=administrator, granted=[], senior=True)
    text = page(client_of(moderator), "/moderation/quality/")
    assert moderator.moderator.pseudonym in text and "planted_text" in text
    assert text.count(f">{moderator.username}<") == 1  # in their own menu


def test_the_log_is_verified_on_its_page_and_a_changed_row_is_told(
    case_of: Any, moderator: User, administrator: User, client_of: Any
) -> None:
    case = case_of()
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("approve")])
    client = client_of(administrator)
    text = page(client, f"/moderation/log/?subject=case:{case.pk}")
    assert "decide_approve" in text and "policy_" not in text
    assert "The chain holds." in page(client, "/moderation/log/?verify=1")
    entry = AuditEntry.objects.get(action="decide_approve")
    AuditEntry.objects.filter(pk=entry.pk).update(data={**entry.data, "policy": "hate"})
    text = page(client, "/moderation/log/?verify=1")
    assert "The chain does not hold." in text and f"Entry {entry.number} was changed" in text


def test_anybody_reads_the_rules_and_the_numbers(case_of: Any, moderator: User) -> None:
    cache.clear()
    case_decide(case=case_of(), moderator=moderator, actions=[ActionAsked("reject", "hate")])
    text = page(Client(), "/transparency/")
    assert "Hate or insult" in text and "No attacks on people for what they are" in text
    assert "Reject" in text and moderator.moderator.pseudonym not in text
