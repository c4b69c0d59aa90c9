"""What is said and written: the term lists always, and the trained classifier where one is registered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from generation.language.evasion import shown
from generation.ml.text_safety import TextSafetyModel
from generation.moderation.scorers.contract import Evidence, ScreeningItem, Signal, risk_of_score
from generation.moderation.scorers.terms import TermHit, TermList, known_terms

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
MOST_EVIDENCE = 20
MOST_CHARACTERS = 20_000
PASSAGE = 100  # characters
TOLD_FROM = 0.5


def spoken(item: ScreeningItem) -> Iterator[tuple[str, str]]:
    """Where and what: the texts of ``item`` and its transcript."""
    yield from item.texts.items()
    if item.transcript and "transcript" not in item.texts:
        yield "transcript", item.transcript


class TermScorer:
    """Required: it decides without any training data. One signal a policy, as strong as its strongest term."""

    name = "text_terms"
    required = True

    def __init__(self, terms: TermList | None = None) -> None:
        self._terms = terms or known_terms()
        self.version = self._terms.version

    def signals(self, item: ScreeningItem) -> list[Signal]:
        """At least one signal: ``other`` with score 0 where no term stands."""
        by_policy: dict[str, list[Evidence]] = {}
        for where, text in spoken(item):
            for hit in self._terms.hits(text[:MOST_CHARACTERS]):
                by_policy.setdefault(hit.term.policy, []).append(_evidence(where, text, hit))
        if not by_policy:
            return [Signal(self.name, self.version, "other", 0.0)]
        return [self._signal(policy, found) for policy, found in sorted(by_policy.items())]

    def _signal(self, policy: str, found: list[Evidence]) -> Signal:
        strongest = sorted(found, key=lambda one: -one.score)
        return Signal(self.name, self.version, policy, strongest[0].score, tuple(strongest[:MOST_EVIDENCE]))


class ClassifierScorer:
    """The classifier of a registered version's folder; without one it says ``no_model``."""

    name = "text_classifier"
    required = False

    def __init__(self, folder: Path | None, *, version: str = "") -> None:
        self._folder = folder
        self.version = version or (folder.name if folder is not None else "none")

    @cached_property
    def _model(self) -> TextSafetyModel | None:
        """Read when it is first asked: files that are damaged fail this scorer and no other."""
        return TextSafetyModel.load(self._folder) if self._folder is not None else None

    def signals(self, item: ScreeningItem) -> list[Signal]:
        """One signal on ``hate``: the most offensive passage decides, its worst passages are shown."""
        if self._model is None:
            detail = "No text classifier is registered; the term lists decide alone."
            return [Signal(self.name, self.version, "hate", 0.0, state="no_model", detail=detail)]
        told = [
            (where, start, passage)
            for where, text in spoken(item)
            for start, passage in passages(text[:MOST_CHARACTERS])
            if self._model.reads(passage)
        ]
        if not told:
            return [self._silent(item)]
        scores = text_risks(self._model, [passage for _, _, passage in told])
        evidence = [
            Evidence(where, passage, start, start + len(passage), score=round(score, 4))
            for (where, start, passage), score in zip(told, scores, strict=True)
            if score >= TOLD_FROM
        ]
        worst = sorted(evidence, key=lambda one: -one.score)[:MOST_EVIDENCE]
        return [Signal(self.name, self.version, "hate", round(max(scores), 4), tuple(worst))]

    def _silent(self, item: ScreeningItem) -> Signal:
        """Nothing to read is harmless; what it never learned to read is no model's word."""
        if not any(text.strip() for _, text in spoken(item)):
            return Signal(self.name, self.version, "hate", 0.0)
        detail = "The registered classifier has not learned to read this language."
        return Signal(self.name, self.version, "hate", 0.0, state="no_model", detail=detail)


def text_risks(model: TextSafetyModel, read: Sequence[str]) -> list[float]:
    """The risk (0–1) that each of the passages is by itself."""
    return [risk_of_score(float(score), model.threshold) for score in model.score(read)]


def passages(text: str) -> Iterator[tuple[int, str]]:
    """Sentences, joined up to ``PASSAGE`` characters, with their places: the length the classifier learned from."""
    start: int | None = None
    end = 0
    for found in _SENTENCE.finditer(text):
        if start is not None and found.end() - start > PASSAGE:
            yield start, text[start:end]
            start = None
        start, end = found.start() if start is None else start, found.end()
    if start is not None and text[start:end].strip():
        yield start, text[start:end]


def _evidence(where: str, text: str, hit: TermHit) -> Evidence:
    recovered = shown(text, hit.start, hit.end, hit.term.text)
    return Evidence(where, text[hit.start : hit.end], hit.start, hit.end, shown=recovered, score=hit.score)
