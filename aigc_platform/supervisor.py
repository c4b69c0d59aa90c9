"""One command runs the site: web server, workers and beat, each started again when it dies.

``python -m aigc_platform.supervisor`` sets up the database, starts the processes, waits for ``/healthz`` and prints the
address. Ctrl-C, SIGTERM or a closed terminal stops all of them: politely first, by force after ten seconds. Where the
supervisor itself is killed, the kernel ends them.
"""

from __future__ import annotations

import argparse
import functools
import math
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aigc_platform.environment import boolean
from core.processes import die_with

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0
LOOK_EVERY_SECONDS = 0.25
WEB_FIRST_SECONDS = 20.0  # at most: people wait for the page, and the workers' imports would slow it down
# worker → its queues, taken from in turn: however many files are sent, a screening waits for one of them at most
WORKERS = {
    "render": "render",
    "light": "light",
    "quick": "quick",
    "files": "files,screenings",
    "train": "train",
}
# Of one process each, so that a voice model is in memory once: one narration and two files are under way at most, by the
# turns in generation/jobs, and neither kind waits for the other.
THREADS = {"quick": 3}


@dataclass
class Service:
    """One supervised process. It is started again after a pause that doubles while it keeps dying young."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    pause: float = 1.0
    due: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        self.began = time.monotonic()
        # its own group, so that children of a worker stop with it and Ctrl-C reaches only the supervisor
        ends_with_us = functools.partial(die_with, os.getpid())
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=ends_with_us,
        )

    def watch(self) -> None:
        """Start the process when it is due and not running."""
        if self.process is not None and self.process.poll() is not None:
            self.signal(signal.SIGKILL)  # children of a crashed process would hold its port and its jobs
            lived = time.monotonic() - self.began
            self.pause = 1.0 if lived > 60 else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
            print(
                f"{self.name} ended with {self.process.returncode}; starting again in {self.pause:.0f} s",
                flush=True,
            )
            self.process, self.due = None, time.monotonic() + self.pause
        if self.process is None and time.monotonic() >= self.due:
            self.start()

    def signal(self, number: int) -> None:
        """Send ``number`` to the process and its children, whichever of them still live."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


@dataclass
class Errand(Service):
    """What is done once, when the site is open, at the lowest priority; it is not started again."""

    due: float = math.inf
    told: bool = False

    def watch(self) -> None:
        if self.process is None:
            super().watch()
        elif self.process.poll() is not None and not self.told:
            self.told = True
            if self.process.returncode:
                print(
                    f"{self.name} ended with {self.process.returncode}; the site goes on without.", flush=True
                )


def errands() -> list[Service]:
    """What a fresh site does beside serving: its starter versions (AIGC_STARTERS, AIGC_STARTER_MINUTES)."""
    if not boolean(os.environ.get("AIGC_STARTERS") or "1"):
        return []
    return [Errand("starters", [sys.executable, "manage.py", "train_starters", "--background"])]


def pool(worker: str) -> list[str]:
    """How the worker does several things at once: not at all, or in as many threads as THREADS says."""
    if worker in THREADS:
        return ["--pool", "threads", "--concurrency", str(THREADS[worker])]
    return ["--pool", "prefork", "--concurrency", "1"]


def services(host: str, port: int) -> list[Service]:
    python = sys.executable
    worker = [
        python,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "aigc_platform",
        "worker",
        "--loglevel",
        "WARNING",
        "--without-mingle",
    ]
    found = [
        Service("web", [python, "-m", "aigc_platform.server", "--bind", f"{host}:{port}"]),
        *(
            Service(
                name,
                [*worker, "--queues", queues, *pool(name), "-n", f"{name}@%h"],
            )
            for name, queues in WORKERS.items()
        ),
        Service(
            "beat",
            [python, "-m", "celery", "--quiet", "-A", "aigc_platform", "beat", "--loglevel", "WARNING"],
        ),
    ]
    for service in found[1:]:
        service.due += WEB_FIRST_SECONDS
    return found


def reached(host: str) -> str:
    """Where this machine reaches a server that listens on ``host``."""
    return "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104


def healthy(port: int, host: str = "127.0.0.1") -> bool:
    try:
        with urllib.request.urlopen(f"http://{reached(host)}:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def port_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def stop(running: list[Service]) -> None:
    """Ask every process to end; whatever is left of it after ``STOP_SECONDS`` is ended by force."""
    for service in running:
        service.signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for service in running:
        if service.process is not None:
            with suppress(subprocess.TimeoutExpired):
                service.process.wait(max(deadline - time.monotonic(), 0.1))
            service.signal(signal.SIGKILL)
            service.process.wait()


def welcome(host: str, port: int) -> str:
    """What is said when the site answers: its address, or where a proxy finds it in production."""
    if boolean(os.environ.get("AIGC_PRODUCTION") or "0"):
        place = f"{host}:{port}, for the proxy in front (HTTPS, X-Forwarded-Proto)"
    else:
        place = f"http://{'localhost' if reached(host) == '127.0.0.1' else host}:{port}/"
    return f"\nThe site is ready: {place}   (Ctrl-C stops it)\n"


def run(running: list[Service], port: int, host: str = "127.0.0.1") -> int:
    """Keep the services alive until SIGINT, SIGTERM or SIGHUP, then stop them all."""
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: stopping.append(received))
    announced = False
    try:
        while not stopping:
            for service in running:
                service.watch()
            if not announced and healthy(port, host):
                announced = True
                for service in running:
                    service.due = min(service.due, time.monotonic())
                print(welcome(host, port), flush=True)
            time.sleep(LOOK_EVERY_SECONDS)
    finally:
        print("Stopping …", flush=True)
        stop(running)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--host", default=os.environ.get("AIGC_BIND", "127.0.0.1"), help="default: %(default)s"
    )
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    options = parser.parse_args()
    if not port_free(options.host, options.port):
        print(f"Port {options.port} is taken; choose another with --port.", file=sys.stderr)
        return 1
    subprocess.run([sys.executable, "manage.py", "set_up"], cwd=ROOT, check=True)
    return run([*services(options.host, options.port), *errands()], options.port, options.host)


if __name__ == "__main__":
    sys.exit(main())
