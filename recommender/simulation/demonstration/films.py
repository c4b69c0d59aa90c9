"""Videos of the demonstration: briefs over all categories, made by the site's own pipeline in two processes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q

from generation import selectors
from generation.bank.reading import topics as topics_of_bank
from generation.bank.topic import Topic
from generation.jobs import worker
from generation.media.scenes import PALETTES
from generation.media.speech import voices
from generation.models import GenerationJob, Video
from generation.moderation.screening.worker import screening_take
from generation.moderation.selectors.cases import screenings_to_do
from generation.services.jobs import job_request, job_retry
from generation.services.videos import video_publish
from generation.storyboard import CAPTION_STYLES, MOODS
from generation.visibility import PENDING, REVIEW, SCREENING
from recommender.simulation.demonstration.channels import creators, creators_made

PROCESSES = 2
SILENT_SHARE = 0.5  # music and words on screen only: a voice takes most of a draft's time
LOOK_SECONDS = 1.0
AGE_DAYS = (3.0, 12.0)  # how long ago the videos are said to be published


@dataclass(frozen=True)
class Brief:
    """One video to ask for."""

    owner: User
    topic: str
    language: str
    seconds: float
    recipe: dict[str, str]
    seed: int


def briefs(people: list[tuple[User, str]], *, seed: int) -> Iterator[Brief]:
    """Endless briefs: topic by topic through all categories, creators in turn, recipes drawn by ``seed``."""
    rng = random.Random(seed)
    by_category: dict[str, list[Topic]] = {}
    for topic in topics_of_bank():
        by_category.setdefault(topic.category, []).append(topic)
    for topics in by_category.values():
        rng.shuffle(topics)
    longest = max(len(topics) for topics in by_category.values())
    order = [t[n] for n in range(longest) for t in by_category.values() if n < len(t)]
    for topic, (owner, language) in zip(cycle(order), cycle(rng.sample(people, len(people)))):
        spoken = [voice.id for voice in voices() if voice.language == language]
        recipe = {
            "palette": rng.choice(list(PALETTES)),
            "mood": rng.choice(MOODS),
            "caption_style": rng.choice(CAPTION_STYLES),
            "voice": "none" if rng.random() < SILENT_SHARE else rng.choice(spoken),
        }
        title = topic.texts[language].title
        yield Brief(owner, title, language, rng.uniform(10, 14), recipe, rng.randrange(2**31))


def videos_made(*, count: int, seed: int, tell: Callable[[int, float], None]) -> int:
    """Bring the published demonstration videos to ``count``; ``tell(number, seconds)`` hears of the progress.

    Videos of an earlier, interrupted run count. One that its check holds back is replaced by another.
    """
    waiting = briefs(creators_made(), seed=seed)
    have = _published()
    for _ in range(have + _held()):
        next(waiting)
    began = time.monotonic()
    _resume()
    processes = [_process() for _ in range(PROCESSES)]
    try:
        while have < count:
            _publish(seed)
            have = _published()
            tell(have, time.monotonic() - began)
            missing = count - have - _unfinished() - _being_screened()
            while missing > 0 and (brief := _next_for_free_owner(waiting)) is not None:
                job_request(
                    owner=brief.owner,
                    topic=brief.topic,
                    language=brief.language,
                    seconds=brief.seconds,
                    quality="draft",
                    recipe=dict(brief.recipe),
                    seed=brief.seed,
                )
                missing -= 1
            processes = [p if p.poll() is None else _process() for p in processes]
            time.sleep(LOOK_SECONDS)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
    return have


def waiting_jobs_taken(*, until_idle_seconds: float = 3600.0) -> None:
    """What a making process does: take the demonstration's jobs one after the other."""
    idle = 0.0
    while idle < until_idle_seconds:
        jobs = (
            selectors.jobs_claimable().filter(owner__in=creators()).values_list("pk", flat=True)[:PROCESSES]
        )
        if not any(worker.job_take(pk) for pk in jobs):
            time.sleep(LOOK_SECONDS / 2)
            idle += LOOK_SECONDS / 2
        else:
            idle = 0.0


def published_times_spread(*, seed: int, before: datetime) -> None:
    """Let the videos look as if published over the days before ``before``, oldest first."""
    rng = random.Random(seed)
    videos = list(_own().filter(selectors.is_shown()).order_by("pk"))
    ages = sorted((rng.uniform(*AGE_DAYS) for _ in videos), reverse=True)
    for video, age in zip(videos, ages):
        video.published = before - timedelta(days=age)
    Video.objects.bulk_update(videos, ["published"])


def _own():  # type: ignore[no-untyped-def]
    return Video.objects.filter(owner__in=creators(), deleted__isnull=True)


def _published() -> int:
    return int(_own().filter(selectors.is_shown()).count())


def _held() -> int:
    return int(_own().filter(Q(state=Video.State.HELD) | Q(visibility_reason=REVIEW)).count())


def _being_screened() -> int:
    return int(_own().filter(visibility_reason=SCREENING).count())


def _unfinished() -> int:
    states = (GenerationJob.State.QUEUED, GenerationJob.State.RUNNING)
    return GenerationJob.objects.filter(owner__in=creators(), state__in=states).count()


def _resume() -> None:
    """Take up again what an interrupted run left failed."""
    failed = GenerationJob.objects.filter(owner__in=creators(), state=GenerationJob.State.FAILED)
    for job in failed[: settings.JOB_RUNNING_LIMIT]:
        job_retry(job=job)


def _publish(seed: int) -> None:
    """Publish what is ready, and screen it here: no worker of the site need run beside a demonstration in the making."""
    for video in _own().filter(state=Video.State.READY).exclude(visibility_reason__in=PENDING):
        video_publish(video=video)
    for row in screenings_to_do().filter(video__owner__in=creators()):
        screening_take(row.pk)


def _next_for_free_owner(waiting: Iterator[Brief]) -> Brief | None:
    """The next brief whose creator may still ask for one; ``None`` when all creators wait."""
    for _ in range(2 * len(creators())):
        brief = next(waiting)
        if selectors.jobs_unfinished(brief.owner) < settings.JOB_RUNNING_LIMIT:
            return brief
    return None


def _process() -> subprocess.Popen[bytes]:
    """One making process on one core."""
    one = {"AIGC_RENDER_THREADS": "1", "AIGC_SPEECH_THREADS": "1", "AIGC_RECOGNITION_THREADS": "1"}
    threads = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    command = [sys.executable, "manage.py", "demo", "--worker"]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env={**os.environ, **one, **threads})
