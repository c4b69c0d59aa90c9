"""Say what an upload would become, as JSON: ready, or refused with code and sentence. Nothing is kept.

The file passes the same check in the same sandbox as an upload; only its speech is not transcribed. The exit status is 0
when it would be taken, 1 when not.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from core.errors import DiskFull, PlatformError
from core.files import NO_SPACE
from generation.jobs.intake import file_take
from generation.media.ingest.refusals import NOTES
from generation.models import Upload

KINDS = tuple(Upload.Kind.values)
FIELDS = ("seconds", "width", "height")
DOCUMENT_FIELDS = ("format", "letters", "language", "title")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file that would be sent")
        parser.add_argument(
            "--as", dest="kind", choices=KINDS, required=True, help="what it would be sent as"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = checked(options["file"], options["kind"])
        except PlatformError as error:
            answer: dict[str, Any] = {
                "state": "refused",
                "code": error.code,
                "detail": str(error),
                "labels": {},
            }
        else:
            known = {
                name: found[name] for name in FIELDS if found[name]
            }  # a recording has no width, a picture no length
            if options["kind"] == Upload.Kind.DOCUMENT:
                known |= {name: found["features"][name] for name in DOCUMENT_FIELDS}
            answer = {"state": "ready", **known, "labels": found["labels"]}
            if notes := found.get("notes"):
                answer["notes"] = [{"code": note, "detail": NOTES[note]} for note in notes]
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if answer["state"] == "refused":
            sys.exit(1)


def checked(place: Path, kind: str) -> dict[str, Any]:
    """What the check of an upload says of the file, whose copies are gone again. Raises ``PlatformError``."""
    _check_regular(place)
    try:
        with _ended_in_order(), tempfile.TemporaryDirectory(prefix="check-") as folder:
            return file_take(kind, place.resolve(), Path(folder), name=place.name)
    except OSError as error:
        if error.errno in NO_SPACE:
            raise DiskFull("The disk for temporary files is full. Free some space and try again.") from error
        raise PlatformError(
            f"A file could not be read or written ({error.strerror}). Try again.", code="file_error"
        ) from error


def _check_regular(place: Path) -> None:
    """Raises ``PlatformError`` for what is no file that can be read; a pipe would be waited for."""
    shown = str(place).encode(errors="replace").decode()
    try:
        mode = place.stat().st_mode
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise PlatformError(
            f"There is no file {shown} ({why}). Check the name.", code="file_missing"
        ) from error
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe, a socket or a device"
        raise PlatformError(f"{shown} is {what}. Name a file.", code="file_irregular")
    if not os.access(place, os.R_OK):
        raise PlatformError(
            f"The file {shown} may not be read. Give this user read access to it.", code="file_unreadable"
        )


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Whoever ends this process still lets it take its temporary files away."""

    def leave(number: int, _frame: Any) -> NoReturn:
        sys.exit(128 + number)

    former = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
