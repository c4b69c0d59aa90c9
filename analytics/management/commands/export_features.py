"""Measure the videos that have not been measured yet and write the table of features as Parquet."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.features.making import features_make
from analytics.features.table import features_export, features_place
from core.errors import PlatformError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--output", type=Path, help="default: features.parquet in the folder of training data"
        )
        parser.add_argument("--minutes", type=float, help="at most so long; default: until all are measured")
        parser.add_argument(
            "--only-written", action="store_true", help="measure nothing, write what is there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        place = options["output"] or features_place()
        minutes = options["minutes"]
        if minutes is not None and minutes <= 0:
            raise CommandError(f"--minutes must be more than 0, got {minutes:g}.")
        if not options["only_written"]:
            told = features_make(seconds=float("inf") if minutes is None else minutes * 60, tell=self._tell)
            self.stdout.write(f"\n{told.made} videos measured, {told.left} wait.")
            if told.failed:
                self.stdout.write(f"{told.failed} videos cannot be measured; the log says why.")
        try:
            rows = features_export(place)["rows"]
        except PlatformError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{rows} rows written to {place}.")

    def _tell(self, done: int, of: int) -> None:
        self.stdout.write(f"\r{done} of {of}", ending="" if self.stdout.isatty() else "\n")
        self.stdout.flush()
