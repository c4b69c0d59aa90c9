"""A scratch site for the events benchmark: its own database with videos, viewers and served pages, and the web server
as the supervisor starts it (one worker process). Import it before Django: it says where the database lies."""

from __future__ import annotations

import http.client
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.scratch_site import ScratchSite

VIDEOS, VIEWERS, SLOTS = 500, 64, 30


@dataclass(frozen=True)
class Browser:
    """A viewer with its cookie and a page that was served to it."""

    cookie: str
    page: str
    videos: tuple[int, ...]  # by position


@dataclass
class Site(ScratchSite):
    """A site that takes any number of events, and the browsers that may speak to it."""

    browsers: list[Browser] = field(default_factory=list, kw_only=True)

    def settings(self) -> dict[str, str]:
        return {**super().settings(), "AIGC_EVENTS_PER_MINUTE": "1000000000"}

    def set_up(self) -> None:
        """Make the database, open it in this process too, and fill it."""
        self.enter()
        self.browsers = _seed()


class Line:
    """One kept-alive connection of a browser."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.browser = browser
        self._site = site
        self._connection = self._open()

    def post(self, body: bytes) -> dict[str, Any]:
        """The receipt. Raises ``OSError`` or ``http.client.HTTPException`` when the server goes away."""
        headers = {"Content-Type": "application/json", "Cookie": self.browser.cookie}
        self._connection.request("POST", "/api/v1/events/", body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {text[:300]!r}")
        told: dict[str, Any] = json.loads(text)
        return told

    def again(self) -> None:
        """A new connection after the old one broke."""
        self._connection.close()
        self._connection = self._open()

    def _open(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._site.port, timeout=30)


def batch(browser: Browser, size: int, *, first: int = 0) -> tuple[list[str], bytes]:
    """Ids and body of ``size`` progress events such as the player sends, over the slots of the page."""
    now = datetime.now(UTC)
    ids = [str(uuid.uuid4()) for _ in range(size)]
    events = []
    for number, pk in enumerate(ids):
        position = (first + number) % len(browser.videos)
        watched = 3 + number % 9
        events.append(
            {
                "id": pk,
                "type": "progress",
                "video": browser.videos[position],
                "request_id": browser.page,
                "position": position,
                "client_time": (now - timedelta(milliseconds=40 * (size - number))).isoformat(),
                "watch_ms": watched * 1000,
                "detail": {
                    "seconds": [1] * watched,
                    "quartile": 1 + watched // 5,
                    "pauses": 0,
                    "seeks": 0,
                    "loops": 0,
                    "hidden_ms": 0,
                    "muted": True,
                },
            }
        )
    body = {"session": browser.page[:36], "sent": now.isoformat(), "events": events}
    return ids, json.dumps(body, separators=(",", ":")).encode()  # as JSON.stringify writes it


def _seed() -> list[Browser]:
    """Videos of one creator, and viewers to whom a page of them was served ten minutes ago."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from generation.models import Upload, Video
    from recommender.models import FeedRequest, Impression, Viewer
    from recommender.viewers.identity import COOKIE, cookie_value

    now = timezone.now()
    owner = User.objects.create(username="creator")
    uploads = Upload.objects.bulk_create(
        Upload(owner=owner, kind="clip", original_name="a") for _ in range(VIDEOS)
    )
    videos = Video.objects.bulk_create(
        Video(
            owner=owner, upload=upload, title="Video", aspect="9:16", seconds=15.0, width=360, height=640,
            sha256="0" * 64, file=f"videos/{number}.mp4", state="published", published=now,
            visibility="public",
        )
        for number, upload in enumerate(uploads)
    )  # fmt: skip
    viewers = Viewer.objects.bulk_create(Viewer() for _ in range(VIEWERS))
    pages = FeedRequest.objects.bulk_create(FeedRequest(viewer=viewer, policy="newest") for viewer in viewers)
    browsers = []
    for number, (viewer, page) in enumerate(zip(viewers, pages, strict=True)):
        shown = [videos[(7 * number + place) % VIDEOS] for place in range(SLOTS)]
        Impression.objects.bulk_create(
            Impression(
                request=page, viewer=viewer, video=video, position=place, source="newest",
                created=now - timedelta(minutes=10),
            )
            for place, video in enumerate(shown)
        )  # fmt: skip
        cookie = f"{COOKIE}={cookie_value(viewer)}"
        browsers.append(Browser(cookie, str(page.pk), tuple(video.pk for video in shown)))
    return browsers
