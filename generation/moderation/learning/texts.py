"""The text classifier learns from decisions: it goes on from the last version that learned from none, or begins where none is.

Every night all that stands is learned anew from that base, never from what the night before made of it: a version that knows
the lessons already would say nothing honest of them out of fold, and what was undone since would stay in it.

A decision is about everything said in a video, the classifier reads passages of it. Of what broke the policy it learns the
passages that evidence points at, else the one that the base finds worst; of what was harmless, all. Each decision
weighs the same, however long its text. What people decide about is mostly risky, so that half of it breaks something; as many
passages of the site's own topic bank stand beside it as harmless, so that a text of which nothing is known is not suspect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from generation.bank.reading import topics
from generation.errors import TrainingInvalid
from generation.ml.label_errors import said_out_of_fold
from generation.ml.text_safety import TextSafetyModel
from generation.ml.text_safety.__main__ import LabelsUnreadable, read_table
from generation.ml.text_safety.adapting import AdaptingSettings, adapted, folds_of
from generation.ml.text_safety.classifier import NotEnoughTexts, TextSafetySettings, normed
from generation.ml.text_safety.meaning import embedded
from generation.ml.text_safety.views import seen
from generation.ml.training import Progress, Stop
from generation.models import ModelKind, ModelVersion
from generation.moderation.learning.comparing import marks_of, why_not
from generation.moderation.learning.learned import doubts_told, learned_read, learned_write, policy_told
from generation.moderation.learning.lessons import (
    POLICIES_OF,
    Lesson,
    fingerprint_of,
    lessons_read,
    texts_by_decision,
)
from generation.moderation.learning.risks import others_said, rules_acting
from generation.moderation.models import Case
from generation.moderation.scorers.text import MOST_CHARACTERS, ClassifierScorer, passages, text_risks
from generation.selectors import version_current, version_folder

[POLICY] = POLICIES_OF[ModelKind.TEXT_SAFETY]
TEXTS_A_MINUTE = 1500  # that one slow core learns from and judges
HARMLESS = 240  # passages of the topic bank, which no classifier may hold against anybody
DOUBT_CHARACTERS, DOUBT_FOLDS, DOUBT_STRENGTH = 600, 5, 1.0
DOUBT_EACH = 12  # of both answers under a policy, below which nothing is doubted


@dataclass(frozen=True)
class TextLesson:
    """A lesson with its passages, each once, and of each whether evidence points at it."""

    lesson: Lesson
    passages: tuple[str, ...]
    cued: tuple[bool, ...]

    @property
    def broken(self) -> bool:
        return POLICY in self.lesson.broken


def learn(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """Train on the list of lessons at ``data``; see ``generation.ml.training.Trainer``. Raises ``TrainingInvalid``."""
    rule = rules_acting().get(POLICY)
    if rule is None:
        raise TrainingInvalid(
            f"No version of the policy {POLICY} acts, so nothing can be judged by it. Let one act first.",
            field="data",
        )
    lessons = lessons_read(data)
    rows = text_lessons(lessons, most=int(minutes * TEXTS_A_MINUTE))
    taught = [row for row in rows if not row.lesson.held]
    held = [row for row in rows if row.lesson.held]
    marks = {"data_fingerprint": fingerprint_of(lessons)}
    progress(0.1, {})
    serving = version_current(ModelKind.TEXT_SAFETY)
    now = TextSafetyModel.load(version_folder(serving)) if serving else None
    base = base_of(serving)
    new = _moved(TextSafetyModel.load(version_folder(base)) if base else None, taught, seed=seed)
    progress(0.6, {})
    if stop():
        return marks
    new.save(output)
    new = TextSafetyModel.load(output)  # judged as it is kept: half floats
    others = others_said([row.lesson for row in held], without=ClassifierScorer.name)
    before, after = (
        [
            rule.risk([*others[row.lesson.decision].get(POLICY, []), score])
            for row, score in zip(held, worst_of(model, held), strict=True)
        ]
        for model in (now, new)
    )
    told = policy_told([row.lesson for row in held], POLICY, before, after, rule, seed=seed)
    progress(0.8, {})
    fixed = {"now": fixed_marks(now, rule.line), "new": fixed_marks(new, rule.line)}
    reasons = why_not(told["compared"], fixed)
    doubts = doubts_of(rows, seed=seed)
    learned_write(
        output,
        {
            "kind": ModelKind.TEXT_SAFETY.value,
            "base": base.pk if base else None,
            "policies": {POLICY: told},
            "doubts": doubts,
            "fixed": fixed,
            "why_not": reasons,
            "taught": len(taught),
            "held": len(held),
            "left_out": len(lessons) - len(rows),
        },
    )
    compared = told["compared"]
    return {
        **marks,
        **compared["new"],
        **{f"{name}_before": value for name, value in compared["now"].items()},
        "texts": len(taught),
        "judged_texts": len(held),
        "verdict": {"passed": not reasons, "why_not": reasons, "against": {"production": compared["gain"]}},
    }


def base_of(serving: ModelVersion | None) -> ModelVersion | None:
    """The version that decisions are learned on top of: what serves, if it learned from none, else what it went on from.

    ``None`` where it all began with decisions. What serves, too, where its base is gone or was not written down.
    """
    told = learned_read(version_folder(serving)) if serving else {}
    if "base" not in told:
        return serving
    if told["base"] is None:
        return None
    base = ModelVersion.objects.filter(pk=told["base"]).first()
    return base if base is not None and version_folder(base).is_dir() else serving


def text_lessons(lessons: Sequence[Lesson], *, most: int) -> list[TextLesson]:
    """Lessons with words, the newest first until ``most`` passages are there."""
    found, number = [], 0
    evidence = dict(Case.objects.filter(pk__in=[one.case for one in lessons]).values_list("pk", "evidence"))
    for lesson, texts in texts_by_decision(reversed(lessons)):
        said = dict.fromkeys(
            passage.strip()
            for text in texts.values()
            for _, passage in passages(text[:MOST_CHARACTERS])
            if passage.strip()
        )
        if not said:
            continue
        number += len(said)
        if number > most:
            break
        cues = {
            str(piece["text"]) for piece in evidence.get(lesson.case, ())
            if piece.get("policy") == POLICY and piece.get("text") and piece.get("where") not in ("report", "appeal")
        }  # fmt: skip
        cued = tuple(any(cue in passage for cue in cues) for passage in said)
        found.append(TextLesson(lesson, tuple(said), cued))
    return found


def _moved(base: TextSafetyModel | None, rows: Sequence[TextLesson], *, seed: int) -> TextSafetyModel:
    """Raises ``TrainingInvalid`` where the decisions are too few."""
    texts, labels, authors, weights = _examples(base, rows)
    ours = harmless_passages(len(rows), taught=True)
    texts, labels, weights = [*texts, *ours], [*labels, *[0] * len(ours)], [*weights, *[1.0] * len(ours)]
    authors = [*authors, *(-1 - place for place in range(len(ours)))]  # each by itself
    try:
        if base is None:
            return TextSafetyModel.fit(texts, labels, settings=TextSafetySettings(seed=seed))
        return adapted(base, texts, labels, authors, weights=weights, settings=AdaptingSettings(seed=seed))
    except NotEnoughTexts as problem:
        raise TrainingInvalid(f"Too little was decided to learn from: {problem}", field="data") from problem


def _examples(
    base: TextSafetyModel | None, rows: Sequence[TextLesson]
) -> tuple[list[str], list[int], list[int], list[float]]:
    """Passages, their labels, whose they are, and their weights: 1 a decision."""
    texts: list[str] = []
    labels: list[int] = []
    authors: list[int] = []
    weights: list[float] = []
    for row, scores in zip(rows, _scores(base, rows), strict=True):
        chosen: list[str] = list(row.passages)
        if row.broken and any(row.cued):
            chosen = [passage for passage, cued in zip(row.passages, row.cued, strict=True) if cued]
        elif row.broken and scores is not None:
            chosen = [row.passages[int(np.argmax(scores))]]
        texts += chosen
        labels += [int(row.broken)] * len(chosen)
        authors += [row.lesson.creator] * len(chosen)
        weights += [1.0 / len(chosen)] * len(chosen)
    return texts, labels, authors, weights


def _scores(model: TextSafetyModel | None, rows: Sequence[TextLesson]) -> list[list[float] | None]:
    """The risk of every passage of each row; ``None`` without a model. What it cannot read is no risk."""
    if model is None:
        return [None for _ in rows]
    flat = [passage for row in rows for passage in row.passages]
    read = [passage for passage in flat if model.reads(passage)]
    risks = dict(zip(read, text_risks(model, read), strict=True))
    return [[risks.get(passage, 0.0) for passage in row.passages] for row in rows]


def worst_of(model: TextSafetyModel | None, rows: Sequence[TextLesson]) -> list[float]:
    """The risk of the worst passage of each row, as the scorer tells it; 0 without a model, as of one that has no word."""
    return [max(scores) if scores else 0.0 for scores in _scores(model, rows)]


# --- what no version may be worse on ----------------------------------------------------------------------------------
def harmless_passages(count: int = HARMLESS, *, taught: bool = False) -> list[str]:
    """Passages that ship with the site, in both languages, spread over the whole bank: the same on every machine.

    Those that are ``taught`` are of other topics than those that judge.
    """
    bank = topics()[taught::2]
    chosen = [bank[int(place)] for place in np.linspace(0, len(bank) - 1, min(count // 2, len(bank)))]
    return [text.points[0].spoken for topic in chosen for text in topic.texts.values()]


def fixed_marks(model: TextSafetyModel | None, line: float) -> dict[str, float]:
    """Of the harmless passages the share that would be looked at; the AUC on the operator's labelled texts, where set.

    Raises ``TrainingInvalid`` where AIGC_SAFETY_EVALUATION names no such file.
    """
    harmless = harmless_passages()
    risks = _risks(model, harmless)
    told = {"false_positive_rate": round(float(np.mean(risks >= line)), 4), "passages": len(harmless)}
    if not settings.SAFETY_EVALUATION:
        return told
    try:
        texts, labels = read_table(Path(settings.SAFETY_EVALUATION))
    except (OSError, LabelsUnreadable) as problem:
        raise TrainingInvalid(f"AIGC_SAFETY_EVALUATION cannot be read: {problem}") from problem
    truth = np.array(labels) == 1
    return told | {"auc": marks_of(truth, _risks(model, texts), line)["auc"], "texts": len(texts)}


def _risks(model: TextSafetyModel | None, texts: Sequence[str]) -> NDArray[np.float64]:
    if model is None:
        return np.zeros(len(texts))
    read = [text for text in texts if model.reads(text)]
    risks = dict(zip(read, text_risks(model, read), strict=True))
    return np.array([risks.get(text, 0.0) for text in texts])


# --- labels that look wrong -------------------------------------------------------------------------------------------
def doubts_of(rows: Sequence[TextLesson], *, seed: int) -> dict[str, Any]:
    """Policy → decisions that are probably wrong, where both answers were given often enough."""
    policies = sorted({policy for row in rows for policy in row.lesson.broken})
    counts = {policy: sum(policy in row.lesson.broken for row in rows) for policy in policies}
    asked = [policy for policy in policies if DOUBT_EACH <= counts[policy] <= len(rows) - DOUBT_EACH]
    if not asked:
        return {}
    features = _features(rows)
    folds = folds_of([row.lesson.creator for row in rows], seed=seed, folds=DOUBT_FOLDS)
    lessons = [row.lesson for row in rows]
    found = {}
    for policy in asked:
        labels = np.array([policy in one.broken for one in lessons], bool)
        said = said_out_of_fold(features, labels, folds, strength=DOUBT_STRENGTH)
        found[policy] = doubts_told(lessons, policy, said)
    return found


def _features(rows: Sequence[TextLesson]) -> csr_matrix:
    """Runs of characters by how rare they are, and what the passages mean in the mean: (n, d)."""
    whole = [" ".join(row.passages)[:DOUBT_CHARACTERS] for row in rows]
    runs = seen(whole)["plain"]
    counts = np.asarray(runs.sum(axis=0)).ravel()
    used = np.flatnonzero(counts >= 2)
    rare = np.log((1 + len(rows)) / (1 + counts[used])) + 1
    weighted = normed(normed(runs)[:, used] @ diags(rare))
    ends = np.cumsum([0, *(len(row.passages) for row in rows)])
    vectors = embedded([passage for row in rows for passage in row.passages])
    means = np.stack([vectors[start:end].mean(axis=0) for start, end in pairwise(ends)])
    spread = np.maximum(means.std(axis=0), 1e-6)
    meaning = (means - means.mean(axis=0)) / spread / np.sqrt(means.shape[1])  # rows of about unit length
    return csr_matrix(hstack([weighted, csr_matrix(meaning)]))
