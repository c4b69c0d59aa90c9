"""A site of a benchmark's own: a scratch folder with its database, and the web server as the supervisor starts it.

Plain at import: the folder is named to Django by the environment, so nothing of Django may be loaded before.
"""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.processes import die_with

ROOT = Path(__file__).resolve().parent.parent
STANDARD_ERROR = 2
START_SECONDS = 300  # a full catalogue is read before the first answer


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ScratchSite:
    """The scratch folder and the server's process group; subclasses say which settings it has."""

    folder: Path
    port: int = field(default_factory=free_port, kw_only=True)
    process: subprocess.Popen[bytes] | None = field(default=None, kw_only=True)

    def settings(self) -> dict[str, str]:
        """Environment variables of this site beside its folders."""
        return {"DJANGO_SETTINGS_MODULE": "aigc_platform.settings"}

    @property
    def environment(self) -> dict[str, str]:
        folders = {"AIGC_VAR_DIR": str(self.folder / "var"), "AIGC_MEDIA_DIR": str(self.folder / "media")}
        return {**os.environ, **folders, **self.settings()}

    def python(self, *arguments: str) -> str:
        """Run this Python on the scratch site; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def migrate(self) -> None:
        """Make the database."""
        self.python("manage.py", "migrate", "-v0")

    def enter(self) -> None:
        """Make the database and open it in this process too."""
        os.environ.update(self.environment)
        self.migrate()
        import django

        django.setup()

    def start(self, command: list[str] | None = None) -> None:
        """Start the server (or ``command``) and wait until it answers. Raises ``RuntimeError`` when it does not."""
        from aigc_platform.supervisor import healthy, services

        command = command or services("127.0.0.1", self.port)[0].command
        # what it says goes where our own messages go: a report on standard output stays JSON
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, start_new_session=True, stdout=STANDARD_ERROR,
            preexec_fn=functools.partial(die_with, os.getpid()),
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not healthy(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"The server did not start (status {self.process.poll()}); see its log above."
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """Let the server end by itself, for 20 seconds."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    def kill(self) -> None:
        """SIGKILL to the server and its worker, in the middle of whatever they do."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def cpu_seconds(self) -> float:
        """Processor time of the server's processes so far."""
        ticks = sum(int(fields[11]) + int(fields[12]) for _, fields in self._processes())
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Resident memory of the largest process of the server."""
        sizes = [0.0]
        for place, _ in self._processes():
            try:
                pages = int((place / "statm").read_text().split()[1])
            except OSError:  # ended meanwhile
                continue
            sizes.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
        return max(sizes)

    def _processes(self) -> Iterator[tuple[Path, list[str]]]:
        """Of the server's process group: each one's folder in /proc, and its ``stat`` after the name."""
        assert self.process is not None
        for place in Path("/proc").glob("[0-9]*"):
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # ended meanwhile
                continue
            if int(fields[2]) == self.process.pid:
                yield place, fields
