"""Two moderators at once, by keyboard only: the queue, the desk, undo, several together; a creator appeals and wins."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from generation.models import Video
from generation.moderation.audit import audit_verify
from generation.moderation.models import Appeal, AuditEntry, Case, CaseNote, Decision
from generation.moderation.screening.opening import case_open
from tests.conftest import make_user
from tests.e2e.films import published
from tests.e2e.test_accessibility import serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAIT_MS = 30_000


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Any) -> None:
    settings.AUDIT_DIR = tmp_path / "audit"
    settings.VAR_DIR = tmp_path / "var"
    settings.GOLDEN_SHARE = 0.0
    settings.SECOND_OPINION_SHARE = 0.0


def opened(owner: User, title: str, policy: str, risk: float, *, sha256: str = "") -> Case:
    """An open case about a film that a browser can play, with marked words and a marked moment."""
    words = {"where": "title", "text": title.split()[0], "start": 0, "end": len(title.split()[0])}
    pieces = [
        words | {"policy": policy, "score": risk},
        {"where": "frame", "seconds": 4.0, "policy": policy, "score": 0.6},
    ]
    film = published(
        owner, title, seconds=12.0, language="en", sha256=sha256 or f"{abs(hash(title)):064x}"[:64]
    )
    return case_open(video=film, kind="screening", risks={policy: risk}, evidence=pieces)


def holding(page: Page, *, other_than: int | None = None) -> int:
    """The number of the case that the desk holds, once it holds another."""
    page.wait_for_function(
        "other => { const d = document.getElementById('desk').dataset; return d.mine && Number(d.mine) !== other }",
        arg=other_than,
        timeout=WAIT_MS,
    )
    return int(page.locator("#desk").get_attribute("data-mine") or 0)


def claims() -> dict[int, int]:
    """Case → user of every claim; a case has one holder by its row, so what matters is that pages agree with it."""
    return dict(Case.objects.filter(claimed_by__isnull=False).values_list("pk", "claimed_by"))


def test_two_moderators_work_the_queue_by_keyboard_and_never_hold_the_same_case(
    open_as: Any, creator: User, moderator: User
) -> None:
    mia = make_user("mia", "viewer", "moderator")
    cases = [opened(creator, f"Words number {number}", "hate", 0.9 - number / 20) for number in range(7)]
    pages = {
        moderator.pk: open_as(moderator, bypass_csp=True),
        mia.pk: open_as(mia, width="phone", language="zh", theme="dark", bypass_csp=True),
    }
    held: dict[int, int] = {}
    for pk, page in pages.items():
        page.goto("/moderation/")
        page.keyboard.press("w")
        held[pk] = holding(page)
        assert claims()[held[pk]] == pk
    assert len(set(held.values())) == 2
    keys = {moderator.pk: ["a", "r", "g"], mia.pk: ["r", "a", "b"]}
    for turn in range(3):
        for pk, page in pages.items():
            expect(page.locator(f'[data-sheet="{held[pk]}"]')).to_be_visible()
            page.keyboard.press(keys[pk][turn])
            if keys[pk][turn] == "r":
                page.keyboard.press("1")
        for pk, page in pages.items():
            if turn < 2:
                held[pk] = holding(page, other_than=held[pk])
        if turn < 2:
            assert len(set(held.values())) == 2 and all(claims()[case] == pk for pk, case in held.items())
    until(lambda: Decision.objects.count() == 6)
    assert Decision.objects.values("case").distinct().count() == 6
    assert set(Decision.objects.values_list("action", flat=True)) == {
        "approve",
        "reject",
        "age_limit",
        "blur",
    }
    assert Case.objects.filter(pk__in=[case.pk for case in cases], state="decided").count() == 6
    for page in pages.values():
        expect(page.locator("#desk[aria-busy]")).to_have_count(0, timeout=WAIT_MS)
    assert audit_verify().problems == []
    faults = [fault for page in pages.values() for fault in serious(page)]
    assert not faults, faults


def held_before(asked: list[str]) -> str:
    """The number in the address of the decision that was sent."""
    return asked[0].split("/cases/")[1].split("/")[0]


def until(done: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.1)


def test_a_decision_is_undone_a_note_kept_several_decided_together_and_all_of_them_taken_back(
    open_as: Any, creator: User, moderator: User
) -> None:
    first = opened(creator, "First of all", "hate", 0.9)
    copies = [opened(creator, f"Copy {number} of one", "fraud", 0.6, sha256="c" * 64) for number in range(3)]
    page = open_as(moderator)
    page.goto("/moderation/desk/")
    assert holding(page) == first.pk
    page.keyboard.press("n")
    page.keyboard.type("Looks like a quotation.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=note-list]")).to_contain_text("Looks like a quotation.")
    assert CaseNote.objects.get().case == first
    page.keyboard.press("r")
    expect(page.locator("#choose")).to_be_visible()
    page.keyboard.press("1")
    second = holding(page, other_than=first.pk)
    first.refresh_from_db()
    assert (first.state, first.outcome) == ("decided", "reject")
    page.keyboard.press("u")
    assert holding(page, other_than=second) == first.pk
    first.refresh_from_db()
    assert first.state == "open" and Video.objects.get(pk=first.video_id).visibility == "public"
    page.keyboard.press("Shift+G")
    expect(page.locator("[data-part=collected]")).to_be_visible()
    page.keyboard.press("b")
    holding(page, other_than=first.pk)
    restricted = Video.objects.get(pk=first.video_id)
    assert (restricted.age_limit, restricted.warning) == (18, "hate")
    page.keyboard.press("d")
    expect(page.locator("[data-part=together]")).to_contain_text("2")
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(page.locator("[data-part=empty]")).to_be_visible(timeout=WAIT_MS)
    numbers = [case.pk for case in copies]
    assert Case.objects.filter(pk__in=numbers, outcome="reject").count() == 3
    page.keyboard.press("u")
    until(lambda: Case.objects.filter(pk__in=numbers, state="open").count() == 3)
    assert Video.objects.filter(cases__in=numbers, visibility="removed").count() == 0
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    assert audit_verify().problems == []


def test_the_next_case_is_there_within_a_third_of_a_second(
    open_as: Any, creator: User, moderator: User
) -> None:
    for number in range(5):
        opened(creator, f"Words number {number}", "hate", 0.9 - number / 20)
    page = open_as(moderator)
    page.goto("/moderation/desk/")
    held, took, asked = holding(page), [], list[str]()
    page.on(
        "request", lambda request: asked.append(request.url.removeprefix(page.url.split("/moderation")[0]))
    )
    for _ in range(3):
        ahead = "held => { const d = document.getElementById('desk').dataset; return d.ahead && d.ahead !== held }"
        page.wait_for_function(ahead, arg=str(held), timeout=WAIT_MS)  # while a moderator looks
        asked.clear()
        page.keyboard.press("s")
        held = holding(page, other_than=held)
        shown = page.evaluate("[...document.querySelectorAll('.still img')].every(image => image.complete)")
        took.append(int(page.locator("#desk").get_attribute("data-switched") or 0))
        assert shown and f"/moderation/cases/{held}/sheet" not in asked
        assert asked[:2] == [f"/api/v1/cases/{held_before(asked)}/decisions/", "/moderation/take"]
    busy = max(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0)
    assert min(took) < 300 * busy, (took, busy)  # on a machine with nothing else to do, under 300 ms


def test_severe_material_waits_behind_a_warning_and_under_a_veil(
    open_as: Any, creator: User, moderator: User
) -> None:
    opened(creator, "Fight in the street", "violence", 0.9)
    page = open_as(moderator)
    page.goto("/moderation/desk/")
    holding(page)
    still = page.locator(".still img").first
    expect(page.get_by_text("hard to look at")).to_be_visible()
    expect(still).to_be_hidden()
    page.keyboard.press("l")
    expect(still).to_be_visible()
    veil = "getComputedStyle(document.querySelectorAll('.still img')[1]).filter"
    assert "blur(14px)" in page.evaluate(veil) and "grayscale(1)" in page.evaluate(veil)
    page.keyboard.press("Tab")  # from the first moment, which is looked at, to the next
    assert "blur(0px)" in page.evaluate(veil)
    assert page.evaluate("document.querySelector('video').muted")
    page.keyboard.press("o")
    page.get_by_label("Blurred until you look at it").select_option("off")
    page.keyboard.press("Escape")
    expect(page.locator("[data-way-blur]")).to_have_count(0)
    assert Case.objects.get().claimed_by == moderator


def test_a_creator_reads_why_appeals_and_wins(open_as: Any, creator: User, moderator: User) -> None:
    mia = make_user("mia", "viewer", "moderator")
    case = opened(creator, "Quoted words", "hate", 0.8)
    desk = open_as(moderator)
    desk.goto("/moderation/desk/")
    holding(desk)
    desk.keyboard.press("r")
    desk.keyboard.press("1")
    expect(desk.locator("[data-part=empty]")).to_be_visible(timeout=WAIT_MS)
    own = open_as(creator, width="phone")
    own.goto(f"/videos/{case.video_id}/")
    reasons = own.get_by_role("region", name="Why something was done")
    expect(reasons).to_contain_text("was taken down")
    expect(reasons).to_contain_text("Decided by a person.")
    own.get_by_label("Why do you disagree?").fill("I quoted it to oppose it.")
    own.keyboard.press("Tab")
    own.keyboard.press("Enter")
    expect(own.locator(".toast")).to_contain_text("Another moderator looks again")
    desk.goto("/moderation/")
    expect(desk.get_by_text("Nothing waits here.")).to_be_visible()  # not for the one who decided
    other = open_as(mia)
    other.goto("/moderation/desk/")
    holding(other)
    expect(other.locator(".sheet")).to_contain_text("I quoted it to oppose it.")
    other.keyboard.press("a")
    until(lambda: Appeal.objects.get().state == "overturned")
    own.reload()
    expect(own.get_by_role("region", name="No longer in force")).to_contain_text("overturned")
    assert Video.objects.get(pk=case.video_id).visibility == "public"
    own.goto("/account/")
    expect(own.locator("#strikes")).to_contain_text("You have no strikes.")
    names = AuditEntry.objects.values_list("action", flat=True)
    assert {"decide_reject", "appeal", "decide_approve"} <= set(names) and audit_verify().problems == []
