"""Decisions that write: what a creator may ask for, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from generation import media_files, tasks
from generation.errors import (
    BriefInvalid,
    JobStateConflict,
    LimitReached,
    RoleMissing,
    UploadRejected,
    VideoStateConflict,
)
from generation.media.storyboard import Storyboard as Document
from generation.models import STAGES, GenerationJob, JobStage, Storyboard, Upload, Video
from generation.recipes import Recipe
from generation.roles import CREATOR, has_role
from generation.script.brief import Brief
from generation.script.planner import topic_of
from generation.selectors import jobs_unfinished, storyboard_current

State = GenerationJob.State
SEED_MAX = 2**31 - 1


def job_request(
    *,
    owner: User,
    topic: str,
    language: str,
    seconds: float,
    aspect: str = "9:16",
    quality: str = "full",
    kind: str = "story",
    points: Sequence[str] = (),
    recipe: dict[str, Any] | None = None,
    seed: int | None = None,
    stop_after_script: bool = False,
) -> GenerationJob:
    """Record a brief and queue its making once the row is committed.

    Raises ``BriefInvalid``, ``TopicTooFar`` (points needed), ``RoleMissing`` or ``LimitReached``.
    """
    _check_creator(owner)
    choices = Recipe.from_json(recipe or {}, language=language)
    _check_recording(owner, choices)
    brief = Brief.checked(
        topic=topic, kind=kind, language=language, seconds=seconds, aspect=aspect, points=points
    )
    topic_of(brief)  # raises TopicTooFar now, in the form, rather than later in the worker
    job = GenerationJob(
        owner=owner,
        topic=brief.topic,
        kind=brief.kind,
        language=brief.language,
        seconds=brief.seconds,
        aspect=brief.aspect,
        quality=quality,
        points=list(brief.points),
        recipe=choices.to_json(),
        stop_after_script=stop_after_script,
    )
    if seed is not None:
        if not 0 <= seed <= SEED_MAX:
            raise BriefInvalid(f"seed must be between 0 and {SEED_MAX}, got {seed}.", field="seed")
        job.seed = seed
    _check_row(job)
    with transaction.atomic():
        _check_limit(owner)
        job.save()
        JobStage.objects.bulk_create(JobStage(job=job, name=name, order=i) for i, name in enumerate(STAGES))
        tasks.job_run.delay_on_commit(job.pk)
    return job


def _check_creator(owner: User) -> None:
    if not has_role(owner, CREATOR):
        raise RoleMissing("Only creators make videos and send files. Ask an administrator for the role.")


def _check_recording(owner: User, choices: Recipe) -> None:
    """An own voice needs a recording that is the creator's and passed its check."""
    if choices.voice != "own" and choices.voice_upload is None:
        return
    ready = Upload.objects.filter(owner_id=owner.pk, kind=Upload.Kind.AUDIO, state=Upload.State.READY)
    number = choices.voice_upload
    if choices.voice != "own" or type(number) is not int or not ready.filter(pk=number).exists():
        raise BriefInvalid(
            f"Voice {choices.voice or 'automatic'!r} with recording {number!r} does not go: an own voice is 'own' "
            "with the number of a voice-over of yours that passed its check.",
            field="voice_upload",
        )


