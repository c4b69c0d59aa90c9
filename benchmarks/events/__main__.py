"""How fast events are taken, beside a bare bulk insert of the same rows; and that killing the server loses none.

``python -m benchmarks.events --json`` starts the web server as the site does (one worker process) on a scratch database,
posts batches of 1, 20 and 200 for some seconds each, then takes the stored rows out again and puts the very same rows
back with one prepared insert in transactions of the same size, through the same settings, into the same table with its
indexes. Rounds alternate, so that both meet the same disturbances; ratios are medians of the rounds.

``--kill`` sends SIGKILL to the server, and to a process that rolls events up, at random moments while clients send.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import measured
from benchmarks.events.site import Line, Site, batch
from benchmarks.measured import Figure

SIZES = (1, 20, 200)
GOAL = 0.5  # of a bare bulk insert, at 200
LINES = {1: 4, 20: 4, 200: 3}  # connections that send at once


@dataclass(frozen=True)
class Round:
    """One batch size: events a second over HTTP and bare, and milliseconds of processor time a batch of each."""

    http: float
    bare: float
    bare_unsynced: float
    bare_orm: float
    http_cpu_ms: float
    bare_cpu_ms: float


@dataclass(frozen=True)
class Result:
    """Medians over the rounds.

    ``ratio`` is the goal's: both wait for the disk (AIGC_EVENTS_SYNC) as an acknowledged event must.
    ``ratio_unsynced`` compares with an insert that does not wait, ``ratio_orm`` with Django's ``bulk_create`` that waits.
    """

    batch: int
    events_per_second: float
    bare_per_second: float
    ratio: float
    ratios: tuple[float, ...]
    ratio_unsynced: float
    ratio_orm: float
    server_cpu_ms_per_batch: float
    bare_cpu_ms_per_batch: float
    cpu_ratio: float


def measure(site: Site, size: int, *, rounds: int, seconds: float) -> Result:
    """Alternate HTTP and bare inserts ``rounds`` times."""
    done = [one_round(site, size, seconds) for _ in range(rounds)]
    ratios = tuple(round(r.http / r.bare, 3) for r in done)
    http_cpu = statistics.median(r.http_cpu_ms for r in done)
    bare_cpu = statistics.median(r.bare_cpu_ms for r in done)
    return Result(
        batch=size,
        events_per_second=round(statistics.median(r.http for r in done), 1),
        bare_per_second=round(statistics.median(r.bare for r in done), 1),
        ratio=statistics.median(ratios),
        ratios=ratios,
        ratio_unsynced=round(statistics.median(r.http / r.bare_unsynced for r in done), 3),
        ratio_orm=round(statistics.median(r.http / r.bare_orm for r in done), 3),
        server_cpu_ms_per_batch=round(http_cpu, 3),
        bare_cpu_ms_per_batch=round(bare_cpu, 3),
        cpu_ratio=round(bare_cpu / http_cpu, 3),
    )


def one_round(site: Site, size: int, seconds: float) -> Round:
    """Send for ``seconds``, then put the same rows in barely: prepared insert, ``bulk_create``, and not waiting."""
    from django.db import connection
    from django.test import override_settings

    from recommender.events.store import INSERT, NAMES, SLOTS, TABLE, durable
    from recommender.models import EngagementEvent, EventArrival

    EngagementEvent.objects.all().delete()
    EventArrival.objects.all().delete()
    before = site.cpu_seconds()
    accepted, elapsed, sent = post_for(site, size, seconds)
    cpu = site.cpu_seconds() - before
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NAMES} FROM {TABLE} ORDER BY rowid")
        rows = cursor.fetchall()
    if len(rows) != accepted:
        raise RuntimeError(f"{accepted} events were acknowledged, {len(rows)} are stored.")
    objects = list(EngagementEvent.objects.all())

    def barely() -> None:
        for first in range(0, len(rows), size):
            with durable(), connection.cursor() as cursor:
                cursor.executemany(f"{INSERT}({SLOTS})", rows[first : first + size])

    def by_the_orm() -> None:
        for first in range(0, len(objects), size):
            with durable():
                EngagementEvent.objects.bulk_create(objects[first : first + size])

    bare, bare_cpu = timed_on_empty_table(barely)
    orm, _ = timed_on_empty_table(by_the_orm)
    with override_settings(EVENTS_SYNC=False):
        unsynced, _ = timed_on_empty_table(barely)
    batches = len(rows) / size
    return Round(
        http=accepted / elapsed,
        bare=len(rows) / bare,
        bare_unsynced=len(rows) / unsynced,
        bare_orm=len(rows) / orm,
        http_cpu_ms=cpu * 1000 / sent,
        bare_cpu_ms=bare_cpu * 1000 / batches,
    )


def timed_on_empty_table(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock and of processor time that ``work`` takes, from an empty events table."""
    from recommender.models import EngagementEvent

    EngagementEvent.objects.all().delete()
    start, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - busy


