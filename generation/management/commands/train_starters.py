"""Train small starter versions of the generators from what ships with the site, where there are none yet."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generation.services.starters import starters_train

LOWEST = 19


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--minutes",
            type=float,
            default=settings.STARTER_MINUTES,
            help="of all together; default: %(default)s",
        )
        parser.add_argument("--again", action="store_true", help="also those that were cancelled or failed")
        parser.add_argument(
            "--background",
            action="store_true",
            help="at the lowest priority; nothing where AIGC_STARTERS is off",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["minutes"] <= 0:
            raise CommandError(f"--minutes must be more than 0, got {options['minutes']:g}.")
        if options["background"]:
            if not settings.STARTERS:
                return
            os.nice(LOWEST)
        made = starters_train(minutes=options["minutes"], again=options["again"], told=self._told)
        if not made and not options["background"]:
            self.stdout.write("Every generator has a version already, or none could be trained.")

    def _told(self, kind: str, outcome: str) -> None:
        self.stdout.write(f"starter {kind}: {outcome}")
