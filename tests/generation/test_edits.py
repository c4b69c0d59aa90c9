"""Edits of the storyboard: typed, bounded, all or none, and the old document never changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PlatformError
from generation.edits import LINE_MAX, SCENES_MAX, apply, read_edits
from generation.errors import MediaUnusable, SceneCountRefused, SceneUnknown, StoryboardInvalid, VoiceUnusable
from generation.storyboard import MediaChoice, Storyboard
from tests.generation.test_storyboard import board

FILE = MediaChoice(7, "image", "uploads/a.jpg", "1" * 64)


def edited(*operations: dict[str, Any], of: Storyboard | None = None) -> Storyboard:
    return apply(of or replace(board(), hook="question"), read_edits(list(operations)), files={7: FILE})


def test_every_operation_changes_what_it_names_and_nothing_else():
    start = replace(board(), hook="question")
    done = edited(
        {"op": "title", "title": "新标题"},
        {"op": "look", "palette": "ocean"},
        {"op": "music", "mood": "calm", "level": 0},
        {"op": "voice", "name": "zm_yunxi", "speed": 1.1},
        {"op": "scene", "scene": "s2", "line": "一行"},
        of=start,
    )
    expected = replace(
        start,
        title="新标题",
        look=replace(start.look, palette="ocean"),
        music=replace(start.music, mood="calm", level=0.0),
        voice=replace(start.voice, name="zm_yunxi", speed=1.1),
        scenes=(start.scenes[0], replace(start.scenes[1], line="一行")),
    )
    assert done == expected and start == replace(board(), hook="question")


def test_new_words_lose_the_times_of_the_old_ones_and_a_new_opening_its_kind():
    untouched = edited({"op": "scene", "scene": "s2", "narration": "新的一句。"})
    assert untouched.hook == "question" and untouched.scenes[1].cues == ()
    rewritten = edited({"op": "scene", "scene": "s1", "narration": "今天说说露营。"})
    assert rewritten.hook is None and rewritten.scenes[0].cues == ()
    assert edited({"op": "move", "scene": "s2", "to": 0}).hook is None
    assert edited({"op": "scene", "scene": "s1", "line": "另一行"}).hook == "question"


def test_a_scene_takes_an_own_file_and_gives_it_back():
    with_file = edited({"op": "media", "scene": "s2", "upload": 7})
    assert with_file.scenes[1].media == FILE and with_file.scenes[1].layout == "clip"
    focused = edited({"op": "scene", "scene": "s2", "focus": [0.2, 0.9]}, of=with_file)
    assert focused.scenes[1].media.focus == (0.2, 0.9)
    back = edited({"op": "drawing", "scene": "s2"}, of=focused)
    assert back.scenes[1].media is None and back.scenes[1].layout == "point"


@pytest.mark.parametrize(
    ("operation", "error", "sentence"),
    [
        (
            {"op": "explode"},
            StoryboardInvalid,
            r"operations\[0\].op must be one of title, look, .*got 'explode'",
        ),
        ({"title": "x"}, StoryboardInvalid, r"operations\[0\].op is missing"),
        ({"op": "title", "title": "x" * 81}, StoryboardInvalid, "title must have at most 80 characters"),
        ({"op": "title", "title": "x", "color": 1}, StoryboardInvalid, "unknown field 'color'"),
        ({"op": "look", "palette": "mud"}, StoryboardInvalid, "palette must be one of .*got 'mud'"),
        ({"op": "music", "level": 9}, StoryboardInvalid, "level must be at most 1.5, got 9"),
        (
            {"op": "voice", "name": "af_heart"},
            VoiceUnusable,
            "voice must be one of",
        ),  # English, for a Chinese video
        ({"op": "voice", "name": "own"}, VoiceUnusable, "number of a voice-over"),
        ({"op": "move", "scene": "s9", "to": 0}, SceneUnknown, "no scene 's9'; this script has s1, s2"),
        ({"op": "order", "scenes": ["s1"]}, SceneUnknown, "every scene once"),
        ({"op": "scene", "scene": "s1", "layout": "chart"}, StoryboardInvalid, "cannot be laid out as chart"),
        ({"op": "scene", "scene": "s1", "layout": "quiz"}, StoryboardInvalid, "cannot be laid out as quiz"),
        ({"op": "scene", "scene": "s1", "layout": "timeline"}, StoryboardInvalid, "laid out as timeline"),
        ({"op": "scene", "scene": "s1", "layout": "do_dont"}, StoryboardInvalid, "laid out as do_dont"),
        ({"op": "scene", "scene": "s1", "focus": [0.5, 0.5]}, StoryboardInvalid, "shows a drawing"),
        ({"op": "media", "scene": "s1", "upload": 8}, MediaUnusable, "File 8 is not"),
        (
            {"op": "picture", "scene": "s1", "set": "../../etc", "name": "passwd"},
            StoryboardInvalid,
            "There is no drawing 'passwd'",
        ),
    ],
)
def test_an_edit_that_cannot_be_is_refused_in_words(operation, error, sentence):
    with pytest.raises(error, match=sentence):
        edited(operation)


def test_there_is_always_a_scene_and_never_more_than_the_most():
    with pytest.raises(SceneCountRefused, match="at least one"):
        edited({"op": "remove", "scene": "s1"}, {"op": "remove", "scene": "s2"})
    with pytest.raises(SceneCountRefused, match=f"at most {SCENES_MAX}"):
        edited(*[{"op": "copy", "scene": "s1"}] * SCENES_MAX)


@pytest.mark.parametrize(
    "operations", [None, {}, [], [1], "title", [{"op": "title"}] * 61, [{"op": ["title"]}]]
)
def test_what_is_no_list_of_operations_is_refused_in_words(operations):
    with pytest.raises(StoryboardInvalid):
        read_edits(operations)


names = st.sampled_from(["s1", "s2", "s3", "s4", "x"])
operations = st.lists(
    st.one_of(
        st.fixed_dictionaries({"op": st.sampled_from(["copy", "remove", "drawing"]), "scene": names}),
        st.fixed_dictionaries({"op": st.just("move"), "scene": names, "to": st.integers(-3, 20)}),
        st.fixed_dictionaries({"op": st.just("media"), "scene": names, "upload": st.sampled_from([7, 8])}),
        st.fixed_dictionaries(
            {"op": st.just("scene"), "scene": names},
            optional={
                "line": st.text(max_size=LINE_MAX + 2),
                "narration": st.text(max_size=30),
                "layout": st.sampled_from(["hero", "chart", "clip", "end"]),
                "focus": st.lists(st.floats(-0.2, 1.2), min_size=2, max_size=2),
            },
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(operations)
def test_any_edits_leave_a_whole_document_or_are_refused_in_words(found):
    start = board()
    try:
        done = edited(*found, of=start)
    except PlatformError as error:
        assert str(error).endswith(".")
        return
    assert Storyboard.from_json(done.to_json()) == done and start == board()
    assert 1 <= len(done.scenes) <= SCENES_MAX and len({scene.id for scene in done.scenes}) == len(
        done.scenes
    )
    numbers = [scene.number for scene in done.scenes if scene.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_board_keeps_a_voice_that_is_no_longer_offered_and_no_other_gets_it():
    of = replace(board(), hook="question")
    old = replace(of, voice=replace(of.voice, name="zf_xiaoni"))
    assert edited({"op": "voice", "name": "zf_xiaoni", "speed": 1.1}, of=old).voice.name == "zf_xiaoni"
    with pytest.raises(VoiceUnusable, match="must be one of"):
        edited({"op": "voice", "name": "zf_xiaoni"}, of=of)
