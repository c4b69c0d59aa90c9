"""What exploration costs: reward a slot as shown and, from the same log, without it; and what each source's slots earned."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from recommender.errors import RecommenderError
from recommender.training import exploration_judged


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulated", action="store_true", help="count simulated viewers too")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = exploration_judged(until=timezone.now(), simulated=options["simulated"])
        except RecommenderError as reason:
            raise CommandError(str(reason)) from reason
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=1))
            return
        estimates = {"as shown": found["as_shown"], **found["without_exploration"]}
        for name, row in estimates.items():
            self.stdout.write(
                f"{name:<10}{row['value']:.4f}  ({row['low']:.4f} to {row['high']:.4f})  "
                f"{row['rows']:.0f} slots, worth {row['effective_rows']:.0f}"
            )
        for name, row in found["by_source"].items():
            self.stdout.write(f"{name:<10}{row['reward']:.4f}  {row['slots']} slots")
