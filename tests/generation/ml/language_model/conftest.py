"""One small corpus in both languages, and one small model trained on it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from generation.ml.language_model import Corpus, LanguageModel, LanguageModelSettings, Text, corpus_of, train

SMALL = LanguageModelSettings(
    vocabulary=700, order=4, channels=32, layers=2, heads=2, texts=16, noise=8, warm=2
)
_WHO, _WHAT = (
    ["猫", "小狗", "面包", "老茶壶", "自行车"],
    ["为什么会发光", "怎么洗才干净", "能放多久", "的三个秘密"],
)
_EN = ["How to Bake Bread", "Why Do Cats Purr", "Three Ways to Save Water", "What Makes Tea Bitter"]


def planted(count: int, seed: int = 0) -> Corpus:
    """Titles of a small grammar, with a day each: who + what in Chinese, or one of four in English."""
    rng = random.Random(seed)
    texts = []
    for day in range(count):
        if rng.random() < 0.7:
            text, controls = f"{rng.choice(_WHO)}{rng.choice(_WHAT)}", ("<|language:zh|>",)
        else:
            text, controls = rng.choice(_EN), ("<|language:en|>",)
        texts.append(Text(text, controls, f"{day:05d}"))
    return corpus_of(texts)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return planted(300)


@pytest.fixture(scope="session")
def folder(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("language_model")
    assert train(corpus, place, settings=SMALL, seed=3, steps=30).finished
    return place


@pytest.fixture(scope="session")
def model(folder: Path) -> LanguageModel:
    return LanguageModel.load(folder)
