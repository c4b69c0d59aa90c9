"""Training by the clock: ``train`` runs or goes on with a run, and tells how it goes.

Into ``output`` go ``log.jsonl`` (one JSON object a report: losses, D(x), D(G(z)), pictures a second), sheets of samples of
always the same noise, a checkpoint now and then, and in the end ``generator.safetensors`` + ``generator.json``.
With ``torchrun`` (gloo or nccl) each process takes its share of a batch that grows with their number.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from core.files import sha256_of
from generation.ml.gan import checkpoint, dcgan
from generation.ml.gan.checkpoint import Progress
from generation.ml.gan.collapse import CollapseWatch, spread
from generation.ml.gan.config import GanConfig
from generation.ml.gan.data import ImageSet
from generation.ml.gan.errors import TrainingImagesInvalid
from generation.ml.gan.sampling import as_bytes, write_sheet
from generation.ml.gan.trainer import Batches, Game, known_labels, made_game, real_pictures

Told = Callable[[float, dict[str, Any]], None]
_SHEET = 100  # samples on a sheet


@dataclass(frozen=True)
class Rhythm:
    """How often a run tells and keeps something: steps a report, seconds a sheet and a checkpoint."""

    report_steps: int = 50
    sheet_seconds: float = 60.0
    checkpoint_seconds: float = 60.0


def configured(config: GanConfig, data: ImageSet) -> GanConfig:
    """The configuration as it is trained on ``data``: its categories, or the founding document's own choices."""
    if config.architecture == "dcgan":
        return dcgan.learning(config)
    return replace(config, categories=data.categories)


def train(
    data: ImageSet,
    output: Path,
    config: GanConfig,
    *,
    minutes: float,
    steps: int | None = None,
    progress: Told = lambda share, report: None,
    stop: Callable[[], bool] = lambda: False,
    rhythm: Rhythm = Rhythm(),
    device: torch.device | None = None,
) -> dict[str, Any]:
    """Train for ``minutes`` of work (or exactly ``steps``), going on where ``output`` holds a checkpoint.

    ``progress`` hears the share done in [0, 1] and each report; ``stop`` is asked after each step, and a stopped run
    leaves a checkpoint that goes on later. Returns the last report with ``steps``, ``images``, ``collapse`` ("" if none)
    and ``stopped``. Raises ``TrainingImagesInvalid`` where pictures have another size than ``config.size``.
    """
    if data.images.shape[1] != config.size:
        raise TrainingImagesInvalid(
            f"Pictures of {config.size} pixels are asked for, got {data.images.shape[1]}."
        )
    torch.set_flush_denormal(True)  # numbers below 1e-38 cost a hundred times as much
    try:
        run = _Run(data, output, configured(config, data), device or _device(), rhythm)
        return run.until(minutes * 60, steps, progress, stop)
    finally:
        torch.set_flush_denormal(False)  # it holds for the whole thread: whoever computes next needs them


def _device() -> torch.device:
    local = int(os.environ.get("LOCAL_RANK", "0"))
    return torch.device("cuda", local) if torch.cuda.is_available() else torch.device("cpu")


