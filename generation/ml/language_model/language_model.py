"""The whole model: tokenizer, counts, gate and network as one distribution over the next token; saved as data only.

A folder holds ``config.json`` and ``model.safetensors`` (the network as ``transformers`` reads it), ``tokenizer.json``,
``counts.safetensors``, ``gate.safetensors`` and ``language_model.json`` (settings, fingerprint of the data, figures).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import LlamaConfig

from core.files import atomic_path
from generation.ml.language_model.batches import TextBatch, batch_of
from generation.ml.language_model.corpus import Corpus, Text
from generation.ml.language_model.counts import CountOrder, Grams
from generation.ml.language_model.errors import ModelFolderInvalid
from generation.ml.language_model.mixing import SMALLEST, Gate, Known
from generation.ml.language_model.network import Cache, Transformer
from generation.ml.language_model.smoothing import Expert, Smoothing
from generation.ml.language_model.tokenizer import END, FIRST, PAD, encoded, id_of, prefixes

_TEXTS_AT_ONCE = 64
FORMAT = 1


@dataclass
class LanguageModel:
    """``experts`` may be empty (a network alone), ``network`` may be None (counts alone); not both."""

    tokenizer: Tokenizer
    experts: list[Expert]
    gate: Gate | None
    network: Transformer | None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return id_of(self.tokenizer, FIRST)

    @property
    def end(self) -> int:
        return id_of(self.tokenizer, END)

    def control_ids(self, controls: Sequence[str], about: str = "") -> list[int]:
        """What stands before a text's first token."""
        return prefixes(self.tokenizer, [(controls, about)])[0]

    def batch(self, texts: Sequence[Sequence[int]], controls: Sequence[Sequence[int]]) -> TextBatch:
        return batch_of(texts, controls, self.first, id_of(self.tokenizer, PAD))

    def log_probabilities(self, batch: TextBatch) -> Tensor:
        """log p of every token of the vocabulary at each predicted position, (P, V); each row sums to one."""
        scores = None
        if self.network is not None:
            hidden, _ = self.network.hidden(batch.tokens)
            scores = self.network.logits(hidden[batch.rows, batch.columns])
        return self.mixed(scores, Known.of(self.experts, batch.texts) if self.experts else None)

    def mixed(self, scores: Tensor | None, known: Known | None) -> Tensor:
        """Scores of the network (P, V) over what the counts know of the same positions."""
        if known is None or self.gate is None:
            assert scores is not None
            return scores.log_softmax(-1)
        features = known.features()
        base = known.distribution(self.gate.shares(features).detach()).clamp_min_(SMALLEST).log_()
        if scores is None:
            return base.log_softmax(-1)
        alpha, tau = self.gate.trusts(features)
        return (alpha * base + tau * scores).log_softmax(-1)

    @torch.no_grad()
    def bits(self, texts: Sequence[Text]) -> list[float]:
        """Exact −log₂ p of each text, its end included, given its controls."""
        ids = encoded(self.tokenizer, [one.text for one in texts])
        before = prefixes(self.tokenizer, ((one.controls, one.about) for one in texts))
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        found = [0.0] * len(ids)
        for begin in range(0, len(order), _TEXTS_AT_ONCE):
            part = order[begin : begin + _TEXTS_AT_ONCE]
            batch = self.batch([ids[i] for i in part], [before[i] for i in part])
            p = self.log_probabilities(batch)[torch.arange(len(batch.targets)), batch.targets]
            sums = torch.zeros(len(part), dtype=torch.float64).index_add_(0, batch.rows, p.double())
            for i, total in zip(part, sums.tolist(), strict=True):
                found[i] = -total / math.log(2)
        return found

    def bits_per_character(self, corpus: Corpus) -> float:
        """Bits of all texts ÷ their characters, the end of a text counted as one."""
        return float(sum(self.bits(corpus.texts)) / corpus.characters)

    def save(self, folder: Path) -> None:
        """Write every file whole or not at all; ``language_model.json`` last, so that a folder without it is none."""
        with atomic_path(folder / "tokenizer.json") as path:
            self.tokenizer.save(str(path))
        if self.network is not None:
            tensors = {name: t.detach().contiguous() for name, t in self.network.state_dict().items()}
            with atomic_path(folder / "model.safetensors") as path:
                save_file(tensors, path, metadata={"format": "pt"})
            with atomic_path(folder / "config.json") as path:
                path.write_text(self.network.config.to_json_string(use_diff=False), encoding="utf-8")
        with atomic_path(folder / "counts.safetensors") as path:
            save_arrays(dict(_counts_out(self.experts)), path)
        if self.gate is not None:
            with atomic_path(folder / "gate.safetensors") as path:
                save_file({n: t.detach() for n, t in self.gate.state_dict().items()}, path)
        about = {**self.about, "format": FORMAT, "network": self.network is not None}
        with atomic_path(folder / "language_model.json") as path:
            path.write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LanguageModel:
        """Read a folder written by ``save``. Raises ``ModelFolderInvalid``."""
        try:
            about = json.loads((folder / "language_model.json").read_text(encoding="utf-8"))
            if about.get("format") != FORMAT:
                raise ModelFolderInvalid(
                    f"{folder.name} has format {about.get('format')}, this program reads {FORMAT}. Train it anew."
                )
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            experts = _counts_in(
                load_arrays(folder / "counts.safetensors"),
                tokenizer.get_vocab_size(),
                id_of(tokenizer, FIRST),
            )
            gate = Gate.over(experts) if experts else None
            if gate is not None:
                gate.load_state_dict(load_file(folder / "gate.safetensors"))
            network = None
            if about["network"]:
                cells = json.loads((folder / "config.json").read_text(encoding="utf-8"))
                network = Transformer(LlamaConfig(**cells))
                network.load_state_dict(load_file(folder / "model.safetensors"))
                network.eval()
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise ModelFolderInvalid(
                f"{folder.name} holds no language model that can be read: {error}."
            ) from None
        return cls(tokenizer, experts, gate, network, about)


