"""A real browser on a real server: Debian's Chromium driven by Playwright, without a worker unless a test is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import testcases
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from generation import tasks

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]
WIDTHS = {"phone": (390, 844), "desktop": (1280, 860)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; apt-get install chromium.")
        pytest.skip("Chromium is not installed; ./test installs it where it may.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="session", autouse=True)
def media_through_the_site() -> Iterator[None]:
    """Django's test server hands out media files itself, without ranges and permissions; ours shall answer here too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(testcases._MediaFilesHandler, "_should_handle", lambda self, path: False)
        yield


@pytest.fixture(autouse=True)
def quiet_queue(monkeypatch: pytest.MonkeyPatch, settings: Any, media_root: Path, tmp_path: Path) -> None:
    monkeypatch.setattr(tasks.job_run, "delay_on_commit", lambda *args: None)
    monkeypatch.setattr(tasks.upload_run, "delay_on_commit", lambda *args: None)
    monkeypatch.setattr(tasks.reading_run, "delay_on_commit", lambda *args: None)
    monkeypatch.setattr(tasks.preview_run, "delay_on_commit", lambda *args: None)
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {
        **{name: {"BACKEND": memory, "LOCATION": name} for name in settings.CACHES},
        "default": {"BACKEND": "core.counts.CountsCache", "LOCATION": tmp_path / "counts.sqlite3"},
    }


@pytest.fixture
def open_as(browser: Browser, live_server: Any, client_of: Any) -> Iterator[Any]:
    """``open_as(user, width=…, language=…, theme=…)`` → a page of a signed-in browser; console errors fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(
        user: User | None, *, width: str = "desktop", language: str = "en", theme: str = "light", **more: Any
    ) -> Page:
        wide, high = WIDTHS[width]
        context = browser.new_context(
            viewport={"width": wide, "height": high},
            color_scheme=theme,  # type: ignore[arg-type]
            locale="zh-CN" if language == "zh" else "en-US",
            base_url=live_server.url,
            **more,
        )
        contexts.append(context)
        if user is not None:
            session = client_of(user).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors, errors
