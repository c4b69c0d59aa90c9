"""The public HTTP API as one synthetic viewer uses it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx

from recommender.models import Viewer
from recommender.viewers.clock import HEADER
from recommender.viewers.identity import COOKIE, cookie_value

START_SECONDS = 60.0


class SiteSilent(Exception):
    """The web server did not answer in time."""


@contextmanager
def server() -> Iterator[str]:
    """A web server of this site on a free port for as long as it is needed; its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "aigc_platform.server", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    process = subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{address}/healthz", timeout=2.0).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        else:
            raise SiteSilent(f"No answer from {address}/healthz within {START_SECONDS:.0f} s.")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Sitting:
    """One sitting of one viewer: pages in, events out, on the viewer's own clock."""

    def __init__(self, client: httpx.Client, viewer: Viewer, *, language: str) -> None:
        self._client, self.session, self._language = client, str(uuid.uuid4()), language
        self._cookie = f"{COOKIE}={cookie_value(viewer)}"

    def page(self, *, limit: int, now: datetime) -> dict[str, Any]:
        answer = self._client.get(
            "/api/v1/feed/", params={"limit": limit, "session": self.session}, headers=self._headers(now)
        )
        answer.raise_for_status()
        page: dict[str, Any] = answer.json()
        return page

    def tell(self, events: list[dict[str, Any]], *, now: datetime) -> dict[str, Any]:
        """Send the events; the server's receipt."""
        body = {"session": self.session, "sent": now.isoformat(), "events": events}
        answer = self._client.post("/api/v1/events/", json=body, headers=self._headers(now))
        answer.raise_for_status()
        receipt: dict[str, Any] = answer.json()
        return receipt

    def _headers(self, now: datetime) -> dict[str, str]:
        return {HEADER: now.isoformat(), "Cookie": self._cookie, "Accept-Language": self._language}


def published(client: httpx.Client) -> list[dict[str, Any]]:
    """Every published video as ``GET videos/`` tells it."""
    found: list[dict[str, Any]] = []
    while True:
        answer = client.get("/api/v1/videos/", params={"limit": 100, "offset": len(found)})
        answer.raise_for_status()
        page = answer.json()
        found += page["results"]
        if not page["next"]:
            return found
