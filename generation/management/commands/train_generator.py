"""Train a version of a kind now, in this process, and register it; it serves when its gate says that it is better."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.errors import PlatformError
from generation.ml.gan.config import SIZES
from generation.models import ModelKind, ModelVersion
from generation.services.starters import own_data
from generation.services.trainings import training_do
from generation.services.versions import version_promote

BAR = 30


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "kind", choices=ModelKind.values, help=f"trained here: {', '.join(settings.TRAINERS)}"
        )
        parser.add_argument(
            "--data",
            type=Path,
            help="file or folder to learn from; default: what the site has of its own for the kind",
        )
        parser.add_argument(
            "--promote",
            action="store_true",
            help="let it serve whatever its gate says, as the page's button does",
        )
        parser.add_argument("--minutes", type=float, default=10.0, help="default: %(default)s")
        parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
        parser.add_argument(
            "--size",
            type=int,
            choices=SIZES,
            help="pixels a side of a picture generator's pictures; default: 32",
        )
        parser.add_argument("--json", action="store_true", help="print marks and verdict as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {name: options[name] for name in ("kind", "minutes", "seed", "size")}
        try:
            data = options["data"] or own_data(options["kind"])
            version = training_do(**asked, data=data, tell=None if options["json"] else self._tell)
            if options["promote"] and version.state != ModelVersion.State.PRODUCTION:
                version = version_promote(version=version)
        except PlatformError as reason:
            raise CommandError(str(reason)) from reason
        if options["json"]:
            marks = {"id": version.pk, "state": version.state, "fingerprint": version.data_fingerprint}
            self.stdout.write(json.dumps({**marks, **version.metrics}, indent=1, ensure_ascii=False))
            return
        self.stdout.write("")
        for name, mark in version.metrics.items():
            if isinstance(mark, int | float):
                self.stdout.write(f"{name:<28}{mark:.6g}")
        self.stdout.write(
            f"Version {version.pk} ({version.kind}) is {version.get_state_display().lower()}; "
            f"its data: {version.data_fingerprint}"
        )

    def _tell(self, done: float, numbers: Mapping[str, Any]) -> None:
        filled = round(done * BAR)
        marks = "  ".join(
            f"{name} {value:.4g}"
            for name, value in list(numbers.items())[:4]
            if isinstance(value, int | float)
        )
        line = f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done:4.0%}  {marks}"
        self.stdout.write(line.ljust(110), ending="" if self.stdout.isatty() else "\n")
        self.stdout.flush()
