"""What it costs that an acknowledged event survives a power cut: SQLite's ``synchronous`` NORMAL beside FULL.

``python -m benchmarks.events_durability --json`` puts batches of 1, 20 and 200 rows into the events table of a scratch
database, one transaction a batch, alternating the two modes, and prints the median milliseconds of each.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

from benchmarks import measured
from benchmarks.events.site import Site
from benchmarks.measured import Figure

SIZES = (1, 20, 200)


def measure(size: int, rounds: int) -> dict[str, float]:
    """Median milliseconds of a transaction of ``size`` rows in either mode, and their difference."""
    from django.db import connection, transaction
    from django.utils import timezone

    from generation.models import Video
    from recommender.events.store import Event, store
    from recommender.models import Viewer

    viewer, video = Viewer.objects.all()[0].pk, Video.objects.all()[0].pk
    taken: dict[str, list[float]] = {"NORMAL": [], "FULL": []}
    for _ in range(rounds):
        for mode, times in taken.items():
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA synchronous={mode}")
            now = timezone.now()
            events = [Event(uuid.uuid4().hex, viewer, "play", video, "s", now, now) for _ in range(size)]
            start = time.perf_counter()
            with transaction.atomic():
                store(events)
            times.append((time.perf_counter() - start) * 1000)
    normal, full = (statistics.median(times) for times in taken.values())
    return {
        "normal_ms": round(normal, 2),
        "full_ms": round(full, 2),
        "full_p95_ms": round(statistics.quantiles(taken["FULL"], n=20)[-1], 2),
        "difference_ms": round(full - normal, 2),
    }


def main() -> int:
    parser = measured.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="of each size; default: %(default)s")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="events-") as folder:
        Site(Path(folder)).set_up()
        report = {f"batch_{size}": measure(size, options.rounds) for size in SIZES}
    measured.tell(
        report, options, name="events_durability", figures=figures, lines=measured.by_line, indent=2
    )
    return 0


def figures(report: dict[str, dict[str, float]]) -> dict[str, Figure]:
    """Median milliseconds of a transaction in either mode, ``batch_N.…``."""
    return {
        f"{size}.{name}": Figure(row[name], "ms")
        for size, row in report.items()
        for name in ("normal_ms", "full_ms")
    }


if __name__ == "__main__":
    sys.exit(main())
