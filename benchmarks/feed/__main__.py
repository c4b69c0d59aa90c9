"""How long one page of the feed takes over HTTP: ``python -m benchmarks.feed --json``.

A scratch site of each size is filled (videos, a million events, viewers with 50 viewings each) and served as the
supervisor serves it, by one worker process. Pages of many viewers are asked for one after the other, in turn with a
constant page of the same size through the same stack; then by four connections at once for the rate. Wall-clock numbers
of a busy machine say little, so the server's processor time a page stands beside them.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measured
from benchmarks.feed.site import PAGE, Site
from benchmarks.measured import Figure

GOAL_P99_MS, GOAL_RATIO = 50.0, 3.0
FEED, CONSTANT = f"/api/v1/feed/?limit={PAGE}&session=bench", "/api/v1/constant/"
CONNECTIONS = 4


class Browser:
    """One kept-alive connection through which any viewer may ask."""

    def __init__(self, site: Site, cookies: list[str]) -> None:
        self.cookies = cookies
        self.connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)

    def get(self, path: str, viewer: int) -> bytes:
        self.connection.request("GET", path, headers={"Cookie": self.cookies[viewer % len(self.cookies)]})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        return body


def measure(site: Site, *, requests: int, rate_seconds: float) -> dict[str, Any]:
    cookies = json.loads(site.python("-c", COOKIES, str(site.viewers)))
    site.start()
    try:
        browser = Browser(site, cookies)
        began = time.perf_counter()
        page = browser.get(FEED, 0)
        first_ms = 1000 * (time.perf_counter() - began)
        assert len(json.loads(page)["items"]) == PAGE
        (site.folder / "var" / "constant.json").write_bytes(page)
        for viewer in range(1, 40):  # caches of the process fill up
            browser.get(FEED, viewer)
            browser.get(CONSTANT, viewer)
        times: dict[str, list[float]] = {FEED: [], CONSTANT: []}
        cpu = {FEED: 0.0, CONSTANT: 0.0}
        for block in range(0, requests, 25):
            for path in times:
                before = site.cpu_seconds()
                for number in range(block, min(block + 25, requests)):
                    began = time.perf_counter()
                    browser.get(path, 40 + number)
                    times[path].append(1000 * (time.perf_counter() - began))
                cpu[path] += site.cpu_seconds() - before
        rates = {path: _rate(site, cookies, path, rate_seconds) for path in times}
        found: dict[str, Any] = {
            "videos": site.videos,
            "events": site.events,
            "viewers": site.viewers,
            "first_page_ms": round(first_ms, 1),
            "page_bytes": len(page),
            "memory_mb": round(site.memory_mb()),
        }
    finally:
        site.stop()
    for name, path in (("feed", FEED), ("constant", CONSTANT)):
        p50, p95, p99 = np.percentile(times[path], [50, 95, 99])
        found[name] = {
            "p50_ms": round(float(p50), 1),
            "p95_ms": round(float(p95), 1),
            "p99_ms": round(float(p99), 1),
            "cpu_ms": round(1000 * cpu[path] / requests, 2),
            "requests_per_second": round(rates[path], 1),
        }
    found["ratio"] = {
        key: round(found["feed"][key] / found["constant"][key], 2) for key in ("p50_ms", "p99_ms", "cpu_ms")
    }
    found["goals"] = {
        f"p99 ≤ {GOAL_P99_MS:g} ms": found["feed"]["p99_ms"] <= GOAL_P99_MS,
        f"≤ {GOAL_RATIO:g} × constant": found["ratio"]["p50_ms"] <= GOAL_RATIO,
    }
    return found


COOKIES = """
import json, sys, uuid, django
django.setup()
from recommender.models import Viewer
from recommender.viewers.identity import COOKIE, cookie_value
keys = [Viewer(key=uuid.UUID(int=i)) for i in range(1, min(int(sys.argv[1]), 2000) + 1)]
print(json.dumps([f"{COOKIE}={cookie_value(viewer)}" for viewer in keys]))
"""


def _rate(site: Site, cookies: list[str], path: str, seconds: float) -> float:
    """Answers a second to ``CONNECTIONS`` connections that ask without pause."""
    done = [0] * CONNECTIONS
    until = time.perf_counter() + seconds

    def ask(lane: int) -> None:
        browser = Browser(site, cookies)
        while time.perf_counter() < until:
            browser.get(path, 500 + done[lane] * CONNECTIONS + lane)
            done[lane] += 1

    lanes = [threading.Thread(target=ask, args=(lane,)) for lane in range(CONNECTIONS)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    return sum(done) / seconds


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--videos", type=int, nargs="+", default=[1000, 100_000], help="default: %(default)s")
    parser.add_argument("--events", type=int, default=1_000_000, help="default: %(default)s")
    parser.add_argument("--requests", type=int, default=400, help="pages timed (default: %(default)s)")
    parser.add_argument("--rate-seconds", type=float, default=10.0, help="default: %(default)s")
    parser.add_argument("--train", action="store_true", help="with a ranker trained on the site's own events")
    parser.add_argument("--folder", type=Path, help="keep the scratch sites here and use them again")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        for videos in options.videos:
            folder = (options.folder or Path(scratch)) / str(videos)
            folder.mkdir(parents=True, exist_ok=True)
            site = Site(folder, videos, options.events, options.seed)
            site.set_up()
            if options.train:
                version = json.loads(site.python("manage.py", "train_ranker", "--json"))
                if version["state"] != "production":
                    site.python("manage.py", "promote_ranker", str(version["id"]))
            results.append(measure(site, requests=options.requests, rate_seconds=options.rate_seconds))
    measured.tell(
        results, options, name="feed", figures=figures, packages=("django", "waitress", "numpy"), lines=lines
    )


def figures(report: list[dict[str, Any]]) -> dict[str, Figure]:
    """Both pages at each size, ``videos_N.…``; the goals are those of the page's p99 and of processor time."""
    found = {}
    for row in report:
        size = f"videos_{row['videos']}"
        for name in ("feed", "constant"):
            for key, value in row[name].items():
                goal = GOAL_P99_MS if (name, key) == ("feed", "p99_ms") else None
                found[f"{size}.{name}.{key}"] = Figure(
                    value, "ms" if key.endswith("_ms") else "", at_most=goal
                )
        found[f"{size}.ratio.cpu"] = Figure(row["ratio"]["cpu_ms"], "×", at_most=GOAL_RATIO)
        found[f"{size}.first_page_seconds"] = Figure(round(row["first_page_ms"] / 1000, 1), "s")
        found[f"{size}.memory_mb"] = Figure(row["memory_mb"], "MB")
    return found


def lines(report: list[dict[str, Any]]) -> str:
    """The report for a person."""
    told = []
    for row in report:
        told.append(f"{row['videos']} videos, {row['events']} events:")
        for name in ("feed", "constant"):
            told.append(f"  {name:<9}" + "  ".join(f"{key} {value}" for key, value in row[name].items()))
        told.append(f"  ratio {row['ratio']}  goals {row['goals']}")
    return "\n".join(told)


if __name__ == "__main__":
    main()
