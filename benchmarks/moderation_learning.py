"""What decisions teach the text classifier: ``python -m benchmarks.moderation_learning --data DIR --json``.

A classifier knows two of COLD's three subjects and meets the third, as a site's creators write about what its first texts were
not about. Texts of that subject are decided (their labels stand for moderators'), it goes on from what it knows, and is
judged on other texts of the subject; beside one that learned from the decided texts alone, and on the first subjects, of
which it should forget nothing. ``DIR`` holds COLD's ``cold_train.csv``.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import measured
from benchmarks.measured import Figure
from generation.ml.text_safety import TextSafetyModel
from generation.ml.text_safety.adapting import adapted

NEW = "gender"  # the subject that is met later
KNOWN, JUDGED = 1500, 400  # texts of the first subjects, and of either kind to judge by
DECIDED = (100, 200, 400)

Rows = list[tuple[str, int]]


def rows_by_subject(place: Path) -> tuple[Rows, Rows]:
    """Texts with labels of the first subjects, and of the new one, each in an order of their own."""
    first: Rows = []
    new: Rows = []
    with place.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            (new if row["topic"] == NEW else first).append((row["TEXT"], int(row["label"])))
    for rows in (first, new):
        random.Random(7).shuffle(rows)
    return first, new


def auc(model: TextSafetyModel, rows: Rows) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score([label for _, label in rows], model.score([text for text, _ in rows])))


def learned(first: Rows, new: Rows, *, known: int, judged: int, decided: tuple[int, ...]) -> dict[str, Any]:
    """AUC before, and after each number of decided texts."""
    base_rows, old, fresh = first[:known], first[known : known + judged], new[:judged]
    base = TextSafetyModel.fit(*_columns(base_rows))
    report: dict[str, Any] = {"known": known, "judged": judged}
    report["before"] = {"new": round(auc(base, fresh), 4), "first": round(auc(base, old), 4)}
    for number in decided:
        texts, labels = _columns(new[judged : judged + number])
        spent = time.process_time()
        moved = adapted(base, texts, labels, list(range(number)))
        seconds = time.process_time() - spent
        alone = TextSafetyModel.fit(texts, labels)
        report[f"after_{number}"] = {
            "new": round(auc(moved, fresh), 4),
            "first": round(auc(moved, old), 4),
            "alone": round(auc(alone, fresh), 4),
            "cpu_seconds": round(seconds, 1),
        }
    return report


def _columns(rows: Rows) -> tuple[list[str], list[int]]:
    return [text for text, _ in rows], [label for _, label in rows]


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """The part that documents quote."""
    found = {"known": Figure(report["known"]), "judged": Figure(report["judged"])}
    for name, cells in report.items():
        if isinstance(cells, dict):
            for key, value in cells.items():
                found[f"{name}.{key}"] = Figure(value, "s" if key == "cpu_seconds" else "")
    return found


def main() -> int:
    options = measured.parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder with cold_train.csv")
    options.add_argument("--known", type=int, default=KNOWN, help="texts it knows (default: %(default)s)")
    options.add_argument("--judged", type=int, default=JUDGED, help="texts that judge (default: %(default)s)")
    chosen = options.parse_args()
    first, new = rows_by_subject(chosen.data / "cold_train.csv")
    report = learned(first, new, known=chosen.known, judged=chosen.judged, decided=DECIDED)
    measured.tell(
        report, chosen, name="moderation_learning", figures=figures, packages=("scikit-learn", "scipy")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
