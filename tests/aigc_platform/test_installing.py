"""Packages are installed with progress, and a broken connection is gone on from: a real pip and a server that hangs up."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aigc_platform import installing
from aigc_platform.installing import Progress, Screen, install, size_text

SCRIPT = Path(installing.__file__)
TOLD = """\
Looking in indexes: https://example.org/simple
Collecting torch==2.13.0 (from -r requirements.txt (line 17))
  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (30 kB)
  Using cached numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl (18.2 MB)
Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (192.0 MB)
Progress 48000000 of 192000000
"""


def wheel() -> bytes:
    """A package of 300 kB of noise, as pip takes it."""
    noise = base64.b64encode(random.Random(1).randbytes(300_000))
    files = {
        "tinynoise/__init__.py": b"",
        "tinynoise/noise.txt": noise,
        "tinynoise-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tinynoise\nVersion: 1.0\n",
        "tinynoise-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in files) + "tinynoise-1.0.dist-info/RECORD,,\n"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in {**files, "tinynoise-1.0.dist-info/RECORD": record.encode()}.items():
            archive.writestr(name, content)
    return made.getvalue()


class Registry:
    """Serves the one package; the first ``breaks`` downloads end in the middle."""

    def __init__(self, breaks: int) -> None:
        self.breaks, self.downloads = breaks, 0
        content, outer = wheel(), self
        name = "tinynoise-1.0-py3-none-any.whl"
        digest = hashlib.sha256(content).hexdigest()
        page = f'<!doctype html><a href="/files/{name}#sha256={digest}">{name}</a>'.encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_file = self.path.startswith("/files/")
                body = content if is_file else page
                first = (
                    int(self.headers["Range"].partition("=")[2].partition("-")[0])
                    if "Range" in self.headers
                    else 0
                )
                self.send_response(206 if first else 200)
                self.send_header("Content-Type", "application/octet-stream" if is_file else "text/html")
                self.send_header("Content-Length", str(len(body) - first))
                self.send_header("ETag", f'"{digest}"')
                self.send_header("Accept-Ranges", "bytes")
                if first:
                    self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
                self.end_headers()
                if is_file:
                    outer.downloads += 1
                    if outer.downloads <= outer.breaks:
                        self.wfile.write(body[first : (first + len(body)) // 2])
                        self.wfile.flush()
                        self.connection.close()
                        return
                self.wfile.write(body[first:])

            def log_message(self, *_: Any) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (OSError, ValueError):
                    self.close_connection = True

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.arguments = [
            "--index-url",
            f"http://127.0.0.1:{self.http.server_port}/simple/",
            "--no-cache-dir",
            "--no-deps",
        ]


@pytest.fixture
def plain_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture
def registry(plain_pip: None) -> Iterator[Registry]:
    made = Registry(breaks=1)
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_a_package_whose_download_breaks_off_is_installed_all_the_same(
    registry: Registry, tmp_path: Path
) -> None:
    out = io.StringIO()
    waits: list[float] = []
    arguments = [*registry.arguments, "--target", str(tmp_path), "tinynoise"]
    status = install(arguments, screen=Screen(out), pauses=(5.0, 15.0), sleep=waits.append)
    assert status == 0, out.getvalue()
    assert len((tmp_path / "tinynoise" / "noise.txt").read_bytes()) == 400_000
    assert registry.downloads == 2 and len(waits) <= 1  # a newer pip goes on by itself
    assert ("A download broke off. Going on in 5 s" in out.getvalue()) == bool(waits)
    assert "tinynoise 1.0: " in out.getvalue() and "Unpacking 1 packages" in out.getvalue()


def test_what_is_no_matter_of_the_connection_fails_at_once_with_pips_own_words(
    registry: Registry, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *registry.arguments, "--target", str(tmp_path), "tinynoise==2.0"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "tinynoise==2.0" in done.stdout and "Going on" not in done.stdout


def test_a_terminal_sees_one_line_with_what_how_large_and_how_far() -> None:
    progress = Progress()
    notes = [note for text in TOLD.splitlines() if (note := progress.read(text))]
    assert notes == ["numpy 2.4.6: 18.2 MB (kept from before)", "torch 2.13.0: 192.0 MB"]
    assert progress.line() == "Fetching: 1 packages · 66.2 MB fetched · torch 2.13.0 192.0 MB 25 %"
    assert progress.read("Installing collected packages: numpy, torch") == "Unpacking 2 packages"
    assert progress.line(1) == "Unpacking packages: 1 of 2, 210.2 MB fetched"

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    screen = Screen(out, columns=20)
    screen.note("torch 2.13.0: 192.0 MB")
    screen.progress(progress.line(1), now=True)
    assert out.getvalue() == "\r\033[KUnpacking packages: "


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size_text(n) for n in (900, 20_000, 18_200_000, 2_400_000_000)] == [
        "1 kB",
        "20 kB",
        "18.2 MB",
        "2.4 GB",
    ]


def test_the_script_runs_before_any_package_is_there() -> None:
    code = f"import runpy, sys; sys.argv = ['x', '--help']; runpy.run_path({str(SCRIPT)!r})\nprint(sorted(m for m in sys.modules if m.partition('.')[0] in ('django', 'celery', 'httpx')))"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
