"""``python -m generation.ml.gan train --images DIR_OR_ZIP --size 32 --minutes 20 --seed 0 --output DIR`` and
``… sample --model DIR --count 100 --output samples.npz`` (key ``images``: uint8, N×H×W×3); ``… export`` makes a scorer of strange pictures of D. ``torchrun --nproc-per-node 2 -m
generation.ml.gan train …`` trains on several processes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch.distributed as dist

from core.errors import PlatformError
from core.files import atomic_path
from generation.ml.gan.config import ARCHITECTURES, SIZES, GanConfig
from generation.ml.gan.data import load_images
from generation.ml.gan.outliers import area_under_curve, export_discriminator
from generation.ml.gan.sampling import load_gan, samples, write_sheet
from generation.ml.gan.training import Rhythm, train


def main() -> int:
    asked = _parser().parse_args()
    try:
        return int(asked.run(asked))
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generation.ml.gan", description=__doc__)
    commands = parser.add_subparsers(required=True)
    training = commands.add_parser("train", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    training.add_argument(
        "--images", type=Path, required=True, help="folder or zip; its first level is the category"
    )
    training.add_argument("--size", type=int, choices=SIZES, default=32, help="pixels a side")
    training.add_argument("--minutes", type=float, default=20.0, help="time of training, loading apart")
    training.add_argument("--steps", type=int, help="exactly so many steps instead of minutes")
    training.add_argument("--seed", type=int, default=0)
    training.add_argument("--output", type=Path, required=True, help="folder; a run it holds goes on")
    training.add_argument("--architecture", choices=ARCHITECTURES, default="projected")
    training.add_argument("--batch", type=int, default=GanConfig.batch, help="pictures a step and process")
    training.add_argument("--report-steps", type=int, default=50, help="steps a line of the log")
    training.add_argument("--limit", type=int, help="an even share of so many pictures")
    training.set_defaults(run=_train)
    sampling = commands.add_parser("sample", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    sampling.add_argument("--model", type=Path, required=True, help="folder of a training run")
    sampling.add_argument("--count", type=int, default=100)
    sampling.add_argument("--seed", type=int, default=0)
    sampling.add_argument("--category", help="one category instead of all in turn")
    sampling.add_argument("--output", type=Path, required=True, help=".npz, or .png for a sheet")
    sampling.set_defaults(run=_sample)
    export = commands.add_parser("export", help="the discriminator as a scorer of strange pictures")
    export.add_argument("--model", type=Path, required=True, help="folder of a training run")
    export.add_argument("--images", type=Path, required=True, help="folder or zip of usual pictures")
    export.add_argument("--foreign", type=Path, help="folder or zip of foreign pictures: prints the AUC")
    export.add_argument("--output", type=Path, required=True, help="folder")
    export.set_defaults(run=_export)
    return parser


def _train(asked: argparse.Namespace) -> int:
    spread_out = int(os.environ.get("WORLD_SIZE", "1")) > 1
    if spread_out:
        import torch

        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        data = load_images(asked.images, asked.size, limit=asked.limit)
        config = GanConfig(
            architecture=asked.architecture, size=asked.size, batch=asked.batch, seed=asked.seed
        )
        leads = not spread_out or dist.get_rank() == 0
        told = train(
            data, asked.output, config, minutes=asked.minutes, steps=asked.steps,
            rhythm=Rhythm(report_steps=asked.report_steps), progress=_tell if leads else lambda share, report: None,
        )  # fmt: skip
        if leads:
            print(json.dumps({**told, "data": data.fingerprint, "pictures": len(data)}, ensure_ascii=False))
    finally:
        if spread_out:
            dist.destroy_process_group()
    return 0


def _tell(share: float, report: dict[str, Any]) -> None:
    """A bar on a terminal, JSON lines elsewhere; a collapse in words on both."""
    if not sys.stderr.isatty():
        print(
            json.dumps({"share": round(share, 4), **report}, ensure_ascii=False), file=sys.stderr, flush=True
        )
        return
    filled = int(30 * share)
    told = f"D(x) {report['d_real']:.2f}  D(G(z)) {report['d_fake']:.2f}  {report['images_per_second']:.0f} images/s"
    print(
        f"\r[{'█' * filled}{' ' * (30 - filled)}] {share:4.0%}  {told} ", end="", file=sys.stderr, flush=True
    )
    if report["collapse"]:
        print(f"\n{report['collapse']}", file=sys.stderr, flush=True)


def _sample(asked: argparse.Namespace) -> int:
    pictures = samples(load_gan(asked.model), asked.count, seed=asked.seed, category=asked.category)
    if asked.output.suffix == ".png":
        write_sheet(asked.output, pictures)
    else:
        with atomic_path(asked.output) as part, part.open("wb") as file:
            np.savez_compressed(file, images=pictures)
    print(json.dumps({"count": len(pictures), "shape": list(pictures.shape), "output": asked.output.name}))
    return 0


def _export(asked: argparse.Namespace) -> int:
    """Half of the usual pictures make the scorer, the other half are what foreign ones are told from."""
    size = load_gan(asked.model).config.size
    data = load_images(asked.images, size)
    told: dict[str, Any] = {"output": asked.output.name, "pictures": len(data)}
    if asked.foreign:
        half = replace(data, images=data.images[::2])
        scorer = export_discriminator(asked.model, half, asked.output)
        strange = scorer.ood_score(load_images(asked.foreign, size).images)
        told["auc"] = area_under_curve(scorer.ood_score(data.images[1::2]), strange)
    export_discriminator(asked.model, data, asked.output)
    print(json.dumps(told, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
