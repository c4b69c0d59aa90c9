"""A classifier goes on from what it knows: new labelled texts move its weights, and only as far as they have to.

Each branch, the meaning and the judge are logistic regressions; each is fitted again with a normal prior around its present
weights instead of around zero, so that what the new texts say nothing about stays as it was, and the texts of the first
training are not needed (Chelba and Acero 2004, "Adaptation of Maximum Entropy Capitalizer"). What the judge learns from is
honest: branches said it of authors whose texts they were not moved by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags
from scipy.special import expit

from generation.ml.text_safety.classifier import (
    LEAST_TEXTS,
    NotEnoughTexts,
    TextSafetyModel,
    TextSafetySettings,
    best_threshold,
    judge_inputs,
    normed,
    scripts_of,
    signs_of,
    with_evasions,
)
from generation.ml.text_safety.meaning import Meaning, embedded
from generation.ml.text_safety.views import VIEWS, View, seen

Scores = NDArray[np.float64]
FOLDS = 3
STEPS = 200  # of L-BFGS, at most


@dataclass(frozen=True)
class AdaptingSettings:
    strength: float = 0.3  # C of the branches: how far a text may move them
    meaning_strength: float = 0.003
    judge_strength: float = 0.01
    evaded_share: float = 0.5  # of the texts, learned a second time in a form that evades
    seed: int = 7


def adapted(
    model: TextSafetyModel,
    texts: Sequence[str],
    labels: Sequence[int],
    authors: Sequence[int],
    *,
    weights: Sequence[float] | None = None,
    settings: AdaptingSettings | None = None,
) -> TextSafetyModel:
    """``model`` moved by ``texts`` with ``labels`` 1 (offensive) or 0, each by its weight (1 by default).

    ``model`` must not have learned from ``texts`` before: judge and threshold come of what it says of those held out.
    Raises ``NotEnoughTexts``.
    """
    settings = settings or AdaptingSettings()
    wanted = np.asarray(labels, dtype=np.int64)
    if len(texts) < LEAST_TEXTS or len(set(wanted.tolist())) < 2:
        raise NotEnoughTexts(f"It goes on from {LEAST_TEXTS} texts of both labels; there are {len(texts)}.")
    evading = TextSafetySettings(seed=settings.seed, evaded_share=settings.evaded_share)
    rows, spoken, truth = with_evasions(texts, wanted, evading)
    weight = np.ones(len(texts)) if weights is None else np.asarray(weights, dtype=np.float64)
    task = _Task(model, spoken, truth, weight[rows], settings)
    folds = folds_of(authors, seed=settings.seed)[rows]
    logits = np.zeros((len(spoken), len(VIEWS) + 1))
    for fold in range(FOLDS):
        held = folds == fold
        if held.any() and len(set(truth[~held].tolist())) == 2:
            logits[held] = task.logits(*task.moved(~held), held)
        else:  # nothing to learn from beside these: what it says now
            logits[held] = task.logits(model.parts.weights, model.parts.biases, model.parts.meaning, held)
    inputs = judge_inputs(logits, signs_of(spoken))
    judge = _judge_moved(inputs, truth, weight[rows], model.parts.judge, settings.judge_strength)
    as_written = np.arange(len(texts))
    honest = expit(inputs[as_written] @ judge[:-1] + judge[-1])
    moved_weights, moved_biases, meaning = task.moved(np.ones(len(spoken), dtype=bool))
    facts = {
        **model.facts,
        "settings": {**model.facts["settings"], "adapted": asdict(settings)},
        "texts": model.facts["texts"] + len(texts),
        "offensive": model.facts["offensive"] + int(wanted.sum()),
        "scripts": sorted({*model.facts["scripts"], *scripts_of(texts)}),
    }
    threshold = best_threshold(wanted, honest)
    return TextSafetyModel(moved_weights, moved_biases, meaning, judge, threshold, facts)


def folds_of(authors: Sequence[int], *, seed: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold for each text; all of one author's lie together."""
    names, places = np.unique(np.asarray(authors), return_inverse=True)
    drawn = np.random.default_rng(seed).permutation(len(names)) % folds
    return np.asarray(drawn[places], np.int64)


