"""Let synthetic viewers with hidden tastes watch the site through its public API, and say how well it served them.

They are marked as simulated, never counted among real ones, and ``--remove`` takes them away with all they did.
Time is virtual: the days end now, and only a simulated viewer may bring its own clock.

With ``--tokens N`` nobody watches: it makes N viewers and prints the signed value of each one's cookie ``viewer``, one a
line, for a program of your own, which may send the viewer's time as ``X-Simulated-Time`` with feed and events.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from generation.models import Video
from recommender.catalogue.vectors import vectors_update
from recommender.errors import TooLittleData
from recommender.events.rollup import roll_up
from recommender.simulation import report
from recommender.simulation.curves import drawing
from recommender.simulation.days import simulate
from recommender.simulation.population import perceive
from recommender.simulation.site import published, server
from recommender.simulation.viewers import viewers_made, viewers_removed
from recommender.training.promotion import ranker_train
from recommender.viewers.identity import cookie_value


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--viewers", type=int, default=300, help="default: %(default)s")
        parser.add_argument("--days", type=int, default=7, help="virtual days (default: %(default)s)")
        parser.add_argument(
            "--seed", type=int, default=1, help="same seed, same viewers (default: %(default)s)"
        )
        parser.add_argument("--url", help="a running site of this database (default: one is started)")
        parser.add_argument("--train", action="store_true", help="train and promote a ranker after each day")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--chart", type=Path, help="write the learning curves as an SVG file")
        parser.add_argument(
            "--tokens", type=int, metavar="N", help="only make N viewers and print their cookies"
        )
        parser.add_argument("--remove", action="store_true", help="take all synthetic viewers away and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            for name, count in viewers_removed().items():
                self.stdout.write(f"{name} removed: {count}")
            return
        if options["tokens"] is not None:
            if options["tokens"] < 1:
                raise CommandError(f"--tokens is at least 1, got {options['tokens']}.")
            for viewer in viewers_made(options["tokens"]):
                self.stdout.write(cookie_value(viewer))
            return
        if options["viewers"] < 1 or options["days"] < 1:
            raise CommandError("--viewers and --days are at least 1.")
        while vectors_update():  # so that even the first viewer meets every video
            pass
        place = nullcontext(options["url"]) if options["url"] else server()
        with place as address, httpx.Client(base_url=address, timeout=60.0) as client:
            owners = dict(Video.objects.values_list("pk", "owner_id"))
            videos = [perceive(video, creator=owners[video["id"]]) for video in published(client)]
            if not videos:
                raise CommandError("There is no published video to watch. Publish some, or start ./run demo.")
            today = timezone.now().replace(minute=0, second=0, microsecond=0)
            slots = simulate(
                client=client,
                viewers=viewers_made(options["viewers"]),
                videos=videos,
                days=options["days"],
                start=today - timedelta(days=options["days"]),
                seed=options["seed"],
                after_day=self._train if options["train"] else lambda day, now: None,
                meanwhile=roll_up,
                progress=self._progress,
            )
        self.stderr.write("")
        found = report.summary(slots)
        if options["chart"]:
            options["chart"].write_text(
                drawing([report.by_day(slots), report.by_seen(slots)]), encoding="utf-8"
            )
        self.stdout.write(json.dumps(found, indent=1) if options["json"] else _readable(found))

    def _progress(self, share: float) -> None:
        self.stderr.write(f"\r{share:6.1%} of the days watched", ending="")
        self.stderr.flush()

    def _train(self, day: int, now: datetime) -> None:
        """The nightly training, at the end of the virtual day."""
        roll_up(seconds=60.0)
        try:
            version = ranker_train(until=now, simulated=True)
        except TooLittleData as reason:
            self.stderr.write(f"\nday {day + 1}: {reason}")
        else:
            self.stderr.write(f"\nday {day + 1}: ranker {version.pk} is {version.state}")


def _readable(found: dict[str, Any]) -> str:
    lines = [f"{found['slots']} videos shown", f"{'':12}{'interest':>10}{'regret':>10}"]
    for name, interest in found["interest"].items():
        lines.append(f"{name:12}{interest:10.3f}{found['regret'][name]:10.3f}")
    lines.append(
        f"the site's regret is {found['regret_share_of_random']:.2f} × random's, "
        f"{found['last_day_regret_share_of_random']:.2f} × on the last day"
    )
    return "\n".join(lines)
