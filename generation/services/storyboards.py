"""Edits of a job's storyboard: each adds a version, undo drops the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from django.db import transaction

from generation.edits import AnyEdit, SetVoice, UseMedia, apply
from generation.errors import BriefInvalid, JobStateConflict, StoryboardChanged, VoiceUnusable
from generation.models import GenerationJob, StoryboardVersion, Upload
from generation.selectors import storyboard_current
from generation.services.jobs import State
from generation.storyboard import MediaChoice, Storyboard


@transaction.atomic
def storyboard_apply(
    *, job: GenerationJob, edits: Sequence[AnyEdit], note: str = "", based_on: int | None = None
) -> StoryboardVersion:
    """Add the version that ``edits`` make of the newest one; edits that change nothing add none.

    ``based_on`` is the version the edits were made for, ``None`` for whichever is newest. Raises ``StoryboardInvalid``
    (or one of its kinds), ``StoryboardChanged``, ``BriefInvalid``, or ``JobStateConflict`` while it is rendered.
    """
    newest = _editable(job)
    if newest is None:
        raise JobStateConflict(f"Job {job.pk} has no script yet. Wait for its script stage.")
    if based_on is not None and based_on != newest.version:
        raise StoryboardChanged(
            f"These edits are for version {based_on}; the newest is {newest.version}. Read it and edit that."
        )
    board = Storyboard.from_json(newest.document)
    wanted = {edit.upload for edit in edits if isinstance(edit, UseMedia)}
    _check_recordings(job, edits)
    edited = apply(board, edits, files=_media_of(job, wanted))
    if edited == board:
        return newest
    return _version_add(job, newest.version + 1, edited, note)


@transaction.atomic
def storyboard_edit(*, job: GenerationJob, document: dict[str, Any], note: str) -> StoryboardVersion:
    """Add a whole document as a version. Raises ``StoryboardInvalid`` or ``JobStateConflict`` while it is rendered."""
    board = Storyboard.from_json(document)
    newest = _editable(job)
    return _version_add(job, newest.version + 1 if newest else 1, board, note)


def _editable(job: GenerationJob) -> StoryboardVersion | None:
    """The newest version, if there is one, of a job that nobody is making. Locks the job's row."""
    current = GenerationJob.objects.select_for_update().get(pk=job.pk)
    if current.state in (State.QUEUED, State.RUNNING):
        raise JobStateConflict(f"Job {job.pk} is being made; cancel it or wait before editing.")
    return storyboard_current(job)


def _version_add(job: GenerationJob, version: int, board: Storyboard, note: str) -> StoryboardVersion:
    board = _with_own_media(job, board)
    return StoryboardVersion.objects.create(
        job=job, version=version, document=board.to_json(), note=note[:200]
    )


def _ready(job: GenerationJob, wanted: set[int]) -> dict[int, Upload]:
    return Upload.objects.filter(owner_id=job.owner_id, state=Upload.State.READY).in_bulk(wanted)


def _check_recordings(job: GenerationJob, edits: Sequence[AnyEdit]) -> None:
    wanted = {edit.upload for edit in edits if isinstance(edit, SetVoice) and edit.upload}
    ready = {pk for pk, row in _ready(job, wanted).items() if row.kind == Upload.Kind.AUDIO}
    if wanted - ready:
        raise VoiceUnusable("Only a voice-over of yours that passed its check can be the voice.")


def _media_of(job: GenerationJob, wanted: set[int]) -> dict[int, MediaChoice]:
    """The owner's clips and images among ``wanted``, as a scene shows them."""
    kinds = (Upload.Kind.CLIP, Upload.Kind.IMAGE)
    return {pk: _media(row) for pk, row in _ready(job, wanted).items() if row.kind in kinds}


def _media(row: Upload) -> MediaChoice:
    kind: Literal["clip", "image"] = "clip" if row.kind == Upload.Kind.CLIP else "image"
    return MediaChoice(upload=row.pk, kind=kind, path=row.file, sha256=row.sha256)


def _with_own_media(job: GenerationJob, board: Storyboard) -> Storyboard:
    """Paths and hashes of the creator's media come from their rows, never from the request.

    Raises ``BriefInvalid`` for a file that is not the job owner's or not ready.
    """
    wanted = {scene.media.upload for scene in board.scenes if scene.media}
    if board.voice.name == "own":
        wanted.add(board.voice.upload or 0)
    mine = _ready(job, wanted)
    for pk in wanted:
        if pk not in mine:
            raise BriefInvalid(f"File {pk} is not among your ready uploads. Choose another.", field="media")
    scenes = []
    for scene in board.scenes:
        if scene.media:
            row = _media(mine[scene.media.upload])
            scene = replace(
                scene, media=replace(scene.media, kind=row.kind, path=row.path, sha256=row.sha256)
            )
        scenes.append(scene)
    return replace(board, scenes=tuple(scenes))


@transaction.atomic
def storyboard_undo(*, job: GenerationJob) -> StoryboardVersion:
    """Go back one version by dropping the newest; the first version stays. Raises ``JobStateConflict``."""
    _editable(job)
    versions = list(job.storyboards.order_by("-version")[:2])
    if len(versions) < 2:
        raise JobStateConflict(f"Job {job.pk} has no earlier version of its script to go back to.")
    versions[0].delete()
    return versions[1]
