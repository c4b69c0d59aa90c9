"""The recipe: asked for in bounds, kept as asked, recorded as made."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.errors import BriefInvalid
from generation.recipe import ASKABLE, Recipe

KNOWN = {"palettes": ("ocean", "dusk"), "voices": ("zf_xiaoxiao",)}


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({"color": "red"}, "recipe", "no field 'color' to ask for; it takes hook, palette"),
        ({"layouts": ["hero"]}, "recipe", "no field 'layouts' to ask for"),  # recorded only
        ({"palette": "mud"}, "palette", "must be one of ocean, dusk, got 'mud'"),
        ({"voice": {}}, "voice", "must be one of zf_xiaoxiao, none, own"),
        ({"hook": []}, "hook", "recipe.hook must be one of question, number"),
        ({"key": False}, "key", "recipe.key must be str, got False"),
        ({"key": "H"}, "key", "recipe.key"),
        ({"tempo": 200}, "tempo", "50 to 180 beats a minute, got 200"),
        ({"speed": 0.1}, "speed", "recipe.speed must be at least 0.8, got 0.1"),
        ({"music_level": True}, "music_level", "recipe.music_level must be float, got True"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_field_and_in_words(asked, field, sentence):
    with pytest.raises(BriefInvalid, match=sentence) as refused:
        Recipe.asked(asked, **KNOWN)
    assert refused.value.field == field


def test_an_empty_field_leaves_the_choice_open():
    assert Recipe.asked({"hook": "", "palette": "", "key": None}, **KNOWN) == Recipe()


def test_json_and_back_is_the_same_recipe():
    recipe = Recipe.asked({"hook": "number", "tempo": 96, "key": "F#m", "speed": 1.1}, **KNOWN)
    assert Recipe.from_json(json.loads(json.dumps(recipe.choices()))) == recipe
    assert set(recipe.choices()) == set(ASKABLE)


def test_every_field_says_what_it_is():
    for name, field in Recipe.model_json_schema()["properties"].items():
        assert len(field["description"]) > 10, name


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(ASKABLE), json_values)
def test_any_value_of_any_field_is_taken_or_refused_in_words(field, value):
    try:
        Recipe.asked({field: value}, **KNOWN)
    except BriefInvalid as error:
        assert str(error).endswith(".") and error.field in (field, "recipe")
