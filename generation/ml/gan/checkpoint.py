"""The whole state of a run on disk: tensors as safetensors, the rest as JSON; no pickle, whole or not there.

``checkpoint.safetensors`` holds weights, the optimizers' moments and the state of the random numbers; ``checkpoint.json``
names the step, the seconds trained and the data. The JSON is written last and names the tensors' hash, so a kill between
the two leaves the checkpoint before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.files import atomic_path, sha256_of
from generation.ml.gan.errors import GanModelInvalid
from generation.ml.gan.trainer import Batches, Game

CHECKPOINT = "checkpoint"
MODEL = "generator"
JUDGES = "discriminator"


@dataclass(frozen=True)
class Progress:
    """How far a run has come: steps done and seconds spent in them."""

    step: int = 0
    seconds: float = 0.0


def save(folder: Path, game: Game, batches: Batches, progress: Progress, about: dict[str, Any]) -> None:
    """Replace the folder's checkpoint; ``about`` (configuration, data) goes beside it."""
    tensors = _state(game)
    tensors["draw"] = batches.draw.get_state()
    scalars = {name: _scalars(optimizer) for name, optimizer in game.optimizers.items()}
    name = f"{CHECKPOINT}-{progress.step}.safetensors"
    write_tensors(folder / name, tensors)
    previous = sorted(folder.glob(f"{CHECKPOINT}-*.safetensors"))
    write_json(
        folder / f"{CHECKPOINT}.json",
        {
            **about,
            "step": progress.step,
            "seconds": progress.seconds,
            "optimizers": scalars,
            "tensors": name,
            "sha256": sha256_of(folder / name),
        },
    )
    for old in previous:
        if old.name != name:
            old.unlink(missing_ok=True)


def load(folder: Path, game: Game, batches: Batches, about: dict[str, Any]) -> Progress:
    """Put the folder's checkpoint into ``game`` and ``batches``; the beginning where there is none.

    Raises ``GanModelInvalid`` when it was made with another configuration or other data, or is damaged.
    """
    place = folder / f"{CHECKPOINT}.json"
    if not place.exists():
        return Progress()
    told = json.loads(place.read_text(encoding="utf-8"))
    for key, value in about.items():
        if told.get(key) != value:
            raise GanModelInvalid(
                f"The checkpoint in {folder.name} was made with another {key}. Train into an empty folder, "
                "or repeat the options of the run that shall go on."
            )
    tensors_place = folder / told["tensors"]
    if not tensors_place.exists() or sha256_of(tensors_place) != told["sha256"]:
        raise GanModelInvalid(
            f"{told['tensors']} in {folder.name} is missing or damaged. Train into an empty folder."
        )
    tensors = load_file(tensors_place)
    batches.draw.set_state(tensors.pop("draw"))
    _restore(game, tensors, told["optimizers"])
    return Progress(told["step"], told["seconds"])


def _networks(game: Game) -> dict[str, torch.nn.Module]:
    found = {"g": game.generator, "d": game.discriminator}
    return found if game.served is game.generator else {**found, "served": game.served}


def _state(game: Game) -> dict[str, Tensor]:
    tensors = {
        f"{name}.{key}": value
        for name, network in _networks(game).items()
        for key, value in network.state_dict().items()
    }
    for name, optimizer in game.optimizers.items():
        for number, moments in optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{name}.{number}.{key}": value for key, value in moments.items()}
    return tensors


def _scalars(optimizer: torch.optim.Optimizer) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = optimizer.state_dict()["param_groups"]
    return groups


def _restore(game: Game, tensors: dict[str, Tensor], scalars: dict[str, Any]) -> None:
    for name, network in _networks(game).items():
        network.load_state_dict(_under(tensors, f"{name}."))
    for name, optimizer in game.optimizers.items():
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in _under(tensors, f"adam.{name}.").items():
            number, field = key.split(".", 1)
            moments.setdefault(int(number), {})[field] = _laid_out(value, parameters[int(number)])
        optimizer.load_state_dict({"state": moments, "param_groups": scalars[name]})


def _laid_out(moment: Tensor, parameter: Tensor) -> Tensor:
    """The moment in its parameter's memory order, which the fused optimizer takes for granted."""
    if moment.shape != parameter.shape:
        return moment
    return torch.empty_like(parameter, requires_grad=False).copy_(moment)


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}


def write_tensors(place: Path, tensors: dict[str, Tensor]) -> None:
    """Replace a safetensors file in one step."""
    with atomic_path(place) as part:
        save_file({key: value.detach().cpu().contiguous().clone() for key, value in tensors.items()}, part)


def write_json(place: Path, told: dict[str, Any]) -> None:
    with atomic_path(place) as part:
        part.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
