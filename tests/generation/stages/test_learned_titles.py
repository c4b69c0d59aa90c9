"""The model as a writer for topics of the bank: trained on some, asked for others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from generation.bank.reading import topics
from generation.bank.topic import Topic
from generation.ml.language_model import LanguageModel, LanguageModelSettings, train
from generation.ml.language_model.bank_texts import bank_corpus, texts_of
from generation.stages.learned_titles import TitleWriter, judges_of

SMALL = LanguageModelSettings(vocabulary=1500, order=3, channels=32, layers=1, heads=2, texts=32, noise=8)


def meaning(texts: list[str]) -> np.ndarray:
    """Letters as a bag, so that the test needs no network of meaning."""
    rows = np.zeros((len(texts), 512), np.float32)
    for row, text in zip(rows, texts, strict=True):
        for letter in text.casefold():
            row[ord(letter) % 512] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def some() -> list[Topic]:
    return list(topics()[::40])


@pytest.fixture(scope="module")
def writer(some: list[Topic], tmp_path_factory: pytest.TempPathFactory) -> TitleWriter:
    torch.set_num_threads(1)
    folder: Path = tmp_path_factory.mktemp("titles")
    left_out = {topic.id for topic in some[-10:]}
    train(bank_corpus(some, seed=0, left_out=left_out), folder, settings=SMALL, seed=0, steps=12)
    model = LanguageModel.load(folder)
    good = [(topic.texts[language], language) for topic in some[-10:] for language in ("zh", "en")]
    judges = judges_of(model, good, unsafe=lambda text: False, meaning=meaning)
    return TitleWriter(model, judges, {"zh": (), "en": ()})


def test_every_topic_gives_titles_hooks_and_closings_in_both_languages(some: list[Topic]) -> None:
    texts = list(texts_of(some[0]))
    controls = {c for one in texts for c in one.controls}
    assert {
        "<|kind:title|>",
        "<|kind:hook|>",
        "<|kind:closing|>",
        "<|language:zh|>",
        "<|language:en|>",
    } <= controls
    assert {one.text for one in texts} >= {some[0].texts["en"].title, some[0].texts["zh"].payoff.spoken}


def test_topics_left_out_are_not_learned(some: list[Topic]) -> None:
    corpus = bank_corpus(some, seed=0, left_out={some[0].id})
    assert some[0].texts["zh"].title not in {one.text for one in corpus.texts}
    assert corpus.fingerprint == bank_corpus(some, seed=0, left_out={some[0].id}).fingerprint
    assert corpus.fingerprint != bank_corpus(some, seed=1, left_out={some[0].id}).fingerprint


@pytest.mark.parametrize("language", ["zh", "en"])
def test_raw_titles_name_the_subject(writer: TitleWriter, some: list[Topic], language: str) -> None:
    topic = some[-1]
    subject = topic.texts[language].subjects[0].casefold()  # type: ignore[index]
    raw = writer.raw(topic, language, count=8, seed=0)  # type: ignore[arg-type]
    assert len(raw) == 8 and all(subject in text.casefold() for text in raw)
    assert raw == writer.raw(topic, language, count=8, seed=0)  # type: ignore[arg-type]


def test_what_is_proposed_passed_the_checks(writer: TitleWriter, some: list[Topic]) -> None:
    found = writer.proposed(some[-1], "zh", count=16, seed=0)
    assert len(found.kept) + sum(found.dropped.values()) <= 16
    assert all(one.bits <= writer.judges["zh"].most_bits and not one.failed for one in found.kept)


def test_hooks_and_closing_lines_are_written_too(writer: TitleWriter, some: list[Topic]) -> None:
    assert len(writer.raw(some[-1], "en", count=4, seed=0, kind="hook")) == 4
    assert len(writer.raw(some[-1], "zh", count=4, seed=0, kind="closing")) == 4
