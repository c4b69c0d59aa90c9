"""Where uploads and videos lie under MEDIA_ROOT, and how files come and go without half a file ever being seen."""

from __future__ import annotations

import hashlib
import os
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from core.errors import DiskFull, MediaFolderUnwritable
from core.files import NO_SPACE


def absolute(path: str) -> Path:
    """The file at ``path`` (relative to MEDIA_ROOT). Raises ``ValueError`` when it would leave that folder."""
    root = Path(settings.MEDIA_ROOT).resolve()
    found = (root / path).resolve()
    if not found.is_relative_to(root) or found == root:
        raise ValueError(f"{path!r} is outside the media folder.")
    return found


def new_path(kind: str, owner_id: int, suffix: str) -> str:
    """A name nobody can guess: ``videos/7/3f…​.mp4``."""
    return f"{kind}/{owner_id}/{uuid.uuid4().hex}{suffix}"


def make_folder(path: Path) -> None:
    """Raises ``MediaFolderUnwritable`` with what to do."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaFolderUnwritable(
            f"The folder {path.name} cannot be made ({error.strerror}). Set AIGC_MEDIA_DIR to a writable folder."
        ) from error


def receive(file: UploadedFile, *, owner_id: int) -> tuple[str, str]:
    """Store an upload under a random name; its path and SHA-256. Raises ``DiskFull`` or ``MediaFolderUnwritable``."""
    path = new_path("incoming", owner_id, ".bin")
    target = absolute(path)
    make_folder(target.parent)
    state = hashlib.sha256()
    try:
        with target.open("xb") as stream:
            for chunk in file.chunks():
                state.update(chunk)
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        with suppress(OSError):  # a folder that cannot be written refuses this too
            target.unlink(missing_ok=True)
        if error.errno in NO_SPACE:
            raise DiskFull("The disk is full. Free some space and send the file again.") from error
        raise MediaFolderUnwritable(f"The file cannot be stored ({error.strerror}).") from error
    return path, state.hexdigest()


def remove(*paths: str) -> None:
    """Delete files that exist; empty names are passed over."""
    for path in paths:
        if path:
            absolute(path).unlink(missing_ok=True)
