"""What a page waits for a moment for: labels of a foreign file, a line of a script spoken. Asked here, done by the worker ``quick``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.errors import Busy, DiskFull, MediaFolderUnwritable
from core.files import NO_SPACE
from core.languages import Language
from core.media_files import make_folder
from generation import tasks
from generation.edits import AnyEdit, SetScene, SetVoice, apply
from generation.errors import SceneUnknown, StoryboardInvalid
from generation.jobs.awaited import READINGS, kept_file, kept_files_remove
from generation.media.ingest.refusals import refusal
from generation.models import GenerationJob, LabelReading, NarrationPreview, random_key
from generation.selectors import previews_claimable, readings_claimable
from generation.storyboard import Storyboard

READINGS_WAITING = 8  # at 40 s each and two at once, the last has waited under three minutes
PREVIEWS_WAITING = 12  # of all creators; each has one at most
SUFFIX_LETTERS = 8


def reading_request(*, owner: User | None, file: UploadedFile[Any]) -> LabelReading:
    """Keep a file until its labels are read, and queue that.

    Raises ``UploadRejected`` for one that is too large, ``Busy`` where as many wait as may, ``DiskFull`` or
    ``MediaFolderUnwritable``.
    """
    most, size = settings.UPLOAD_MAX_BYTES, file.size or 0
    if size > most:
        raise refusal("upload_too_many_bytes", megabytes=f"{size / 1e6:.0f}", limit=most // 1_000_000)
    _check_room(readings_claimable().count, READINGS_WAITING)  # before 300 MB are written
    key, name = random_key(), file.name or "file"
    path = f"{READINGS}/{key}{_suffix(name)}"
    _keep(file, kept_file(path))
    try:
        with transaction.atomic():
            _check_room(readings_claimable().count, READINGS_WAITING)
            row = LabelReading.objects.create(owner=owner, key=key, name=name[-200:], file=path)
            tasks.reading_run.delay_on_commit(row.pk)
    except BaseException:
        kept_files_remove(path)
        raise
    return row


@dataclass(frozen=True)
class SpokenLine:
    """What is to be said, and how."""

    text: str
    language: Language
    voice: str
    speed: float


def line_spoken(board: Storyboard, *, scene: str, edits: Sequence[AnyEdit]) -> SpokenLine:
    """The narration of ``scene`` as it would be after ``edits``, of which only words and voice count.

    Raises ``SceneUnknown``, ``StoryboardInvalid`` with the code ``voice_silent`` where no voice of ours speaks, or what
    ``apply`` raises.
    """
    said = [edit for edit in edits if isinstance(edit, SetScene | SetVoice)]
    board = apply(board, said, files={})
    told = next((one for one in board.scenes if one.id == scene), None)
    if told is None:
        raise SceneUnknown(f"There is no scene {scene!r} in this script.")
    if board.voice.name in ("none", "own"):
        raise StoryboardInvalid(
            "Choose one of the platform’s voices to hear the narration.", code="voice_silent"
        )
    return SpokenLine(told.narration, board.language, board.voice.name, board.voice.speed)


@transaction.atomic
def preview_request(*, job: GenerationJob, line: SpokenLine) -> NarrationPreview:
    """Have ``line`` spoken. One of the same creator that still waits gives way to it. Raises ``Busy``."""
    NarrationPreview.objects.filter(job__owner_id=job.owner_id, state=NarrationPreview.State.QUEUED).delete()
    _check_room(previews_claimable().count, PREVIEWS_WAITING)
    preview = NarrationPreview.objects.create(job=job, **asdict(line))
    tasks.preview_run.delay_on_commit(preview.pk)
    return preview


def _check_room(waiting: Callable[[], int], most: int) -> None:
    if waiting() >= most:
        raise Busy("Others are being served here right now. Try again in a few seconds.")


def _suffix(name: str) -> str:
    """Of the file's name, as far as it is letters: some readers go by it."""
    suffix = Path(name).suffix.lower()[:SUFFIX_LETTERS]
    return suffix if suffix[1:].isalnum() and suffix.isascii() else ""


def _keep(file: UploadedFile[Any], place: Path) -> None:
    make_folder(place.parent)
    try:
        with place.open("xb") as target:
            for chunk in file.chunks():
                target.write(chunk)
    except OSError as error:
        with suppress(OSError):
            place.unlink(missing_ok=True)
        if error.errno in NO_SPACE:
            raise DiskFull("The disk is full. Free some space and send the file again.") from error
        raise MediaFolderUnwritable(f"The file cannot be stored ({error.strerror}).") from error
