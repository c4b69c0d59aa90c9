"""The classifier: one linear branch a view, put together by a judge that sees how much each view can be trusted.

0. Five branches read runs of characters, words, syllables, initials and parts; a sixth the meaning (e5).
1. Half of the texts are also learned in a form that evades (``evasions``), so that branches know both spellings.
2. Texts are cut into folds by what they are about, not at random: what one branch says of a text in the judge's lessons
   it learned from other subjects, as it will be with texts to come.
3. The judge is a logistic regression over the branches' logits, alone and times signs of evasion (share of Latin
   letters, of hanzi beside which no usual neighbor stands): of a text in pinyin only sounds and initials say anything.
4. The threshold kept is that of the best F1 over those same honest scores.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from core.files import atomic_path
from generation.language.evasion.parts import rarity
from generation.language.evasion.readings import canonical
from generation.language.hanzi import HANZI
from generation.ml.text_safety.evasions import evaded
from generation.ml.text_safety.meaning import Meaning, embedded
from generation.ml.text_safety.views import BUCKETS, VIEWS, View, seen

Scores = NDArray[np.float64]
FORMAT = 1
FOLDS = 3
SUBJECTS = 12  # groups of texts about the same, shared out over the folds
LEAST_FOR_SUBJECTS = 2000  # of fewer texts a subject may be the only one with its words
LEAST_TEXTS = 40
LEAST_SCRIPT = 0.1  # of the texts: what a model reads
SIGNS = ("latin", "rare")
MOST_SIGN = 0.6  # beyond it a text is as far from plain writing as the judge has seen
Say = Callable[[str], None]


@dataclass(frozen=True)
class TextSafetySettings:
    strength: float = 0.1  # C of the branches' regressions
    meaning_strength: float = 0.001
    judge_strength: float = 0.001  # strong: on rewritten texts it was worth .02 of AUC against 0.1
    evaded_share: float = 0.5  # of the texts, learned a second time in a form that evades
    understood: int = 3200  # texts that the sentence network reads, which costs most of the time
    seed: int = 7


class NotEnoughTexts(ValueError):
    """Too few labelled texts, or only one label."""


@dataclass(frozen=True)
class TextSafetyParts:
    weights: dict[View, NDArray[np.float32]]  # (BUCKETS,) a branch
    biases: dict[View, float]
    meaning: Meaning
    judge: NDArray[np.float64]  # weights and, last, its bias


class TextSafetyModel:
    """Scores texts in [0, 1]; ``threshold`` says from where on one counts as offensive."""

    def __init__(
        self,
        weights: dict[View, NDArray[np.float32]],
        biases: dict[View, float],
        meaning: Meaning,
        judge: NDArray[np.float64],
        threshold: float,
        facts: dict[str, Any],
    ) -> None:
        self._weights, self._biases, self._meaning, self._judge = weights, biases, meaning, judge
        self.threshold = threshold
        self.facts = facts

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[int],
        *,
        settings: TextSafetySettings | None = None,
        say: Say = lambda line: None,
    ) -> TextSafetyModel:
        """Learn from ``texts`` with ``labels`` 1 (offensive) or 0. Raises ``NotEnoughTexts``."""
        settings = settings or TextSafetySettings()
        wanted = np.asarray(labels, dtype=np.int64)
        if len(texts) < LEAST_TEXTS or len(set(wanted.tolist())) < 2:
            raise NotEnoughTexts(
                f"Training needs at least {LEAST_TEXTS} texts of both labels; there are {len(texts)} with the labels "
                f"{sorted(set(wanted.tolist()))}."
            )
        rows, spoken, truth = with_evasions(texts, wanted, settings)
        say(f"{len(spoken)} texts, {len(spoken) - len(texts)} of them rewritten to evade")
        views = seen(spoken)
        folds = _folds_by_subject(views["plain"][: len(texts)], settings.seed)[rows]
        understood = _understood_rows(len(texts), len(spoken), settings)
        vectors = embedded([spoken[row] for row in understood], on_disk=True)
        say(f"{len(understood)} of them understood")
        logits = np.zeros((len(understood), len(VIEWS) + 1))
        for fold in range(FOLDS):
            held, taught = folds[understood] == fold, folds != fold
            if not held.any():
                continue
            for place, view in enumerate(VIEWS):
                weights, bias = _branch(views[view][taught], truth[taught], settings)
                logits[held, place] = normed(views[view][understood[held]]) @ weights + bias
            meaning = Meaning.fit(vectors[~held], truth[understood[~held]], settings.meaning_strength)
            logits[held, -1] = meaning.logits(vectors[held])
            say(f"fold {fold + 1} of {FOLDS}")
        inputs = judge_inputs(logits, signs_of([spoken[row] for row in understood]))
        judge = _judged(inputs, truth[understood], settings)
        as_written = understood < len(texts)
        honest = _sigmoid(inputs[as_written] @ judge[:-1] + judge[-1])
        threshold = best_threshold(truth[understood[as_written]], honest)
        branches = {view: _branch(views[view], truth, settings) for view in VIEWS}
        facts = {
            "settings": asdict(settings),
            "texts": len(texts),
            "offensive": int(wanted.sum()),
            "understood": len(understood),
            "scripts": scripts_of(texts),
        }
        return cls(
            {view: weights.astype(np.float32) for view, (weights, _) in branches.items()},
            {view: bias for view, (_, bias) in branches.items()},
            Meaning.fit(vectors, truth[understood], settings.meaning_strength),
            judge,
            threshold,
            facts,
        )

    def logits(self, texts: Sequence[str]) -> dict[View, Scores]:
        """What each branch says, in log odds."""
        return self._logits(seen(texts))

    def score(self, texts: Sequence[str]) -> Scores:
        """The probability of "offensive", (n,), as the training texts had it."""
        if not texts:
            return np.zeros(0)
        branches = [*self.logits(texts).values(), self._meaning.logits(embedded(texts))]
        logits = np.stack(branches, axis=1)
        return _sigmoid(judge_inputs(logits, signs_of(texts)) @ self._judge[:-1] + self._judge[-1])

    @property
    def parts(self) -> TextSafetyParts:
        """What it is made of, for whoever goes on from it."""
        return TextSafetyParts(self._weights, self._biases, self._meaning, self._judge)

    def reads(self, text: str) -> bool:
        """Whether it learned from texts in the script of ``text``: hanzi or Latin letters."""
        return script_of(text) in self.facts["scripts"]

    def save(self, folder: Path) -> None:
        """``model.json`` and ``weights.npz`` (half floats of what is not zero)."""
        folder.mkdir(parents=True, exist_ok=True)
        kept: dict[str, NDArray[Any]] = {"judge": self._judge, "meaning": self._meaning.weights}
        for view, weights in self._weights.items():
            places = np.flatnonzero(np.abs(weights) > 1e-4).astype(np.uint32)
            kept[f"{view}_places"], kept[f"{view}_weights"] = places, weights[places].astype(np.float16)
        with atomic_path(folder / "weights.npz") as place, place.open("wb") as file:
            np.savez_compressed(file, **kept)  # type: ignore[arg-type]
        told = {"format": FORMAT, "threshold": self.threshold, "biases": self._biases, **self.facts}
        with atomic_path(folder / "model.json") as place:
            place.write_text(json.dumps(told, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TextSafetyModel:
        """Raises ``OSError`` or ``ValueError`` for a folder that holds no such model."""
        told = json.loads((folder / "model.json").read_text())
        if told.get("format") != FORMAT:
            raise ValueError(f"{folder.name} has format {told.get('format')!r}; this program reads {FORMAT}.")
        with np.load(folder / "weights.npz", allow_pickle=False) as kept:
            weights: dict[View, NDArray[np.float32]] = {}
            for view in VIEWS:
                weights[view] = np.zeros(BUCKETS, np.float32)
                weights[view][kept[f"{view}_places"]] = kept[f"{view}_weights"]
            judge, meaning = kept["judge"], Meaning(kept["meaning"])
        facts = {key: told[key] for key in ("settings", "texts", "offensive", "understood", "scripts")}
        return cls(weights, told["biases"], meaning, judge, float(told["threshold"]), facts)

    def _logits(self, views: dict[View, csr_matrix]) -> dict[View, Scores]:
        return {view: normed(views[view]) @ self._weights[view] + self._biases[view] for view in VIEWS}


def script_of(text: str) -> str:
    return "hanzi" if HANZI.search(text) else "latin"


def scripts_of(texts: Sequence[str]) -> list[str]:
    """The scripts of at least a tenth of ``texts``."""
    found = [script_of(text) for text in texts]
    return [script for script in ("hanzi", "latin") if found.count(script) >= LEAST_SCRIPT * len(texts)]


def best_threshold(truth: NDArray[np.int64], scores: Scores) -> float:
    """The score from which on "offensive" gives the best F1; halfway to the score below it."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(truth[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + truth.sum())
    best = int(np.argmax(f1))
    below = scores[order[best + 1]] if best + 1 < len(order) else 0.0
    return float((scores[order[best]] + below) / 2)


