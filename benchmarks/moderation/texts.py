"""The text classifier beside its peers on COLD and Davidson, and on texts written to evade it.

COLD: learned from ``cold_train.csv``, told of ``cold_dev.csv``. The two share subjects, sources and the way in which they
were labelled, so figures there lie far above those of other texts; COLD's own test set was labelled by people.
Davidson: 80 % of ``davidson_train.csv`` teach, 20 % judge, drawn with seed 7.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.moderation.evasions import Attacker, kinds, whole_pinyin
from generation.ml.text_safety import TextSafetyModel
from generation.ml.text_safety.__main__ import read_table
from generation.ml.text_safety.classifier import best_threshold
from generation.ml.text_safety.measuring import measured

Scores = NDArray[np.float64]
Score = Callable[[Sequence[str]], Scores]
SEED = 7


@dataclass(frozen=True)
class Texts:
    texts: list[str]
    labels: list[int]

    def some(self, count: int, seed: int = SEED) -> Texts:
        """A random ``count`` of them, or all."""
        rows = np.random.default_rng(seed).permutation(len(self.texts))[: count or None]
        return Texts([self.texts[row] for row in rows], [self.labels[row] for row in rows])


def table(place: Path) -> Texts:
    return Texts(*read_table(place))


def halves(whole: Texts, share: float = 0.8) -> tuple[Texts, Texts]:
    mixed = whole.some(0)
    cut = round(len(mixed.texts) * share)
    return Texts(mixed.texts[:cut], mixed.labels[:cut]), Texts(mixed.texts[cut:], mixed.labels[cut:])


def unmet(held: Texts, train: Texts) -> tuple[Texts, int]:
    """``held`` without texts that training has too, but for punctuation and case, and how many those are."""
    known = {_letters(text) for text in train.texts}
    rows = [row for row, text in enumerate(held.texts) if _letters(text) not in known]
    rest = Texts([held.texts[row] for row in rows], [held.labels[row] for row in rows])
    return rest, len(held.texts) - len(rows)


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def peer(train: Texts) -> tuple[Score, float]:
    """Character TF-IDF (1–3) with logistic regression, and its threshold by the best F1 on a fifth of the training texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    def fitted(some: Texts) -> Score:
        runs = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, max_features=200_000
        )
        regression = LogisticRegression(C=3, solver="liblinear")
        regression.fit(runs.fit_transform(some.texts), some.labels)
        return lambda texts: np.asarray(regression.predict_proba(runs.transform(texts))[:, 1])

    first, rest = halves(train)
    threshold = best_threshold(np.asarray(rest.labels), fitted(first)(rest.texts))
    return fitted(train), threshold


def compared(model: TextSafetyModel, train: Texts, held: Texts, folder: Path) -> dict[str, Any]:
    """Ours and the peer on ``held``, with size and speed of ours."""
    spent = time.process_time()
    ours = measured(held.labels, model.score(held.texts), model.threshold)
    spent = time.process_time() - spent
    score, threshold = peer(train)
    return {
        "ours": ours,
        "char_tfidf_lr": measured(held.labels, score(held.texts), threshold),
        "megabytes": round(sum(place.stat().st_size for place in folder.iterdir()) / 1e6, 2),
        "texts_per_cpu_second": round(len(held.texts) / max(spent, 1e-9), 1),
    }


def evaded(model: TextSafetyModel, train: Texts, held: Texts) -> dict[str, Any]:
    """AUC and false positives of ``held`` as written, and what each kind of evasion takes from them; the peer beside."""
    attacker = Attacker(train.texts, train.labels)
    peer_score, peer_threshold = peer(train)
    plain = _told(model, peer_score, peer_threshold, held.texts, held.labels)
    written = {
        name: [attacker.rewritten(text, kind) for text in held.texts]
        for name, kind in kinds(attacker).items()
    }
    written["whole_pinyin"] = [whole_pinyin(text) for text in held.texts]
    by_kind = {}
    for name, texts in written.items():
        told = _told(model, peer_score, peer_threshold, texts, held.labels)
        by_kind[name] = {
            "loss": round(plain["auc"] - told["auc"], 4),
            "false_positive_rise": round(told["fpr"] - plain["fpr"], 4),
            "peer_loss": round(plain["peer_auc"] - told["peer_auc"], 4),
        }
    eight = [value for name, value in by_kind.items() if name != "whole_pinyin"]
    return {
        "texts": len(held.texts),
        "plain": plain,
        "kinds": by_kind,
        "mean_loss": round(float(np.mean([one["loss"] for one in eight])), 4),
        "peer_mean_loss": round(float(np.mean([one["peer_loss"] for one in eight])), 4),
        "worst_false_positive_rise": max(one["false_positive_rise"] for one in eight),
    }


def _told(
    model: TextSafetyModel, peer_score: Score, threshold: float, texts: Sequence[str], labels: Sequence[int]
) -> dict[str, float]:
    ours = measured(labels, model.score(texts), model.threshold)
    theirs = measured(labels, peer_score(texts), threshold)
    return {
        "auc": ours["auc"],
        "fpr": ours["false_positive_rate"],
        "peer_auc": theirs["auc"],
        "peer_fpr": theirs["false_positive_rate"],
    }