def _check_row(job: GenerationJob) -> None:
    """The model's own rules, as ``BriefInvalid`` naming the first field that breaks one."""
    try:
        job.full_clean(exclude=["owner"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise BriefInvalid(f"{field}: {messages[0]}", field=field) from error


def _check_limit(owner: User) -> None:
    unfinished = jobs_unfinished(owner)
    if unfinished >= settings.JOB_RUNNING_LIMIT:
        raise LimitReached(
            f"You may have {settings.JOB_RUNNING_LIMIT} videos in the making; {unfinished} are. "
            "Wait for one to finish or cancel one."
        )


@transaction.atomic
def job_cancel(*, job: GenerationJob) -> GenerationJob:
    """Stop the job: at once when no worker has it, within two seconds when one has."""
    now = timezone.now()
    waiting = (State.QUEUED, State.EDITING)
    if GenerationJob.objects.filter(pk=job.pk, state__in=waiting).update(state=State.CANCELLED, ended=now):
        job.refresh_from_db()
        return job
    if not GenerationJob.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_requested=True):
        job.refresh_from_db()
        raise JobStateConflict(
            f"Only a waiting or running job can be cancelled. Job {job.pk} is {job.state}."
        )
    job.refresh_from_db()
    return job


def job_retry(*, job: GenerationJob) -> GenerationJob:
    """Take a failed or cancelled job up again; finished stages are kept.

    Raises ``JobStateConflict`` or ``LimitReached``.
    """
    return _requeue(job, allowed=(State.FAILED, State.CANCELLED), stop_after_script=job.stop_after_script)


def job_render(*, job: GenerationJob, quality: str | None = None) -> GenerationJob:
    """Make the video from the newest storyboard, of a job whose script is ready or that was finished before."""
    if storyboard_current(job) is None:
        raise JobStateConflict(f"Job {job.pk} has no script yet. Wait for its script stage.")
    if quality is not None:
        job.quality = quality
        _check_row(job)
    allowed = (State.EDITING, State.DONE, State.FAILED, State.CANCELLED)
    return _requeue(job, allowed=allowed, quality=job.quality, stop_after_script=False)


def _requeue(job: GenerationJob, *, allowed: Sequence[str], **values: Any) -> GenerationJob:
    with transaction.atomic():
        _check_limit(job.owner)
        moved = GenerationJob.objects.filter(pk=job.pk, state__in=allowed).update(
            state=State.QUEUED,
            progress=0.0,
            cancel_requested=False,
            error="",
            error_code="",
            attempts=0,
            queued=timezone.now(),
            started=None,
            ended=None,
            **values,
        )
        job.refresh_from_db()
        if not moved:
            names = ", ".join(allowed)
            raise JobStateConflict(f"This needs a job that is one of: {names}. Job {job.pk} is {job.state}.")
        job.stages.exclude(name="script").update(
            state=JobStage.State.WAITING, progress=0.0, started=None, ended=None
        )
        tasks.job_run.delay_on_commit(job.pk)
    return job


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


def upload_receive(*, owner: User, file: UploadedFile[Any], kind: str) -> Upload:
    """Store a creator's file and queue its check. Raises ``RoleMissing``, or ``UploadRejected`` for size or kind."""
    _check_creator(owner)
    if kind not in Upload.Kind.values:
        raise UploadRejected(f"kind must be one of {', '.join(Upload.Kind.values)}, got {kind!r}.")
    size = file.size or 0
    if size == 0:
        raise UploadRejected("The file is empty. Choose a file with content.")
    if size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1_000_000
        raise UploadRejected(
            f"The file has {size / 1e6:.0f} MB; at most {limit} MB are taken. Shorten or compress it."
        )
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
    newest = Storyboard.objects.filter(job__owner_id=upload.owner_id).order_by("job_id", "-version")
    seen: set[int] = set()
    for job_id, document in newest.values_list("job_id", "document"):
        if job_id in seen:
            continue
        seen.add(job_id)
        board = Document.from_json(document)
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
    ratio = upload.width / upload.height
    aspect = min({"9:16": 9 / 16, "1:1": 1.0, "16:9": 16 / 9}.items(), key=lambda item: abs(item[1] - ratio))[
        0
    ]
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


@transaction.atomic
def video_publish(*, video: Video, override: bool = False) -> Video:
    """Put the video before viewers. A held one needs the creator's ``override``. Raises ``VideoStateConflict``."""
    video = Video.objects.select_for_update().get(pk=video.pk)
    if video.deleted:
        raise VideoStateConflict("This video is in the bin. Restore it before publishing.")
    if video.state == Video.State.HELD and not override:
        raise VideoStateConflict(
            "The check after rendering found problems in this video. Read its report, then publish it anyway or edit it."
        )
    if video.state != Video.State.PUBLISHED:
        video.override = video.override or video.state == Video.State.HELD
        video.state = Video.State.PUBLISHED
        video.published = timezone.now()
        video.save(update_fields=["state", "published", "override"])
    return video


@transaction.atomic
def video_unpublish(*, video: Video) -> Video:
    """Take the video back from viewers; it stays in the library."""
    video = Video.objects.select_for_update().get(pk=video.pk)
    if video.state == Video.State.PUBLISHED:
        video.state = Video.State.HELD if video.override else Video.State.READY
        video.published = None
        video.save(update_fields=["state", "published"])
    return video


@transaction.atomic
def video_delete(*, video: Video) -> Video:
    """Move the video to the bin, from which it can be restored for 30 days."""
    video = video_unpublish(video=video)
    video.deleted = timezone.now()
    video.save(update_fields=["deleted"])
    return video


@transaction.atomic
def video_restore(*, video: Video) -> Video:
    """Take the video out of the bin, unpublished. Raises ``VideoStateConflict`` when it is not there."""
    video = Video.objects.select_for_update().get(pk=video.pk)
    if video.deleted is None:
        raise VideoStateConflict("This video is not in the bin.")
    video.deleted = None
    video.save(update_fields=["deleted"])
    return video


@transaction.atomic
def video_update(*, video: Video, title: str, description: str, hashtags: Sequence[str]) -> Video:
    """Change what stands beside the video. Raises ``BriefInvalid`` for an empty or overlong field."""
    if not title.strip():
        raise BriefInvalid("A video needs a title.", field="title")
    if len(title) > 120:
        raise BriefInvalid(f"A title has at most 120 characters, this has {len(title)}.", field="title")
    if len(description) > 2000:
        raise BriefInvalid(
            f"A description has at most 2000 characters, this has {len(description)}.", field="description"
        )
    tags = list(dict.fromkeys(tag.strip().lstrip("#") for tag in hashtags if tag.strip().lstrip("#")))
    if len(tags) > 10 or any(len(tag) > 40 for tag in tags):
        raise BriefInvalid("At most 10 hashtags of at most 40 characters each are kept.", field="hashtags")
    video.title, video.description, video.hashtags = title.strip(), description.strip(), tags
    video.save(update_fields=["title", "description", "hashtags"])
    return video
