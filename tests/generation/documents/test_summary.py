"""What is chosen of a text, and the words of it that stand on the screen."""

from __future__ import annotations

import json

import numpy as np
import pytest

from generation.documents.headlines import LIMIT, headline
from generation.documents.ranking import FEATURES, WEIGHTS, ranked, word_weights
from generation.documents.sentences import document_of
from generation.documents.summary import MOST_POINTS, summary_of, title_of
from generation.errors import TextUnusable
from generation.language.length import length, spoken_length
from tests.generation.documents.texts import POTATO, TEA


@pytest.mark.parametrize(
    ("text", "language", "room"), [(POTATO, "en", (34, 40)), (TEA, "zh", (60, 70)), (TEA, "zh", (150, 180))]
)
def test_the_chosen_sentences_fill_the_room_in_the_order_of_the_text(text, language, room):
    summary = summary_of(text, language, room=room)
    told = summary.extracts
    assert 2 <= len(told) <= MOST_POINTS
    assert [extract.start for extract in told] == sorted(extract.start for extract in told)
    assert sum(spoken_length(extract.short, language) for extract in told) <= room[1]
    assert sum(spoken_length(extract.long, language) for extract in told) >= room[0]
    assert all(summary.text[e.start : e.end] == e.source for e in told)
    assert summary == summary_of(text, language, room=room)


def test_what_is_said_twice_is_told_once():
    twice = TEA.replace("参考文献", "茶起源于中国的西南地区，最早是被当作药材使用的。\n\n参考文献")
    told = [extract.source for extract in summary_of(twice, "zh", room=(150, 180)).extracts]
    assert sum("当作药材" in source for source in told) <= 1


def test_a_title_is_the_texts_own_or_its_openings_phrase():
    assert title_of(document_of(POTATO, "en")) == "The Humble Potato"
    untitled = POTATO.partition("\n\n")[2]
    assert title_of(document_of(untitled, "en")) in untitled


def test_too_little_is_said_so():
    with pytest.raises(TextUnusable, match="1 sentences that can be told; at least 2"):
        summary_of("The lighthouse was built on a rock. See https://x.example for more.", "en", room=(30, 40))


def test_every_sentence_has_a_worth_and_every_feature_a_weight():
    assert set(json.loads(WEIGHTS.read_text())["weights"]) == set(FEATURES)
    found = ranked(document_of(TEA, "zh"))
    assert len(found.sentences) == len(found.worth) == len(found.likeness)
    assert np.all((found.worth > 0) & (found.worth < 1))
    assert not ranked(document_of("", "en")).sentences


@pytest.mark.parametrize(
    ("language", "text", "right", "wrong"),
    [
        ("en", "Businesses who contract with the federal government can't get paid until they are listed.", None, "get paid"),
        ("en", "Raw potatoes should not be eaten, because the green parts are a poison.", "Raw potatoes should not be eaten", None),
        ("zh", "将它添加到系统里应该不超过45分钟。", None, "不超过"),
        ("zh", "茶起源于中国西南地区，最早被当作药材使用。", "茶起源于中国西南地区", None),
    ],
)  # fmt: skip
def test_a_headline_begins_where_a_clause_does_and_keeps_its_meaning(language, text, right, wrong):
    line = headline(text, word_weights(document_of(text, language)), language)
    assert length(line, language) <= LIMIT[language]
    assert "".join(line.lower().split()) in "".join(text.lower().split())
    assert right is None or line == right
    assert wrong is None or wrong not in line
