"""``manage.py simulate_viewers --tokens N``: cookies of simulated viewers, and what such a viewer may do over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as site
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.utils import timezone

from generation.models import Video
from recommender.events.rollup import roll_up
from recommender.models import EngagementEvent, FeedRequest, VideoStat, Viewer
from tests import factories


def tokens(count: int) -> list[str]:
    out = StringIO()
    call_command("simulate_viewers", "--tokens", str(count), stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def film(transactional_db: None, creator: User, media_root: Path) -> Video:
    return factories.video(
        creator, state="published", published=timezone.now() - timedelta(days=9), seconds=10.0
    )


@pytest.fixture
def browser(live_server: Any) -> Iterator[Browser]:
    with httpx.Client(base_url=live_server.url, timeout=30.0) as client:
        yield Browser(client)


class Browser:
    """A program that watches over HTTP, as one viewer or another."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def headers(self, cookie: str | None, at: datetime | str | None) -> dict[str, str]:
        found = {"Cookie": f"viewer={cookie}"} if cookie else {}
        if at is not None:
            found["X-Simulated-Time"] = at if isinstance(at, str) else at.isoformat()
        return found

    def feed(self, cookie: str | None, *, at: datetime | str | None = None) -> httpx.Response:
        self.client.cookies.clear()
        return self.client.get("/api/v1/feed/", headers=self.headers(cookie, at))

    def tell(
        self, cookie: str | None, *kinds: str, page: dict[str, Any], at: datetime | str | None = None
    ) -> httpx.Response:
        """What a viewer did with the first video of ``page``, ten seconds after it came."""
        self.client.cookies.clear()
        slot = {
            **{name: page["items"][0][name] for name in ("video", "position")},
            "request_id": page["request_id"],
        }
        when = at if isinstance(at, datetime) else timezone.now()
        events = [
            {"id": str(uuid.uuid4()), "type": kind, "client_time": when.isoformat(), **slot}
            | ({"watch_ms": 10_000} if kind == "complete" else {})
            for kind in kinds
        ]
        body = {"session": "s", "sent": when.isoformat(), "events": events}
        return self.client.post("/api/v1/events/", json=body, headers=self.headers(cookie, at))


def test_each_line_is_the_cookie_of_a_new_simulated_viewer(browser: Browser, film: Video) -> None:
    real = Viewer.objects.create()
    cookies = tokens(3)
    assert len(set(cookies)) == 3 and Viewer.objects.filter(simulated=True).count() == 3
    assert [browser.feed(cookie).status_code for cookie in cookies] == [200, 200, 200]
    served = set(FeedRequest.objects.values_list("viewer", flat=True))
    assert served == set(Viewer.objects.filter(simulated=True).values_list("pk", flat=True))
    assert real.pk not in served and Viewer.objects.count() == 4
    assert browser.feed(cookies[0][:-1] + ("A" if cookies[0][-1] != "A" else "B")).status_code == 200
    assert Viewer.objects.count() == 5, "a forged cookie is nobody's: a new, real viewer came"
    assert Viewer.objects.filter(simulated=True).count() == 3


def test_feed_and_events_count_at_the_viewers_own_time(browser: Browser, film: Video) -> None:
    (cookie,) = tokens(1)
    past = datetime.now(UTC).replace(microsecond=0) - timedelta(days=5)
    page = browser.feed(cookie, at=past).json()
    assert page["items"][0]["video"] == film.pk
    assert FeedRequest.objects.get().created == past
    answer = browser.tell(
        cookie, "impression", "play", "complete", page=page, at=past + timedelta(seconds=10)
    )
    assert answer.json() == {"accepted": 3, "duplicates": 0, "rejected": []}
    events = EngagementEvent.objects.all()
    assert {(event.happened, event.counted) for event in events} == {(past + timedelta(seconds=10), True)}

    real = browser.feed(None, at=past)
    assert abs(FeedRequest.objects.get(viewer__simulated=False).created - timezone.now()) < timedelta(
        minutes=1
    )
    told = browser.tell(real.cookies["viewer"], "impression", page=real.json(), at=past).json()
    assert told["accepted"] == 1, "the header is passed over"
    assert EngagementEvent.objects.filter(viewer__simulated=False).get().happened > past + timedelta(days=4)


@pytest.mark.parametrize(
    "said", ["yesterday", "2026-13-41T09:30:00Z", "2026-01-31T09:30:00", "9999-12-31T23:59:59Z"]
)
def test_a_clock_that_cannot_be_read_is_refused_in_a_sentence(
    said: str, browser: Browser, film: Video
) -> None:
    (cookie,) = tokens(1)
    page = browser.feed(cookie).json()
    for answer in (browser.feed(cookie, at=said), browser.tell(cookie, "play", page=page, at=said)):
        assert (answer.status_code, answer.json()["code"]) == (400, "simulated_time_invalid")
        assert (
            "X-Simulated-Time must be ISO 8601" in answer.json()["detail"]
            and said[:40] in answer.json()["detail"]
        )
    assert browser.feed(None, at=said).status_code == 200


def test_simulated_viewers_are_free_of_limits_that_hold_for_real_ones(
    browser: Browser, film: Video, settings: Any
) -> None:
    settings.FEED_SIMULATED = True
    settings.NEW_VIEWERS_PER_HOUR, settings.EVENTS_PER_MINUTE = 1, 2
    caches["limits"].clear()
    first = browser.feed(None)
    told = browser.tell(first.cookies["viewer"], "impression", "play", "complete", page=first.json())
    assert (first.status_code, told.status_code) == (200, 429)
    assert browser.feed(None).status_code == 429
    for cookie in tokens(3):
        page = browser.feed(cookie)
        assert page.status_code == 200
        answer = browser.tell(cookie, "impression", "play", "like", page=page.json())
        assert answer.json() == {"accepted": 3, "duplicates": 0, "rejected": []}


@pytest.mark.parametrize("counts", [True, False])
def test_what_they_did_counts_where_the_setting_says_so(
    counts: bool, browser: Browser, film: Video, settings: Any
) -> None:
    settings.FEED_SIMULATED = counts
    for cookie in tokens(2):
        page = browser.feed(cookie, at=timezone.now() - timedelta(minutes=1)).json()
        browser.tell(cookie, "impression", "play", "complete", "like", page=page)
    roll_up(seconds=30)
    totals = VideoStat.objects.get(video=film)
    assert (totals.simulated, totals.plays, totals.completes, totals.likes) == (True, 2, 2, 2)
    assert totals.reward_sum > 1
    real = browser.feed(None).json()["items"][0]
    assert real["likes"] == (2 if counts else 0)


def test_fewer_than_one_is_refused_in_a_sentence(db: None) -> None:
    with pytest.raises(CommandError, match="--tokens is at least 1, got 0"):
        tokens(0)
    assert not Viewer.objects.exists()


@pytest.mark.slow
def test_the_command_prints_cookies_and_nothing_else(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "AIGC_VAR_DIR": str(tmp_path / "var"),
        "AIGC_MEDIA_DIR": str(tmp_path / "media"),
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=site.BASE_DIR, env=environment, text=True,
            capture_output=True, timeout=300, check=True,
        )  # fmt: skip

    run("migrate", "--verbosity", "0")
    lines = run("simulate_viewers", "--tokens", "1200").stdout.splitlines()
    assert len(set(lines)) == len(lines) == 1200
    assert {len(line) for line in lines} == {36 + 1 + 43}  # a UUID, and what signs it
