"""Slow and paused clients beside an honest crowd: does anybody wait because of them, and is anything lost?

``python -m benchmarks.slow_clients --json`` starts the web server on a scratch site as the supervisor does. A crowd posts
events; ``/healthz`` and the feed are asked for on new connections all the while, first alone,
then beside 40 connections that stop in the middle of a body, 40 that stop in the middle of their headers and 16 players
that asked for a video of 90 s at 12 Mbit/s and read none of it. Whatever the server closes is opened again. At the end
every acknowledged event is looked for in the database. ``--server`` measures another server's command instead.
"""

from __future__ import annotations

import http.client
import select
import shlex
import socket
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import measured
from benchmarks.events.kill import Sender
from benchmarks.events.site import Browser, Line, Site
from benchmarks.measured import Figure

BODIES, HEADERS, PLAYERS = 40, 40, 16
VIDEO_BYTES = 90 * 12_000_000 // 8
CROWD = 6
CROWD_PAUSE_SECONDS = 0.5
ASK_EVERY_SECONDS = 0.1
GIVE_UP_SECONDS = 20.0
PATHS = {"healthz": "/healthz", "feed": "/api/v1/feed/?limit=10"}


@dataclass
class Slow:
    """``count`` connections that say ``opening`` and no more, opened again when the server has closed them."""

    port: int
    count: int
    opening: bytes
    opened: int = 0
    held: list[socket.socket] = field(default_factory=list)

    def hold(self) -> None:
        """Close what the server has ended, and open what is missing."""
        watch = select.poll()
        for connection in self.held:
            watch.register(connection, select.POLLRDHUP)
        ended = {number for number, _ in watch.poll(0)}
        for connection in self.held:
            if connection.fileno() in ended:
                connection.close()
        self.held = [connection for connection in self.held if connection.fileno() >= 0]
        while len(self.held) < self.count:
            self.held.append(self._open())
            self.opened += 1

    def _open(self) -> socket.socket:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # what a paused player has buffered
        connection.settimeout(GIVE_UP_SECONDS)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(self.opening)
        return connection

    def end(self) -> None:
        for connection in self.held:
            connection.close()


def slow_clients(site: Site, video: str) -> list[Slow]:
    """The three kinds: stalled bodies, half headers, paused players of the media file ``video``."""
    body = b"POST /api/v1/events/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return [
        Slow(site.port, BODIES, body + b"Content-Length: 1000\r\n\r\n{"),
        Slow(site.port, HEADERS, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: "),
        Slow(site.port, PLAYERS, f"GET /media/{video} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()),
    ]


@dataclass
class Visitor:
    """Asks one address again and again, each time on a connection of its own; milliseconds until the answer is whole."""

    site: Site
    path: str
    browser: Browser
    taken: list[float] = field(default_factory=list)
    unanswered: int = 0  # no answer within GIVE_UP_SECONDS, a broken connection, an error

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=GIVE_UP_SECONDS)
            try:
                connection.request("GET", self.path, headers={"Cookie": self.browser.cookie})
                answer = connection.getresponse()
                answer.read()
                self.unanswered += answer.status != 200
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
            finally:
                connection.close()
            self.taken.append((time.perf_counter() - began) * 1000)
            stop.wait(ASK_EVERY_SECONDS)

    def told(self) -> dict[str, float]:
        cuts = statistics.quantiles([*self.taken, max(self.taken)], n=20, method="inclusive")
        return {
            "asked": len(self.taken),
            "unanswered": self.unanswered,
            "median_ms": round(statistics.median(self.taken), 1),
            "p95_ms": round(cuts[18], 1),
            "max_ms": round(max(self.taken), 1),
        }


