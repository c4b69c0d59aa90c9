"""The topic bank as texts to learn from: titles, hooks and closing lines of every topic, each told by its controls."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence

from generation.bank.reading import categories
from generation.bank.topic import Topic, TopicText
from generation.ml.language_model.controls import control_tokens, form_of_title, length_of
from generation.ml.language_model.corpus import Corpus, Text, corpus_of

MOST_SUBJECTS = 3


def bank_corpus(topics: Sequence[Topic], *, seed: int, left_out: Collection[str] = ()) -> Corpus:
    """Texts of all topics but those whose id is ``left_out``, topics in an order drawn by ``seed``.

    The gate learns on the last of them: on other topics than the counts and the network know.
    """
    kept = [topic for topic in topics if topic.id not in left_out]
    random.Random(seed).shuffle(kept)
    return corpus_of(text for topic in kept for text in texts_of(topic))


def texts_of(topic: Topic) -> Iterator[Text]:
    """Titles, hooks and payoffs in both languages."""
    for language, told in topic.texts.items():
        about = about_of(told)
        for title in dict.fromkeys([told.title, *told.titles]):
            yield Text(title, title_controls(topic, language, title), about=about)
        for hook in told.hooks:
            described = {"kind": "hook", "hook": hook.kind}
            yield Text(hook.spoken, _controls(topic, language, hook.spoken, described), about=about)
        closing = told.payoff.spoken
        yield Text(closing, _controls(topic, language, closing, {"kind": "closing"}), about=about)


def about_of(told: TopicText) -> str:
    """The first few subjects, as they stand before a text."""
    return " ".join(told.subjects[:MOST_SUBJECTS])


def title_controls(topic: Topic, language: str, title: str, *, reward: int | None = None) -> tuple[str, ...]:
    """The control tokens of a title like ``title``; ``reward`` is a decile, 9 the best tenth."""
    described: dict[str, str | int] = {"kind": "title", "form": form_of_title(title, language)}
    return _controls(topic, language, title, described if reward is None else {**described, "reward": reward})


def _controls(
    topic: Topic, language: str, text: str, described: dict[str, str | int] | dict[str, str]
) -> tuple[str, ...]:
    slot = list(categories()).index(topic.category)
    asked = {**described, "language": language, "category": slot, "length": length_of(text, language)}
    return tuple(control_tokens(asked))
