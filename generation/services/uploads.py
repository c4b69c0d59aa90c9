"""Files a creator sends: received, removed, offered as videos of their own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import media_files
from core.errors import RoleMissing
from core.roles import CREATOR, has_role
from generation import tasks
from generation.errors import UploadRejected, VideoStateConflict
from generation.jobs.intake import document_text
from generation.media.ingest.refusals import refusal
from generation.models import StoryboardVersion, Upload, Video
from generation.services.quota import room_check
from generation.storyboard import ASPECTS, FRAME_SIZES, Storyboard


def _check_creator(owner: User) -> None:
    if not has_role(owner, CREATOR):
        raise RoleMissing("Only creators make videos and send files. Ask an administrator for the role.")


def upload_receive(*, owner: User, file: UploadedFile[Any], kind: str) -> Upload:
    """Store a creator's file and queue its check. Raises ``RoleMissing``, ``StorageFull``, or ``UploadRejected`` for size or
    kind."""
    _check_creator(owner)
    if kind not in Upload.Kind.values:
        raise UploadRejected(f"kind must be one of {', '.join(Upload.Kind.values)}, got {kind!r}.")
    size = file.size or 0
    if size == 0:
        raise _not_stored(refusal("upload_empty"))
    most = settings.DOCUMENT_MAX_BYTES if kind == Upload.Kind.DOCUMENT else settings.UPLOAD_MAX_BYTES
    if size > most:
        limit = most // 1_000_000
        raise _not_stored(refusal("upload_too_many_bytes", megabytes=f"{size / 1e6:.0f}", limit=limit))
    room_check(owner=owner, size=size)
    path, sha256 = media_files.receive(file, owner_id=owner.pk)
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                owner=owner,
                kind=kind,
                original_name=(file.name or "file")[-200:],
                original=path,
                bytes=size,
                sha256=sha256,
            )
            tasks.upload_run.delay_on_commit(upload.pk)
    except BaseException:
        media_files.remove(path)
        raise
    return upload


def document_text_of(upload: Upload) -> str:
    """The text of a ready document; "" where its file is gone."""
    place = media_files.absolute(upload.file)
    return place.read_text(encoding="utf-8") if place.is_file() else ""


def document_read(*, owner: User, file: UploadedFile[Any]) -> tuple[str, dict[str, Any]]:
    """(text, facts) of a document that a creator chose in a form; nothing is stored.

    ``facts`` are format, letters, language and title. Raises ``RoleMissing`` or ``UploadRejected``.
    """
    _check_creator(owner)
    size, most = file.size or 0, settings.DOCUMENT_MAX_BYTES
    if size > most:
        raise refusal("upload_too_many_bytes", megabytes=f"{size / 1e6:.0f}", limit=most // 1_000_000)
    with tempfile.TemporaryDirectory(prefix="chosen-") as folder:
        place = Path(folder, "chosen")
        with place.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        return document_text(place, name=file.name or "file")


def _not_stored(why: UploadRejected) -> UploadRejected:
    """The refusal with the one code that a client gets for what it has to send otherwise."""
    why.code = UploadRejected.code
    return why


@transaction.atomic
def upload_delete(*, upload: Upload) -> None:
    """Remove the upload with its files. Raises ``VideoStateConflict`` while a video is made from it."""
    if hasattr(upload, "video"):
        raise VideoStateConflict("A video was made from this file. Delete the video first.")
    if _is_in_a_storyboard(upload):
        raise VideoStateConflict("A script uses this file. Choose another picture or voice there first.")
    paths = [upload.original, upload.file, upload.poster, upload.captions]
    upload.delete()
    transaction.on_commit(lambda: media_files.remove(*paths))


def _is_in_a_storyboard(upload: Upload) -> bool:
    """Whether the newest script of one of the owner's jobs shows or plays the file."""
    newest = StoryboardVersion.objects.filter(job__owner_id=upload.owner_id).order_by("job_id", "-version")
    seen: set[int] = set()
    for job_id, document in newest.values_list("job_id", "document"):
        if job_id in seen:
            continue
        seen.add(job_id)
        board = Storyboard.from_json(document)
        used = {scene.media.upload for scene in board.scenes if scene.media} | {board.voice.upload}
        if upload.pk in used:
            return True
    return False


@transaction.atomic
def upload_to_video(*, upload: Upload, title: str) -> Video:
    """Offer a ready clip as a video of its own. Raises ``VideoStateConflict`` unless it is a ready clip."""
    if upload.state != Upload.State.READY or upload.kind != Upload.Kind.CLIP:
        raise VideoStateConflict(
            f"Only a clip that passed its check becomes a video; this one is {upload.state}."
        )
    if hasattr(upload, "video"):
        return upload.video
    ratio, shapes = upload.width / upload.height, FRAME_SIZES["full"]
    aspect = min(ASPECTS, key=lambda name: abs(shapes[name][0] / shapes[name][1] - ratio))
    return Video.objects.create(
        owner=upload.owner,
        upload=upload,
        title=title.strip()[:120] or upload.original_name[:120],
        language=upload.transcript.get("language", "")[:2],
        aspect=aspect,
        seconds=upload.seconds,
        width=upload.width,
        height=upload.height,
        bytes=upload.bytes,
        sha256=upload.sha256,
        file=upload.file,
        cover=upload.poster,
        captions=upload.captions,
        labels=upload.labels,
    )
