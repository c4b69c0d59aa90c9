"""Files of a creator that go into a video and say of themselves that AI made them: their labels go on with it."""

from __future__ import annotations

from typing import Any

from core import media_files
from generation.media.provenance import LabelledFile
from generation.models import GenerationJob, Upload
from generation.storyboard import Storyboard

LABELS = {"aigc", "iptc", "c2pa"}
MEDIA_TYPES = {"clip": "video/mp4", "image": "image/jpeg", "audio": "audio/wav"}


def labelled_uploads(job: GenerationJob, board: Storyboard) -> list[Upload]:
    """The pictures, clips and the recording of ``board`` that came with a label, in the order they are first shown."""
    used = [scene.media.upload for scene in board.scenes if scene.media]
    if board.voice.name == "own" and board.voice.upload is not None:
        used.append(board.voice.upload)
    found = Upload.objects.filter(owner_id=job.owner_id, state=Upload.State.READY).in_bulk(
        list(dict.fromkeys(used))
    )
    return [found[pk] for pk in dict.fromkeys(used) if pk in found and LABELS & found[pk].labels.keys()]


def parts_of(uploads: list[Upload]) -> list[LabelledFile]:
    """What the signed manifest says of them. What the creator called a file is nobody else's business, so they are counted."""
    return [
        LabelledFile(
            title=f"{upload.kind}-{number}",
            path=media_files.absolute(upload.file),
            media_type=MEDIA_TYPES[upload.kind],
            labels=upload.labels,
        )
        for number, upload in enumerate(uploads, start=1)
    ]


def parts_manifest(uploads: list[Upload]) -> list[dict[str, Any]]:
    """The same for the manifest that its owner reads."""
    return [
        {
            "upload": upload.pk,
            "kind": upload.kind,
            "name": upload.original_name,
            "sha256": upload.sha256,
            "labels": upload.labels,
        }
        for upload in uploads
    ]
