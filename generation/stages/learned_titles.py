"""The platform's own language model as a writer of titles, hooks and closing lines for topics of the bank.

It is off unless the setting names a folder: ``python -m benchmarks.text_quality`` says whether its titles beat the
bank's own, and until they do nothing of it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from core.languages import Language
from generation.bank.topic import Topic, TopicText
from generation.language import embedding
from generation.ml.language_model import LanguageModel, Rules, Sampling, Text, write
from generation.ml.language_model.bank_texts import about_of, title_controls
from generation.ml.language_model.constraints import Vocabulary
from generation.ml.language_model.controls import control_tokens
from generation.script.proposed_titles import (
    Asked,
    Judges,
    Meaning,
    ProposedTitles,
    Scorer,
    Unsafe,
    proposed,
)

Kind = Literal["title", "hook", "closing"]
LONGEST: dict[Kind, dict[Language, int]] = {
    "title": {"zh": 16, "en": 10},
    "hook": {"zh": 20, "en": 14},
    "closing": {"zh": 24, "en": 18},
}
_GOOD_SHARE = 0.9  # of good titles that the limits let pass


@dataclass
class TitleWriter:
    """``model`` writes, ``judges`` by language decide; ``decile`` of reward is what it is asked for."""

    model: LanguageModel
    judges: dict[Language, Judges]
    known: dict[Language, tuple[str, ...]]
    decile: int | None = None
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.7, top_p=0.9))

    def __post_init__(self) -> None:
        self.words = Vocabulary(self.model.tokenizer)

    def raw(
        self, topic: Topic, language: Language, *, count: int, seed: int, kind: Kind = "title"
    ) -> list[str]:
        """Unchecked texts: half begin freely and must name the first subject, half follow the form of the topic's name."""
        told = topic.texts[language]
        if kind == "title":
            controls = title_controls(topic, language, told.title, reward=self.decile)
        else:
            controls = tuple(control_tokens({"kind": kind, "language": language}))
        found: list[str] = []
        halves = [("", told.subjects[:1]), (told.subjects[0] if told.subjects else "", ())]
        for i, (prompt, holding) in enumerate(halves):
            if language == "en":
                prompt = prompt[:1].upper() + prompt[1:]
            rules = Rules(least=4, most=24, holding=tuple(holding))
            found += [
                one.text
                for one in write(
                    self.model, count=(count + i) // 2, seed=seed + i, prompt=prompt if kind == "title" else "",
                    controls=controls, about=about_of(told), rules=rules, sampling=self.sampling, words=self.words,
                )
            ]  # fmt: skip
        return found

    def proposed(
        self, topic: Topic, language: Language, *, count: int, seed: int, kind: Kind = "title",
        scorer: Scorer | None = None,
    ) -> ProposedTitles:  # fmt: skip
        """Texts that pass every check, best first, and how many fell where."""
        texts = self.raw(topic, language, count=count, seed=seed, kind=kind)
        asked = replace(asked_of(topic.texts[language], language), longest=LONGEST[kind][language])
        return proposed(texts, asked, self.judges[language], known=self.known[language], scorer=scorer)


def asked_of(told: TopicText, language: Language) -> Asked:
    """A topic's titles as the checks see them."""
    return Asked(told.title, language, told.subjects, len(told.points), LONGEST["title"][language])


def judges_of(
    model: LanguageModel,
    good: Sequence[tuple[TopicText, Language]],
    *,
    unsafe: Unsafe,
    meaning: Meaning | None = None,
) -> dict[Language, Judges]:
    """Limits that nine tenths of ``good`` topics' titles keep: surprise under the counts alone, nearness to their topic.

    ``good`` must be topics that the model was not trained on, or their titles surprise it too little.
    """
    meaning = meaning or embedded
    counts = replace(model, network=None) if model.experts else model

    def surprise(texts: Sequence[str]) -> list[float]:
        rows = counts.bits([Text(text) for text in texts])
        return [bits / (len(text) + 1) for bits, text in zip(rows, texts, strict=True)]

    found: dict[Language, Judges] = {}
    for language in dict.fromkeys(language for _, language in good):
        told = [text for text, of in good if of == language]
        others = [(text.title, title) for text in told for title in text.titles if title != text.title]
        names, titles = meaning([a for a, _ in others]), meaning([b for _, b in others])
        found[language] = Judges(
            meaning,
            surprise,
            unsafe,
            float(np.quantile(surprise([title for _, title in others]), _GOOD_SHARE)),
            float(np.quantile((names * titles).sum(1), 1 - _GOOD_SHARE)),
        )
    return found


def embedded(texts: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """e5 rows of titles: all are asked the same way, so all are queries."""
    return embedding.embed(texts, kind="query")
