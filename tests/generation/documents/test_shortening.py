"""A sentence is shortened only by leaving out, and never its numbers, names, negation or what limits it."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.documents.shortening import shortened, untied

# Counted here in a plain way of its own, not by the rules under test
DIGITS = re.compile(r"\d+")
DENIALS = {
    "en": re.compile(r"\b(?:not|no|never|none|nor|without|cannot|only|except|unless)\b|n't\b", re.IGNORECASE),
    "zh": re.compile("不|没|未|非|无|仅|除"),
}
LIMITS = {
    "en": re.compile(
        r"\b(?:may|might|could|about|nearly|some|most|often|usually|if|said|according)\b", re.IGNORECASE
    ),
    "zh": re.compile("可能|大约|约|据说|如果|认为|部分|通常"),
}
NAMES = re.compile(r"(?<=[a-z,(—;] )[A-Z][a-z]+")


def is_left_out_of(short: str, long: str) -> bool:
    """Whether ``short``'s letters and digits stand in ``long`` in the same order."""
    rest = iter(c.lower() for c in long if c.isalnum())
    return all(c.lower() in rest for c in short if c.isalnum())


@pytest.mark.parametrize(
    ("language", "text", "short"),
    [
        ("en", "However, the crop failed twice.", "The crop failed twice."),
        ("en", "And the crop failed twice.", "The crop failed twice."),
        ("en", "But for the rain, the crop would have failed.", None),
        ("en", "The fort (a ruin today) guarded the whole valley.", "The fort guarded the whole valley."),
        ("en", "The fort (built in 1320) guarded the whole valley.", None),
        ("en", "The king (Henry the bold) ruled the whole valley.", None),
        ("en", "He planted a field near Paris, which made people curious.", "He planted a field near Paris."),
        ("en", "He planted a field near Paris, which was not allowed.", None),
        ("en", "The road is closed in winter, according to the people of the village.", None),
        ("en", "It grows well in poor soil, including sand from old rivers.", "It grows well in poor soil."),
        (
            "en",
            "Whales sleep in short naps, floating upright near the surface.",
            "Whales sleep in short naps.",
        ),
        ("en", "The ship sank within minutes, killing 12 of its crew.", None),
        ("zh", "但是，这种植物在沙漠里活了下来。", "这种植物在沙漠里活了下来。"),
        ("zh", "因此人们开始在山坡上种树。", "人们开始在山坡上种树。"),
        ("zh", "这座城堡（如今是废墟）守卫着整个山谷。", "这座城堡守卫着整个山谷。"),
        ("zh", "这座城堡（建于1320年）守卫着整个山谷。", None),
        ("zh", "这种药对大多数病人有效（孕妇不能用）。", None),
        ("zh", "果园里种着各种果树，例如苹果和梨树。", "果园里种着各种果树。"),
        ("zh", "他走遍了欧洲的城市，包括巴黎和伦敦。", None),
        ("zh", "可能会下雨，所以带上雨伞再出门。", None),
    ],
)
def test_what_goes_and_what_stays(language, text, short):
    assert shortened(text, language) == (short or text)


def test_a_tie_goes_only_where_a_sentence_is_left():
    assert untied("However, yes.", "en") == "However, yes."
    assert untied("所以，好。", "zh") == "所以，好。"


EN_PARTS = [
    "However,", "In fact,", "For example,", "And", "So", "the old mill", "Marie Curie", "it", "was built in 1903", "does not work",
    "may help", "(a ruin today)", "(about 40 years)", "(not in Rome)", "— a rare thing —", "— said Anna —", ", which is large and green",
    ", who never came back", ", including apples and old pears", ", such as London", ", making the water warm again", ", killing 12 people",
    ", according to most of them", "if the rain stops", "only at night", "“the best of all”", "because of the cold wind",
]  # fmt: skip
ZH_PARTS = [
    "但是，", "因此", "例如，", "其实，", "这座老磨坊", "居里夫人", "建于1903年", "并不能用", "可能有帮助", "（如今是废墟）", "（约四十年）",
    "（不在罗马）", "——一件罕见的事——", "，例如苹果和老梨树", "，包括伦敦和巴黎", "，据说很多人相信", "如果雨停了", "仅在夜里", "“最好的一个”",
    "，使水重新变暖", "，因为风很冷",
]  # fmt: skip


@settings(deadline=None)  # the first one reads the dictionary of words
@given(st.data(), st.sampled_from(["zh", "en"]))
def test_whatever_the_sentence_a_shorter_one_keeps_numbers_names_negation_and_limits(data, language):
    parts = data.draw(
        st.lists(st.sampled_from(EN_PARTS if language == "en" else ZH_PARTS), min_size=2, max_size=9)
    )
    text = (" ".join(parts) + ".").replace(" ,", ",") if language == "en" else "".join(parts) + "。"
    short = shortened(text, language)
    assert is_left_out_of(short, text)
    for pattern in (DIGITS, DENIALS[language], LIMITS[language]):
        assert Counter(pattern.findall(short.lower())) == Counter(pattern.findall(text.lower()))
    if language == "en":
        names = Counter(NAMES.findall(text))
        assert all(
            short.count(name) >= count
            for name, count in names.items()
            if name not in ("However", "In", "For", "And", "So")
        )
    else:
        assert all(short.count(name) == text.count(name) for name in ("居里夫人", "伦敦", "巴黎", "罗马"))
    assert shortened(short, language) == short or is_left_out_of(shortened(short, language), short)
