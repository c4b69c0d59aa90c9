"""How a cycle begins: its row and its steps, one at a time."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from analytics.errors import CycleBusy
from analytics.models import CYCLE_STEPS, CycleStep, OptimizationCycle


def cycle_open(*, requested_by: User | None = None, seed: int | None = None) -> OptimizationCycle:
    """A cycle that waits to be claimed. Raises ``CycleBusy`` while another one waits or works."""
    try:
        with transaction.atomic():
            number = (OptimizationCycle.objects.aggregate(most=Max("number"))["most"] or 0) + 1
            cycle = OptimizationCycle.objects.create(
                number=number,
                requested_by=requested_by,
                seed=number if seed is None else seed,
                simulated=settings.FEED_SIMULATED,
            )
            CycleStep.objects.bulk_create(
                CycleStep(cycle=cycle, name=name, order=order) for order, name in enumerate(CYCLE_STEPS)
            )
    except IntegrityError:
        raise CycleBusy("Another cycle is under way; wait until it is on trial or has ended.") from None
    return cycle
