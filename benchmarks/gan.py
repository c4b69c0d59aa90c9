"""The served GAN beside a plain DCGAN and a one-step flow: same minutes, pictures, features and run.

``python -m benchmarks.gan --images ZIP --minutes 20 --json``. Each contender trains for the same minutes alone on the
machine and draws ``--count`` pictures; FID, KID, precision, recall, density and coverage are told on EfficientNet-lite0, lite2
and open_nsfw features. lite0 stands in the served GAN's loss, so the goals count on lite2 and open_nsfw.
The speed of the training loop is timed beside a straightforward loop of the same networks.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.peers import plain_loop
from benchmarks.peers.dcgan import PlainDcgan
from benchmarks.peers.mean_flow import MeanFlow
from core.errors import PlatformError
from generation.ml import fidelity
from generation.ml.gan.config import SIZES, GanConfig
from generation.ml.gan.data import ImageSet, load_images
from generation.ml.gan.discriminator import EYES
from generation.ml.gan.sampling import load_gan, samples, write_sheet
from generation.ml.gan.trainer import Batches, made_game
from generation.ml.gan.training import configured, train

CONTENDERS = ("ours", "dcgan", "flow")
GOAL_FID, GOAL_SPEED = 0.5, 1.5
_SHEET = 50


@dataclass(frozen=True)
class Drawn:
    """What one contender came to."""

    pictures: NDArray[np.uint8]
    images: int
    seconds: float


def main() -> int:
    parser = measured.parser(__doc__)
    parser.add_argument("--images", type=Path, required=True, help="folder or zip; first level = category")
    parser.add_argument("--size", type=int, choices=SIZES, default=32)
    parser.add_argument("--minutes", type=float, default=20.0, help="of training, each contender")
    parser.add_argument(
        "--count", type=int, default=2000, help="pictures drawn and as many real ones compared"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=CONTENDERS)
    parser.add_argument("--networks", nargs="+", choices=fidelity.NETWORKS, default=fidelity.NETWORKS)
    parser.add_argument(
        "--loop-seconds", type=float, default=60.0, help="of timing each loop; 0 leaves it out"
    )
    parser.add_argument(
        "--sheets", type=Path, help="folder for sheets of samples and their nearest neighbors"
    )
    asked = parser.parse_args()
    try:
        data = load_images(asked.images, asked.size)
        report = measure(data, asked)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    measured.tell(
        report, asked, name="gan", figures=figures, packages=("torch", "onnxruntime", "numpy"), lines=told
    )
    return 0


def measure(data: ImageSet, asked: Any) -> dict[str, Any]:
    """Train, draw and compare every contender asked for."""
    train_one: dict[str, Callable[[], Drawn]] = {
        "ours": lambda: _ours(data, asked),
        "dcgan": lambda: _dcgan(data, asked),
        "flow": lambda: _flow(data, asked),
    }
    drawn = {name: train_one[name]() for name in asked.only}
    report: dict[str, Any] = {
        "pictures": len(data),
        "data": data.fingerprint,
        "size": asked.size,
        "minutes": asked.minutes,
        "threads": torch.get_num_threads(),
        "in_the_loss": EYES,
        "contenders": {
            name: {"images": one.images, "images_per_second": round(one.images / one.seconds, 1)}
            for name, one in drawn.items()
        },
    }
    for network in asked.networks:
        _compare(data, drawn, network, report, asked)
    if "ours" in drawn and "dcgan" in drawn:
        report["fid_ratio"] = {
            network: _fid(report, "ours", network) / _fid(report, "dcgan", network)
            for network in asked.networks
        }
    if asked.loop_seconds:
        report["loop"] = loops(data, asked)
    return report


def _fid(report: dict[str, Any], name: str, network: str) -> float:
    return float(report["contenders"][name][network]["fid"])


def _compare(
    data: ImageSet, drawn: dict[str, Drawn], network: str, report: dict[str, Any], asked: Any
) -> None:
    """All measures on one network's features; sheets of neighbors on those that stand in no loss."""
    rows = np.random.default_rng(asked.seed).permutation(len(data))[: max(asked.count, 2000)]
    real = fidelity.features_of(data.images[rows], network)
    for name, one in drawn.items():
        fake = fidelity.features_of(one.pictures, network)
        report["contenders"][name][network] = fidelity.report(real, fake, seed=asked.seed)
        if asked.sheets:
            near = rows[fidelity.nearest_rows(real, fake[:_SHEET])]
            pairs = [np.concatenate([one.pictures[i], data.images[near[i]]], 0) for i in range(len(near))]
            side = asked.size
            grid = np.concatenate([p.reshape(2, side, side, 3) for p in pairs])
            write_sheet(asked.sheets / f"{name}-beside-nearest-{network}.png", grid, 10)


