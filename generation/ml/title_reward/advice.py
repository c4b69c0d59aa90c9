"""What is said of a title while it is typed: its place, words that help or hurt, things to try, a warning.

Codes and numbers only; the page has the sentences. A *hypothesis* is what worked for other titles and may work here: it
is to be tried by a test, and it is said so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from generation.ml.title_reward import form
from generation.ml.title_reward.model import TitleModel
from generation.ml.title_reward.views import terms_of

CONFIDENCE = 0.8  # of the interval of a place
WORDS = 3  # told on each side
_LEAST_EFFECT = 0.005  # log odds below which a word is not spoken of
BAIT = 0.8  # chance from which a title is warned of
_LONG = {"zh": 30, "en": 90}  # characters
_SHORT = {"zh": 6, "en": 20}

# hypothesis → form features of which a title that follows it has one
HYPOTHESES: dict[str, tuple[str, ...]] = {
    "number": ("number",),
    "question": ("question", "what", "why", "how", "who"),
    "contrast": ("contrast", "negation"),
    "viewer": ("you", "how"),
    "person": ("people", "he", "she", "first_person"),
}


@dataclass(frozen=True)
class Word:
    """A word of the title and what it adds to its score (log odds), alone and in its pairs."""

    text: str
    effect: float


@dataclass(frozen=True)
class Advice:
    """``place``, ``low`` and ``high``: shares (0–1) of titles like it expected to do worse; ``None`` without a model."""

    place: float | None
    low: float | None
    high: float | None
    helping: list[Word]
    hurting: list[Word]
    hypotheses: list[str]  # codes of things to try, the most promising first
    clickbait: float | None  # chance, 0–1; ``None`` in a language in which it is not known
    is_bait: bool


def advise(title: str, *, language: str, model: TitleModel | None, clickbait: float | None) -> Advice:
    """Of one title in ``zh`` or ``en``."""
    place, low, high = (None, None, None) if model is None else place_of(title, model)
    effects = [] if model is None else word_effects(title, model)
    return Advice(
        place=place,
        low=low,
        high=high,
        helping=[word for word in effects if word.effect >= _LEAST_EFFECT][:WORDS],
        hurting=[word for word in reversed(effects) if word.effect <= -_LEAST_EFFECT][:WORDS],
        hypotheses=hypotheses_of(title, language=language, model=model),
        clickbait=clickbait,
        is_bait=clickbait is not None and clickbait >= BAIT,
    )


def place_of(title: str, model: TitleModel) -> tuple[float, float, float]:
    """The title's place and the bounds of its ``CONFIDENCE`` interval."""
    score = model.score([title], on_disk=False)
    low, high = model.conformal.interval(score, confidence=CONFIDENCE)[0]
    return model.place(float(score[0])), model.place(float(low)), model.place(float(high))


def word_effects(title: str, model: TitleModel) -> list[Word]:
    """Each known word of the title with its exact part of the score, the greatest first; half of a pair's is each word's."""
    row = model.vocabulary.rows([title]).toarray()[0] * model.word_weights()
    index = {term: at for at, term in enumerate(model.vocabulary.terms)}
    effects: dict[str, float] = {}
    for term in dict.fromkeys(terms_of(title)):
        parts = term.split(" ")
        for part in parts if term in index else ():
            effects[part] = effects.get(part, 0.0) + float(row[index[term]]) / len(parts)
    return sorted((Word(text, effect) for text, effect in effects.items()), key=lambda word: -word.effect)


def hypotheses_of(title: str, *, language: str, model: TitleModel | None) -> list[str]:
    """Things to try that the title does not do yet; with a model only those that its weights speak for."""
    values = dict(zip(form.NAMES, form.form_rows([title])[0], strict=True))
    weights = dict(
        zip(form.NAMES, np.zeros(len(form.NAMES)) if model is None else model.form_weights(), strict=True)
    )
    length = len(re.sub(r"\s+", " ", title.strip()))
    found = []
    if length > _LONG.get(language, _LONG["en"]):
        found.append("shorter")
    elif length < _SHORT.get(language, _SHORT["en"]):
        found.append("benefit")
    open_ones = [
        (max(weights[name] for name in names), code)
        for code, names in HYPOTHESES.items()
        if not any(values[name] for name in names)
    ]
    spoken = [(weight, code) for weight, code in open_ones if model is None or weight > 0]
    return [*found, *(code for _, code in sorted(spoken, reverse=True))][:WORDS]
