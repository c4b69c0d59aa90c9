"""What "done" means for moderation: two moderators, a phone and a desktop, two languages, no mouse; an appeal that is won; a log that holds."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page, expect

from generation.models import Video
from generation.moderation.models import Appeal, AuditEntry, Case, Decision, Statement, Strike
from tests.conftest import make_user
from tests.e2e.test_accessibility import serious
from tests.e2e.test_moderation import WAIT_MS, holding, opened, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TITLES = ("Quoted words", "Second film", "Third film", "Fourth film", "Fifth film", "Sixth film")
MOST_TABS = 80


@pytest.fixture(autouse=True)
def no_measuring(settings: Any, tmp_path: Any) -> None:
    """Folders of its own; no known answers and second opinions between the cases."""
    settings.AUDIT_DIR = tmp_path / "audit"
    settings.VAR_DIR = tmp_path / "var"
    settings.GOLDEN_SHARE = settings.SECOND_OPINION_SHARE = 0.0


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus matches ``selector``."""
    for _ in range(MOST_TABS):
        if page.evaluate("chosen => document.activeElement.matches(chosen)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached with Tab on {page.url}.")


def verified() -> str:
    """What ``manage.py verify_audit --sign`` says; it raises where the log does not hold."""
    said = io.StringIO()
    call_command("verify_audit", "--sign", stdout=said)
    return said.getvalue()


def emptied(page: Page, held: int, keys: str) -> None:
    """Decide what comes, ``keys`` in turn, until nothing waits."""
    for turn in range(len(TITLES) + 1):
        expect(page.locator(f'[data-sheet="{held}"]')).to_be_visible(timeout=WAIT_MS)
        key = keys[turn % len(keys)]
        page.keyboard.press(key)
        if key == "r":
            expect(page.locator("#choose")).to_be_visible()
            page.keyboard.press("1")
        page.wait_for_function(
            """held => { const desk = document.getElementById('desk'), empty = document.querySelector('[data-part=empty]');
                return (desk.dataset.mine && Number(desk.dataset.mine) !== held) || (empty && !empty.hidden) }""",
            arg=held,
            timeout=WAIT_MS,
        )
        if page.locator("[data-part=empty]").is_visible():
            return
        held = holding(page, other_than=held)
    pytest.fail("The queue does not end.")


def test_the_queue_is_worked_off_an_appeal_is_won_and_the_log_holds(
    open_as: Any, creator: User, moderator: User
) -> None:
    mia = make_user("mia", "viewer", "moderator")
    cases = [opened(creator, title, "hate", 0.9 - number / 20) for number, title in enumerate(TITLES)]
    desktop = open_as(moderator)
    phone = open_as(mia, width="phone", language="zh", theme="dark")
    desktop.goto("/moderation/")
    desktop.keyboard.press("w")
    first = holding(desktop)
    assert first == cases[0].pk, "the most urgent comes first"
    phone.goto("/moderation/")
    expect(phone.locator("html")).to_have_attribute("lang", "zh-Hans")
    phone.keyboard.press("w")
    second = holding(phone)
    assert second == cases[1].pk, "nobody holds what another holds"
    desktop.keyboard.press("r")
    expect(desktop.locator("#choose")).to_be_visible()
    desktop.keyboard.press("1")
    third = holding(desktop, other_than=first)
    assert "0 signed heads" in verified()
    emptied(phone, second, "ar")
    desktop.keyboard.press("a")
    expect(desktop.locator("[data-part=empty]")).to_be_visible(timeout=WAIT_MS)
    assert third in Decision.objects.filter(moderator=moderator).values_list("case", flat=True)
    assert not Case.objects.filter(state="open").exists()
    by = Decision.objects.values_list("moderator", flat=True)
    assert set(by) == {moderator.pk, mia.pk} and len(by) == len(TITLES)
    assert Video.objects.get(pk=cases[0].video_id).visibility == "removed"

    own = open_as(creator, width="phone", language="zh", bypass_csp=True)
    statement = Statement.objects.get(decision__case=cases[0])
    own.goto("/statements/")
    assert not (faults := serious(own)), faults
    tab_to(own, f'a[href="/statements/{statement.pk}/"]')
    own.keyboard.press("Enter")
    expect(own.get_by_role("heading", level=1)).to_have_text("关于你的视频")
    assert not (faults := serious(own)), faults
    tab_to(own, "#appeal-text")
    own.keyboard.type("这是在引用别人的话。")
    own.keyboard.press("Tab")
    own.keyboard.press("Enter")
    expect(own.locator(".toast")).to_be_visible()
    assert own.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits the phone"

    desktop.goto("/moderation/desk/")
    expect(desktop.locator("[data-part=empty]")).to_be_visible(timeout=WAIT_MS)  # not for who decided
    phone.goto("/moderation/desk/")
    holding(phone)
    expect(phone.locator(".sheet")).to_contain_text("这是在引用别人的话。")
    phone.keyboard.press("a")
    until(lambda: Appeal.objects.get().state == "overturned")
    own.goto("/")
    own.goto("/statements/")
    expect(own.locator(f'a[href="/statements/{statement.pk}/"] .badge.accent')).to_have_text("未读")
    tab_to(own, f'a[href="/statements/{statement.pk}/"]')
    own.keyboard.press("Enter")
    expect(own.locator(".statement")).to_contain_text("已失效")
    assert Video.objects.get(pk=cases[0].video_id).visibility == "public"
    assert Strike.objects.get(decision=statement.decision).revoked is not None

    said = verified()
    assert f"{AuditEntry.objects.count()} entries, 1 signed heads" in said and "Signed into" in said
    assert {"decide_reject", "decide_approve", "appeal"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )
