"""Files that are whole or not there: written aside and renamed, their hash, and a disk's refusals in words; plain Python."""

from __future__ import annotations

import errno
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import DatabaseBusy, DiskFull, MediaFolderUnwritable, PlatformError

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals into ``DiskFull`` or ``MediaFolderUnwritable`` about ``folder``."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise DiskFull(
                f"The disk that holds {folder} is full ({error.strerror}). Free some space and start the job again."
            ) from error
        raise MediaFolderUnwritable(
            f"The folder {folder} cannot be written ({error.strerror}). Give the worker's user write access to it."
        ) from error


def folder_ready(folder: Path) -> None:
    """Make ``folder`` and see whether it may be written, before work is done whose result goes there.

    Raises ``DiskFull`` or ``MediaFolderUnwritable``.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """A temporary name beside ``target`` that becomes it, synced to disk, when the block ends without an error."""
    temporary = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:12]}.part{target.suffix}")
    try:
        with disk_errors(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with disk_errors(target.parent):
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            temporary.replace(target)
            sync_folder(target.parent)
    finally:
        with suppress(OSError):
            temporary.unlink()


def database_refusal(words: str) -> PlatformError | None:
    """What SQLite's words say of the disk or of another process at the database; None where they speak of a fault of ours."""
    if "locked" in words or "busy" in words:
        return DatabaseBusy("The database is held by another process for too long. Try again in a moment.")
    if "is full" in words or "disk I/O" in words:
        return DiskFull("The disk of the database is full. Free some space and send it again.")
    if "readonly" in words or "unable to open" in words:
        return MediaFolderUnwritable(
            "The database cannot be written. Give the site's user write access to it."
        )
    return None


def sync_files(folder: Path) -> None:
    """Make the bytes of every file below ``folder`` durable."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as written:
                os.fsync(written.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, not only the bytes behind them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, as 64 hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
