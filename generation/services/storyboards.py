"""Edits of a job's storyboard: each adds a version, undo drops the newest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from django.db import transaction

from generation.errors import BriefInvalid, JobStateConflict
from generation.models import GenerationJob, Storyboard, Upload
from generation.selectors import storyboard_current
from generation.services.jobs import State
from generation.storyboard import Storyboard as Document


@transaction.atomic
def storyboard_edit(*, job: GenerationJob, document: dict[str, Any], note: str) -> Storyboard:
    """Add a version of the storyboard. Raises ``StoryboardInvalid`` or ``JobStateConflict`` while it is rendered."""
    board = _with_own_media(job, Document.from_json(document))
    current = GenerationJob.objects.select_for_update().get(pk=job.pk)
    if current.state in (State.QUEUED, State.RUNNING):
        raise JobStateConflict(f"Job {job.pk} is being made; cancel it or wait before editing.")
    newest = storyboard_current(job)
    version = newest.version + 1 if newest else 1
    return Storyboard.objects.create(job=job, version=version, document=board.to_json(), note=note[:200])


def _with_own_media(job: GenerationJob, board: Document) -> Document:
    """Paths and hashes of the creator's media come from their rows, never from the request.

    Raises ``BriefInvalid`` for a file that is not the job owner's or not ready.
    """
    ready = Upload.objects.filter(owner_id=job.owner_id, state=Upload.State.READY)
    wanted = [scene.media.upload for scene in board.scenes if scene.media]
    if board.voice.name == "own":
        wanted.append(board.voice.upload or 0)
    mine = ready.in_bulk(wanted)
    for pk in wanted:
        if pk not in mine:
            raise BriefInvalid(f"File {pk} is not among your ready uploads. Choose another.", field="media")
    scenes = []
    for scene in board.scenes:
        if scene.media:
            row = mine[scene.media.upload]
            kind: Literal["clip", "image"] = "clip" if row.kind == Upload.Kind.CLIP else "image"
            scene = replace(scene, media=replace(scene.media, kind=kind, path=row.file, sha256=row.sha256))
        scenes.append(scene)
    return replace(board, scenes=tuple(scenes))


@transaction.atomic
def storyboard_undo(*, job: GenerationJob) -> Storyboard:
    """Go back one version by dropping the newest; the first version stays. Raises ``JobStateConflict``."""
    current = GenerationJob.objects.select_for_update().get(pk=job.pk)
    if current.state in (State.QUEUED, State.RUNNING):
        raise JobStateConflict(f"Job {job.pk} is being made; cancel it or wait before going back.")
    versions = list(job.storyboards.order_by("-version")[:2])
    if len(versions) < 2:
        raise JobStateConflict(f"Job {job.pk} has no earlier version of its script to go back to.")
    versions[0].delete()
    return versions[1]