def post_for(site: Site, size: int, seconds: float) -> tuple[int, float, int]:
    """Accepted events, seconds they took, and batches sent, over a few kept-alive connections at once.

    Batches are made before the clock starts: making them is the clients' work.
    """
    count = LINES[size]
    enough = max(int(seconds * {1: 400, 20: 300, 200: 120}[size] / count), 2)
    lines = [Line(site, site.browsers[number]) for number in range(count)]
    ready = [[batch(line.browser, size, first=size * turn)[1] for turn in range(enough)] for line in lines]
    accepted, sent = [0] * count, [0] * count
    gate = threading.Barrier(count + 1)

    def send(number: int) -> None:
        lines[number].post(batch(lines[number].browser, 0)[1])  # opens the connection and warms the thread
        gate.wait()
        deadline = time.perf_counter() + seconds
        for body in ready[number]:
            accepted[number] += lines[number].post(body)["accepted"]
            sent[number] += 1
            if time.perf_counter() > deadline:
                break

    threads = [threading.Thread(target=send, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    gate.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    return sum(accepted), time.perf_counter() - start, sum(sent)


def main() -> int:
    parser = measured.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round; default: %(default)s")
    parser.add_argument(
        "--kill", type=int, nargs="?", const=20, default=0, metavar="TIMES", help="default: 20"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the moments; default: %(default)s")
    options = parser.parse_args()
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="events-") as folder:
        site = Site(Path(folder))
        site.set_up()
        try:
            if options.kill:
                from benchmarks.events.kill import kill_run

                report["kill"] = asdict(kill_run(site, kills=options.kill, seed=options.seed))
            else:
                site.start()
                for size in SIZES:
                    result = measure(site, size, rounds=options.rounds, seconds=options.seconds)
                    report[f"batch_{size}"] = asdict(result)
                report["goal"] = GOAL
                report["goal_met"] = report["batch_200"]["ratio"] >= GOAL
        finally:
            site.kill()
    measured.tell(
        report,
        options,
        name="events_kill" if options.kill else "events",
        figures=figures_of_kills if options.kill else figures,
        packages=("django", "waitress"),
        lines=measured.by_line,
        indent=2,
    )
    return 0 if report.get("kill", {}).get("missing", 0) == 0 else 1


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Rates, ratios with their lowest and highest round, and processor time, ``batch_N.…``."""
    found = {}
    for size in SIZES:
        row, key = report[f"batch_{size}"], f"batch_{size}"
        for name in ("events_per_second", "bare_per_second"):
            found[f"{key}.{name}"] = Figure(row[name])
        found[f"{key}.ratio"] = Figure(row["ratio"], "×", at_least=GOAL if size == max(SIZES) else None)
        found[f"{key}.ratio_lowest"] = Figure(min(row["ratios"]), "×")
        found[f"{key}.ratio_highest"] = Figure(max(row["ratios"]), "×")
        for name in ("ratio_unsynced", "ratio_orm"):
            found[f"{key}.{name}"] = Figure(row[name], "×")
        for name in ("server", "bare"):
            found[f"{key}.{name}_cpu_ms"] = Figure(row[f"{name}_cpu_ms_per_batch"], "ms")
    return found


def figures_of_kills(report: dict[str, Any]) -> dict[str, Figure]:
    """How often was killed, and what remained."""
    row = report["kill"]
    none = dict.fromkeys(("missing", "doubled"), 0)
    names = ("kills", "roll_up_kills", "acknowledged", "stored", "missing", "doubled", "recovered")
    return {name: Figure(row[name], at_most=none.get(name)) for name in names}


if __name__ == "__main__":
    sys.exit(main())
