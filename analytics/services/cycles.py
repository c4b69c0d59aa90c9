"""Optimization cycles: asked for, cancelled, judged; and who opts out of being learned from."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics import tasks
from analytics.errors import CycleStateConflict
from analytics.models import OptimizationCycle, TrainingOptOut
from analytics.optimization.opening import cycle_open
from analytics.optimization.verdict import cycle_close, cycle_end

State = OptimizationCycle.State


def cycle_request(
    *, requested_by: User | None = None, seed: int | None = None, queue: bool = True
) -> OptimizationCycle:
    """Record a cycle and wake a worker once the row is committed; without ``queue`` the caller carries it out.

    Raises ``CycleBusy`` while another one waits or works. One on trial is judged and closed by the new one, first of all.
    """
    with transaction.atomic():
        cycle = cycle_open(requested_by=requested_by, seed=seed)
        if queue:
            tasks.cycle_run.delay_on_commit(cycle.pk)
    return cycle


def cycle_cancel(*, cycle: OptimizationCycle) -> OptimizationCycle:
    """Stop a cycle that waits or works. Raises ``CycleStateConflict`` for one that is on trial or has ended."""
    rows = OptimizationCycle.objects.filter(pk=cycle.pk)
    at_once = rows.filter(state=State.QUEUED).update(state=State.CANCELLED, ended=timezone.now())
    if not at_once and not rows.filter(state=State.RUNNING).update(cancel_requested=True):
        raise CycleStateConflict(
            f"Only a waiting or working cycle can be cancelled. Cycle {cycle.number} is {cycle.state!r}."
        )
    cycle.refresh_from_db()
    return cycle


def cycle_judge(*, cycle: OptimizationCycle) -> OptimizationCycle:
    """Judge a cycle on trial on what has come in, and close it. Raises ``CycleStateConflict`` when it is not on trial."""
    if cycle.state != State.CANARY:
        raise CycleStateConflict(
            f"Only a cycle on trial can be judged. Cycle {cycle.number} is {cycle.state!r}."
        )
    cycle_close(cycle)
    cycle.refresh_from_db()
    return cycle


def cycle_decide(*, cycle: OptimizationCycle, approve: bool, by: User) -> OptimizationCycle:
    """A person's word on a policy that won its trial. Raises ``CycleStateConflict`` when the cycle waits for none."""
    with transaction.atomic():
        row = OptimizationCycle.objects.select_for_update().get(pk=cycle.pk)
        if row.state != State.APPROVAL:
            raise CycleStateConflict(
                f"Only a cycle that waits for approval can be approved or refused. Cycle {row.number} is {row.state!r}."
            )
        why = row.verdict["won"] if approve else "refused"
        cycle_end(row, row.verdict | {"why": why, "decided_by": by.username}, promoted=approve)
    cycle.refresh_from_db()
    return cycle


def training_opt_out(*, creator: User, out: bool) -> None:
    """Whether cycles leave the creator's videos out from now on."""
    if out:
        TrainingOptOut.objects.get_or_create(creator=creator)
    else:
        TrainingOptOut.objects.filter(creator=creator).delete()
