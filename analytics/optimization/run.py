"""One cycle from claim to canary: steps in order, each recorded as done before the next begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from analytics.models import CycleStep, OptimizationCycle
from analytics.optimization.canary import step_canary
from analytics.optimization.dataset import step_dataset
from analytics.optimization.gate import step_gate
from analytics.optimization.generators import step_generators
from analytics.optimization.reward import step_reward
from analytics.optimization.train import step_train
from analytics.optimization.verdict import step_previous
from analytics.optimization.work import CycleLease, CycleWork
from core.leases import lease_owner_new, row_claim
from generation.models import ModelVersion

State = OptimizationCycle.State
STEPS: tuple[tuple[str, Callable[[CycleWork], dict[str, Any]]], ...] = (
    ("previous", lambda work: step_previous()),
    ("reward", step_reward),
    ("dataset", step_dataset),
    ("train", step_train),
    ("generators", step_generators),
    ("gate", step_gate),
    ("canary", step_canary),
)


def cycle_take(pk: int) -> OptimizationCycle | None:
    """Take up a cycle that waits or whose process died and carry it on; ``None`` when another process has it."""
    owner = lease_owner_new()
    if not row_claim(OptimizationCycle, pk, owner):
        return None
    cycle = OptimizationCycle.objects.select_related("version", "parent").get(pk=pk)
    lease = CycleLease(cycle, owner)
    work = CycleWork(cycle, lease)
    lease.work(lambda: _run(work))
    cycle.refresh_from_db()
    if cycle.state not in cycle.UNDER_WAY:
        work.forget_views()
    return cycle


def _run(work: CycleWork) -> None:
    cycle, lease = work.cycle, work.lease
    if cycle.started is None:
        lease.update(started=timezone.now())
    for number, (name, make) in enumerate(STEPS):
        # a cycle that was open before this step existed has no row of it
        step, _ = CycleStep.objects.get_or_create(cycle=cycle, name=name, defaults={"order": number})
        if step.state != CycleStep.State.DONE:
            step.state, step.started = CycleStep.State.RUNNING, timezone.now()
            step.save(update_fields=["state", "started"])
            try:
                step.result = make(work)
                work.check_budget()
            except BaseException:
                CycleStep.objects.filter(pk=step.pk).update(
                    state=CycleStep.State.FAILED, ended=timezone.now()
                )
                raise
            if name == "canary":  # goes on until its verdict
                _on_trial(work, step)
                return
            step.state, step.ended = CycleStep.State.DONE, timezone.now()
            step.save(update_fields=["state", "result", "ended"])
        lease.progress((number + 1) / (len(STEPS) + 1))
        if name == "gate" and not step.result["passed"]:
            _rejected(work)
            return


def _on_trial(work: CycleWork, step: CycleStep) -> None:
    step.save(update_fields=["result"])
    work.lease.update(state=State.CANARY, lease_until=None, progress=0.9)


def _rejected(work: CycleWork) -> None:
    cycle = work.cycle
    failed = [row["name"] for row in cycle.steps.get(name="gate").result["table"] if not row["passed"]]
    assert cycle.version is not None
    ModelVersion.objects.filter(pk=cycle.version.pk, state=ModelVersion.State.CANDIDATE).update(
        state=ModelVersion.State.RETIRED
    )
    cycle.steps.filter(name__in=("canary", "verdict")).update(state=CycleStep.State.SKIPPED)
    work.lease.update(
        state=State.REJECTED, verdict={"decision": "rejected", "why": "gate", "failed": failed},
        ended=timezone.now(), lease_until=None, progress=1.0,
    )  # fmt: skip
