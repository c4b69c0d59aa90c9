"""How well decisions are made: a moderator, a policy and a model in numbers."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import Any

import krippendorff
import numpy as np
from django.db.models import Q, QuerySet

from generation.moderation.models import (
    Appeal,
    Case,
    Decision,
    GoldenAnswer,
    Moderator,
    Screening,
    SecondOpinion,
)
from generation.moderation.selectors.verdicts import persons_words

FLAGGED_FROM = 0.5  # a scorer's own word for "yes"


def decisions_between(since: datetime | None, until: datetime | None) -> QuerySet[Decision]:
    """Ending decisions of people on cases that count, undone ones left out."""
    rows = Decision.objects.filter(action__in=Decision.ENDING, undone_by__isnull=True, automatic=False)
    if since:
        rows = rows.filter(created__gte=since)
    return rows.filter(created__lt=until) if until else rows


def alpha_of(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Krippendorff's alpha (nominal) of pairs of answers; ``None`` where fewer than two pairs or one answer only.

    Hayes and Krippendorff (2007): 1 is perfect agreement, 0 is chance.
    """
    rows = list(pairs)
    labels = {label: place for place, label in enumerate(sorted({one for pair in rows for one in pair}))}
    if len(rows) < 2 or len(labels) < 2:
        return None
    data = np.array([[labels[pair[side]] for pair in rows] for side in (0, 1)], dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return round(float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")), 4)


def label_of(decision: Decision | None) -> str:
    """What was decided as one word; the machine's own word is approve."""
    if decision is None or decision.action == Decision.Action.APPROVE:
        return "approve"
    return f"{decision.action}:{decision.policy.code if decision.policy else ''}"


def opinions_given() -> QuerySet[SecondOpinion]:
    rows = SecondOpinion.objects.exclude(state=SecondOpinion.State.PENDING)
    return rows.select_related("first__policy", "second__policy", "final__policy", "screening")


def quality_of_moderators(
    *, since: datetime | None = None, until: datetime | None = None
) -> list[dict[str, Any]]:
    """A line a moderator: decisions, median seconds, accuracy on known answers, agreement, overturned share."""
    by: dict[int, list[Decision]] = defaultdict(list)
    for row in decisions_between(since, until).exclude(case__kind__in=Case.HIDDEN).select_related("policy"):
        if row.moderator_id is not None:
            by[row.moderator_id].append(row)
    golden = _golden()
    pairs = _pairs_by_moderator()
    overturned = _overturned()
    lines = []
    for kept in Moderator.objects.select_related("user"):
        mine = by.get(kept.user_id, [])
        rights = golden.get(kept.user_id, [])
        lost = sum(row.pk in overturned for row in mine)
        spent = [row.spent_seconds for row in mine if row.spent_seconds > 0]
        lines.append(
            {
                "moderator": kept.pseudonym,
                "decisions": len(mine),
                "median_seconds": round(median(spent), 1) if spent else None,
                "golden": len(rights),
                "accuracy": round(sum(rights) / len(rights), 4) if rights else None,
                "second_opinions": len(pairs.get(kept.user_id, [])),
                "alpha": alpha_of(pairs.get(kept.user_id, [])),
                "overturned": round(lost / len(mine), 4) if mine else None,
            }
        )
    return lines


def _golden() -> dict[int, list[bool]]:
    found: dict[int, list[bool]] = defaultdict(list)
    for moderator, right in GoldenAnswer.objects.filter(right__isnull=False).values_list(
        "moderator", "right"
    ):
        found[moderator].append(bool(right))
    return found


def _pairs_by_moderator() -> dict[int, list[tuple[str, str]]]:
    """Both who was looked at and who looked."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in opinions_given():
        pair = (label_of(row.first), label_of(row.second))
        for decision in (row.first, row.second):
            if decision is not None and decision.moderator_id is not None:
                found[decision.moderator_id].append(pair)
    return found


def _overturned() -> set[int]:
    """Decisions that an appeal or an adjudication did not let stand."""
    appealed = Appeal.objects.filter(state=Appeal.State.OVERTURNED).values_list("decision", flat=True)
    lost = {
        row.first.pk
        for row in opinions_given().filter(final__isnull=False, first__isnull=False)
        if row.first is not None and label_of(row.first) != label_of(row.final)
    }
    return {*appealed, *lost}


def quality_of_policies(
    *, since: datetime | None = None, until: datetime | None = None
) -> list[dict[str, Any]]:
    """A line a policy: cases decided under it, how many were restricted, agreement, overturned share."""
    overturned = _overturned()
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in opinions_given().select_related("hidden__policy"):
        pairs[row.hidden.policy.code].append((label_of(row.first), label_of(row.second)))
    by: dict[str, list[Decision]] = defaultdict(list)
    decided = decisions_between(since, until).exclude(case__kind__in=Case.HIDDEN)
    for decision in decided.select_related("policy", "case__policy"):
        by[decision.policy.code if decision.policy else decision.case.policy.code].append(decision)
    return [
        {
            "policy": code,
            "decisions": len(rows),
            "restricted": sum(row.action in Decision.RESTRICTING for row in rows),
            "second_opinions": len(pairs.get(code, [])),
            "alpha": alpha_of(pairs.get(code, [])),
            "overturned": round(sum(row.pk in overturned for row in rows) / len(rows), 4) if rows else None,
        }
        for code, rows in sorted({**{code: [] for code in pairs}, **by}.items())
    ]


def quality_of_models() -> list[dict[str, Any]]:
    """A line a scorer, version and policy: how often its yes was a violation, and how many violations it saw."""
    words = persons_words(simulated=True)
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in Screening.objects.filter(pk__in=words).only("pk", "signals").iterator(chunk_size=500):
        broken = words[row.pk].broken
        versions = {(one["scorer"], one["version"]) for one in row.signals if one["state"] == "scored"}
        yes = {
            (one["scorer"], one["version"], one["policy"])
            for one in row.signals
            if one["state"] == "scored" and one["score"] >= FLAGGED_FROM
        }
        for scorer, version in versions:
            for policy in broken | {
                code for name, number, code in yes if (name, number) == (scorer, version)
            }:
                said, true = (scorer, version, policy) in yes, policy in broken
                line = counts[scorer, version, policy]
                line[0] += said and true
                line[1] += said and not true
                line[2] += true and not said
    return [
        {
            "scorer": scorer, "version": version, "policy": policy, "right": hit, "false": false, "missed": missed,
            "precision": round(hit / (hit + false), 4) if hit + false else None,
            "recall": round(hit / (hit + missed), 4) if hit + missed else None,
        }
        for (scorer, version, policy), (hit, false, missed) in sorted(counts.items())
    ]  # fmt: skip


def quality_of_the_machine() -> dict[str, Any]:
    """What the machine let pass by itself, and what people said to the sample they were shown of it."""
    rows = opinions_given().filter(screening__isnull=False)
    wrong = sum(label_of(row.final or row.second) != "approve" for row in rows)
    passed = Screening.objects.filter(outcome=Screening.Outcome.APPROVED).count()
    looked = len(rows)
    return {
        "passed": passed,
        "looked_at": looked,
        "wrong": wrong,
        "accuracy": round(1 - wrong / looked, 4) if looked else None,
    }


def simulated_between(since: datetime | None, until: datetime | None) -> int:
    """How many of the decisions in these numbers the demonstration made up."""
    return decisions_between(since, until).filter(case__simulated=True).count()


def agreement_of_all() -> float | None:
    """Krippendorff's alpha over every second opinion of one person on another."""
    rows = opinions_given().filter(Q(first__isnull=False))
    return alpha_of((label_of(row.first), label_of(row.second)) for row in rows)
