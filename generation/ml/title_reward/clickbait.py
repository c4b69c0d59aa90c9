"""Titles that promise what a video seldom keeps: the chance that an English title reads like clickbait.

A logistic regression on words, pairs of words and the first words of a title, small enough to lie beside this file. It was learned from
16,000 headlines of sites known for clickbait and 16,000 of newspapers (Chakraborty et al. 2016,
https://arxiv.org/abs/1610.09786; collected by B. Paranjape, MIT licence), so it tells a manner of writing, not a lie. For
Chinese there is no such collection here, and nothing is said.

``python -m generation.ml.title_reward.clickbait --bait FILE --news FILE`` (one a line, gzipped or not) learns it again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import exp
from pathlib import Path
from typing import Any

from core.files import atomic_path
from generation.ml.title_reward.form import words_of
from generation.ml.title_reward.views import terms_of

WEIGHTS = Path(__file__).with_name("clickbait_weights.json")
TERMS = 3000
HELD_OUT = 0.2
_RAREST = 8


def clickbait_chance(title: str, language: str) -> float | None:
    """0–1; ``None`` for a language in which it is not known, and for a title without words."""
    if language != "en" or not words_of(title):
        return None
    weights = _weights()
    total = weights["intercept"] + sum(weights["terms"].get(term, 0.0) for term in traits_of(title))
    return 1 / (1 + exp(-total))


def traits_of(title: str) -> set[str]:
    """Words, pairs, how it begins, a number first, and about how long it is; capitals say which house wrote it, so they stay out."""
    words = words_of(title)
    first = "".join("#" if c.isdigit() else c for c in words[0]) if words else ""
    terms = {"#" if term.isdigit() else term for term in terms_of(title)}
    return terms | {f"^ {first}", f"length {min(len(words) // 3, 6)}"}


@lru_cache(maxsize=1)
def _weights() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found


def learned(bait: Sequence[str], news: Sequence[str], *, seed: int) -> dict[str, Any]:
    """Weights of the ``TERMS`` most telling traits, with the AUC and accuracy on a fifth that was held out."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    titles = [(title, 1) for title in bait] + [(title, 0) for title in news]
    random.Random(seed).shuffle(titles)
    cut = int(len(titles) * (1 - HELD_OUT))
    counts = Counter(trait for title, _ in titles[:cut] for trait in traits_of(title))
    rows = [{trait: 1.0 for trait in traits_of(title) if counts[trait] >= _RAREST} for title, _ in titles]
    labels = [label for _, label in titles]
    vectors = DictVectorizer()
    table = vectors.fit_transform(rows[:cut])
    model = LogisticRegression(C=0.3, max_iter=500).fit(table, labels[:cut])
    telling = sorted(
        zip(vectors.feature_names_, model.coef_[0], strict=True), key=lambda pair: -abs(pair[1])
    )[:TERMS]
    terms = {name: round(float(weight), 3) for name, weight in sorted(telling)}
    intercept = float(model.intercept_[0])
    scores = [intercept + sum(terms.get(trait, 0.0) for trait in row) for row in rows[cut:]]
    right = sum((score > 0) == bool(label) for score, label in zip(scores, labels[cut:], strict=True))
    return {
        "intercept": round(intercept, 4),
        "auc": round(float(roc_auc_score(labels[cut:], scores)), 4),
        "accuracy": round(right / len(scores), 4),
        "held_out": len(scores),
        "terms": terms,
    }


def read_lines(path: Path) -> list[str]:
    """Lines with something on them, each once, sorted."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        return sorted({line.strip() for line in file if line.strip()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bait", type=Path, required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = learned(read_lines(options.bait), read_lines(options.news), seed=options.seed)
    with atomic_path(options.output) as path:
        path.write_text(json.dumps(found, ensure_ascii=False, indent=0), encoding="utf-8")
    sys.stdout.write(json.dumps({name: found[name] for name in ("auc", "accuracy", "held_out")}) + "\n")


if __name__ == "__main__":
    main()