def visited(site: Site, seconds: float, slow: list[Slow]) -> dict[str, dict[str, float]]:
    """What visitors waited for each address during ``seconds`` beside the slow clients."""
    stop = threading.Event()
    visitors = {
        name: Visitor(site, path, site.browsers[-1 - place])
        for place, (name, path) in enumerate(PATHS.items())
    }
    for group in slow:
        group.hold()
    time.sleep(1.0 if slow else 0.0)
    threads = [threading.Thread(target=visitor.run, args=(stop,)) for visitor in visitors.values()]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.25)
        for group in slow:
            group.hold()
    stop.set()
    for thread in threads:
        thread.join()
    return {name: visitor.told() for name, visitor in visitors.items()}


def run(site: Site, seconds: float) -> dict[str, Any]:
    """Alone, then beside slow clients; the crowd goes on through both."""
    from generation.models import Video
    from recommender.models import EngagementEvent, Viewer

    Viewer.objects.update(simulated=True)  # as real ones they would be flagged: no person sends so evenly
    video = Video.objects.all()[0].file
    place = Path(site.environment["AIGC_MEDIA_DIR"], video)
    place.parent.mkdir(parents=True)
    with place.open("wb") as empty:
        empty.truncate(VIDEO_BYTES)
    crowd = [
        Sender(Line(site, browser), pause_seconds=CROWD_PAUSE_SECONDS) for browser in site.browsers[:CROWD]
    ]
    stop = threading.Event()
    threads = [threading.Thread(target=sender.run, args=(stop,)) for sender in crowd]
    for thread in threads:
        thread.start()
    slow = slow_clients(site, video)
    try:
        report: dict[str, Any] = {"alone": visited(site, seconds / 4, [])}
        report["beside"] = visited(site, seconds, slow)
        report["memory_mb"] = round(site.memory_mb())
    finally:
        stop.set()
        for group in slow:
            group.end()
        for thread in threads:
            thread.join()
        site.kill()
    report["slow"] = {
        "bodies": BODIES,
        "headers": HEADERS,
        "players": PLAYERS,
        "opened": sum(group.opened for group in slow),
    }
    acknowledged = [pk for sender in crowd for pk in sender.acknowledged]
    stored = [str(pk) for pk in EngagementEvent.objects.values_list("pk", flat=True)]
    report["crowd"] = {
        "acknowledged": len(acknowledged),
        "missing": len(set(acknowledged) - set(stored)),
        "doubled": len(stored) - len(set(stored)),
        "broken_sendings": sum(sender.broken for sender in crowd),
    }
    return report


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Milliseconds of the visitors alone and beside the slow clients, and what became of the crowd's events."""
    found = {
        f"{when}.{name}.{cell}": Figure(row[cell], "ms")
        for when in ("alone", "beside")
        for name, row in report[when].items()
        for cell in ("median_ms", "p95_ms", "max_ms")
    }
    for name, row in report["beside"].items():
        found[f"beside.{name}.p95_ms"] = Figure(row["p95_ms"], "ms", at_most=200)
        found[f"beside.{name}.unanswered"] = Figure(row["unanswered"], at_most=0)
    for name in ("bodies", "headers", "players"):
        found[f"slow.{name}"] = Figure(report["slow"][name])
    found["crowd.acknowledged"] = Figure(report["crowd"]["acknowledged"])
    for name in ("missing", "doubled"):
        found[f"crowd.{name}"] = Figure(report["crowd"][name], at_most=0)
    return found | {"memory_mb": Figure(report["memory_mb"], "MB"), "seconds": Figure(report["seconds"], "s")}


def main() -> int:
    parser = measured.parser(__doc__)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="beside slow clients; default: %(default)s"
    )
    parser.add_argument("--server", default="", help="another command to measure; {port} stands for the port")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slow-clients-") as folder:
        site = Site(Path(folder))
        site.set_up()
        site.start(shlex.split(options.server.format(port=site.port)) if options.server else None)
        try:
            report = {"seconds": options.seconds, **run(site, options.seconds)}
        finally:
            site.kill()
    measured.tell(
        report, options, name="slow_clients", figures=figures, packages=("django", "waitress"), indent=2
    )
    return 0 if all(figure.met is not False for figure in figures(report).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
