"""Reads, each with its joins; what a user may reach is decided here and nowhere else."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone

from core.languages import Language
from core.roles import ADMINISTRATOR, MODERATOR, has_role
from generation.media.scenes.palettes import LEARNED, PALETTES
from generation.models import (
    GenerationJob,
    JobStage,
    LabelReading,
    ModelKind,
    ModelVersion,
    NarrationPreview,
    StoryboardVersion,
    TrainingRun,
    Upload,
    Video,
    WriterTrial,
)
from generation.script.matching import answering

AnyUser = AbstractBaseUser | AnonymousUser
# Seconds of work a second of video before this machine has made any: the goals of the pipeline's benchmark.
FIRST_GUESS = {"draft": 0.4, "full": 0.8}
LAST_JOBS = 30  # whose pace counts
PACE_KEPT_SECONDS = 60
TURN = timedelta(hours=1)  # what was taken up within it is held against a creator's next job


def jobs_for(user: AnyUser) -> QuerySet[GenerationJob]:
    """The user's own jobs, newest first; an administrator's view holds everybody's."""
    jobs = GenerationJob.objects.select_related("owner", "video").prefetch_related("stages")
    if has_role(user, ADMINISTRATOR):
        return jobs
    return jobs.filter(owner_id=user.pk) if user.pk else jobs.none()


def job_for(user: AnyUser, pk: int) -> GenerationJob:
    """Raises ``GenerationJob.DoesNotExist`` for another creator's job."""
    return jobs_for(user).get(pk=pk)


def uploads_for(user: AnyUser) -> QuerySet[Upload]:
    uploads = Upload.objects.select_related("owner", "video")
    if has_role(user, ADMINISTRATOR):
        return uploads
    return uploads.filter(owner_id=user.pk) if user.pk else uploads.none()


def upload_for(user: AnyUser, pk: int) -> Upload:
    return uploads_for(user).get(pk=pk)


def videos_for(user: AnyUser, *, deleted: bool = False) -> QuerySet[Video]:
    """The user's own videos, published or not; ``deleted`` shows the bin instead."""
    videos = Video.objects.select_related("owner", "job", "upload").filter(deleted__isnull=not deleted)
    if has_role(user, ADMINISTRATOR):
        return videos
    return videos.filter(owner_id=user.pk) if user.pk else videos.none()


class Literal(Value):
    """A word of ours written into the statement: SQLite takes a partial index only where it reads its condition there."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:  # type: ignore[override]
        return f"'{self.value}'", ()


SHOWN_SQL = [f"'{visibility.value}'" for visibility in Video.SHOWN]
SHOWN = [Literal(visibility.value) for visibility in Video.SHOWN]


def is_shown(path: str = "") -> Q:
    """The rule of ``videos_shown`` for rows that reach a video by ``path``, as in ``is_shown("video__")``."""
    return Q(**{f"{path}visibility__in": SHOWN})


def is_shown_sql(table: str) -> str:
    """The rule of ``videos_shown`` for the few reads that are written as SQL; ``table`` is the videos' alias."""
    return f"{table}.visibility IN ({', '.join(SHOWN_SQL)})"


def videos_shown() -> QuerySet[Video]:
    """Every video that anybody may see, newest first: the one rule of who may be shown."""
    return Video.objects.filter(is_shown()).select_related("owner").order_by("-published")


def videos_visible_to(user: AnyUser) -> QuerySet[Video]:
    """What the user may watch: videos shown to all and their own; a moderator sees every video not in a bin."""
    videos = Video.objects.select_related("owner", "job", "upload").filter(deleted__isnull=True)
    if has_role(user, MODERATOR, ADMINISTRATOR):
        return videos
    return videos.filter(is_shown() | Q(owner_id=user.pk or 0))


def video_for(user: AnyUser, pk: int) -> Video:
    return videos_visible_to(user).get(pk=pk)


_TRIED_COVER = re.compile(r"covers/(\d{1,18})/[0-9a-f]{32}\.jpg")  # pictures tried as the cover of a video


