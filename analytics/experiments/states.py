"""Start, stop, decide: what an experiment changes for viewers, each in one transaction."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from analytics.errors import ExperimentStateConflict
from analytics.experiments.assignment import ranges
from analytics.experiments.table import table_of
from analytics.models import Experiment
from generation.models import Video
from recommender.models import VideoVariant
from recommender.viewers.buckets import HOLDOUT


@transaction.atomic
def start(experiment: Experiment) -> Experiment:
    """Let viewers see the arms. Raises ``ExperimentStateConflict`` unless it is new and nothing else tests its video."""
    experiment = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if experiment.state != Experiment.State.DRAFT:
        raise ExperimentStateConflict(
            f"Only a new experiment can be started. This one is {experiment.state}; make another one."
        )
    if experiment.video is not None and not experiment.video.is_shown:
        raise ExperimentStateConflict("The video is not published. Publish it, then start the test.")
    experiment.state, experiment.started = Experiment.State.RUNNING, timezone.now()
    try:
        with transaction.atomic():
            experiment.save(update_fields=["state", "started"])
    except IntegrityError:
        raise ExperimentStateConflict(
            "Another test of this video is running. Stop or decide it first."
        ) from None
    if experiment.kind in Experiment.ON_VIDEO and experiment.video_id is not None:
        arms = list(experiment.arms.order_by("key"))
        VideoVariant.objects.bulk_create(
            VideoVariant(
                video_id=experiment.video_id,
                experiment=experiment.pk,
                arm=arm.key,
                salt=experiment.salt,
                low=low,
                high=high,
                title=arm.title,
                cover=arm.cover,
            )
            for arm, (low, high) in zip(arms, ranges([arm.share for arm in arms]), strict=True)
        )
    return experiment


@transaction.atomic
def stop(experiment: Experiment, *, reason: str) -> Experiment:
    """Show the video as it is again; the table stays as it was at this moment. Raises ``ExperimentStateConflict``."""
    experiment = _running(experiment)
    experiment.outcome = table_of(experiment).as_dict()
    experiment.stop_reason = reason
    _end(experiment, Experiment.State.STOPPED)
    return experiment


@transaction.atomic
def decide(experiment: Experiment, *, winner: str, reason: str = "person") -> Experiment:
    """Keep the arm ``winner``: its title or cover becomes the video's own, except before the hold-out.

    Raises ``ExperimentStateConflict`` when it does not run or has no such arm.
    """
    experiment = _running(experiment)
    arm = experiment.arms.filter(key=winner).first()
    if arm is None:
        keys = ", ".join(experiment.arms.values_list("key", flat=True))
        raise ExperimentStateConflict(f"This experiment has no arm {winner!r}. It has {keys}.")
    experiment.outcome = table_of(experiment).as_dict()
    experiment.winner, experiment.stop_reason = winner, reason
    _end(experiment, Experiment.State.DECIDED)
    if experiment.kind in Experiment.ON_VIDEO and experiment.video_id is not None:
        _adopt(experiment.video_id, experiment.pk, title=arm.title, cover=arm.cover)
    return experiment


def _adopt(video_pk: int, experiment: int, *, title: str, cover: str) -> None:
    video = Video.objects.select_for_update().get(pk=video_pk)
    if (title or video.title, cover or video.cover) == (video.title, video.cover):
        return
    if not VideoVariant.objects.filter(video=video, arm=HOLDOUT).exists():
        VideoVariant.objects.create(
            video=video,
            experiment=experiment,
            arm=HOLDOUT,
            salt="",
            low=0.0,
            high=1.0,
            title=video.title,
            cover=video.cover,
        )
    video.title, video.cover = title or video.title, cover or video.cover
    video.save(update_fields=["title", "cover"])


def _running(experiment: Experiment) -> Experiment:
    experiment = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if experiment.state != Experiment.State.RUNNING:
        raise ExperimentStateConflict(f"This experiment is {experiment.state}, so it cannot be ended.")
    return experiment


def _end(experiment: Experiment, state: str) -> None:
    experiment.state, experiment.ended = state, timezone.now()
    experiment.save(update_fields=["state", "ended", "outcome", "winner", "stop_reason"])
    VideoVariant.objects.filter(experiment=experiment.pk).exclude(arm=HOLDOUT).delete()
