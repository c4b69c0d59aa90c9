"""Read the AI labels of a file back, ours or foreign: visible text, AIGC field, IPTC source type, C2PA manifest.

Prints JSON. The exit status is 0 when all three are there and hold, 1 otherwise.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import PlatformError
from generation.media.ingest.sandbox import run_sandboxed
from generation.media.provenance import all_there


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a video, a picture or a recording")

    def handle(self, *args: Any, **options: Any) -> None:
        place: Path = options["file"]
        if not place.is_file():
            raise CommandError(f"There is no file {place}; check the name.")
        try:
            labels = run_sandboxed("generation.media.provenance.verify", str(place.resolve()), reads=[place])
        except PlatformError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(labels, ensure_ascii=False, indent=2))
        if not all_there(labels):
            sys.exit(1)
