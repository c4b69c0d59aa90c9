"""What a creator may ask for, and what becomes of the job: request, cancel, retry, render."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from generation import tasks
from generation.errors import (
    BriefInvalid,
    DocumentUnusable,
    JobStateConflict,
    LengthUnfit,
    LimitReached,
    TextAndDocument,
    TopicTooFar,
)
from generation.generators import visual_styles
from generation.media.speech import voices
from generation.models import STAGES, GenerationJob, JobStage, Upload
from generation.recipe import Recipe
from generation.script.brief import Brief
from generation.script.planner import check_allowed, topic_of
from generation.selectors import generators_configured, jobs_unfinished, palettes_offered, storyboard_current
from generation.services.policies import choices_offered
from generation.services.quota import render_take, room_check
from generation.services.uploads import _check_creator, document_text_of
from generation.stages.script import speaking_rate
from generation.writing import site_model

State = GenerationJob.State


SEED_MAX = 2**31 - 1


def job_request(
    *,
    owner: User,
    topic: str = "",
    language: str,
    seconds: float,
    aspect: str = "9:16",
    quality: str = "full",
    kind: str = "story",
    points: Sequence[str] = (),
    text: str = "",
    source_upload: int | None = None,
    text_name: str = "",
    recipe: dict[str, Any] | None = None,
    seed: int | None = None,
    stop_after_script: bool = False,
) -> GenerationJob:
    """Record a brief and queue its making once the row is committed.

    ``source_upload`` is the number of a document of the owner's whose text is told; ``text_name`` names the file that a
    ``text`` was read from. Raises ``BriefInvalid``, ``BriefRefused``, ``TopicTooFar`` (points needed), ``PointsTooLong``,
    ``TextUnusable``, ``RoleMissing``, ``LimitReached``, ``StorageFull`` or ``RendersSpent``.
    """
    _check_creator(owner)
    spoken = [voice.id for voice in voices() if voice.language == language]
    choices = Recipe.asked(
        recipe or {},
        palettes=palettes_offered(),
        voices=spoken,
        styles=visual_styles(generators_configured()),
    )
    _check_recording(owner, choices)
    if source_upload is not None:
        text, text_name = _document_of(owner, source_upload, text)
    brief = Brief.checked(
        topic=topic, kind=kind, language=language, seconds=seconds, aspect=aspect, points=points, text=text
    )
    job = GenerationJob(
        owner=owner,
        topic=brief.topic,
        kind=brief.kind,
        language=brief.language,
        seconds=brief.seconds,
        aspect=brief.aspect,
        quality=quality,
        points=list(brief.points),
        text=brief.text,
        text_name=text_name[-200:],
        recipe=choices.choices(),
        stop_after_script=stop_after_script,
    )
    if seed is not None:
        if not 0 <= seed <= SEED_MAX:
            raise BriefInvalid(f"seed must be between 0 and {SEED_MAX}, got {seed}.", field="seed")
        job.seed = seed
    _choose_and_check(job, brief, choices)
    _check_row(job)
    with transaction.atomic():
        _check_limit(owner)
        job.save()
        JobStage.objects.bulk_create(JobStage(job=job, name=name, order=i) for i, name in enumerate(STAGES))
        tasks.job_run.delay_on_commit(job.pk)
    return job


def _choose_and_check(job: GenerationJob, brief: Brief, asked: Recipe) -> None:
    """Let the recipe policy choose what was not asked for, and see that the script can be written so.

    What the creator asked for alone decides whether a brief is refused: where only a chosen voice or pace makes the text too
    long, that choice is taken back.
    """
    ticket = 1 + (GenerationJob.objects.aggregate(most=Max("pk"))["most"] or 0)
    for chosen in choices_offered(asked, brief=brief, seed=job.seed, ticket=ticket):
        _, _, rate = speaking_rate(chosen.recipe, language=brief.language, seed=job.seed)
        try:
            _check_writable(brief, seed=job.seed, rate=rate)
        except LengthUnfit:
            if chosen.is_asked_only:
                raise
            continue
        job.recipe, job.policy = chosen.recipe.choices(), chosen.record
        return


def _document_of(owner: User, number: int, text: str) -> tuple[str, str]:
    """(text, name) of a document that is the creator's and passed its check."""
    if text:
        raise TextAndDocument(
            "A video is made from one text. Send either text or source_upload.",
        )
    ready = Upload.objects.filter(owner_id=owner.pk, kind=Upload.Kind.DOCUMENT, state=Upload.State.READY)
    upload = ready.filter(pk=number).first()
    if upload is None:
        raise DocumentUnusable(
            f"source_upload must be the number of a document of yours that passed its check, got {number}.",
        )
    told = document_text_of(upload)
    if not told:
        raise DocumentUnusable(
            f"The text of {upload.original_name} is no longer on the server. Send the file again.",
        )
    return told, upload.original_name


def _check_writable(brief: Brief, *, seed: int, rate: float) -> None:
    """What cannot be written is said now, in the form, not by the worker; a language model is asked by the worker only."""
    model = site_model()
    if model.writes_all and not brief.is_own:
        return check_allowed(brief)
    try:
        topic_of(brief, seed=seed, rate=rate)
    except TopicTooFar:
        if not model.writes:
            raise


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
    """Takes one of the day's videos where everything else allows it."""
    unfinished = jobs_unfinished(owner)
    if unfinished >= settings.JOB_RUNNING_LIMIT:
        raise LimitReached(
            f"You may have {settings.JOB_RUNNING_LIMIT} videos in the making; {unfinished} are. "
            "Wait for one to finish or cancel one."
        )
    room_check(owner=owner)
    render_take(owner=owner)


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

    Raises ``JobStateConflict``, ``LimitReached``, ``StorageFull`` or ``RendersSpent``.
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
