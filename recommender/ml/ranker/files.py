"""A fitted ranker on disk: arrays as safetensors, the rest as JSON, nothing that runs."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from recommender.errors import RankerFileInvalid
from recommender.ml.content.neighbors import ContentMap
from recommender.ml.interactions import Codes, Floats, Log
from recommender.ml.ranker.features import Signals
from recommender.ml.ranker.linear import LinearModel, inverse_diagonal, met_outside
from recommender.ml.ranker.mixture import Gate
from recommender.ml.ranker.recency import Trend
from recommender.ml.ranker.sequence import SequenceNet, SequenceShape

FORMAT = 4
WIDE_FORMAT = 3  # its linear weights led to all items (M, I), not to the head alone; read, no longer written
LOG = ("user_ids", "item_ids", "users", "items", "times", "starts", "order")


@dataclass(frozen=True)
class State:
    """All that a fitted ranker holds; ``cold_ids`` are the item ids of ``signals.cold``."""

    seed: int
    log: Log
    signals: Signals
    goes_on: Floats
    comes_back: Floats
    gate: Gate
    summary: dict[str, object]
    cold_ids: Codes


def write(folder: Path, state: State) -> None:
    """Write ``ranker.safetensors`` and, last, ``ranker.json`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    signals = state.signals
    arrays: dict[str, Any] = {f"log.{name}": getattr(state.log, name) for name in LOG}
    arrays |= {
        "linear.head": signals.linear.head,
        "linear.weights": signals.linear.weights,
        "linear.diagonal": signals.linear.diagonal,
        "linear.met.data": signals.linear.met.data,
        "linear.met.indices": signals.linear.met.indices,
        "linear.met.indptr": signals.linear.met.indptr,
        "trend.half_lives": signals.trend.half_lives,
        "trend.marks": signals.trend.marks,
        "trend.snapshots": signals.trend.snapshots,
        "warm": signals.warm,
        "cold": signals.cold,
        "cold_ids": state.cold_ids,
        "goes_on": state.goes_on,
        "comes_back": state.comes_back,
        "gate": state.gate.weights,
    }
    if signals.content is not None:
        weights = signals.content.weights
        arrays |= {
            "content.data": weights.data,
            "content.indices": weights.indices,
            "content.indptr": weights.indptr,
        }
    for place, net in enumerate(signals.nets):
        arrays |= {f"net{place}.{name}": value.numpy() for name, value in net.state_dict().items()}
    save_file(
        {name: np.ascontiguousarray(value) for name, value in arrays.items()}, folder / "ranker.safetensors"
    )
    gate = state.gate
    config = {
        "format": FORMAT,
        "seed": state.seed,
        "penalty": signals.linear.penalty,
        "recent_half_life": signals.recent_half_life,
        "nets": [dataclasses.asdict(net.shape) for net in signals.nets],
        "gate": {"intercept": gate.intercept, "slope": gate.slope, "shift": gate.shift},
        "summary": state.summary,
    }
    (folder / "ranker.json").write_text(json.dumps(config, indent=1), encoding="utf-8")


def read(folder: Path) -> State:
    """Read a saved ranker. Raises ``RankerFileInvalid`` when it is missing, broken or of another format."""
    try:
        config = json.loads((folder / "ranker.json").read_text(encoding="utf-8"))
        found = config.get("format")
        if found not in (WIDE_FORMAT, FORMAT):
            raise RankerFileInvalid(
                f"A saved ranker has format {WIDE_FORMAT} or {FORMAT}, this one {found!r}; fit and save it again."
            )
        return _state(config, load_file(folder / "ranker.safetensors"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        raise RankerFileInvalid(
            f"No saved ranker can be read in {folder.name!r} ({type(error).__name__}: {error}); fit and save one."
        ) from error


def _state(config: dict[str, Any], arrays: dict[str, Any]) -> State:
    log = Log(*(arrays[f"log.{name}"] for name in LOG))
    nets = tuple(_net(shape, arrays, f"net{place}.") for place, shape in enumerate(config["nets"]))
    content = None
    if "content.data" in arrays:
        parts = (arrays["content.data"], arrays["content.indices"], arrays["content.indptr"])
        content = ContentMap(sp.csr_matrix(parts, (len(arrays["cold"]), len(arrays["warm"]))))
    signals = Signals(
        linear=_linear(config, arrays, log),
        trend=Trend(
            arrays["trend.half_lives"],
            log.items[log.order],
            log.times[log.order],
            arrays["trend.marks"],
            arrays["trend.snapshots"],
        ),
        recent_half_life=float(config["recent_half_life"]),
        nets=nets,
        warm=arrays["warm"],
        cold=arrays["cold"],
        content=content,
    )
    return State(
        seed=int(config["seed"]),
        log=log,
        signals=signals,
        goes_on=arrays["goes_on"],
        comes_back=arrays["comes_back"],
        gate=Gate(arrays["gate"], **config["gate"]),
        summary=config["summary"],
        cold_ids=arrays["cold_ids"],
    )


def _linear(config: dict[str, Any], arrays: dict[str, Any], log: Log) -> LinearModel:
    head, weights, penalty = arrays["linear.head"], arrays["linear.weights"], float(config["penalty"])
    if config["format"] == WIDE_FORMAT:  # what it does not hold follows from the log
        matrix, weights = log.matrix(), np.ascontiguousarray(weights[:, head])
        diagonal = inverse_diagonal(matrix, head, weights, penalty)
        return LinearModel(head, weights, diagonal, met_outside(matrix, head), penalty)
    parts = tuple(arrays[f"linear.met.{name}"] for name in ("data", "indices", "indptr"))
    met = sp.csr_matrix(parts, (len(head), log.item_count - len(head)))
    return LinearModel(head, weights, arrays["linear.diagonal"], met, penalty)


def _net(shape: dict[str, Any], arrays: dict[str, Any], prefix: str) -> SequenceNet:
    net = SequenceNet(SequenceShape(**shape))
    named = {
        name.removeprefix(prefix): torch.from_numpy(value)
        for name, value in arrays.items()
        if name.startswith(prefix)
    }
    net.load_state_dict(named)
    return net.eval()