@dataclass
class Continuation:
    """Texts being written: what comes next of each, with the network's keys and values kept."""

    model: LanguageModel
    texts: list[list[int]]
    cache: Cache | None = None

    @torch.no_grad()
    def begin(self, prefixes: Sequence[Sequence[int]]) -> Tensor:
        """Read the same-length ``prefixes`` (controls, first token, beginning); log p of the next token, (B, V)."""
        tokens = torch.tensor([list(p) for p in prefixes])
        return self._after(tokens)

    @torch.no_grad()
    def step(self, chosen: Tensor) -> Tensor:
        """Append one token to each text, (B,); log p of the one after it, (B, V)."""
        for text, token in zip(self.texts, chosen.tolist(), strict=True):
            text.append(token)
        return self._after(chosen[:, None])

    def _after(self, tokens: Tensor) -> Tensor:
        scores = None
        if self.model.network is not None:
            hidden, self.cache = self.model.network.hidden(tokens, self.cache)
            scores = self.model.network.logits(hidden[:, -1])
        known = None
        if self.model.experts:
            # the token asked for does not matter: only what is known of its context is read
            known = Known(self.model.experts, [e.grams.look_up_next(self.texts) for e in self.model.experts])
        return self.model.mixed(scores, known)


def _counts_out(experts: Sequence[Expert]) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    for i, expert in enumerate(experts):
        yield f"{i}.discounts", expert.smoothing.discounts
        for n, order in enumerate(expert.grams.orders, 1):
            yield f"{i}.{n}.keys", order.keys
            yield f"{i}.{n}.count", order.count


def _counts_in(arrays: dict[str, np.ndarray[Any, Any]], size: int, first: int) -> list[Expert]:
    experts: list[Expert] = []
    while f"{len(experts)}.discounts" in arrays:
        i = len(experts)
        orders: list[CountOrder] = []
        contexts = 1
        while f"{i}.{len(orders) + 1}.keys" in arrays:
            n = len(orders) + 1
            keys = arrays[f"{i}.{n}.keys"]
            orders.append(CountOrder.of(keys, arrays[f"{i}.{n}.count"], size, contexts))
            contexts = len(keys)
        experts.append(Expert(Grams(size, first, orders), Smoothing(arrays[f"{i}.discounts"])))
    return experts


def settings_of(model: LanguageModel) -> dict[str, Any]:
    """What the model says of itself, for a model card."""
    parameters = sum(p.numel() for p in model.network.parameters()) if model.network else 0
    grams = sum(len(order.keys) for expert in model.experts for order in expert.grams.orders)
    return {**model.about, "parameters": parameters, "grams": grams}
