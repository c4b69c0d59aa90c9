"""Term lists: found however written, silent where the letters only happen to be there."""

import json

import pytest

from generation.moderation.scorers.contract import POLICIES
from generation.moderation.scorers.terms import TermList, known_terms
from generation.moderation.scorers.terms.matching import LISTS


def found(text: str) -> list[tuple[str, str, str]]:
    return [(text[hit.start : hit.end], hit.term.text, hit.how) for hit in known_terms().hits(text)]


@pytest.mark.parametrize(
    ("text", "written", "term"),
    [
        ("你这个sb东西", "sb", "傻逼"),
        ("shabi东西", "shabi", "傻逼"),
        ("你真是沙比", "沙比", "傻逼"),
        ("走开，草 泥 马", "草 泥 马", "草泥马"),
        ("滚，🐶东西", "🐶东西", "狗东西"),
        ("你腦殘吗", "腦殘", "脑残"),
        ("你是贝戋人", "贝戋人", "贱人"),
        ("you are a f.u.c.k.e.r", "f.u.c.k.e.r", "fucker"),
        ("Ｂｉｔｃｈ", "Ｂｉｔｃｈ", "bitch"),
        ("你个250", "250", "250"),
    ],
)
def test_term_is_found_at_its_place_however_it_is_written(text, written, term):
    assert (written, term) in [(one[0], one[1]) for one in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe United won the cup",
        "a classic assessment of cockpits and shiitake",
        "wasabi is served with sushi",
        "Dick Van Dyke sang",
        "sb told me so",
        "关爱智障儿童，关心脑瘫患者",
        "这支笔250元，全长250米",
        "演唱会上陈楚生唱了三首歌",
        "远离传销，警惕杀猪盘骗局",
        "固体废物要分类",
        "杂种优势让水稻增产",
        "我家的小狗东奔西跑",
        "",
    ],
)
def test_harmless_text_holds_no_term(text):
    assert found(text) == []


def test_an_exception_covers_its_own_place_only():
    assert [one[1] for one in found("关爱智障儿童的人骂他智障")] == ["智障"]


def test_every_list_names_known_policies_and_its_version():
    for place in LISTS.glob("*.json"):
        told = json.loads(place.read_text(encoding="utf-8"))
        assert told["version"] and told["language"] == place.stem
        assert {group["policy"] for group in told["groups"]} <= set(POLICIES)
    assert len(known_terms()) > 300


def test_a_severity_outside_of_its_range_is_refused():
    with pytest.raises(ValueError, match="severity"):
        TermList([{"policy": "hate", "severity": 2, "terms": ["x"]}])
