"""How fast the dashboards are, and whether that depends on how many events lie behind them.

``python -m benchmarks.dashboard --json`` makes, for each number of events, a scratch site with an archive of so many, counts it,
starts the web server as the site does (one worker process) and measures, warm: how long after the address is asked for the
overview shows its numbers (first contentful paint) and its first chart in Chromium, and how long callbacks take that draw the
overview, a video's page and a creator's (p95 over periods and narrowings). Times are of one machine; the ratio of the
largest archive to the smallest is what "flat" means.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.scratch_site import ScratchSite

VIDEOS, CREATORS = 500, 25
VIEWINGS_A_VIEWER = 200
PAINT_SECONDS, CALLBACK_SECONDS, FLAT = 1.0, 0.2, 1.5
ROUNDS = 8
PASSWORD = "correct horse battery"
FLAGS = ["--no-sandbox", "--disable-gpu"]


@dataclass
class Site(ScratchSite):
    """A site whose dashboards show an invented archive."""

    def set_up(self, events: int) -> dict[str, float]:
        """Make users, videos and the archive, and count it; seconds that took."""
        self.enter()
        self.python("manage.py", "collectstatic", "--noinput", "-v0")
        told = self.python("-m", "benchmarks.dashboard", "--fill", str(events), "--folder", str(self.folder))
        return {name: float(value) for name, value in json.loads(told).items()}


def fill(events: int, folder: Path) -> dict[str, float]:
    """In a process of the scratch site: the tables, the archive, and its sums."""
    import django

    django.setup()
    import numpy as np
    import pandas as pd
    from django.contrib.auth.models import User

    from analytics.models import VideoHour
    from analytics.rollup.engine import duckdb, table
    from analytics.rollup.events import count_all
    from benchmarks.dashboard.invented import DAYS, invent
    from core.roles import ANALYST, role_add
    from generation.models import Upload, Video
    from recommender.models import Viewer

    analyst = User.objects.create_user("ana", password=PASSWORD)
    role_add(user=analyst, role=ANALYST)
    creators = [User.objects.create_user(f"creator{n}") for n in range(CREATORS)]
    rng = np.random.default_rng(0)
    lengths = rng.choice([8.0, 15.0, 22.0, 35.0], VIDEOS)
    now = datetime.now(UTC)
    uploads = Upload.objects.bulk_create(
        Upload(owner=creators[n % CREATORS], kind="clip", original_name="a.mp4") for n in range(VIDEOS)
    )
    Video.objects.bulk_create(
        Video(
            pk=n + 1, owner=creators[n % CREATORS], upload=uploads[n], title=f"Video {n}", category=f"c{n % 9}",
            language="zh" if n % 2 else "en", aspect="9:16", seconds=float(lengths[n]), width=360, height=640,
            sha256="0" * 64, file="a.mp4", state="published", visibility="public", published=now,
        )
        for n in range(VIDEOS)
    )  # fmt: skip
    viewers = max(round(events / 3.25 / VIEWINGS_A_VIEWER), 50)
    Viewer.objects.bulk_create((Viewer(pk=n + 1) for n in range(viewers)), batch_size=5000)
    start = (now - timedelta(days=DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    file = folder / "events.parquet"
    with duckdb(threads=2) as engine:
        videos = pd.DataFrame({"video": np.arange(1, VIDEOS + 1), "seconds": lengths})
        known = table(engine, "lengths", videos)
        began = time.monotonic()
        invent(engine, events=events, viewers=viewers, videos=VIDEOS, start=start.isoformat(), file=str(file))
        made = time.monotonic()
        seen = engine.read_parquet(file)
        rows = int(seen.count().execute())
        counting = time.monotonic()
        count_all(engine, seen, known)
        counted = time.monotonic()
    return {
        "events": rows,
        "inventing_seconds": round(made - began, 1),
        "counting_seconds": round(counted - counting, 1),
        "video_hours": VideoHour.objects.count(),
    }


def callbacks(base: str) -> dict[str, float]:
    """p50 and p95 in seconds of the callbacks that draw pages, warm."""
    client = httpx.Client(base_url=base, timeout=60.0, follow_redirects=True)
    token = client.get("/accounts/login/").cookies.get("csrftoken") or client.cookies["csrftoken"]
    form = {"login": "ana", "password": PASSWORD, "csrfmiddlewaretoken": token}
    client.post("/accounts/login/", data=form).raise_for_status()
    client.get("/dashboards/").raise_for_status()
    asked = [
        (path, f"?days={days}{more}")
        for path, more in (("/dashboards/", ""), ("/dashboards/", "&category=c1"), ("/dashboards/audience/", ""),
                           ("/dashboards/videos/1/", ""), ("/dashboards/creators/2/", ""))
        for days in (1, 7, 28)
    ]  # fmt: skip
    taken = []
    for turn in range(ROUNDS):
        for path, search in asked:
            body = {
                "output": "page.children", "outputs": {"id": "page", "property": "children"},
                "inputs": [
                    {"id": "url", "property": "pathname", "value": path},
                    {"id": "url", "property": "search", "value": search},
                    {"id": "theme", "property": "data", "value": "light"},
                    {"id": "clock", "property": "n_intervals", "value": turn},
                ],
                "changedPropIds": ["url.search"],
            }  # fmt: skip
            began = time.perf_counter()
            answer = client.post(
                "/dashboards/_dash/_dash-update-component", json=body,
                headers={"X-CSRFToken": client.cookies["csrftoken"], "Referer": base},
            )  # fmt: skip
            answer.raise_for_status()
            if turn:  # the first round warms caches up
                taken.append(time.perf_counter() - began)
    return {"p50": statistics.median(taken), "p95": statistics.quantiles(taken, n=20)[18]}


def paints(base: str) -> dict[str, float]:
    """Median seconds, with a warm browser cache, until the overview shows its numbers and its first chart."""
    from playwright.sync_api import sync_playwright

    from benchmarks.screenshots import CHROMIUM, sign_in

    numbers, charts = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        sign_in(page, base, "ana", PASSWORD)
        for turn in range(ROUNDS):
            page.goto(f"{base}/dashboards/", wait_until="commit")
            page.wait_for_selector(".js-plotly-plot .main-svg", state="attached", timeout=60_000)
            chart = page.evaluate("performance.now()")
            paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            if turn:
                numbers.append(paint / 1000)
                charts.append(chart / 1000)
        browser.close()
    return {"numbers": statistics.median(numbers), "chart": statistics.median(charts)}


def measure(sizes: list[int]) -> dict[str, Any]:
    """Everything the benchmark prints, by number of events."""
    report: dict[str, Any] = {}
    for events in sizes:
        with tempfile.TemporaryDirectory(prefix="dashboard-") as folder:
            site = Site(Path(folder))
            made = site.set_up(events)
            site.start()
            try:
                base = f"http://127.0.0.1:{site.port}"
                drawn, shown = callbacks(base), paints(base)
            finally:
                site.stop()
            report[str(events)] = {
                **made,
                **{f"callback_{name}_seconds": round(value, 3) for name, value in drawn.items()},
                **{f"{name}_seconds": round(value, 3) for name, value in shown.items()},
            }
    first, last = report[str(sizes[0])], report[str(sizes[-1])]
    report["flat"] = {
        name: round(last[f"{name}_seconds"] / first[f"{name}_seconds"], 2)
        for name in ("callback_p95", "numbers")
    }
    return report


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Times by number of events, and the ratio of the most to the least."""
    goals = {"numbers_seconds": PAINT_SECONDS, "callback_p95_seconds": CALLBACK_SECONDS}
    found = {
        f"events_{size}.{name}": Figure(
            value, "s" if name.endswith("seconds") else "", at_most=goals.get(name)
        )
        for size, cells in report.items()
        if size != "flat"
        for name, value in cells.items()
    }
    return found | {
        f"flat.{name}": Figure(value, "×", at_most=FLAT) for name, value in report["flat"].items()
    }


def main() -> int:
    parser = measured.parser(__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--fill", type=int, help="used by the benchmark itself, in the scratch site")
    parser.add_argument("--folder", type=Path, help="used by the benchmark itself")
    options = parser.parse_args()
    if options.fill:
        print(json.dumps(fill(options.fill, options.folder)))
        return 0
    report = measure(options.events)
    measured.tell(report, options, name="dashboard", figures=figures, packages=("dash", "plotly", "duckdb"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
