"""A viewer's arm: the hash of the viewer and the experiment's salt, so that nothing need be stored to find it again."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.models import Arm, Experiment, Exposure
from recommender.models import Viewer
from recommender.viewers.buckets import bucket_of, is_held_out


def ranges(shares: Sequence[float]) -> list[tuple[float, float]]:
    """[low, high) of each share in order; the last ends at exactly 1."""
    bounds, at = [], 0.0
    for share in shares:
        bounds.append((at, min(1.0, at + share)))
        at += share
    bounds[-1] = (bounds[-1][0], 1.0)
    return bounds


def arm_of(viewer: Viewer, experiment: Experiment) -> Arm | None:
    """The arm this viewer belongs to; ``None`` for the hold-out and while the experiment does not run."""
    if experiment.state != Experiment.State.RUNNING or is_held_out(viewer.key):
        return None
    arms = list(experiment.arms.order_by("key"))
    bucket = bucket_of(viewer.key, experiment.salt)
    for arm, (low, high) in zip(arms, ranges([arm.share for arm in arms]), strict=True):
        if low <= bucket < high:
            return arm
    return None


def arm_met(viewer: Viewer, experiment: Experiment) -> Arm | None:
    """``arm_of``, noting the first time the viewer meets the experiment; for kinds that no impression notes."""
    arm = arm_of(viewer, experiment)
    if arm is not None:
        Exposure.objects.get_or_create(experiment=experiment, viewer=viewer, defaults={"arm": arm.key})
    return arm
