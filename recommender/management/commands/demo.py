"""Fill the site with generated videos, synthetic viewers and a ranker trained on them; ``--reset`` takes it all away."""

from __future__ import annotations

import time
from argparse import SUPPRESS, ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from recommender.simulation.demonstration import films
from recommender.simulation.demonstration.past import past_filled
from recommender.simulation.demonstration.queue import queue_filled
from recommender.simulation.demonstration.reset import demonstration_removed


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--videos", type=int, default=60, help="default: %(default)s")
        parser.add_argument(
            "--viewers", type=int, default=120, help="synthetic viewers (default: %(default)s)"
        )
        parser.add_argument(
            "--days", type=int, default=3, help="virtual days they watch (default: %(default)s)"
        )
        parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
        parser.add_argument("--reset", action="store_true", help="take the whole demonstration away")
        parser.add_argument("--worker", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["worker"]:
            films.waiting_jobs_taken()
            return
        if options["reset"]:
            for name, count in demonstration_removed().items():
                self.stdout.write(f"{name} removed: {count}")
            return
        self._began = time.monotonic()
        made = films.videos_made(count=options["videos"], seed=options["seed"], tell=self._tell)
        self.stdout.write(f"\n{made} videos by ten channels, {self._minutes()}")
        films.published_times_spread(
            seed=options["seed"], before=timezone.now() - timedelta(days=options["days"])
        )
        call_command(
            "simulate_viewers",
            viewers=options["viewers"],
            days=options["days"],
            seed=options["seed"],
            train=True,
            stdout=self.stdout,
            stderr=self.stderr,
        )
        past = past_filled(seed=options["seed"])
        self.stdout.write(
            f"{past['cases']} cases were decided in four simulated weeks, {past['appeals']} of them appealed."
        )
        filled = queue_filled(seed=options["seed"])
        self.stdout.write(f"{filled['open']} cases wait in the queue of moderation.")
        self.stdout.write(f"The demonstration is ready, {self._minutes()}.")

    def _tell(self, made: int, seconds: float) -> None:
        self.stdout.write(f"\r{made:3d} videos made in {seconds:4.0f} s", ending="")
        self.stdout.flush()

    def _minutes(self) -> str:
        return f"{(time.monotonic() - self._began) / 60:.1f} min"
