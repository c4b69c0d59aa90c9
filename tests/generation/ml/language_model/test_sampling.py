"""Writing: the same seed the same texts, rules kept by every one, controls obeyed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.ml.language_model import LanguageModel, Rules, Sampling, write
from generation.ml.language_model.constraints import PAIRS, Vocabulary


@pytest.fixture(scope="module")
def words(model: LanguageModel) -> Vocabulary:
    return Vocabulary(model.tokenizer)


def test_the_same_seed_writes_the_same_texts(model: LanguageModel) -> None:
    a, b = (write(model, count=6, seed=4) for _ in range(2))
    assert a == b and a != write(model, count=6, seed=5)
    assert len({one.text for one in a}) > 1


def test_a_control_token_says_the_language(model: LanguageModel) -> None:
    zh = write(model, count=12, seed=0, controls=["<|language:zh|>"])
    en = write(model, count=12, seed=0, controls=["<|language:en|>"])
    assert sum(one.text.isascii() for one in en) > sum(one.text.isascii() for one in zh)


def test_texts_go_on_from_their_prompt(model: LanguageModel) -> None:
    assert all(one.text.startswith("小狗") for one in write(model, count=5, seed=1, prompt="小狗"))


@given(seed=st.integers(0, 1000), most=st.integers(6, 14), word=st.sampled_from(["面包", "Tea", "茶壶"]))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_text_keeps_its_rules(
    model: LanguageModel, words: Vocabulary, seed: int, most: int, word: str
) -> None:
    wild = Sampling(temperature=3.0, top_p=1.0, repetition=0.0)
    rules = Rules(least=4, most=most, holding=(word,))
    for one in write(model, count=4, seed=seed, rules=rules, sampling=wild, words=words):
        assert word.casefold() in one.text.casefold()
        assert 4 <= one.tokens <= most
        assert balanced(one.text)


def balanced(text: str) -> bool:
    stack = []
    for mark in text:
        if mark in PAIRS:
            stack.append(PAIRS[mark])
        elif mark in PAIRS.values() and (not stack or stack.pop() != mark):
            return False
    return not stack


def test_a_bracket_that_a_prompt_opens_is_closed(model: LanguageModel) -> None:
    for one in write(model, count=6, seed=2, prompt="《猫", rules=Rules(most=10)):
        assert balanced(one.text)
