"""Celery shells: each calls one function; a lost message loses nothing, because the next beat finds the same work.

What looks into files or trains is imported by the worker that does it: whoever only sends a message starts sooner without it.
"""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from generation.errors import TrainingBusy
from generation.models import ModelKind, TrainingRun
from recommender.errors import TooLittleData
from recommender.events import rollup
from recommender.privacy import erasure
from recommender.search import documents
from recommender.social import moderating
from recommender.viewers import pruning

logger = logging.getLogger(__name__)

WAKE_SECONDS = 60.0  # between two looks for trainings without a process


@shared_task
def vectors_update() -> None:
    """Place what has no vector yet or an outdated one."""
    from recommender.catalogue import vectors

    vectors.vectors_update()


@shared_task
def vectors_make(pk: int) -> None:
    from recommender.catalogue import vectors

    vectors.vectors_make([pk])


@shared_task
def search_index(pk: int) -> None:
    documents.video_index(pk)


@shared_task
def search_index_owner(pk: int) -> None:
    documents.owner_index(pk)


@shared_task
def search_sweep() -> None:
    """Bring the index in step with what no message told of."""
    documents.index_sweep()


@shared_task
def reach_tell() -> None:
    """Let the queue of moderation know how far what waits there has come."""
    moderating.reach_tell()


@shared_task
def erasures_finish() -> None:
    """What a deleted person may have left in the archive or on the disk."""
    erasure.erasures_finish()


@shared_task
def events_roll_up() -> None:
    """Count what has arrived since the last time."""
    rollup.roll_up()


@shared_task
def viewers_prune() -> None:
    """Forget browsers that came once and did nothing."""
    pruning.viewers_prune()


@shared_task
def events_archive() -> None:
    """Count what has arrived, then move closed days to the archive."""
    from recommender.events import archive

    rollup.roll_up(seconds=60.0)
    archive.archive()


@shared_task
def ranker_train() -> None:
    """The nightly training; with too little to learn from, or another one under way, the log says so and that is all."""
    from recommender import training

    try:
        version = training.ranker_train(simulated=settings.FEED_SIMULATED)
    except (TooLittleData, TrainingBusy) as reason:
        logger.info("No ranker was trained: %s", reason)
    else:
        logger.info("Ranker %s was trained and is now %s.", version.pk, version.state)


@shared_task
def training_take(pk: int) -> None:
    """Take up a ranker's training that waits or whose process died."""
    from recommender.training import runs

    try:
        runs.run_take(pk)
    except TooLittleData as reason:
        logger.info("Training %s ended without a ranker: %s", pk, reason)


@shared_task
def trainings_wake() -> None:
    """Queue trainings that wait or lost their process; an extra message finds its run taken."""
    for pk in TrainingRun.claimable().filter(kind=ModelKind.RANKER).values_list("pk", flat=True):
        training_take.apply_async((pk,), expires=WAKE_SECONDS)
