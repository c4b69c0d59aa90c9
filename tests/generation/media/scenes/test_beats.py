"""Beats: something substantial comes at least every 2.5 seconds, with what is said and with the music."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.media.layers import SceneLayers
from generation.media.scenes import scene_picture
from generation.media.scenes.beats import LEAST_HOLD, LONGEST_HOLD, Pulse, beats_of, clauses_said
from generation.media.scenes.layouts.quiz import answers_of
from generation.storyboard import FRAME_SIZES, Cue, FigureData, LayoutName, Scene, Storyboard
from tests.generation.media.scenes.scene_boards import LAYOUTS, board

TALL = FRAME_SIZES["draft"]["9:16"]
SPOKEN = "睡前一小时把手机放到客厅，屏幕的光会让大脑以为天还亮着。换一本纸书，灯光调暗，人就慢慢困了。"
_COMES_WITHIN = 0.35  # seconds from a beat until what it brings stands there


@given(
    st.floats(0.5, 60),
    st.lists(st.floats(0, 60), max_size=12),
    st.lists(st.floats(0, 60), max_size=40),
    st.none() | st.builds(Pulse, st.floats(50, 180), st.floats(0, 90)),
)
@settings(deadline=None)
def test_nothing_holds_longer_than_two_and_a_half_seconds_whatever_is_said(
    seconds: float, starts: list[float], words: list[float], pulse: Pulse | None
) -> None:
    beats = beats_of(seconds, starts, words=words, pulse=pulse)
    holds = [after - before for before, after in pairwise((0.0, *beats, seconds))]
    assert max(holds) <= LONGEST_HOLD + 1e-6
    assert len(holds) == 1 or min(holds) >= LEAST_HOLD - 1e-6


def test_beats_fall_where_clauses_start_and_on_the_music_where_it_is_near() -> None:
    assert beats_of(6.0, [1.5, 3.1, 4.6]) == (1.5, 3.1, 4.6)
    assert beats_of(6.0, [1.45, 3.1, 4.55], pulse=Pulse(120)) == (1.5, 3.0, 4.5)
    # 4.25 is 0.25 s from the nearest beat of the music: it stays with what is said
    assert beats_of(6.0, [1.5, 3.0, 4.25], pulse=Pulse(120)) == (1.5, 3.0, 4.25)
    # the beats are the video's, not the scene's
    assert beats_of(4.0, [2.0], pulse=Pulse(60, 10.08)) == pytest.approx((1.92,))


@settings(deadline=None)
@given(st.floats(40, 220), st.floats(0, 60), st.floats(0, 20))
def test_only_what_is_within_120_ms_of_the_music_is_moved(tempo: float, start: float, at: float) -> None:
    moved = Pulse(tempo, start).snapped(at)
    beat = (moved + start) * tempo / 60
    assert abs(moved - at) <= 0.12
    assert moved == at or beat == pytest.approx(round(beat), abs=1e-6)


def test_clauses_begin_where_they_are_said() -> None:
    scene = _spoken(board().scenes[1], 6.0)
    clauses = clauses_said(scene)
    assert [clause.text for clause in clauses] == [
        "睡前一小时把手机放到客厅", "屏幕的光会让大脑以为天还亮着", "换一本纸书", "灯光调暗", "人就慢慢困了",
    ]  # fmt: skip
    assert clauses[2].start == next(cue.start for cue in scene.cues if cue.text == "换")


@pytest.mark.parametrize(
    ("layout", "seconds"),
    [
        *((layout, 6.8) for layout in LAYOUTS),
        *((name, 2.9) for name in ("point", "split", "quiz", "chat", "end")),
    ],
)
def test_something_substantial_comes_every_two_and_a_half_seconds_in_every_layout(
    layout: LayoutName, seconds: float
) -> None:
    story = _talking(layout, seconds)
    index = LAYOUTS.index(layout)
    changes = _changes(scene_picture(story, index, size=TALL), seconds)
    for before, after in pairwise((0.0, *changes, seconds)):
        assert after - before <= LONGEST_HOLD + _COMES_WITHIN, (changes, layout)


def test_the_right_answer_of_a_quiz_is_among_three_of_its_kind() -> None:
    import random

    for value, unit in ((270.0, "度"), (7.4, "秒"), (90.0, "%"), (1.0, "次"), (12500.0, "km"), (100.0, "%")):
        answers = answers_of(FigureData(value, unit, ""), random.Random(3))
        assert len(set(answers)) == 3 and value in answers and answers == sorted(answers)
        assert min(answers) > 0 and (unit != "%" or max(answers) <= 100)


def _spoken(scene: Scene, seconds: float) -> Scene:
    letters = [sign for sign in SPOKEN if sign.isalnum()]
    step = (seconds - 0.5) / len(letters)
    cues = tuple(Cue(sign, 0.15 + i * step, 0.15 + (i + 1) * step) for i, sign in enumerate(letters))
    return replace(scene, narration=SPOKEN, cues=cues, seconds=seconds)


def _talking(layout: LayoutName, seconds: float) -> Storyboard:
    story = board()
    index = LAYOUTS.index(layout)
    scenes = list(story.scenes)
    scenes[index] = _spoken(scenes[index], seconds)
    return replace(story, scenes=tuple(scenes), music=replace(story.music, tempo=104.0))


def _changes(picture: SceneLayers, seconds: float) -> list[float]:
    """When something of a hundredth of the frame or more has come, or moved by a tenth of its width, since it last did."""
    width, height = TALL
    stood: dict[int, tuple[float, float]] = {}
    alike: set[tuple[int, int, int]] = set()  # the same drawing put again where it stood is nothing new
    found: list[float] = []
    for frame in range(int(seconds * 15)):
        t = frame / 15
        now: dict[int, tuple[float, float]] = {}
        for at, layer in enumerate(picture.layers):
            place = layer.motion(t)
            if place is None or place.opacity < 0.5 or place.scale < 0.5:
                continue
            left, top, right, bottom = place.shown
            area = (
                layer.rgba.shape[0] * layer.rgba.shape[1] * (right - left) * (bottom - top) * place.scale**2
            )
            if area >= 0.01 * width * height:
                now[at] = (place.x, place.y)
        places = {(id(picture.layers[at].rgba), round(x), round(y)) for at, (x, y) in now.items()}
        new = any(at not in stood for at in now) and bool(places - alike)
        moved = any(
            max(abs(now[at][0] - x), abs(now[at][1] - y)) >= 0.1 * width
            for at, (x, y) in stood.items()
            if at in now
        )
        if frame and (new or moved):
            found.append(t)
        if new or moved or not frame:
            stood, alike = now, places
        else:
            stood = {at: stood[at] for at in stood if at in now}
    return found