def media_readable(user: AnyUser, path: str) -> bool:
    """Whether the user may read the file at ``path`` (relative to MEDIA_ROOT): it belongs to a video or upload of theirs."""
    videos = videos_visible_to(user) | Video.objects.filter(owner_id=user.pk or 0).select_related(
        "owner", "job", "upload"
    )
    in_video = Q(file=path) | Q(cover=path) | Q(captions=path) | Q(subtitles=path)
    if videos.filter(in_video).exists():
        return True
    if tried := _TRIED_COVER.match(path):
        return videos.filter(pk=int(tried[1])).exists()
    return uploads_for(user).filter(Q(file=path) | Q(poster=path) | Q(captions=path)).exists()


def storyboard_current(job: GenerationJob) -> StoryboardVersion | None:
    """The newest version of the job's storyboard."""
    return job.storyboards.order_by("-version").first()


def jobs_unfinished(owner: AbstractBaseUser) -> int:
    waiting = (GenerationJob.State.QUEUED, GenerationJob.State.RUNNING)
    return GenerationJob.objects.filter(owner_id=owner.pk, state__in=waiting).count()


UNDER_WAY = (GenerationJob.State.QUEUED, GenerationJob.State.RUNNING, GenerationJob.State.EDITING)


def job_alike(
    owner: AnyUser, *, topic: str, text: str, language: str, before: int | None = None
) -> GenerationJob | None:
    """The owner's newest job, under way or with a video, on the same topic of the bank or asked for with the same text.

    ``topic`` is the bank's id, "" for none; another language is another video. ``before`` leaves out that job and
    those after it. What was cancelled, failed or put into the bin does not count.
    """
    jobs = GenerationJob.objects.filter(owner_id=owner.pk, language=language).select_related("video")
    if before is not None:
        jobs = jobs.filter(pk__lt=before)
    jobs = jobs.filter(Q(state__in=UNDER_WAY) | Q(video__isnull=False, video__deleted__isnull=True))
    alike = Q(topic__iexact=text.strip())
    if topic:
        written = StoryboardVersion.objects.filter(job__owner_id=owner.pk, job__state__in=UNDER_WAY)
        alike |= Q(video__recipe__topic=topic) | Q(pk__in=written.filter(document__topic=topic).values("job"))
    found = [jobs.filter(alike).order_by("-pk").first()]
    if topic:  # whose script is not written yet: the few that wait
        unwritten = jobs.filter(state__in=UNDER_WAY, storyboards=None)
        found += [job for job in unwritten if not job.points and _topic_asked(job) == topic]
    return max((job for job in found if job is not None), key=lambda job: job.pk, default=None)


def job_repeated(job: GenerationJob) -> GenerationJob | None:
    """The earlier job of the same creator that ``job`` makes again."""
    board = storyboard_current(job)
    topic = str(board.document.get("topic", "")) if board else "" if job.points else _topic_asked(job)
    return job_alike(job.owner, topic=topic, text=job.topic, language=job.language, before=job.pk)


def _topic_asked(job: GenerationJob) -> str:
    """The id of the bank's topic that answers what was asked; "" where none does."""
    match = answering(job.topic, cast(Language, job.language))
    return match.topic_id if match else ""


def job_title(job: GenerationJob) -> str:
    """What a page calls the job: its video's title, else its script's, else what was asked."""
    video = getattr(job, "video", None)
    if video is not None:
        return str(video.title)
    board = storyboard_current(job)
    return str(board.document.get("title", "")) if board else job.topic


def jobs_claimable() -> QuerySet[GenerationJob]:
    """Jobs a worker may take: waiting ones, and running ones whose lease ran out; oldest first."""
    return GenerationJob.claimable().order_by("queued", "pk")


def jobs_in_turn() -> list[int]:
    """Numbers of the claimable jobs in the order in which they are taken: creators take turns.

    Whoever had the fewest taken up within the hour comes first, the longest waiting of them before the others; then each
    one's next, and so on. Nobody waits for all that somebody else has asked for.
    """
    return _in_turn()[0]


