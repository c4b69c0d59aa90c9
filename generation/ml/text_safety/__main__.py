"""Train the text classifier and print what it is worth, from the command line."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generation.ml.text_safety.classifier import NotEnoughTexts, TextSafetyModel, TextSafetySettings
from generation.ml.text_safety.measuring import measured

TEXT_COLUMNS = ("text", "TEXT", "tweet", "comment")


class LabelsUnreadable(ValueError):
    """The CSV lacks a column or holds a label that is none."""


def main(argv: Sequence[str] | None = None) -> int:
    """1 with a sentence when data or model cannot be used."""
    asked = _parser().parse_args(argv)
    try:
        told = _train(asked) if asked.command == "train" else _evaluate(asked)
    except (OSError, ValueError) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        return 1
    if isinstance(told, dict):
        print(json.dumps(told, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generation.ml.text_safety", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="learn from labelled texts")
    train.add_argument(
        "--data", type=Path, required=True, help="CSV with the columns text and label (0 or 1)"
    )
    train.add_argument("--output", type=Path, required=True, help="folder for model.json and weights.npz")
    train.add_argument("--seed", type=int, default=TextSafetySettings().seed)
    evaluate = commands.add_parser(
        "evaluate", help="AUC, F1 at the stored threshold, recall at 90 %% precision"
    )
    evaluate.add_argument("--model", type=Path, required=True)
    evaluate.add_argument("--data", type=Path, required=True)
    evaluate.add_argument("--scores", action="store_true", help="one score a row and the threshold, last")
    return parser


def read_table(place: Path) -> tuple[list[str], list[int]]:
    """Texts and labels of a CSV; of Davidson's, classes 0 and 1 are offensive. Raises ``LabelsUnreadable``."""
    with place.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = reader.fieldnames or []
        text = next((name for name in TEXT_COLUMNS if name in names), None)
        label = "label" if "label" in names else "class" if "class" in names else None
        if text is None:
            raise LabelsUnreadable(f"{place.name} needs a column text; it has {', '.join(names) or 'none'}.")
        rows = list(reader)
    texts = [row[text] or "" for row in rows]
    return texts, [_label(row.get(label) if label else None, label, i) for i, row in enumerate(rows, 2)]


def _label(value: str | None, column: str | None, line: int) -> int:
    if column is None:
        return -1  # to be scored only
    if column == "class" and value in ("0", "1", "2"):
        return int(value != "2")
    if value not in ("0", "1"):
        raise LabelsUnreadable(f"Line {line}: a label is 0 or 1, not {value!r}.")
    return int(value)


def _train(asked: argparse.Namespace) -> dict[str, Any]:
    texts, labels = read_table(asked.data)
    if -1 in labels:
        raise LabelsUnreadable(f"{asked.data.name} has no column label to learn from.")
    began, spent = time.monotonic(), time.process_time()
    model = TextSafetyModel.fit(
        texts,
        labels,
        settings=TextSafetySettings(seed=asked.seed),
        say=lambda line: print(line, file=sys.stderr),
    )
    model.save(asked.output)
    return {
        "texts": len(texts),
        "threshold": round(model.threshold, 4),
        "megabytes": round(sum(place.stat().st_size for place in asked.output.iterdir()) / 1e6, 2),
        "cpu_seconds": round(time.process_time() - spent, 1),
        "seconds": round(time.monotonic() - began, 1),
    }


def _evaluate(asked: argparse.Namespace) -> dict[str, Any] | None:
    model = TextSafetyModel.load(asked.model)
    texts, labels = read_table(asked.data)
    scores = model.score(texts)
    if asked.scores:
        for score in scores:
            print(f"{score:.6f}")
        print(f"threshold {model.threshold:.6f}")
        return None
    if -1 in labels:
        raise LabelsUnreadable(f"{asked.data.name} has no column label to compare with; --scores needs none.")
    return measured(labels, scores, model.threshold)


if __name__ == "__main__":
    sys.exit(main())


__all__ = ["NotEnoughTexts", "main", "read_table"]
