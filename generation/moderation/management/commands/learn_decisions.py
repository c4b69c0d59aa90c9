"""Let a classifier of moderation learn from what people decided, now, in this process; it serves when its gate says so."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.errors import PlatformError
from generation.moderation.learning.runs import KINDS, learning_do


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[str(kind) for kind in KINDS])
        parser.add_argument(
            "--minutes", type=float, default=settings.LEARN_MINUTES, help="default: %(default)s"
        )
        parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
        parser.add_argument("--json", action="store_true", help="print marks and verdict as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = learning_do(kind=options["kind"], minutes=options["minutes"], seed=options["seed"])
        except PlatformError as reason:
            raise CommandError(str(reason)) from reason
        if options["json"]:
            told = {"id": version.pk, "state": version.state, **version.metrics}
            self.stdout.write(json.dumps(told, indent=1, ensure_ascii=False))
            return
        for name, mark in version.metrics.items():
            if isinstance(mark, int | float):
                self.stdout.write(f"{name:<28}{mark:.6g}")
        why = ", ".join(version.metrics["verdict"]["why_not"])
        self.stdout.write(
            f"Version {version.pk} ({version.kind}) is {version.get_state_display().lower()}{': ' if why else ''}{why}."
        )