def _ours(data: ImageSet, asked: Any) -> Drawn:
    with tempfile.TemporaryDirectory() as folder:
        config = GanConfig(size=asked.size, seed=asked.seed)
        told = train(data, Path(folder), config, minutes=asked.minutes)
        drawn = samples(load_gan(Path(folder)), asked.count, seed=asked.seed)
    return _kept("ours", Drawn(drawn, told["images"], told["seconds"]), asked)


def _dcgan(data: ImageSet, asked: Any) -> Drawn:
    peer = PlainDcgan.trained(data.images, seconds=asked.minutes * 60, seed=asked.seed)
    return _kept("dcgan", Drawn(peer.samples(asked.count, asked.seed), peer.images, peer.seconds), asked)


def _flow(data: ImageSet, asked: Any) -> Drawn:
    peer = MeanFlow.trained(
        data.images, data.labels, len(data.categories), seconds=asked.minutes * 60, seed=asked.seed
    )
    return _kept("flow", Drawn(peer.samples(asked.count, asked.seed), peer.images, peer.seconds), asked)


def _kept(name: str, drawn: Drawn, asked: Any) -> Drawn:
    if asked.sheets:
        write_sheet(asked.sheets / f"{name}.png", drawn.pictures[:100])
    return drawn


def loops(data: ImageSet, asked: Any) -> dict[str, float]:
    """Pictures a second of the project's loop and of a straightforward one, in turns so that both see the same machine."""
    import time

    config = configured(GanConfig(size=asked.size, seed=asked.seed), data)
    game = made_game(config, data, torch.device("cpu"))
    batches = Batches(config, data, torch.device("cpu"))
    plain = plain_loop.PlainLoop(data, config)
    step_of = {"ours": lambda n: game.step(batches.next(), n), "plain": lambda n: plain.step()}
    spent = dict.fromkeys(step_of, 0.0)
    for step in step_of.values():
        step(0)
    rounds = 0
    while sum(spent.values()) < 2 * asked.loop_seconds:
        for name, step in step_of.items():
            began = time.monotonic()
            for i in range(config.penalty_every):
                step(i)
            spent[name] += time.monotonic() - began
        rounds += 1
    images = rounds * config.penalty_every * config.batch
    rates = {name: images / seconds for name, seconds in spent.items()}
    return {**{name: round(rate, 1) for name, rate in rates.items()}, "ratio": rates["ours"] / rates["plain"]}


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """FID of each contender, the ratio to the DCGAN with its goal on networks outside the loss, and the loop's speed."""
    found = {
        f"{name}.{network}.fid": Figure(round(cells[network]["fid"], 1))
        for name, cells in report["contenders"].items()
        for network in fidelity.NETWORKS
        if network in cells
    }
    found |= {
        f"{name}.images_per_second": Figure(cells["images_per_second"], "1/s")
        for name, cells in report["contenders"].items()
    }
    for network, ratio in report.get("fid_ratio", {}).items():
        goal = None if network == report["in_the_loss"] else GOAL_FID
        found[f"fid_ratio.{network}"] = Figure(round(ratio, 3), at_most=goal)
    if "loop" in report:
        found["loop.ratio"] = Figure(round(report["loop"]["ratio"], 2), at_least=GOAL_SPEED)
    return found


def told(report: dict[str, Any]) -> str:
    """The report for a person."""
    lines = [f"{report['pictures']} pictures of {report['size']} px, {report['minutes']:g} minutes each"]
    for name, cells in report["contenders"].items():
        lines.append(f"{name}: {cells['images']} images, {cells['images_per_second']}/s")
        for network in fidelity.NETWORKS:
            if network in cells:
                values = "  ".join(f"{key} {value:.3f}" for key, value in cells[network].items())
                lines.append(f"  on {network:10} {values}")
    lines += [f"FID, ours / DCGAN on {n}: {r:.3f}" for n, r in report.get("fid_ratio", {}).items()]
    if "loop" in report:
        lines.append(f"loop: {report['loop']}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