def with_evasions(
    texts: Sequence[str], labels: NDArray[np.int64], settings: TextSafetySettings
) -> tuple[NDArray[np.int64], list[str], NDArray[np.int64]]:
    """Rows of the source texts, the texts and their rewritten copies, and their labels."""
    import jieba

    rows, spoken = list(range(len(texts))), list(texts)
    draw = random.Random(settings.seed)
    for row, text in enumerate(texts):
        if draw.random() < settings.evaded_share and HANZI.search(text):
            rows.append(row)
            spoken.append(evaded(jieba.lcut(text), draw))
    places = np.asarray(rows)
    return places, spoken, labels[places]


def _understood_rows(written: int, spoken: int, settings: TextSafetySettings) -> NDArray[np.int64]:
    """Which texts the network reads: three quarters as written, one quarter rewritten."""
    draw = np.random.default_rng(settings.seed)
    copies = min(spoken - written, settings.understood // 4)
    plain = draw.permutation(written)[: settings.understood - copies]
    return np.concatenate([plain, written + draw.permutation(spoken - written)[:copies]]).astype(np.int64)


def _folds_by_subject(plain: csr_matrix, seed: int) -> NDArray[np.int64]:
    """A fold for each text, so that texts about the same lie together."""
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import TruncatedSVD

    counts = np.asarray(plain.sum(axis=0)).ravel()
    usual = np.flatnonzero((counts > 5) & (counts < plain.shape[0] * 0.3))
    if len(usual) < 50 or plain.shape[0] < LEAST_FOR_SUBJECTS:
        drawn: NDArray[np.int64] = np.random.default_rng(seed).integers(0, FOLDS, plain.shape[0])
        return drawn
    chosen = usual[np.argsort(-counts[usual])[:4000]]
    meaning = TruncatedSVD(32, random_state=seed).fit_transform(normed(plain[:, chosen]))
    subjects = MiniBatchKMeans(SUBJECTS, random_state=seed, n_init=3, batch_size=2048).fit_predict(meaning)
    sizes = np.bincount(subjects, minlength=SUBJECTS)
    fold_of, filled = np.zeros(SUBJECTS, np.int64), np.zeros(FOLDS)
    for subject in np.argsort(-sizes):
        fold_of[subject] = int(np.argmin(filled))
        filled[fold_of[subject]] += sizes[subject]
    folds: NDArray[np.int64] = fold_of[subjects]
    return folds


def _branch(
    rows: csr_matrix, truth: NDArray[np.int64], settings: TextSafetySettings
) -> tuple[NDArray[np.float64], float]:
    """Weights over unit rows, and a bias: logistic regression over runs weighted by how rare they are."""
    from sklearn.linear_model import LogisticRegression

    counts = np.asarray(rows.sum(axis=0)).ravel()
    weight = np.where(counts >= 2, np.log((1 + rows.shape[0]) / (1 + counts)) + 1, 0.0)
    used = np.flatnonzero(weight)
    regression = LogisticRegression(C=settings.strength, solver="liblinear", random_state=settings.seed)
    regression.fit(normed(rows)[:, used] @ diags(weight[used]), truth)
    weights = np.zeros(rows.shape[1])
    weights[used] = regression.coef_[0] * weight[used]
    return weights, float(regression.intercept_[0])


def normed(rows: csr_matrix) -> csr_matrix:
    from sklearn.preprocessing import normalize

    return normalize(rows.astype(np.float32))


def signs_of(texts: Sequence[str]) -> Scores:
    """How far each text is from plain writing, (n, 2) in [0, MOST_SIGN]: see ``SIGNS``."""
    return np.array([_signs_of_one(text) for text in texts]).reshape(-1, len(SIGNS))


def _signs_of_one(text: str) -> tuple[float, float]:
    plain = canonical(text).text
    told = sum(one.isalnum() for one in plain) or 1
    latin = sum(one.isascii() and one.isalpha() for one in plain)
    return min(latin / told, MOST_SIGN), min(rarity(plain), MOST_SIGN)


def judge_inputs(logits: Scores, signs: Scores) -> Scores:
    """Logits, logits times each sign, and the signs: (n, branches × 3 + 2)."""
    products = [logits * signs[:, [k]] for k in range(signs.shape[1])]
    return np.concatenate([logits, *products, signs], axis=1)


def _judged(inputs: Scores, truth: NDArray[np.int64], settings: TextSafetySettings) -> Scores:
    """The judge's weights and, last, its bias."""
    from sklearn.linear_model import LogisticRegression

    spread = inputs.std(axis=0)
    spread = np.where(spread > 1e-6, spread, np.inf)
    judge = LogisticRegression(C=settings.judge_strength, max_iter=500)
    judge.fit((inputs - inputs.mean(axis=0)) / spread, truth)
    weights = judge.coef_[0] / spread
    bias = float(judge.intercept_[0] - inputs.mean(axis=0) @ weights)
    told: Scores = np.append(weights, bias)
    return told


def _sigmoid(values: Scores) -> Scores:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -30, 30))), np.float64)
