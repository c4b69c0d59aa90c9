"""Where a run stood, as one file of tensors and a JSON note: written whole, read as data, removed at the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import safe_open
from safetensors.torch import save_file

from core.files import atomic_path
from generation.ml.language_model.errors import TrainingMismatch

if TYPE_CHECKING:
    from generation.ml.language_model.training import LanguageModelRun

EVERY_SECONDS = 20.0
NAME = "checkpoint.safetensors"


def keep(run: LanguageModelRun) -> None:
    """Write weights, optimizer and the run's place."""
    tensors = {f"network.{n}": t.detach().clone() for n, t in run.network.state_dict().items()}
    tensors |= {f"optimizer.{n}": t.contiguous() for n, t in run.optimizer.state().items()}
    place = {
        "identity": run.identity,
        "step": run.step,
        "share": run.share,
        "seconds": run.seconds,
        "losses": run.losses,
    }
    with atomic_path(run.folder / NAME) as path:
        save_file(tensors, path, metadata={"place": json.dumps(place)})


def restore(run: LanguageModelRun) -> None:
    """Go on where the folder's checkpoint stands, if it has one. Raises ``TrainingMismatch`` for another run's."""
    path = run.folder / NAME
    if not path.exists():
        return
    with safe_open(path, framework="pt") as stored:
        place = json.loads(stored.metadata()["place"])
        if place["identity"] != json.loads(json.dumps(run.identity)):
            raise TrainingMismatch(
                f"{run.folder.name} holds the checkpoint of a run with other data, seed or settings. "
                "Name another folder, or delete it."
            )
        tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 not a mapping
    run.network.load_state_dict(
        {n.removeprefix("network."): t for n, t in tensors.items() if n.startswith("network.")}
    )
    run.optimizer.load(
        {n.removeprefix("optimizer."): t for n, t in tensors.items() if n.startswith("optimizer.")}
    )
    run.step, run.share, run.seconds = place["step"], place["share"], place["seconds"]
    run.losses = place["losses"]


def remove(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)
