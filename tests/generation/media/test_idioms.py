"""An idiom draws what it means, not what its letters say; who really speaks of a cake gets a cake."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from generation.media.pictures import search
from generation.media.pictures.idioms import ANY, BOTH_WAYS, IDIOMS, idioms_in, without
from generation.media.pictures.retrieval import NEVER, searcher

KEPT = json.loads(Path(__file__).with_name("idioms_kept.json").read_text(encoding="utf-8"))
TABLE = json.loads(IDIOMS.read_text(encoding="utf-8"))


def said(idiom: str, language: str) -> str:
    """The idiom as somebody says it, with a word in its gap."""
    return idiom.removesuffix(BOTH_WAYS).replace(ANY, "my" if language == "en" else "了")


@pytest.mark.parametrize("language", TABLE)
def test_every_idiom_is_found_whole_and_draws_its_meaning_alone(language: str) -> None:
    found = searcher()
    for draw, idioms in TABLE[language].items():
        wanted = set(found._indexes(draw.split()))
        assert wanted, f"nothing of {draw} can be drawn"
        for idiom in idioms:
            text = said(idiom, language)
            [one] = idioms_in(text, language)
            assert (one.start, one.end, one.is_both_ways) == (0, len(text), idiom.endswith(BOTH_WAYS)), idiom
            first = found.rank(text, language, meaning_share=0)[0]
            assert first.index in wanted and first.because == text, idiom


def test_an_idiom_stands_once_in_the_table() -> None:
    for language, groups in TABLE.items():
        plain = [idiom.removesuffix(BOTH_WAYS) for idioms in groups.values() for idiom in idioms]
        assert len(plain) == len(set(plain)) >= 200, language


@pytest.mark.parametrize(
    ("text", "language", "wanted", "never"),
    [
        ("写文案别画蛇添足", "zh", set(), {"snake", "foot", "leg"}),
        ("这招一箭双雕，省钱又省时间", "zh", set(), {"bow-and-arrow", "eagle"}),
        ("祝你新店开业马到成功", "zh", set(), {"horse", "horse-face"}),
        ("他当众泼了我一盆冷水", "zh", set(), {"droplet", "cold-face", "bucket"}),
        ("Good luck tonight, break a leg!", "en", {"four-leaf-clover"}, {"leg", "mechanical-leg", "bone"}),
        ("The exam was a piece of cake", "en", set(), {"shortcake", "birthday-cake", "cupcake"}),
        ("Who spilled the beans about the party?", "en", set(), {"beans", "pea-pod"}),
        ("He bit the bullet and paid the fine", "en", set(), {"water-pistol", "pistol"}),
        ("You are pulling my leg", "en", {"speaking-head"}, {"leg", "mechanical-leg"}),
    ],
)
def test_an_idiom_in_a_sentence_is_not_drawn_word_by_word(
    text: str, language: str, wanted: set[str], never: set[str]
) -> None:
    best = search(text, language=language, k=1)[0].name
    assert best not in never and (not wanted or best in wanted)


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("蛇的脚是怎么退化的", "zh", {"snake"}),
        ("冰箱里的剩粥，再煮一锅粥", "zh", {"pot-of-food", "bowl-with-spoon", "cooked-rice"}),
        ("Cut a piece of cake with candles at a birthday party", "en", {"shortcake", "birthday-cake", "cupcake", "moon-cake", "candle"}),
        ("Chocolate cake recipe for beginners", "en", {"shortcake", "birthday-cake", "chocolate-bar", "cupcake"}),
        ("Soak the dried beans overnight", "en", {"beans", "pea-pod"}),
    ],
)  # fmt: skip
def test_what_is_meant_as_it_stands_is_drawn(text: str, language: str, wanted: set[str]) -> None:
    assert search(text, language=language, k=1)[0].name in wanted


def test_what_the_text_speaks_of_beside_its_idiom_stays_possible() -> None:
    found = searcher()
    reading = found.read("这条蛇很长，介绍别画蛇添足", "zh")
    snakes = [at for at, c in enumerate(found.concepts) if "snake" in c.names.values()]
    strengths = found.keyword_scores(reading, "zh")
    assert all(strengths[at][0] > 0 for at in snakes)
    alone = found.keyword_scores(found.read("介绍别画蛇添足", "zh"), "zh")
    assert all(alone[at][0] == NEVER for at in snakes)


def test_forms_and_gaps_of_an_idiom_are_seen() -> None:
    for text in ("He threw in caution", "let it go", "a cake"):
        assert idioms_in(text, "en") == []
    for text in ("She spilt the beans", "They've been walking on eggshells", "He put his foot in his mouth"):
        assert len(idioms_in(text, "en")) == 1, text
    text = "先泼他一盆冷水再说"
    [one] = idioms_in(text, "zh")
    assert without(text, [one], "zh") == "先" + "，" * (one.end - one.start) + "再说"


def test_a_long_text_is_read_in_no_time() -> None:
    for text, language in (("画蛇添" * 333, "zh"), ("a b the my " * 90, "en")):
        idioms_in(text, language)
        began = time.process_time()
        idioms_in(text, language)
        assert time.process_time() - began < 0.5


@pytest.mark.parametrize("case", KEPT, ids=[case["text"][:24] for case in KEPT])
def test_idioms_that_no_rule_was_written_by(case: dict[str, str]) -> None:
    best = search(case["text"], language=case["language"], k=1)[0].name
    assert best not in case.get("never", "").split()
    assert "wanted" not in case or best in case["wanted"].split()