def _in_turn() -> tuple[list[int], int]:
    """(claimable jobs in their order, number of jobs in the making)."""
    lately = timezone.now() - TURN
    state = GenerationJob.State
    served = GenerationJob.objects.filter(Q(state=state.RUNNING) | Q(started__gte=lately)).exclude(
        state=state.QUEUED
    )
    served = served.exclude(state=state.RUNNING, lease_until__lt=timezone.now())
    rows = list(served.order_by().values_list("owner_id", "state"))
    turns = Counter(owner for owner, _ in rows)
    placed: list[tuple[int, int, int]] = []
    for place, (pk, owner) in enumerate(jobs_claimable().values_list("pk", "owner_id")):
        placed.append((turns[owner], place, pk))
        turns[owner] += 1
    return [pk for _, _, pk in sorted(placed)], sum(one == state.RUNNING for _, one in rows)


def uploads_claimable() -> QuerySet[Upload]:
    return Upload.claimable().order_by("created")


def trials_claimable() -> QuerySet[WriterTrial]:
    return WriterTrial.claimable().order_by("created")


def readings_claimable() -> QuerySet[LabelReading]:
    return LabelReading.claimable().order_by("created", "pk")


def previews_claimable() -> QuerySet[NarrationPreview]:
    return NarrationPreview.claimable().order_by("created", "pk")


def reading_for(user: AnyUser, key: str) -> LabelReading:
    """The user's own, or nobody's: of these whoever knows the key sent the file, or was told by who did."""
    mine = Q(owner=None) | Q(owner=user.pk) if user.pk else Q(owner=None)
    return LabelReading.objects.get(mine, key=key)


def preview_for(user: AnyUser, key: str) -> NarrationPreview:
    return NarrationPreview.objects.get(job__in=jobs_for(user).values("pk"), key=key)


def preview_sound(row: NarrationPreview) -> Path:
    """Where the WAV of a spoken line is."""
    return Path(settings.VAR_DIR) / row.sound


def trial_latest() -> WriterTrial | None:
    """The newest trial of a language model, whatever became of it."""
    return WriterTrial.objects.first()


def queue_places() -> dict[int, int]:
    """How many jobs go before each claimable one, those in the making among them."""
    waiting, running = _in_turn()
    return {pk: running + place for place, pk in enumerate(waiting)}


def queue_position(job: GenerationJob, places: Mapping[int, int] | None = None) -> int | None:
    """How many jobs go before this one; ``None`` when it is not waiting. ``places`` are ``queue_places()``, for a list."""
    if job.state != GenerationJob.State.QUEUED:
        return None
    return (queue_places() if places is None else places).get(job.pk, 0)


REPAIR_FIELDS = ("check", "action", "outcome", "detail")


def job_snapshot(job: GenerationJob, places: Mapping[int, int] | None = None) -> dict[str, Any]:
    """What a client sees of a job: state, progress in [0, 1], stages, times in seconds, error, repairs, video id."""
    now = timezone.now()
    elapsed = ((job.ended or now) - job.started).total_seconds() if job.started else 0.0
    remaining = None
    if job.state == GenerationJob.State.RUNNING and job.progress > 0.04:
        remaining = elapsed * (1 - job.progress) / job.progress
    video = getattr(job, "video", None)
    return {
        "id": job.pk,
        "state": job.state,
        "progress": round(job.progress, 4),
        "stages": [_stage_snapshot(stage) for stage in job.stages.all()],
        "queue_position": queue_position(job, places),
        "elapsed_seconds": round(elapsed, 1),
        "remaining_seconds": None if remaining is None else round(remaining, 1),
        "error": {"code": job.error_code, "detail": job.error} if job.error_code else None,
        "repairs": [{name: row[name] for name in REPAIR_FIELDS} for row in job.repairs],
        "video": video.pk if video else None,
    }


def _stage_snapshot(stage: JobStage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "state": stage.state,
        "progress": round(stage.progress, 4),
        "seconds": stage.seconds,
        "detail": stage.result.get("detail", {}),
    }


def versions_all(*, kind: str = "") -> QuerySet[ModelVersion]:
    """The registry, newest first; one kind or all."""
    versions = ModelVersion.objects.select_related("parent", "replaced").order_by("-created", "-pk")
    return versions.filter(kind=kind) if kind else versions