class _Task:
    """Texts as every branch sees them, and what the branches say of them now."""

    def __init__(
        self,
        model: TextSafetyModel,
        spoken: list[str],
        truth: NDArray[np.int64],
        weight: Scores,
        settings: AdaptingSettings,
    ) -> None:
        self._parts, self._truth, self._weight, self._settings = model.parts, truth, weight, settings
        self._views: dict[View, csr_matrix] = {view: normed(rows) for view, rows in seen(spoken).items()}
        self._vectors = embedded(spoken)

    def moved(
        self, taught: NDArray[np.bool_]
    ) -> tuple[dict[View, NDArray[np.float32]], dict[View, float], Meaning]:
        """Branches and meaning, moved by the rows that are ``taught``."""
        weights, biases = {}, {}
        truth, weight = self._truth[taught], self._weight[taught]
        for view in VIEWS:
            rows = self._views[view][taught]
            counts = np.asarray((rows > 0).sum(axis=0)).ravel()
            rare = np.where(counts >= 2, np.log((1 + rows.shape[0]) / (1 + counts)) + 1, 0.0)
            used = np.flatnonzero(rare)
            now = rows @ self._parts.weights[view] + self._parts.biases[view]
            step, bias = moved_by(
                rows[:, used] @ diags(rare[used]), truth, weight, now, self._settings.strength
            )
            weights[view] = self._parts.weights[view].copy()
            weights[view][used] += (step * rare[used]).astype(np.float32)
            biases[view] = self._parts.biases[view] + bias
        return weights, biases, self._meaning_moved(taught)

    def _meaning_moved(self, taught: NDArray[np.bool_]) -> Meaning:
        vectors = self._vectors[taught].astype(np.float64)
        mean, spread = vectors.mean(axis=0), np.maximum(vectors.std(axis=0), 1e-6)
        now = self._parts.meaning.logits(self._vectors[taught])
        step, bias = moved_by(
            (vectors - mean) / spread, self._truth[taught], self._weight[taught], now,
            self._settings.meaning_strength,
        )  # fmt: skip
        added = np.append(step / spread, bias - mean @ (step / spread))
        return Meaning(self._parts.meaning.weights + added)

    def logits(
        self,
        weights: dict[View, NDArray[np.float32]],
        biases: dict[View, float],
        meaning: Meaning,
        rows: NDArray[np.bool_],
    ) -> Scores:
        """(n, branches + 1) of the ``rows``."""
        told = [self._views[view][rows] @ weights[view] + biases[view] for view in VIEWS]
        return np.stack([*told, meaning.logits(self._vectors[rows])], axis=1)


def moved_by(
    rows: Any, truth: NDArray[np.int64], weight: Scores, now: Scores, strength: float
) -> tuple[Scores, float]:
    """The step from the present weights, and of the bias: it minimizes ½‖step‖² + C · Σ weight · log loss.

    ``rows`` (n, d) sparse or dense, ``now`` (n,) the present logits.
    """
    sign = np.where(truth == 1, 1.0, -1.0)

    def loss(step: Scores) -> tuple[float, Scores]:
        margin = sign * (now + rows @ step[:-1] + step[-1])
        pull = -strength * weight * sign * expit(-margin)
        cost = 0.5 * float(step @ step) + strength * float(weight @ np.logaddexp(0.0, -margin))
        slope: Scores = step + np.append(rows.T @ pull, pull.sum())
        return cost, slope

    found = minimize(
        loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}
    )
    return np.asarray(found.x[:-1]), float(found.x[-1])


def _judge_moved(
    inputs: Scores, truth: NDArray[np.int64], weight: Scores, judge: Scores, strength: float
) -> Scores:
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0)
    spread = np.where(spread > 1e-6, spread, np.inf)
    now = inputs @ judge[:-1] + judge[-1]
    step, bias = moved_by((inputs - mean) / spread, truth, weight, now, strength)
    moved: Scores = judge + np.append(step / spread, bias - mean @ (step / spread))
    return moved
