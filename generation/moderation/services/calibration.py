"""Risks become probabilities: what the scorers said, fitted to what people decided (Platt, 1999)."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
from django.db import transaction
from sklearn.linear_model import LogisticRegression

from generation.moderation.audit import MACHINE, audit_append
from generation.moderation.models import Calibration, Policy, Screening
from generation.moderation.screening.combination import CERTAIN, LEAST, risk_calibrated, risks_of
from generation.moderation.selectors.policies import calibrations_active
from generation.moderation.selectors.verdicts import persons_words

DECIDED_LEAST = 200  # decisions of which each answer has
EACH_LEAST = 30
HELD_OUT = 4  # every fourth screening judges the fit and is not fitted on


@transaction.atomic
def calibration_fit(*, policy: Policy) -> Calibration | None:
    """Fit slope and offset; they act when they are nearer to what people decided (Brier) on decisions held out.

    ``None`` while too little was decided. Decided cases are mostly risky ones; second looks at what the machine let
    pass are what keeps the low end honest.
    """
    risks, labels, held = _decided(policy)
    if len(labels) < DECIDED_LEAST or min(labels.sum(), len(labels) - labels.sum()) < EACH_LEAST:
        return None
    logits = np.log(risks / (1.0 - risks))
    fitted = LogisticRegression(C=1e6).fit(logits[~held, None], labels[~held])
    pair = (float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))
    acting = calibrations_active().get(policy.code)
    before, after = (_brier(risks[held], labels[held], one) for one in (acting, pair))
    better = after < before and pair[0] > 0  # more risk is never less likely
    if better:
        Calibration.objects.filter(policy=policy, active=True).update(active=False)
    row = Calibration.objects.create(
        policy=policy, slope=pair[0], offset=pair[1], decided=len(labels), brier_before=before, brier_after=after,
        active=better,
    )  # fmt: skip
    audit_append(
        actor=MACHINE, action="calibration", subject=f"policy:{policy.code}",
        data={"active": better, "decided": len(labels), "before": round(before, 6), "after": round(after, 6)},
    )  # fmt: skip
    return row


def _decided(policy: Policy) -> tuple[Any, Any, Any]:
    """Raw risks (0–1), whether people found a violation, and which are held out; rules (certain ones) left out."""
    words = persons_words()
    risks, labels, held = [], [], []
    for row in Screening.objects.filter(pk__in=words).only("pk", "signals").iterator(chunk_size=500):
        risk = risks_of(row.signals, {}).get(policy.code, 0.0)
        if risk < CERTAIN:
            risks.append(min(max(risk, LEAST), 1.0 - LEAST))
            labels.append(policy.code in words[row.pk].broken)
            held.append(hashlib.sha256(str(row.pk).encode()).digest()[0] % HELD_OUT == 0)
    return np.array(risks), np.array(labels, dtype=bool), np.array(held, dtype=bool)


def _brier(risks: Any, labels: Any, calibration: tuple[float, float] | None) -> float:
    if len(labels) == 0:
        return math.inf
    said = np.array([risk_calibrated(float(risk), calibration) for risk in risks])
    return float(np.mean((said - labels) ** 2))