def version_current(kind: str) -> ModelVersion | None:
    """The version of the kind in production, if any."""
    production = ModelVersion.objects.select_related("replaced").filter(state=ModelVersion.State.PRODUCTION)
    return production.filter(kind=kind).first()


def generators_configured() -> dict[str, Any]:
    """``settings.GENERATORS``, where no GAN's folder is set with that of the version in production."""
    configured: dict[str, Any] = settings.GENERATORS
    entry = configured["visuals"].get("gan")
    if entry is None or entry["OPTIONS"]["model"] or (version := version_current(ModelKind.VISUAL)) is None:
        return configured
    options = {**entry["OPTIONS"], "model": str(version_folder(version))}
    return {**configured, "visuals": {**configured["visuals"], "gan": {**entry, "OPTIONS": options}}}


def palettes_offered() -> tuple[str, ...]:
    """What a recipe may ask for as its palette: those made by hand, and learned ones where a generator of them serves."""
    return (*PALETTES, LEARNED) if version_current(ModelKind.PALETTES) is not None else tuple(PALETTES)


def versions_by_kind() -> dict[str, int]:
    """How many versions there are of each kind that has any."""
    counted = ModelVersion.objects.order_by().values("kind").annotate(number=Count("pk"))
    return {row["kind"]: row["number"] for row in counted}


def run_latest(kind: str) -> TrainingRun | None:
    """The newest training of the kind, whatever became of it."""
    return TrainingRun.objects.filter(kind=kind).order_by("-created", "-pk").first()


def trainings_claimable(kinds: Iterable[str]) -> QuerySet[TrainingRun]:
    """Trainings of these kinds that wait or lost their process."""
    return TrainingRun.claimable().filter(kind__in=list(kinds))


def training_folder(pk: int) -> Path:
    """Where a training keeps its checkpoints and numbers until it has ended."""
    return Path(settings.VAR_DIR) / "training" / str(pk)


def training_files(pk: int) -> Path:
    """What a training has made so far; becomes the version's folder."""
    return training_folder(pk) / "files"


def version_folder(version: ModelVersion) -> Path:
    """Where a version's files lie."""
    return Path(settings.VAR_DIR) / version.folder


def curve_read(path: Path, *, points: int = 200) -> list[dict[str, Any]]:
    """The numbers a training told of, oldest first: ``done`` in [0, 1], ``time``, and what its trainer names.

    Thinned evenly to at most ``points``, the newest among them; a line that was being written when its process died is
    left out.
    """
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    step = max(1, -(-len(lines) // points))
    told = []
    for line in lines[::-1][::step][::-1]:
        try:
            told.append(json.loads(line))
        except ValueError:
            continue
    return told


def training_curve(pk: int) -> list[dict[str, Any]]:
    """The numbers of a training that goes on; see ``curve_read``."""
    return curve_read(training_curve_path(pk))


def training_curve_path(pk: int) -> Path:
    return training_folder(pk) / "curve.jsonl"


def seconds_per_second(quality: str) -> float:
    """Median working seconds a second of finished video over the newest jobs of ``quality``.

    Where only the other quality was made here, its pace is scaled by the ratio of the two first guesses.
    """
    own = _pace_measured(quality)
    if own is not None:
        return own
    other = "draft" if quality == "full" else "full"
    measured = _pace_measured(other)
    return FIRST_GUESS[quality] * (measured / FIRST_GUESS[other] if measured is not None else 1.0)


def _pace_measured(quality: str) -> float | None:
    """The median, kept for a minute; ``None`` before the first finished job."""
    key = f"seconds-per-second-{quality}"
    kept: float | None = cache.get(key)
    if kept is None:
        done = GenerationJob.objects.filter(state=GenerationJob.State.DONE, quality=quality)
        ratios = []
        for job in done.prefetch_related("stages")[:LAST_JOBS]:
            worked = [stage.seconds for stage in job.stages.all() if stage.seconds is not None]
            if worked:
                ratios.append(sum(worked) / job.seconds)
        kept = median(ratios) if ratios else None
        if kept is not None:
            cache.set(key, kept, PACE_KEPT_SECONDS)
    return kept
