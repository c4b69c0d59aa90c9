"""A public site: it becomes ready, health is answered to whoever asks by address, everything else only to its own name."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.aigc_platform.test_supervisor import alive, family, port_now_free, waited

ROOT = Path(__file__).resolve().parents[1]
VISITOR = Client()


@pytest.fixture
def public(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["example.org"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "example.org", "not a host"])
def test_health_is_answered_by_any_name_and_without_https(db, public, host):
    answer = Client(HTTP_HOST=host).get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert Client(HTTP_HOST=host).head("/healthz").status_code == 200
    assert Client(HTTP_HOST=host).post("/healthz").status_code == 405


def test_everything_else_still_wants_the_right_name_and_https(db, public):
    assert VISITOR.get("/verify/", headers={"host": "10.0.0.7"}).status_code == 400
    moved = VISITOR.get("/verify/", headers={"host": "example.org"})
    assert (moved.status_code, moved["Location"]) == (301, "https://example.org/verify/")
    secure = {"host": "example.org", "x-forwarded-proto": "https"}
    assert VISITOR.get("/verify/", headers=secure).status_code == 200
    assert VISITOR.get("/healthz/", headers={"host": "10.0.0.7"}).status_code == 400


def asked(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Status and Location of a real request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


@pytest.mark.slow
def test_a_public_site_becomes_ready_and_its_log_stays_short(tmp_path):
    port = port_now_free()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIGC_")}
    environment |= {
        "AIGC_VAR_DIR": str(tmp_path / "var"),
        "AIGC_MEDIA_DIR": str(tmp_path / "media"),
        "AIGC_STARTERS": "0",
        "AIGC_PRODUCTION": "1",
        "AIGC_SECRET_KEY": "k" * 50,
        "AIGC_HOSTS": "example.org",
        "AIGC_PROXIES": "1",
    }
    log = tmp_path / "log"
    with log.open("wb") as place:
        process = subprocess.Popen(
            [sys.executable, "-m", "aigc_platform.supervisor", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=place,
            stderr=subprocess.STDOUT,
        )
    everyone: set[int] = set()
    try:
        assert waited(lambda: "The site is ready" in log.read_text() or process.poll() is not None, 120)
        assert process.poll() is None, log.read_text()
        assert asked(port, "/healthz") == (200, "")  # as a load balancer asks: by address, over plain HTTP
        assert asked(port, "/verify/", Host="example.org") == (301, "https://example.org/verify/")
        assert asked(port, "/verify/", Host="example.org", X_Forwarded_Proto="https") == (200, "")
        before = log.stat().st_size
        until = time.monotonic() + 5
        while time.monotonic() < until:
            assert asked(port, "/healthz")[0] == 200
            time.sleep(0.1)
        assert log.stat().st_size == before, log.read_text()[before:]
        everyone = family(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        said = log.read_text()
        assert "DisallowedHost" not in said and "Invalid HTTP_HOST" not in said
        assert len(said.splitlines()) < 20, said
    finally:
        for pid in filter(alive, everyone | family(process.pid)):
            os.kill(pid, signal.SIGKILL)
        process.wait()
