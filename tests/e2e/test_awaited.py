"""What a page waits for, in a browser: the labels of a file told as soon as a worker has read them, a line that is spoken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from playwright.sync_api import Browser, expect

from generation.jobs.label_reading import readings_take
from generation.jobs.narration_preview import previews_take
from generation.models import LabelReading, NarrationPreview
from tests.generation.media.ingest.bad_files import picture
from tests.generation.web.pages.boards import edited

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE_MS = 60_000


def worked(take: Callable[[], int]) -> None:
    """``take`` in a thread of its own, as the worker does it beside the site."""

    def work() -> None:
        try:
            take()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    ("language", "waits", "found"),
    [("en", "Waiting for its turn", "The file carries no C2PA manifest."), ("zh", "排队等候中", "文件没有")],
)
def test_a_files_labels_appear_on_the_page_by_themselves(
    open_as: Any, var_dir: Path, tmp_path: Path, language: str, waits: str, found: str
) -> None:
    page = open_as(None, width="phone", language=language)
    page.goto("/verify/")
    sent = tmp_path / "a.webp"
    sent.write_bytes(picture("WEBP"))
    page.locator("input[type=file]").set_input_files(str(sent))
    page.locator("form[enctype] button").click()
    expect(page.locator("#reading")).to_contain_text(waits)
    worked(readings_take)
    expect(page.locator("#reading")).to_contain_text(found, timeout=PATIENCE_MS)
    assert page.locator("#reading progress").count() == 0


def test_a_page_asks_no_more_for_what_is_gone_or_where_nothing_answers(
    browser: Browser, live_server: Any, var_dir: Path, tmp_path: Path
) -> None:
    page = browser.new_context(locale="en-US", base_url=live_server.url).new_page()
    page.clock.install()
    sent = tmp_path / "a.webp"
    sent.write_bytes(picture("WEBP"))

    def handed_in() -> None:
        page.goto("/verify/")
        page.locator("input[type=file]").set_input_files(str(sent))
        page.locator("form[enctype] button").click()
        expect(page.locator("#reading")).to_contain_text("Waiting for its turn")

    def asked(status: int) -> None:
        with page.expect_response(lambda answer: "/verify/" in answer.url and answer.status == status):
            page.clock.run_for(1000)

    handed_in()
    LabelReading.objects.all().delete()
    asked(286)
    expect(page.locator("#reading")).to_contain_text("Hand the file in again.")
    asks: list[str] = []
    page.on("request", lambda request: asks.append(request.url) if "/verify/" in request.url else None)
    page.clock.run_for(5000)
    assert asks == []
    handed_in()
    page.route("**/verify/*/", lambda route: route.fulfill(status=500, body="<p>no</p>"))
    for _ in range(5):
        asked(500)
    expect(page.locator("#reading")).to_contain_text("The server does not answer.")
    expect(page.locator("#reading h2")).to_have_text("a.webp")
    assert page.locator(".toast").count() == 0
    asks.clear()
    page.clock.run_for(5000)
    assert asks == []
    page.context.close()


def test_a_line_is_spoken_while_the_page_waits(open_as: Any, creator: User, var_dir: Path) -> None:
    row = edited(creator)
    page = open_as(creator)
    page.goto(f"/jobs/{row.pk}/edit/")
    button = page.locator("[data-hear]").first
    with page.expect_response(lambda answer: "/narration" in answer.url and answer.status == 202):
        button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    with page.expect_response(lambda answer: "/narrations/" in answer.url and answer.status == 200):
        worked(previews_take)
    expect(button).to_be_enabled()
    assert NarrationPreview.objects.get().state == "done"
    NarrationPreview.objects.all().delete()


def test_why_a_line_cannot_be_spoken_is_said(
    browser: Browser, live_server: Any, client_of: Any, creator: User, var_dir: Path
) -> None:
    row = edited(creator)
    context = browser.new_context(base_url=live_server.url, locale="zh-CN")  # a refusal stands in its console
    session = client_of(creator).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/jobs/{row.pk}/edit/")
    with page.expect_response(lambda answer: "/narration" in answer.url and answer.status == 202):
        page.locator("[data-hear]").first.click()
    NarrationPreview.objects.update(
        state="failed", error_code="narration_impossible", error="Nothing can be said."
    )
    expect(page.locator(".toast")).to_contain_text("读不了")
    context.close()
