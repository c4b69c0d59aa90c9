"""The last step of a job: files take their final place and the video's row appears, once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from PIL import Image

from core import media_files
from core.files import atomic_path, sha256_of
from generation.bank.disclaimers import disclaimer
from generation.generators import Visuals
from generation.jobs.parts import labelled_uploads, parts_manifest
from generation.jobs.progress import JobLease
from generation.media.scenes import captions, with_fitting_cover
from generation.models import GenerationJob, JobStage, Video
from generation.recipe import Recipe
from generation.stages import render
from generation.storyboard import FRAME_SIZES, Storyboard
from generation.visibility import CHECK, is_pending, video_edited, video_set_visibility


def video_finish(
    job: GenerationJob,
    lease: JobLease,
    *,
    visuals: Visuals,
    board: Storyboard,
    version: int,
    file: Path,
    report: dict[str, Any],
    stages: dict[str, JobStage],
) -> Video:
    """Put the file, its cover and its captions in place and record the video with the job's end, in one transaction.

    Names are derived from the rendering, so doing it twice overwrites the same files. Raises ``LeaseLost`` when
    another worker has the job, and then no row has changed.
    """
    key = stages["label"].key
    board = with_fitting_cover(board)  # what is drawn and what is recorded are one
    paths = {name: _final_path(job, key, suffix) for name, suffix in SUFFIXES.items()}
    pages = render.caption_pages(board)
    _copy(file, paths["file"])
    _write(paths["captions"], captions.webvtt(pages).encode())
    _write(paths["subtitles"], captions.srt(pages).encode())
    _write_cover(board, visuals, paths["cover"])
    place = media_files.absolute(paths["file"])
    width, height = FRAME_SIZES[job.quality][board.aspect]
    values = {
        **paths,
        "owner_id": job.owner_id,
        "language": board.language,
        "aspect": board.aspect,
        "quality": job.quality,
        "category": board.category,
        "seconds": board.seconds,
        "width": width,
        "height": height,
        "bytes": place.stat().st_size,
        "sha256": sha256_of(place),
        "recipe": Recipe.of(board).to_json(),
        "labels": report.get("labels", {}),
        "report": report,
        "manifest": _manifest(job, board, version, stages),
    }
    with transaction.atomic():
        lease.update(
            state=GenerationJob.State.DONE, progress=1.0, ended=timezone.now(), error="", error_code=""
        )
        old = Video.objects.select_for_update().filter(job=job).first()
        leftover = [getattr(old, name) for name in SUFFIXES] if old else []
        passed = bool(report.get("passed"))
        state = Video.State.READY if passed else Video.State.HELD
        if old is None:
            video = Video.objects.create(
                job=job,
                title=board.title[:120],
                description=disclaimer(board.topic, board.language),
                hashtags=list(board.hashtags),
                state=state,
                **values,
            )
        else:
            video = old
            for name, value in values.items():
                setattr(video, name, value)
            if not (video.is_shown and passed):
                video.override = False
            if not video.is_shown and video.visibility != Video.Visibility.REMOVED:
                video.state = state
            video.save()
            if (video.is_shown or is_pending(video)) and not passed:
                video = video_set_visibility(video=video, visibility=Video.Visibility.PRIVATE, reason=CHECK)
            elif video.is_shown or is_pending(video):
                video_edited.send(sender=Video, video=video)
                video = Video.objects.get(pk=video.pk)
        stale = [path for path in leftover if path and path not in paths.values()]
        transaction.on_commit(lambda: media_files.remove(*stale))
    return video


SUFFIXES = {"file": ".mp4", "cover": ".jpg", "captions": ".vtt", "subtitles": ".srt"}


def _final_path(job: GenerationJob, key: str, suffix: str) -> str:
    """The same for the same rendering, and not to be guessed."""
    name = salted_hmac("generation.video", f"{job.pk}:{key}").hexdigest()[:32]
    return f"videos/{job.owner_id}/{name}{suffix}"


def _copy(source: Path, path: str) -> None:
    with atomic_path(media_files.absolute(path)) as partial:
        shutil.copyfile(source, partial)


def _write(path: str, content: bytes) -> None:
    with atomic_path(media_files.absolute(path)) as partial:
        partial.write_bytes(content)


def _write_cover(board: Storyboard, visuals: Visuals, path: str) -> None:
    width, height = FRAME_SIZES["full"][board.aspect]
    size = (width * 2 // 3, height * 2 // 3)
    with atomic_path(media_files.absolute(path)) as partial:
        Image.fromarray(visuals.cover(board, size=size)).save(partial, format="JPEG", quality=88)


def _manifest(
    job: GenerationJob, board: Storyboard, version: int, stages: dict[str, JobStage]
) -> dict[str, Any]:
    """Enough to make the same frames and samples again."""
    return {
        "brief": {
            "topic": job.topic,
            "kind": job.kind,
            "language": job.language,
            "seconds": job.seconds,
            "aspect": job.aspect,
            "points": job.points,
            "text": job.text,
            "quality": job.quality,
        },
        "recipe": job.recipe,
        "seed": job.seed,
        "storyboard_version": version,
        "storyboard": board.to_json(),
        "stages": {name: stage.key for name, stage in stages.items()},
        "ingredients": parts_manifest(labelled_uploads(job, board)),
        "site": settings.LABEL_PRODUCER,
    }
