"""SIGKILL at random moments: what was acknowledged is there, once, and is counted once."""

from __future__ import annotations

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field

from benchmarks.events.site import Line, Site, batch
from benchmarks.scratch_site import ROOT

SENDERS = 3
BATCH = 20


@dataclass
class Sender:
    """A client that sends each batch until it is acknowledged, as the player does."""

    line: Line
    pause_seconds: float = 0.0  # between two batches
    acknowledged: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    accepted: int = 0
    duplicates: int = 0
    broken: int = 0  # sendings that ended without an answer

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            ids, body = batch(self.line.browser, BATCH, first=len(self.sent))
            self.sent.update(ids)
            while not self._told(ids, body):
                self.broken += 1
                time.sleep(0.05)
                self.line.again()
            stop.wait(self.pause_seconds)

    def _told(self, ids: list[str], body: bytes) -> bool:
        try:
            receipt = self.line.post(body)
        except (OSError, http.client.HTTPException):
            return False
        if receipt["rejected"]:
            raise RuntimeError(f"A good event was refused: {receipt['rejected'][0]}")
        self.accepted += receipt["accepted"]
        self.duplicates += receipt["duplicates"]
        self.acknowledged += ids
        return True


@dataclass(frozen=True)
class Killed:
    """What remained. ``recovered`` events were stored by a sending whose answer the kill swallowed."""

    kills: int
    roll_up_kills: int
    acknowledged: int
    stored: int
    missing: int
    doubled: int
    strangers: int  # stored, never sent
    recovered: int
    broken_sendings: int
    counted_watch_seconds: float
    expected_watch_seconds: float


def kill_run(site: Site, *, kills: int, seed: int) -> Killed:
    """Kill the server ``kills`` times while clients send, and the roll-up as often; then compare."""
    from recommender.models import Viewer

    Viewer.objects.update(simulated=True)  # as real ones they would be flagged: no person sends so fast
    dice = random.Random(seed)
    site.start()
    senders = [Sender(Line(site, site.browsers[number])) for number in range(SENDERS)]
    stop = threading.Event()
    threads = [threading.Thread(target=sender.run, args=(stop,)) for sender in senders]
    for thread in threads:
        thread.start()
    counter, counter_kills = _roll_up_forever(site), 0
    for _ in range(kills):
        time.sleep(dice.uniform(0.1, 1.5))
        site.kill()
        if dice.random() < 0.5:
            _end(counter)
            counter, counter_kills = _roll_up_forever(site), counter_kills + 1
        site.start()
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    _end(counter)
    site.kill()
    return _compared(senders, kills, counter_kills)


def _compared(senders: list[Sender], kills: int, counter_kills: int) -> Killed:
    """What the clients know against what the database holds."""
    from django.db.models import Sum

    from recommender.events import rollup
    from recommender.models import EngagementEvent, EventArrival, VideoStat, Viewing

    stored = [str(pk) for pk in EngagementEvent.objects.values_list("pk", flat=True)]
    acknowledged = {pk for sender in senders for pk in sender.acknowledged}
    sent = {pk for sender in senders for pk in sender.sent}
    rollup.roll_up(seconds=600.0)
    if EventArrival.objects.exists():
        raise RuntimeError("The roll-up left notes behind.")
    # every slot's longest watch, from the events themselves
    longest: dict[tuple[uuid.UUID | None, int | None], int] = {}
    for page, position, watch in EngagementEvent.objects.values_list("request_id", "position", "watch_ms"):
        longest[page, position] = max(longest.get((page, position), 0), watch or 0)
    totals = VideoStat.objects.aggregate(watch=Sum("watch_seconds"), views=Sum("views"))
    if totals["views"] != len(longest) or Viewing.objects.count() != len(longest):
        raise RuntimeError(f"{len(longest)} viewings were sent, {totals['views']} are counted.")
    return Killed(
        kills=kills,
        roll_up_kills=counter_kills,
        acknowledged=len(acknowledged),
        stored=len(stored),
        missing=len(acknowledged - set(stored)),
        doubled=len(stored)
        - len(set(stored))
        + sum(len(s.acknowledged) for s in senders)
        - len(acknowledged),
        strangers=len(set(stored) - sent),
        recovered=sum(sender.duplicates for sender in senders),
        broken_sendings=sum(sender.broken for sender in senders),
        counted_watch_seconds=round(totals["watch"], 3),
        expected_watch_seconds=round(sum(longest.values()) / 1000, 3),
    )


def _roll_up_forever(site: Site) -> subprocess.Popen[bytes]:
    """A process that counts what arrives, without a pause."""
    code = (
        "import django, time; django.setup()\n"
        "from recommender import rollup\n"
        "while True: rollup.roll_up(); time.sleep(0.01)"
    )
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=site.environment)


def _end(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
