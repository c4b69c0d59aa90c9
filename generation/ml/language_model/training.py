"""Training, from a corpus to a folder: tokenizer, counts, network, gate; within minutes or for a number of steps.

The run is a function of corpus, settings, seed and number of steps: batches and noise are drawn from (seed, step), nothing
else. A checkpoint holds weights, optimizer and where the run stood; the same call goes on from it. ``torchrun`` shares the
parts of every step among its processes and sums their gradients, so two processes walk the path of one with two parts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from generation.ml.language_model import checkpoints
from generation.ml.language_model.batches import BatchOrder, TextBatch, batch_of
from generation.ml.language_model.corpus import LEAST_TEXTS, Corpus
from generation.ml.language_model.errors import CorpusUnusable
from generation.ml.language_model.language_model import LanguageModel
from generation.ml.language_model.mixing import Gate, Known, counted, fit_shares, parts_of
from generation.ml.language_model.network import Transformer, configuration
from generation.ml.language_model.noise import NoiseDrawer
from generation.ml.language_model.optimizers import Muon
from generation.ml.language_model.scores import candidate_scores
from generation.ml.language_model.settings import LONGEST_TOKENS, LanguageModelSettings
from generation.ml.language_model.tokenizer import END, FIRST, PAD, encoded, id_of, prefixes, tokenizer_of

Progress = Callable[[float, dict[str, Any]], None]
Stop = Callable[[], bool]

_GATE_TIME = 0.12  # of the minutes, for gate and the last count
_TRUST_RATE, _TRUST_TEXTS = 0.02, 64
_STEADY, _FLAT = 8, 0.4  # steps until the pace is believed; share of the run before the rate falls


@dataclass
class TrainingResult:
    """``losses`` bits a token of each step against the noise; ``finished`` is False where ``stop`` ended it early."""

    folder: Path
    finished: bool
    losses: list[float]
    about: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Data:
    """Everything learned from, as token ids in order of time; the newest ``held`` are for the gate."""

    tokenizer: Tokenizer
    ids: list[list[int]]
    controls: list[list[int]]
    held: int

    @property
    def first(self) -> int:
        return id_of(self.tokenizer, FIRST)

    def batch(self, texts: Sequence[int], controls: Sequence[Sequence[int]]) -> TextBatch:
        pad = id_of(self.tokenizer, PAD)
        return batch_of([self.ids[i] for i in texts], controls, self.first, pad)


def train(
    corpus: Corpus,
    folder: Path,
    *,
    settings: LanguageModelSettings | None = None,
    seed: int = 0,
    minutes: float | None = None,
    steps: int | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> TrainingResult:
    """Learn ``corpus`` for ``minutes`` of wall-clock in all, or for ``steps`` of the network (0: counts alone).

    Raises ``CorpusUnusable`` for less than 20 texts, ``TrainingMismatch`` where ``folder`` holds another run's checkpoint.
    """
    began = time.monotonic()
    settings = settings or LanguageModelSettings()
    if (minutes is None) == (steps is None):
        raise ValueError("Give minutes or steps, one of them.")
    if len(corpus.texts) < LEAST_TEXTS:
        raise CorpusUnusable(
            f"A corpus needs at least {LEAST_TEXTS} texts; this one has {len(corpus.texts)}."
        )
    tell = progress or (lambda share, told: None)
    data = _prepared(corpus, settings)
    tell(0.0, {"data": corpus.fingerprint, "texts": len(corpus.texts), "characters": corpus.characters})
    run = LanguageModelRun(corpus, data, folder, settings=settings, seed=seed)
    limit = None if minutes is None else minutes * 60 * (1 - _GATE_TIME)
    if not run.learn(began=began, seconds=limit, steps=steps, tell=tell, stop=stop or (lambda: False)):
        return TrainingResult(folder, False, run.losses, {**run.identity, "parameters": run.parameters})
    model = run.finished()
    if _rank() == 0:
        model.about["seconds"] = round(run.seconds + time.monotonic() - began, 1)
        model.save(folder)
        checkpoints.remove(folder)
    tell(1.0, model.about)
    return TrainingResult(folder, True, run.losses, model.about)


def _prepared(corpus: Corpus, settings: LanguageModelSettings) -> _Data:
    texts = [one.text for one in corpus.texts]
    held = min(settings.gate_texts, max(2, int(len(texts) * settings.gate_share)))
    tokenizer = tokenizer_of(texts[: len(texts) - held], vocabulary=settings.vocabulary)
    controls = prefixes(tokenizer, ((one.controls, one.about) for one in corpus.texts))
    return _Data(tokenizer, encoded(tokenizer, texts), controls, held)


class LanguageModelRun:
    """One training run: the network over counts of all but the newest texts, then the gate on those."""

    def __init__(
        self, corpus: Corpus, data: _Data, folder: Path, *, settings: LanguageModelSettings, seed: int
    ) -> None:
        self.corpus, self.data, self.folder = corpus, data, folder
        self.settings, self.seed = settings, seed
        self.older, self.newest = data.ids[: -data.held], data.ids[-data.held :]
        size = data.tokenizer.get_vocab_size()
        self.parts = parts_of(len(self.older))  # the same for the last count, so that the gate fits it
        self.experts = (
            counted(self.older, self.parts, size=size, first=data.first, order=settings.order)
            if settings.over == "counts"
            else []
        )
        self.noise = NoiseDrawer(self.experts[0]) if self.experts else None
        config = configuration(
            vocabulary=size, channels=settings.channels, layers=settings.layers, heads=settings.heads,
            longest=LONGEST_TOKENS, first=data.first, end=id_of(data.tokenizer, END),
        )  # fmt: skip
        self.network = Transformer(config, torch.Generator().manual_seed(seed))
        self.optimizer = Muon(
            self.network, matrix_rate=settings.matrix_rate, rate=settings.rate, decay=settings.decay
        )
        lengths = np.array([len(text) for text in self.older])
        per_step = min(settings.texts, max(1, len(lengths) // settings.parts)) * settings.parts
        self.order = BatchOrder(lengths, size=per_step, seed=seed)
        self.step, self.share, self.seconds, self.characters = 0, 0.0, 0.0, 0
        self.losses: list[float] = []
        self.identity = {"data": corpus.fingerprint, "seed": seed, "settings": settings.to_json()}
        checkpoints.restore(self)

    @property
    def parameters(self) -> int:
        return sum(p.numel() for p in self.network.parameters())

    def learn(
        self, *, began: float, seconds: float | None, steps: int | None, tell: Progress, stop: Stop
    ) -> bool:
        """Steps until the share of the run reaches one; False when ``stop`` asked to end before, after a checkpoint."""
        paced, saved, entered = self.step, time.monotonic(), time.monotonic()
        begun_with = self.seconds
        while self.share < 1 - 1e-9 and steps != 0:
            now = time.monotonic()
            spent = begun_with + now - began
            left = self._steps_left(steps, seconds, spent, (now - entered) / max(self.step - paced, 1), paced)
            left, halt = _agreed(left, stop())
            if halt or left <= 0:
                break
            loss = self._step()
            self.share += (1 - self.share) / left
            self.step += 1
            self.losses.append(loss)
            if _rank() == 0 and time.monotonic() - saved > checkpoints.EVERY_SECONDS:
                self.seconds, saved = begun_with + time.monotonic() - began, time.monotonic()
                checkpoints.keep(self)
            tell(min(self.share, 1.0), self._told(time.monotonic() - entered))
        else:
            halt = False
        if halt:
            self.seconds = begun_with + time.monotonic() - began
            if _rank() == 0:
                checkpoints.keep(self)
            return False
        self.seconds = begun_with
        return True

    def _steps_left(
        self, steps: int | None, seconds: float | None, spent: float, pace: float, paced: int
    ) -> float:
        if steps is not None:
            return steps - self.step
        assert seconds is not None
        if self.step - paced < _STEADY:
            return 1e6 if spent < seconds else 0
        return (seconds - spent) / pace

    def _told(self, seconds: float) -> dict[str, Any]:
        recent = self.losses[-50:]
        return {
            "step": self.step,
            "loss_bits": round(sum(recent) / len(recent), 4),
            "characters_per_second": round(self.characters / max(seconds, 1e-9)),
        }

    def _step(self) -> float:
        """One step on all parts of its batch, those of this process computed here; the bits a token against noise."""
        texts = self.order.batch(self.step)
        parts = np.array_split(texts, self.settings.parts)
        total = sum(len(self.data.ids[i]) for i in texts)
        lost = torch.zeros(())
        self.optimizer.zero_grad()
        for number in range(_rank(), len(parts), _world()):
            loss = self._loss(parts[number], number) / total
            loss.backward()  # type: ignore[no-untyped-call]
            lost += loss.detach()
            self.characters += sum(len(self.corpus.texts[i].text) + 1 for i in parts[number])
        self._sum_gradients(lost)
        self.optimizer.step(self._rate_share())
        return float(lost) / math.log(2)

    def _rate_share(self) -> float:
        warm = min(1.0, (self.step + 1) / self.settings.warm)
        return warm * min(1.0, max(0.02, (1 - self.share) / (1 - _FLAT)))

    def _loss(self, texts: np.ndarray[Any, np.dtype[np.int64]], part: int) -> Tensor:
        """Summed loss of the real tokens, in nats."""
        rng = np.random.default_rng([self.seed, self.step, part])
        kept = rng.random(len(texts)) >= self.settings.controls_dropped
        controls = [self.data.controls[i] if keep else [] for i, keep in zip(texts, kept, strict=True)]
        batch = self.data.batch([int(i) for i in texts], controls)
        hidden, _ = self.network.hidden(batch.tokens)
        hidden = hidden[batch.rows, batch.columns]
        if self.noise is None:
            return F.cross_entropy(self.network.logits(hidden), batch.targets, reduction="sum")
        return self._against_noise(hidden, batch, rng)

    def _against_noise(self, hidden: Tensor, batch: TextBatch, rng: np.random.Generator) -> Tensor:
        assert self.noise is not None
        at = self.noise.expert.grams.look_up(batch.texts)
        depth = np.concatenate([np.arange(1, len(text) + 1) for text in batch.texts])
        drawn, used = self.noise.draw(at, depth, self.settings.noise, rng)
        candidates = torch.from_numpy(np.concatenate([at.token[:, None], drawn], 1))
        scores = candidate_scores(hidden, self.network.model.embed_tokens.weight, candidates)
        compared = torch.cat([torch.ones(len(used), 1, dtype=torch.bool), torch.from_numpy(used)], 1)
        scores = scores.masked_fill(~compared, float("-inf"))
        return F.cross_entropy(scores, torch.zeros(len(scores), dtype=torch.long), reduction="sum")

    def _sum_gradients(self, lost: Tensor) -> None:
        if _world() == 1:
            return
        for parameter in self.network.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            dist.all_reduce(parameter.grad)
        dist.all_reduce(lost)

    def finished(self) -> LanguageModel:
        """The gate learned on the newest texts, then everything counted, the newest too."""
        network = self.network.eval() if self.step else None
        model = LanguageModel(self.data.tokenizer, self.experts, None, network)
        held = {"newest_texts": len(self.newest)}
        if self.experts:
            model.gate = Gate.over(self.experts, torch.Generator().manual_seed(self.seed))
            fit_shares(model.gate, Known.of(self.experts, self.newest))
            if network is not None:
                self._fit_trust(model)
            size = self.data.tokenizer.get_vocab_size()
            model.experts = counted(
                self.data.ids, self.parts, size=size, first=self.data.first, order=self.settings.order
            )
        model.about = {
            **self.identity, "steps": self.step, "texts": len(self.corpus.texts),
            "loss_bits": self.losses[-1] if self.losses else None, **held,
        }  # fmt: skip
        return model

    def _fit_trust(self, model: LanguageModel) -> None:
        """α and τ by one pass over the newest texts."""
        assert model.gate is not None
        optimizer = torch.optim.Adam(model.gate.trust.parameters(), _TRUST_RATE)
        order = np.argsort([len(text) for text in self.newest], kind="stable")
        batches = [order[i : i + _TRUST_TEXTS] for i in range(0, len(order), _TRUST_TEXTS)]
        begin = len(self.data.ids) - self.data.held
        for at, i in enumerate(np.random.default_rng(self.seed).permutation(len(batches))):
            texts = [begin + int(j) for j in batches[i]]
            batch = self.data.batch(texts, [self.data.controls[j] for j in texts])
            with torch.no_grad():
                hidden, _ = self.network.hidden(batch.tokens)
                scores = self.network.logits(hidden[batch.rows, batch.columns])
            p = model.mixed(scores, Known.of(self.experts, batch.texts))
            loss = F.nll_loss(p, batch.targets)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.param_groups[0]["lr"] = _TRUST_RATE * (1 - at / len(batches))
            optimizer.step()


def with_parts_for(settings: LanguageModelSettings) -> LanguageModelSettings:
    """At least one part a step for each process of ``torchrun``."""
    return replace(settings, parts=max(settings.parts, _world()))


def _rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def _world() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def _agreed(left: float, halt: bool) -> tuple[float, bool]:
    """What the first process finds, in all of them: their clocks differ."""
    if _world() == 1:
        return left, halt
    told = torch.tensor([left, float(halt)], dtype=torch.float64)
    dist.broadcast(told, 0)
    return float(told[0]), bool(told[1])
