"""What a training from decisions leaves beside its weights: what it was compared on, which cases it moves, which labels it doubts.

Numbers of cases, decisions and versions only, so that nothing of what was said or shown lies in a version's folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.ml.label_errors import label_errors
from generation.moderation.learning.comparing import Judged, compared
from generation.moderation.learning.lessons import Lesson
from generation.moderation.learning.risks import PolicyRule

FILE = "learned.json"
SHOWN = 20  # moved cases
DOUBTED = 50
ORDER = ("approve", "queue", "hold")  # verdicts, the mildest first


def learned_write(folder: Path, told: Mapping[str, Any]) -> None:
    (folder / FILE).write_text(json.dumps(told, indent=1), encoding="utf-8")


def learned_read(folder: Path) -> dict[str, Any]:
    """Empty for a version that did not learn from decisions."""
    place = folder / FILE
    told: dict[str, Any] = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    return told


def policy_told(
    lessons: Sequence[Lesson], policy: str, before: Sequence[float], after: Sequence[float], rule: PolicyRule, *, seed: int
) -> dict[str, Any]:  # fmt: skip
    """The comparison on held-out ``lessons`` with the risks (n,) of both, and the cases whose verdict moves."""
    judged = Judged(
        np.array([policy in one.broken for one in lessons], bool),
        np.asarray(before, np.float64),
        np.asarray(after, np.float64),
        np.array([one.creator for one in lessons], np.int64),
    )
    moved: list[dict[str, Any]] = [
        {
            "case": lesson.case, "decision": lesson.decision, "before": round(float(old), 4), "after": round(float(new), 4),
            "was": rule.verdict(old), "is": rule.verdict(new), "broken": policy in lesson.broken,
        }
        for lesson, old, new in zip(lessons, before, after, strict=True)
        if rule.verdict(old) != rule.verdict(new)
    ]  # fmt: skip
    moved.sort(key=lambda row: -abs(row["after"] - row["before"]))
    stricter = [row for row in moved if ORDER.index(row["is"]) > ORDER.index(row["was"])]
    milder = [row for row in moved if row not in stricter]
    half = SHOWN // 2
    shown = stricter[: max(half, SHOWN - len(milder))] + milder[: max(half, SHOWN - len(stricter))]
    return {
        "compared": compared(judged, line=rule.line, seed=seed),
        "stricter": len(stricter),
        "stricter_right": sum(row["broken"] for row in stricter),
        "milder": len(milder),
        "milder_right": sum(not row["broken"] for row in milder),
        "moved": shown,
    }


def doubts_told(lessons: Sequence[Lesson], policy: str, said: NDArray[np.float64]) -> dict[str, Any]:
    """Decisions that are probably wrong under the policy, by what was said (n,) of each out of fold."""
    labels = np.array([policy in one.broken for one in lessons], bool)
    found = label_errors(labels, said)
    return {
        "estimated": round(found.estimated, 1),
        "decisions": [
            {
                "decision": lessons[row].decision, "case": lessons[row].case, "broken": bool(labels[row]),
                "probability": round(float(said[row]), 4),
            }
            for row in found.rows[:DOUBTED].tolist()
        ],
    }  # fmt: skip
