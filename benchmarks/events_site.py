"""A scratch site for the events benchmark: its own database with videos, viewers and served pages, and the web server
as the supervisor starts it (one worker process). Import it before Django: it says where the database lies."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VIDEOS, VIEWERS, SLOTS = 500, 64, 30


@dataclass(frozen=True)
class Browser:
    """A viewer with its cookie and a page that was served to it."""

    cookie: str
    page: str
    videos: tuple[int, ...]  # by position


@dataclass
class Site:
    """The scratch folder, the server's process group, and the browsers that may speak to it."""

    folder: Path
    port: int = field(default_factory=lambda: _free_port())
    browsers: list[Browser] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "AIGC_VAR_DIR": str(self.folder / "var"),
            "AIGC_MEDIA_DIR": str(self.folder / "media"),
            "AIGC_EVENTS_PER_MINUTE": "1000000000",
            "DJANGO_SETTINGS_MODULE": "aigc_platform.settings",
        }

    def set_up(self) -> None:
        """Make the database and open it in this process too."""
        os.environ.update(self.environment)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=self.environment, check=True
        )
        import django

        django.setup()
        self.browsers = _seed()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        from aigc_platform.supervisor import healthy, services

        web = services("127.0.0.1", self.port)[0]
        self.process = subprocess.Popen(web.command, cwd=ROOT, env=self.environment, start_new_session=True)
        deadline = time.monotonic() + 120
        while not healthy(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"The server did not start (status {self.process.poll()}); see its log above."
                )
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the server and its worker, in the middle of whatever they do."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def cpu_seconds(self) -> float:
        """Processor time of the server's processes so far."""
        assert self.process is not None
        group = self.process.pid
        ticks = 0
        for place in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = place.read_text().rpartition(")")[2].split()
            except OSError:  # ended meanwhile
                continue
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
