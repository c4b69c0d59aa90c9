"""No drawing by one hanzi of a name or by another sense of a word; what nothing depicts gets its topic's drawing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generation.media.pictures import search
from generation.media.pictures.retrieval import searcher
from generation.media.pictures.senses import SENSES, senses_in
from generation.stages.script import choose_pictures

CASES = Path(__file__).resolve().parents[4] / "shared" / "data" / "cases" / "field1.json"
CATTLE = {"ox", "cow", "cow-face", "water-buffalo", "bison"}
HORSES = {"horse", "horse-face", "zebra"}


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("一只卡皮巴拉在放哨", {"credit-card"}),
        ("卡皮巴拉爱泡澡", {"credit-card"}),
        ("归母净利润大增", {"lady-beetle"}),
        ("社保断缴怎么补", {"scissors"}),
        ("社保补缴流程", {"scissors"}),
        ("男士踩屎感拖鞋", {"mens-room"}),
        ("女士香水推荐", {"womens-room"}),
        ("车厘子怎么挑", {"automobile", "pickup-truck"}),
        ("冰镇雪碧真解渴", {"snowflake", "snowman", "snow-capped-mountain"}),
        ("马斯克又发火箭了", HORSES),
        ("马云谈创业", HORSES | {"cloud"}),
        ("牛顿发现了什么", CATTLE),
        ("牛市来了怎么办", CATTLE),
        ("钱学森的故事", {"money-bag", "coin"}),
        ("别被黄牛党坑了", CATTLE),
        ("他做事太马虎", HORSES | {"tiger", "tiger-face"}),
        ("苹果公司发布新机", {"red-apple", "green-apple"}),
        ("龙头企业涨价", {"dragon", "dragon-face"}),
        ("被老板炒鱿鱼了", {"squid"}),
        ("吃瓜群众都来了", {"watermelon", "melon"}),
    ],
)
def test_a_hanzi_of_a_name_and_a_figure_of_speech_are_not_drawn(text: str, never: set[str]) -> None:
    assert search(text, language="zh", k=1)[0].name not in never


@pytest.mark.parametrize(
    ("text", "wanted", "never"),
    [
        ("Turkey is a beautiful country to visit", {"world-map", "mosque", "airplane"}, {"turkey", "poultry-leg"}),
        ("We flew to Turkey last summer", set(), {"turkey", "poultry-leg"}),
        ("How to roast a turkey for the holidays", {"turkey", "poultry-leg", "cooking"}, set()),
        ("Turkey sandwich in five minutes", set(), {"world-map", "mosque"}),
        ("How to match your stock footage to the script", {"film-frames", "movie-camera"}, {"chart-increasing", "socks"}),
        ("How to invest in stocks", {"chart-increasing"}, {"socks"}),
        ("Chicken stock from scratch", set(), {"chart-increasing", "socks"}),
        ("Sit down on the bank of the river", set(), {"bank"}),
        ("Apple released a new iPhone", {"mobile-phone"}, {"red-apple", "green-apple"}),
        ("Bake an apple pie", set(), {"laptop"}),
        ("Is this a bear market?", {"chart-decreasing", "megaphone"}, {"bear", "polar-bear"}),
        ("Never feed a bear in the forest", {"bear"}, {"chart-decreasing"}),
        ("A bug in the code", {"laptop"}, {"bug", "beetle"}),
        ("Python tutorial for beginners", {"laptop"}, {"snake"}),
        ("Georgia is a country worth a trip", {"world-map", "globe-showing-europe-africa"}, {"house-with-garden", "house"}),
        ("This exam was a piece of cake", set(), {"shortcake", "birthday-cake"}),
    ],
)  # fmt: skip
def test_a_word_is_drawn_in_the_sense_of_its_text(text: str, wanted: set[str], never: set[str]) -> None:
    best = search(text, language="en", k=1)[0].name
    assert best not in never and (not wanted or best in wanted)


def test_usual_words_of_one_hanzi_still_find_their_drawings() -> None:
    for text, name in (
        ("过期的药不要随手扔", "pill"),
        ("一到月底就没钱", "money-bag"),
        ("给猫洗澡", "shower"),
        ("猫", "cat"),
    ):
        assert search(text, language="zh", k=1)[0].name == name


@pytest.mark.parametrize(
    ("words", "about", "language", "wanted"),
    [
        ("钱学森", "火箭是怎么飞上天的", "zh", {"rocket"}),
        ("阿莱夫与伽罗瓦", "咖啡怎么冲", "zh", {"hot-beverage"}),
        ("Pangolin trade", "How to make coffee", "en", {"hot-beverage"}),
    ],
)
def test_what_nothing_depicts_gets_its_topics_drawing(
    words: str, about: str, language: str, wanted: set[str]
) -> None:
    chosen = choose_pictures(words, words, language=language, preferred_set="fluent-emoji", about=about)
    assert chosen[0].name in wanted


def test_every_drawing_of_the_table_exists_and_no_sense_excludes_itself() -> None:
    table = json.loads(SENSES.read_text(encoding="utf-8"))
    found = searcher()
    for language, words in table.items():
        for word, rows in words.items():
            assert len(rows) == 1 or all(row["gloss"] for row in rows), word
            for row in rows:
                assert found._indexes(row["draw"].split()), (
                    f"{language} {word}: nothing of {row['draw']} can be drawn"
                )
                assert not set(row["draw"].split()) & set(row.get("never", "").split()), word
    assert senses_in("nothing ambiguous here", "en") == []


@pytest.mark.skipif(not CASES.is_file(), reason="the shared cases are not on this machine")
def test_the_reported_texts_get_no_wrong_drawing() -> None:
    for case in json.loads(CASES.read_text(encoding="utf-8")):
        if case["kind"] == "picture":
            best = search(**case["input"], k=1)[0]
            assert best.name not in case["expected"]["first_is_none_of"], case["note"]
