"""A trial of the site's language model, as the worker of videos does it: the same process, the same writer, the same checks."""

from __future__ import annotations

import time
from typing import Any

from django.utils import timezone

from core.errors import PlatformError
from core.leases import Lease, lease_owner_new, row_claim
from generation.errors import ScriptWriterFailed
from generation.models import WriterTrial
from generation.recipe import Recipe
from generation.script.answer_checks import checks_of
from generation.script.brief import Brief
from generation.script.script import Script
from generation.script.writers import Attempt
from generation.stages.script import speaking_rate
from generation.writing import model_writer, site_model

SEED = 7
State = WriterTrial.State
_DEATHS_MAX = 2  # of a worker: a model too large for the machine takes it down each time


class TrialLease(Lease[WriterTrial]):
    again = "Try it again afterwards."
    after_fault = "try it again, and if it happens again look into the log."

    def end_failed(self, error: PlatformError) -> None:
        self.own().update(
            state=State.FAILED,
            error_code=error.code,
            error=str(error),
            ended=timezone.now(),
            lease_until=None,
        )


def trial_take(pk: int) -> bool:
    """Do the trial if it is free to take; ``False`` when another worker has it or it is gone."""
    owner = lease_owner_new()
    if not row_claim(WriterTrial, pk, owner, started=timezone.now()):
        return False
    trial = WriterTrial.objects.get(pk=pk)
    lease = TrialLease(trial, owner)
    lease.work(lambda: _try(trial, lease))
    return True


def _try(trial: WriterTrial, lease: TrialLease) -> None:
    if trial.attempts > _DEATHS_MAX:
        raise ScriptWriterFailed(
            "The process that ran the model died twice; the model may be too large for this machine's memory."
        )
    model = site_model()
    if not model.source:
        raise ScriptWriterFailed("No language model is chosen any more.")

    def tell(attempt: Attempt) -> None:
        done = (attempt.number - 1) / attempt.most
        lease.update(attempt=attempt.number, fault=attempt.fault, progress=done)

    brief = Brief(trial.topic, trial.language, trial.seconds)
    _, _, rate = speaking_rate(Recipe(), language=trial.language, seed=SEED)
    writer = model_writer(model, calls=1)
    listens: dict[str, Any] = {"tell": tell} if hasattr(writer, "hears_attempts") else {}
    began = time.monotonic()
    script = writer.write(brief, seed=SEED, rate=rate, **listens)
    result = _shown(script, brief, rate=rate) | {"took_seconds": round(time.monotonic() - began, 1)}
    lease.update(state=State.DONE, progress=1.0, result=result, ended=timezone.now(), lease_until=None)


def _shown(script: Script, brief: Brief, *, rate: float) -> dict[str, Any]:
    """The script and what its checks found, as JSON."""
    return {
        "writer": script.writer,
        "titles": list(script.titles),
        "hashtags": list(script.hashtags),
        "scenes": [
            {"line": scene.line, "narration": scene.narration, "check": list(scene.check)}
            for scene in script.scenes
        ],
        "checks": [
            {"name": check.name, "value": round(check.value, 3), "limit": check.limit, "passed": check.passed}
            for check in checks_of(script, brief, rate=rate)
        ],
    }