class _Run:
    """One run from its checkpoint on."""

    def __init__(
        self, data: ImageSet, output: Path, config: GanConfig, device: torch.device, rhythm: Rhythm
    ) -> None:
        output.mkdir(parents=True, exist_ok=True)
        self.data, self.output, self.config, self.rhythm = data, output, config, rhythm
        self.game: Game = made_game(config, data, device)
        self.batches = Batches(config, data, device)
        self.about = {"config": config.to_json(), "data": data.fingerprint, "processes": _processes()}
        self.done = checkpoint.load(output, self.game, self.batches, self.about)
        self.leads = not dist.is_initialized() or dist.get_rank() == 0
        some = torch.arange(min(len(data), 256)) * len(data) // min(len(data), 256)
        labels = known_labels(config, data)[some].to(device)
        self.watch = CollapseWatch(spread(real_pictures(data, some, device), labels))
        self.noise, self.labels = _fixed_noise(config, device)

    def until(
        self, seconds: float, steps: int | None, progress: Told, stop: Callable[[], bool]
    ) -> dict[str, Any]:
        sums: dict[str, float] = {}
        report: dict[str, Any] = {"collapse": ""}
        step, before = self.done.step, self.done.seconds
        began = last_told = last_sheet = last_kept = time.monotonic()
        stopped = False
        while not _ended(steps, step, seconds, before + time.monotonic() - began):
            if stopped := _agreed(stop()):
                break
            for name, value in self.game.step(self.batches.next(), step).items():
                sums[name] = sums.get(name, 0.0) + value
            step += 1
            now = time.monotonic()
            if step % self.rhythm.report_steps == 0:
                rate = self.rhythm.report_steps * self.batches.whole / max(now - last_told, 1e-9)
                report = self._report(step, before + now - began, sums, rate)
                sums, last_told = {}, now
                share = step / steps if steps else (before + now - began) / max(seconds, 1e-9)
                progress(min(share, 1.0), report)
            if self.leads and now - last_sheet > self.rhythm.sheet_seconds:
                self._sheet(step)
                last_sheet = now
            if self.leads and now - last_kept > self.rhythm.checkpoint_seconds:
                self._keep(step, before + now - began)
                last_kept = now
        return self._end(step, before + time.monotonic() - began, report, stopped)

    def _report(self, step: int, seconds: float, sums: dict[str, float], rate: float) -> dict[str, Any]:
        """Means since the last report, pictures a second, how different the samples are; appended to the log."""
        names = list(sums)
        shared = _mean_of_all([sums[name] / self.rhythm.report_steps for name in names])
        means = {name: round(value, 5) for name, value in zip(names, shared, strict=True)}
        fake_spread = spread(self._pictures(_SHEET), self.labels)
        told: dict[str, Any] = {
            "step": step,
            "images": step * self.batches.whole,
            "seconds": round(seconds, 2),
            **means,
            "images_per_second": round(rate, 1),
            "spread": round(fake_spread / max(self.watch.real_spread, 1e-8), 4),
        }
        told["collapse"] = self.watch.verdict(
            fake_spread=fake_spread, d_real=means["d_real"], d_fake=means["d_fake"]
        )
        if self.leads:
            with (self.output / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(told, ensure_ascii=False) + "\n")
        return told

    def _pictures(self, count: int) -> Tensor:
        """Samples of the same noise every time, from the served weights."""
        served = self.game.served
        was_training = served.training
        served.eval()
        with torch.no_grad():
            pictures: Tensor = served(self.noise[:count], self.labels[:count])
        served.train(was_training)
        return pictures

    def _sheet(self, step: int) -> None:
        write_sheet(self.output / f"samples-{step:07d}.png", as_bytes(self._pictures(_SHEET)))

    def _keep(self, step: int, seconds: float) -> None:
        checkpoint.save(self.output, self.game, self.batches, Progress(step, seconds), self.about)

    def _end(self, step: int, seconds: float, report: dict[str, Any], stopped: bool) -> dict[str, Any]:
        told = {
            **report,
            "steps": step,
            "images": step * self.batches.whole,
            "seconds": round(seconds, 2),
            "stopped": stopped,
        }
        if self.leads:
            self._keep(step, seconds)
            self._sheet(step)
            self._publish(told)
        if dist.is_initialized():
            dist.barrier()
        return told

    def _publish(self, told: dict[str, Any]) -> None:
        """The served generator and D, each with its story, so that nothing of the checkpoint is needed to use them."""
        judges = {**self.game.discriminator.state_dict(), **self.game.scales()}
        for name, tensors in (
            (checkpoint.MODEL, dict(self.game.served.state_dict())),
            (checkpoint.JUDGES, judges),
        ):
            place = self.output / f"{name}.safetensors"
            checkpoint.write_tensors(place, tensors)
            checkpoint.write_json(
                self.output / f"{name}.json", {**self.about, "sha256": sha256_of(place), "training": told}
            )


def _fixed_noise(config: GanConfig, device: torch.device) -> tuple[Tensor, Tensor]:
    z = torch.randn(_SHEET, config.z_dim, generator=torch.Generator().manual_seed(config.seed + 1))
    labels = torch.arange(_SHEET) % max(len(config.categories), 1)
    return z.to(device), labels.to(device)


def _processes() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def _mean_of_all(values: list[float]) -> list[float]:
    """Each value's mean over the processes."""
    if not dist.is_initialized():
        return values
    shared = torch.tensor(values, dtype=torch.float64)
    dist.all_reduce(shared)
    return [float(value) / dist.get_world_size() for value in shared]


def _ended(steps: int | None, step: int, seconds: float, spent: float) -> bool:
    """Whether the run is over; by the clock all processes agree with the slowest of them."""
    if steps is not None:
        return step >= steps
    return _agreed(spent >= seconds)


def _agreed(wish: bool) -> bool:
    """Whether any process wishes it; all hear the same."""
    if not dist.is_initialized():
        return wish
    flag = torch.tensor([float(wish)])
    dist.all_reduce(flag, op=dist.ReduceOp.MAX)
    return bool(flag.item())
