"""One look at a running experiment: keep the least p-values, watch the guardrails, and stop it when there is reason to."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from analytics.errors import ExperimentStateConflict
from analytics.experiments import states
from analytics.experiments.table import Table, table_of
from analytics.models import Arm, Experiment

logger = logging.getLogger(__name__)


def look_at_all() -> int:
    """A look at every experiment that runs; how many ended by it."""
    ended = 0
    for experiment in Experiment.objects.filter(state=Experiment.State.RUNNING):
        try:
            ended += look(experiment).state != Experiment.State.RUNNING
        except ExperimentStateConflict:  # somebody ended it meanwhile
            logger.info("Experiment %s ended while it was looked at.", experiment.pk)
    return ended


@transaction.atomic
def look(experiment: Experiment) -> Experiment:
    """Note what is seen now, and stop or decide where a rule says so; the experiment as it is afterwards."""
    experiment = Experiment.objects.select_for_update().get(pk=experiment.pk)
    if experiment.state != Experiment.State.RUNNING:
        return experiment
    table = table_of(experiment)
    _keep(experiment, table)
    if reason := _harm(experiment, table):
        return states.stop(experiment, reason=reason)
    if winner := winner_of(experiment, table):
        return states.decide(experiment, winner=winner, reason="significant")
    if _is_over(experiment):
        return states.stop(experiment, reason="time")
    return experiment


def winner_of(experiment: Experiment, table: Table) -> str:
    """The arm surely better than the control with the best mean; the control when all others are surely worse; else ""."""
    if not table.enough:
        return ""
    better = [row for row in table.rows if row.low is not None and row.low > 0]
    if better:
        return max(better, key=lambda row: row.mean or 0.0).arm
    others = [row for row in table.rows if row.arm != Arm.CONTROL]
    if all(row.high is not None and row.high < 0 for row in others):
        return Arm.CONTROL
    return ""


def _keep(experiment: Experiment, table: Table) -> None:
    kept = {row.arm: row.p_value for row in table.rows if row.p_value is not None}
    experiment.p_values = {**experiment.p_values, **kept, "ratio": table.ratio_p_value}
    experiment.save(update_fields=["p_values"])


def _harm(experiment: Experiment, table: Table) -> str:
    """Why the experiment must not go on, as a code; "" when it may."""
    if experiment.video is not None and not experiment.video.is_shown:
        return "moderation"
    if not table.balanced:
        return "sample_ratio"
    broken = next((row.harms[0] for row in table.rows if row.harms), "")
    return f"guardrail_{broken}" if broken else ""


def _is_over(experiment: Experiment) -> bool:
    assert experiment.started is not None
    return timezone.now() >= experiment.started + timedelta(days=experiment.maximum_days)
