"""Train a ranker now, judge it on what came after, and promote it if it beats production and popularity."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import PlatformError
from recommender.training.promotion import ranker_train


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulated", action="store_true", help="learn from simulated viewers too")
        parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
        parser.add_argument("--json", action="store_true", help="print marks and verdict as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = ranker_train(simulated=options["simulated"], seed=options["seed"])
        except PlatformError as reason:
            raise CommandError(str(reason)) from reason
        if options["json"]:
            marks = {"id": version.pk, "state": version.state, **version.metrics}
            self.stdout.write(json.dumps(marks, indent=1, ensure_ascii=False))
            return
        for name in ("new", "production", "popularity"):
            if name in version.metrics:
                self.stdout.write(
                    f"{name:<11}" + "  ".join(f"{k} {v:.4f}" for k, v in version.metrics[name].items())
                )
        for name, row in version.metrics["verdict"]["against"].items():
            self.stdout.write(
                f"against {name}: {row['difference']:+.4f} NDCG (90 % interval {row['low']:+.4f} to "
                f"{row['high']:+.4f}), ahead in {row['sure']:.0%} of resamples"
            )
        self.stdout.write(f"Ranker {version.pk} is {version.get_state_display().lower()}.")
