"""Signals of many scorers → one calibrated risk a policy → what the policy table says to that; plain Python.

The strongest scorer speaks; the others add to it by half of their squares, so that several weak doubts do not become an
accusation and two strong ones do. Scores are taken as probabilities until enough decisions are known to fit the policy's
own calibration (Platt, 1999: ``sigmoid(slope · logit(risk) + offset)``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

CERTAIN = 0.999  # a rule rather than a probability: never calibrated away
LEAST = 1e-6
ADVISORY = frozenset({"discriminator"})  # being unlike the others is shown to a moderator; it is no offense


class Thresholds(Protocol):
    """What a policy version says to a risk."""

    auto_approve_below: float
    hold_above: float


def risk_combined(scores: Iterable[float]) -> float:
    """One risk (0–1) from the best score of each scorer: ``1 - (1 - strongest) · Π(1 - s² / 2)`` over the others."""
    ordered = sorted((min(max(score, 0.0), 1.0) for score in scores), reverse=True)
    if not ordered:
        return 0.0
    left = 1.0 - ordered[0]
    for score in ordered[1:]:
        left *= 1.0 - score * score / 2.0
    return 1.0 - left


def risk_calibrated(risk: float, calibration: tuple[float, float] | None) -> float:
    """The probability that a moderator would find a violation, 0–1."""
    if calibration is None or risk >= CERTAIN:
        return risk
    slope, offset = calibration
    clipped = min(max(risk, LEAST), 1.0 - LEAST)
    value = slope * math.log(clipped / (1.0 - clipped)) + offset
    return 1.0 / (1.0 + math.exp(-value)) if value > -700 else 0.0


def risks_of(
    signals: Iterable[Mapping[str, Any]], calibrations: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """Policy → risk (0–1) of signals as they are stored; those that did not score say nothing."""
    best: dict[str, dict[str, float]] = {}
    for signal in signals:
        if signal["state"] == "scored" and signal["scorer"] not in ADVISORY:
            of_policy = best.setdefault(signal["policy"], {})
            of_policy[signal["scorer"]] = max(of_policy.get(signal["scorer"], 0.0), float(signal["score"]))
    return {
        policy: round(risk_calibrated(risk_combined(scores.values()), calibrations.get(policy)), 6)
        for policy, scores in best.items()
    }


def verdict_of(risk: float, thresholds: Thresholds) -> str:
    """``approve``, ``queue`` or ``hold``."""
    if risk >= thresholds.hold_above:
        return "hold"
    return "queue" if risk >= thresholds.auto_approve_below else "approve"


def outcome_of(verdicts: Iterable[str]) -> str:
    """The strictest verdict as the outcome of a screening: approved, queued, held."""
    found = set(verdicts)
    return "held" if "hold" in found else "queued" if "queue" in found else "approved"
