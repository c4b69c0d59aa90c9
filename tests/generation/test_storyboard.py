"""The storyboard document: JSON and back, refusals in words, hashes that see every change."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.errors import StoryboardInvalid
from generation.storyboard import (
    Cue,
    FigureData,
    Look,
    MusicChoice,
    PictureChoice,
    Scene,
    Storyboard,
    Voice,
    digest,
)


def board(**values):
    scenes = (
        Scene("s1", "hero", "带什么", "周末露营你带齐了吗？", "帐篷", 2.0, cues=(Cue("周", 0.1, 0.3),)),
        Scene(
            "s2",
            "chart",
            "七成",
            "七成热量从地面散掉。",
            "火",
            3.0,
            number=1,
            figure=FigureData(70.0, "%", "热量"),
            pictures=(PictureChoice("tent", "noto", "帐篷", 0.9, ("noto:camping",)),),
        ),
    )
    defaults = {
        "title": "露营",
        "titles": ("露营", "带什么"),
        "language": "zh",
        "aspect": "9:16",
        "target_seconds": 15.0,
        "seed": 3,
        "scenes": scenes,
        "look": Look("dusk"),
        "voice": Voice("zf_xiaoxiao"),
        "music": MusicChoice("bright"),
    }
    return Storyboard(**{**defaults, **values})


def test_json_and_back_is_the_same_document():
    assert Storyboard.from_json(board().to_json()) == board()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"language": "fr"}, "storyboard.language must be one of zh, en, got 'fr'"),
        ({"seed": "3"}, "storyboard.seed must be int, got '3'"),
        ({"color": 1}, "unknown field 'color'"),
        ({"scenes": {}}, "storyboard.scenes must be a list"),
        ({"target_seconds": float("nan")}, "finite"),
        ({"look": {}}, "lacks a required field"),
    ],
)
def test_a_malformed_document_is_refused_naming_the_field(change, sentence):
    with pytest.raises(StoryboardInvalid, match=sentence):
        Storyboard.from_json({**board().to_json(), **change})


def test_a_missing_field_is_refused():
    document = board().to_json()
    del document["title"]
    with pytest.raises(StoryboardInvalid, match="title"):
        Storyboard.from_json(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(board().to_json())), json_values)
def test_any_value_in_any_field_is_taken_or_refused_in_words(field, value):
    try:
        Storyboard.from_json({**board().to_json(), field: value})
    except StoryboardInvalid as error:
        assert str(error).endswith(".")


def test_every_change_changes_the_fingerprint():
    changed = [
        board(seed=4),
        board(title="露 营"),
        board(music=MusicChoice("calm")),
        replace(board(), scenes=board().scenes[:1]),
    ]
    assert len({b.fingerprint() for b in [board(), *changed]}) == 5


def test_a_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
