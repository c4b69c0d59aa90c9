"""The web server in this process, over real sockets: slow clients hold no thread, large bodies are judged by their head."""

from __future__ import annotations

import functools
import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from waitress import wasyncore
from waitress.buffers import TempfileBasedBuffer

from aigc_platform import server
from core.roles import CREATOR, VIEWER
from generation.models import Video
from generation.services.tokens import token_create
from tests import factories
from tests.conftest import make_user

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 2


loaded = functools.cache(get_wsgi_application)


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """The site; what a thread of the server opened of the database is closed with its request."""
    try:
        return loaded()(environ, start_response)
    finally:
        connections.close_all()


class Site:
    def __init__(self) -> None:
        self.server = server.make("127.0.0.1:0", application, threads=THREADS)
        self.port = int(self.server.effective_port)
        self.held: list[socket.socket] = []
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        self.server.run()
        connections.close_all()

    def stop(self) -> None:
        for connection in self.held:
            connection.close()
        self.server.trigger.pull_trigger(self._close)
        self.thread.join()
        self.server.task_dispatcher.shutdown()

    def _close(self) -> None:
        for channel in list(self.server.active_channels.values()):
            channel.handle_close()  # and the files of those that did not read theirs
        wasyncore.close_all(self.server._map)

    def asked(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def opened(self, head: str, body: bytes = b"", *, buffer: int = 0) -> socket.socket:
        """A connection on which ``head`` (lines, the first without its HTTP version) and ``body`` were sent."""
        made = socket.socket()
        self.held.append(made)
        if buffer:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        made.settimeout(5)
        made.connect(("127.0.0.1", self.port))
        first, *rest = head.split("\n")
        made.sendall("\r\n".join([f"{first} HTTP/1.1", "Host: localhost", *rest]).encode() + body)
        return made


@pytest.fixture
def site(media_root: Path) -> Iterator[Site]:
    running = Site()
    yield running
    running.stop()


@pytest.fixture
def video(media_root: Path) -> Video:
    return factories.video(
        make_user("cora", VIEWER, CREATOR), content=b"0123456789" * 2_000_000, state=Video.State.PUBLISHED
    )


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status, json.loads(answer.content)["code"]


def told(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    """The answer that stands on a raw connection, until its end."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, json.loads(answer.read())


def test_stalled_bodies_half_heads_and_paused_players_hold_no_thread(site, video):
    assert site.asked("GET", "/api/v1/feed/?limit=1").status == 200  # loads what is loaded once
    for _ in range(3 * THREADS):
        site.opened("POST /api/v1/events/\nContent-Length: 1000\n\n", b"{")
        site.opened("GET /\nX-Half: ")
        site.opened(f"GET /media/{video.file}\n\n", buffer=16_384)
        site.opened(f"GET /media/{video.file}\nRange: bytes=5-\n\n", buffer=16_384)
    began = time.monotonic()
    assert site.asked("GET", "/healthz").status == 200
    assert site.asked("GET", "/api/v1/feed/?limit=1").status == 200
    assert time.monotonic() - began < 2


def test_files_and_their_parts_arrive_whole(site, video):
    path = f"/media/{video.file}"
    assert site.asked("GET", path).content == b"0123456789" * 2_000_000
    part = site.asked("GET", path, Range="bytes=13-999998")
    assert (part.status, part.headers["Content-Range"]) == (206, "bytes 13-999998/20000000")
    assert part.content == (b"0123456789" * 100_000)[13:999_999]
    head = site.asked("HEAD", path)
    assert (head.status, head.headers["Content-Length"], head.content) == (200, "20000000", b"")
    assert site.asked("GET", path, Range=f"bytes={'9' * 5000}-").status == 416  # beyond any file


def test_a_body_beyond_its_address_is_refused_by_its_head(site, settings):
    waits = Path(settings.FILE_UPLOAD_TEMP_DIR)
    before = sorted(waits.iterdir())
    for path in ("/api/v1/token/", "/api/v1/nothing/", "/api/v1/events/"):
        connection = site.opened(f"POST {path}\nContent-Length: 350000000\n\n")
        status, answer = told(connection)
        assert (status, answer["code"]) == (413, "body_too_large")
        assert "2.5 MB" in answer["detail"] and "350.0 MB" in answer["detail"]
    page = site.asked("POST", "/accounts/login/", Content_Length="350000000", Accept_Language="zh-hans")
    assert page.status == 413 and "太大" in page.content.decode()
    assert sorted(waits.iterdir()) == before


def test_who_goes_on_sending_reads_the_refusal_all_the_same(site):
    connection = site.opened("POST /api/v1/token/\nContent-Length: 30000000\n\n")
    connection.sendall(b"x" * 30_000_000)
    assert told(connection)[1]["code"] == "body_too_large"


def test_a_body_without_a_length_stops_at_the_limit(site, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    connection = site.opened("POST /api/v1/events/\nTransfer-Encoding: chunked\n\n")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    connection.sendall(chunk * 12)
    assert told(connection) == (
        413,
        {"code": "body_too_large", "detail": "A request here may have 0.6 MB. Send less."},
    )


def test_files_are_taken_of_those_only_who_may_send_them(site):
    head = "POST /api/v1/uploads/\nContent-Length: 50000000\nExpect: 100-continue{}\n\n"
    status, answer = told(site.opened(head.format("")))
    assert (status, answer["code"]) == (403, "not_authenticated")
    viewer, creator = make_user("vi", VIEWER), make_user("co", VIEWER, CREATOR)
    tokens = [token_create(user=user, name="mine", days=1) for user in (viewer, creator)]
    status, answer = told(site.opened(head.format(f"\nAuthorization: Token {tokens[0]}")))
    assert (status, answer["code"]) == (403, "role_missing")
    connection = site.opened(head.format(f"\nAuthorization: Token {tokens[1]}"))
    assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert site.asked("POST", "/verify/", Content_Length="400000000").status == 413


def test_large_bodies_on_their_way_are_counted(site):
    head = "POST /verify/\nContent-Length: 50000000\nAccept: application/json{}\n\n"
    for _ in range(server.LARGE_OF_ONE):
        site.opened(head.format(""))
        assert site.asked("GET", "/healthz").status == 200  # its turn of the loop is over
    assert told(site.opened(head.format("")))[1]["code"] == "busy"
    site.held[0].close()
    time.sleep(0.2)
    assert site.opened(head.format("\nExpect: 100-continue")).recv(100).startswith(b"HTTP/1.1 100")


def test_a_disk_without_room_for_a_body_answers_507_and_serves_on(site, monkeypatch):
    monkeypatch.setattr(
        TempfileBasedBuffer,
        "newfile",
        lambda _: os.fdopen(os.open("/dev/full", os.O_RDWR), "w+b", buffering=0),
    )
    body = b"x" * 2_000_000
    connection = site.opened(f"POST /api/v1/token/\nContent-Length: {len(body)}\n\n", body)
    status, answer = told(connection)
    assert (status, answer["code"]) == (507, "disk_full") and "No space left" in answer["detail"]
    monkeypatch.undo()
    assert site.asked("POST", "/api/v1/token/", body, Content_Type="application/json").status == 400


def test_a_request_that_does_not_come_to_its_end_is_closed(site, monkeypatch):
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.1)
    site.server.adj.cleanup_interval = site.server.next_channel_cleanup = 0.05
    for connection in (
        site.opened("GET /\nX-Half: "),
        site.opened("POST /api/v1/events/\nContent-Length: 1000\n\n", b"{"),
    ):
        site.asked("GET", "/healthz")  # the loop looks around
        assert connection.recv(100) == b""


def test_where_connections_run_out_the_longest_silent_go(site):
    site.server.adj.connection_limit = 12
    held = [site.opened("GET /\nX-Half: ") for _ in range(12)]
    assert site.asked("GET", "/healthz").status == 200
    assert held[0].recv(10) == b""
