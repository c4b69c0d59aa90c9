"""Compile the message catalogues (locale/*/LC_MESSAGES/*.po → .mo) in Python, so that no gettext tools are needed."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


def compile_catalogue(source: Path) -> bool:
    """Write the ``.mo`` beside ``source`` when it is missing or older; ``True`` when it was written."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as stream:
        catalogue = read_po(stream)
    partial = target.with_suffix(".partial")
    with partial.open("wb") as stream:
        write_mo(stream, catalogue)
    partial.replace(target)
    return True


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="compile catalogues that have not changed too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sources = [
            source for folder in settings.LOCALE_PATHS for source in sorted(Path(folder).rglob("*.po"))
        ]
        if not sources:
            raise CommandError("No message catalogue was found under locale/.")
        for source in sources:
            if options["force"]:
                source.with_suffix(".mo").unlink(missing_ok=True)
            if compile_catalogue(source) and options["verbosity"]:
                self.stdout.write(f"compiled {source.parent.parent.name}/{source.name}")
