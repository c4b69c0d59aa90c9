"""A worker takes an upload: claim, check and normalize in the sandbox, listen, put in place; or say why not.

A rejected upload leaves its row with code and sentence, and no file. The row is written only while the lease is ours.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from core import media_files
from core.errors import PlatformError
from core.files import sha256_of
from core.leases import Lease, lease_owner_new, row_claim
from generation.errors import AssetMissing, SandboxLimit
from generation.jobs.intake import bounds, file_take
from generation.media.ingest.refusals import refusal
from generation.media.ingest.sandbox import run_sandboxed
from generation.models import Upload

log = logging.getLogger(__name__)

CHECK_SHARE, HEARD_SHARE = 0.8, 0.97  # of the progress: normalizing ends at the one, listening at the other
LISTEN_MEMORY_BYTES = 4_000_000_000  # Whisper maps its network into memory
SUFFIXES = {"clip": ".mp4", "image": ".jpg", "audio": ".wav", "document": ".txt"}


def upload_claim(pk: int, owner: str) -> bool:
    """Take the upload when it waits or its worker is gone; ``True`` for exactly one of any number of callers."""
    return row_claim(Upload, pk, owner)


def upload_take(pk: int) -> None:
    """Check and normalize the upload if it is free to take; it ends ready, rejected, or gone with its files."""
    owner = lease_owner_new()
    if not upload_claim(pk, owner):
        return
    upload = Upload.objects.get(pk=pk)
    lease = UploadLease(upload, owner)
    lease.work(lambda: _make(upload, lease))


class UploadLease(Lease[Upload]):
    """The lease of an upload; deleting the row is how a creator cancels."""

    again = "Send the file again later."
    after_fault = "send the file again later."

    def end_failed(self, error: PlatformError) -> None:
        """Record why, with what the sentence was filled with, and remove what was sent."""
        ended = self.own().update(
            state=Upload.State.REJECTED,
            error_code=error.code,
            error=str(error),
            error_values=error.values,
            original="",
            lease_until=None,
        )
        if ended:
            media_files.remove(self.row.original)


def _make(upload: Upload, lease: UploadLease) -> None:
    if upload.attempts > settings.JOB_ATTEMPTS:
        raise refusal("upload_worker_died", count=upload.attempts - 1)
    source = media_files.absolute(upload.original) if upload.original else None
    if source is None or not source.is_file():
        raise refusal("upload_lost")
    _remove_scratch(upload)
    folder = _scratch(upload)
    media_files.make_folder(folder)
    try:
        found = file_take(
            upload.kind,
            source,
            folder,
            name=upload.original_name,
            progress=lambda done: lease.progress(CHECK_SHARE * done),
            check=lease.beat,
        )
        heard = _listen(upload, lease, folder, found)
        _put_in_place(upload, lease, folder, found, heard)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _listen(upload: Upload, lease: UploadLease, folder: Path, found: dict[str, Any]) -> dict[str, Any]:
    """The transcript of what has sound. Without Whisper the upload is still good; the row then says what is missing."""
    place = folder / f"file{SUFFIXES[upload.kind]}"
    if upload.kind == Upload.Kind.IMAGE or not found.get("has_sound", True):
        return {"transcript": {}, "webvtt": "", "speech_share": 0.0}
    lease.progress(CHECK_SHARE)
    memory = max(LISTEN_MEMORY_BYTES, settings.UPLOAD_MEMORY_BYTES)
    try:
        heard: dict[str, Any] = run_sandboxed(
            "generation.media.ingest.transcripts.hear",
            str(place),
            found["seconds"],
            reads=[place],
            **bounds() | {"memory_bytes": memory},
            check=lease.beat,
        )
    except (AssetMissing, SandboxLimit) as error:
        log.warning("upload %s has no transcript: %s", upload.pk, error)
        problem = {"code": error.code, "detail": str(error)}
        return {"transcript": {"words": [], "problem": problem}, "webvtt": "", "speech_share": 0.0}
    return heard


def _put_in_place(
    upload: Upload, lease: UploadLease, folder: Path, found: dict[str, Any], heard: dict[str, Any]
) -> None:
    """Move the files to where they are served from, then let the row point to them, then drop what was sent."""
    lease.progress(HEARD_SHARE)
    if heard["webvtt"]:
        (folder / "captions.vtt").write_text(heard["webvtt"], encoding="utf-8")
    made = folder / f"file{SUFFIXES[upload.kind]}"
    digest, size = sha256_of(made), made.stat().st_size
    paths = {"file": "", "poster": "", "captions": ""}
    try:
        for name in paths:
            for place in folder.glob(f"{name}.*"):
                paths[name] = media_files.new_path("uploads", upload.owner_id, place.suffix)
                target = media_files.absolute(paths[name])
                media_files.make_folder(target.parent)
                _sync(place)
                place.replace(target)
        lease.update(
            **paths,
            state=Upload.State.READY,
            progress=1.0,
            original="",
            bytes=size,
            sha256=digest,
            seconds=found["seconds"],
            width=found["width"],
            height=found["height"],
            features=found["features"]
            | {"speech_share": heard["speech_share"], "notes": found.get("notes", [])},
            transcript=heard["transcript"],
            labels=found["labels"],
            error="",
            error_code="",
            error_values={},
            lease_until=None,
        )
    except BaseException:
        media_files.remove(*paths.values())
        raise
    media_files.remove(upload.original)


def _scratch(upload: Upload) -> Path:
    return media_files.absolute(f"incoming/{upload.owner_id}/work-{upload.pk}-{upload.attempts}")


def _remove_scratch(upload: Upload) -> None:
    """What a worker that was killed left behind."""
    for folder in _scratch(upload).parent.glob(f"work-{upload.pk}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
