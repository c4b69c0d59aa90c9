"""Collect titles or pictures to learn from: cleaned, with a report, kept as a snapshot that never changes."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import PlatformError
from generation.services.datasets import TitleSource, pictures_collect, titles_collect


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, help="tables of titles: exports, CSV, JSON, Parquet, .gz"
        )
        parser.add_argument("--pictures", type=Path, help="a folder or zip archive of pictures instead")
        parser.add_argument("--site", action="store_true", help="the titles published on this site too")
        parser.add_argument(
            "--column", action="append", default=[], metavar="THEIRS=OURS", help="such as headline=title"
        )
        parser.add_argument(
            "--licence", default="", help="of the data; required for files that are not your own export"
        )
        parser.add_argument("--consent", default="", help="who agreed to its use, in words")
        parser.add_argument("--json", action="store_true", help="print the snapshot's manifest")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["files"] or options["pictures"]) and not options["licence"]:
            raise CommandError(
                'Say under which licence the data may be used: --licence "CC BY 4.0", --licence own, …'
            )
        columns = dict(pair.split("=", 1) for pair in options["column"] if "=" in pair)
        try:
            if options["pictures"]:
                made = pictures_collect(
                    options["pictures"], licence=options["licence"], consent=options["consent"]
                )
            else:
                sources = [
                    TitleSource(path, options["licence"], options["consent"], columns)
                    for path in options["files"]
                ]
                made = titles_collect(sources, with_site=options["site"])
        except PlatformError as reason:
            raise CommandError(str(reason)) from reason
        except FileNotFoundError as reason:
            raise CommandError(f"There is no file {reason.filename}.") from reason
        if options["json"]:
            self.stdout.write(json.dumps(made.manifest, ensure_ascii=False, indent=1))
            return
        report = made.manifest["report"]
        self.stdout.write(f"{report['before']} rows, {report['after']} kept: {made.folder}")
        for step in report["steps"]:
            examples = "; ".join(step["examples"][:3])
            self.stdout.write(f"  {step['reason']:<18}{step['removed']:>9}   {examples[:100]}")
        self.stdout.write(
            "  " + ", ".join(f"{name} {count}" for name, count in made.manifest["splits"].items())
        )
