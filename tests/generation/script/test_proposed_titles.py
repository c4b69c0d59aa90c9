"""Which proposals are dropped, by which check, and how the rest is ranked; meaning, grammar and reward are planted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from generation.script.proposed_titles import Asked, Judges, clickbait, copies, judged, proposed

ZH = Asked("面包为什么会发霉", "zh", ("面包", "霉菌"), 3, 16)
EN = Asked("Why Does Bread Go Moldy", "en", ("breads", "mold"), 3, 10)


def meaning(texts: Sequence[str]) -> np.ndarray:
    """Near where the letters are shared with the first text."""
    rows = []
    for text in texts:
        shared = len(set(text.casefold()) & set(texts[0].casefold())) / len(set(texts[0].casefold()))
        rows.append([shared, (1 - shared**2) ** 0.5])
    return np.array(rows, np.float32)


JUDGES = Judges(
    meaning, lambda texts: [9.0 if "的的" in t or "bread the" in t else 4.0 for t in texts],
    lambda text: "炸弹" in text, most_bits=6.0, least_meaning=0.3,
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "text", "failed"),
    [
        (ZH, "面包发霉还会不会好", ""),
        (EN, "Does Moldy Bread Go Bad", ""),
        (ZH, "面包为什么会面包为什么会", "form"),
        (EN, "Why Why Bread Goes Moldy", "form"),
        (EN, "Why 面包 Goes Moldy", "form"),
        (ZH, "面包的的发霉为什么", "grammar"),
        (ZH, "面包为什么像炸弹会发", "safety"),
        (ZH, "馒头为什么会发霉", "subject"),
        (ZH, "面包好吃", "meaning"),
        (ZH, "面包会发霉的五个原因", "promise"),
        (ZH, "面包会发霉的三个原因", ""),
        (ZH, "面包为什么会发霉？？！", "clickbait"),
        (EN, "You Won't Believe Why Bread Goes Moldy", "clickbait"),
        (ZH, "面包，为什么会发霉呢", "copying"),
    ],
)
def test_a_proposal_falls_at_the_first_check_that_it_fails(asked: Asked, text: str, failed: str) -> None:
    (one,) = judged([text], asked, JUDGES, known=["面包为什么会发霉", "Why Does Bread Go Moldy"])
    assert one.failed == failed


def test_what_is_kept_is_ranked_by_the_scorer_and_the_rest_is_counted() -> None:
    texts = ["面包发霉还会不会好", "面包会发霉的五个原因", "发霉的面包会怎么样", "馒头", "发霉的面包会怎么样"]
    found = proposed(texts, ZH, JUDGES, known=[], scorer=lambda kept: [float("怎么" in t) for t in kept])
    assert [one.text for one in found.kept] == ["发霉的面包会怎么样", "面包发霉还会不会好"]
    assert found.dropped == {"promise": 1, "subject": 1}


def test_without_a_scorer_the_nearest_title_comes_first() -> None:
    found = proposed(["面包发霉还会不会好", "面包为什么会发干"], ZH, JUDGES, known=[])
    assert found.kept[0].text == "面包为什么会发干"
    assert found.kept[0].score == found.kept[0].meaning


def test_nothing_proposed_leaves_nothing() -> None:
    assert proposed([], ZH, JUDGES, known=[]).kept == ()


def test_copying_is_seen_through_marks_and_case() -> None:
    assert copies("why does bread go moldy?", ["whydoesbreadgomoldy"], most=0.85)
    assert not copies("How to Keep Bread Fresh", ["whydoesbreadgomoldy"], most=0.85)


@pytest.mark.parametrize("text", ["震惊！面包竟会这样", "不看后悔的面包知识"])
def test_chinese_clickbait_is_known(text: str) -> None:
    assert clickbait(text, "zh")
