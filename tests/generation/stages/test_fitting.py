"""A storyboard is fitted to the voice that was measured: pace first, then a sentence, last a point, never a creator's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.language.length import spoken_length
from generation.media.speech import Narration
from generation.script import pacing
from generation.script.brief import Brief
from generation.script.drafting import repeated_clause
from generation.script.material import points_of_creator
from generation.script.planner import BankWriter
from generation.script.script import Script
from generation.stages.fitting import Fitted, fitted
from generation.storyboard import Look, MusicChoice, Scene, Storyboard, Voice


class Speaker:
    """A voice of ``rate`` hanzi or words a second, in lengths alone."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.speeds: list[float] = []

    def __call__(self, board: Storyboard, speed: float) -> list[Narration]:
        self.speeds.append(speed)
        lengths = [spoken_length(s.narration, board.language) / (self.rate * speed) for s in board.scenes]
        return [Narration(np.zeros(0, np.float32), (), length) for length in lengths]


def written(brief: Brief, *, rate: float) -> Storyboard:
    script: Script = BankWriter().write(brief, seed=3, rate=rate)
    scenes = tuple(
        Scene(f"s{i}", s.layout, s.line, s.narration, s.picture_words, shorter=s.shorter, longer=s.longer)
        for i, s in enumerate(script.scenes)
    )
    return Storyboard(
        script.title, script.titles, brief.language, "9:16", brief.seconds, 3, scenes,  # type: ignore[arg-type]
        Look("sunset"), Voice("zf_xiaoxiao"), MusicChoice("warm"),
    )  # fmt: skip


def fit(board: Storyboard, rate: float, *, may_change: bool = True, may_drop: bool = False) -> Fitted:
    return fitted(board, Speaker(rate), may_change=may_change, may_drop=may_drop)


BRIEFS = [
    Brief("露营装备清单", "zh", 25.0, "9:16", "story"),
    Brief("睡不着怎么办", "zh", 40.0, "9:16", "story"),
    Brief("What to Do If You Can't Sleep", "en", 30.0, "9:16", "story"),
]
BOARDS = [written(brief, rate=4.6 if brief.language == "zh" else 2.7) for brief in BRIEFS]


@given(st.sampled_from(BOARDS), st.floats(0.8, 1.25))
def test_a_voice_up_to_a_fifth_off_still_meets_the_asked_length(board: Storyboard, off: float):
    """More than the spread of our voices; where no wording is left in reserve, nothing more can be said than there is."""
    made = fit(board, (4.6 if board.language == "zh" else 2.7) * off)
    spare = any(s.shorter if off < 1 else s.longer for s in made.board.scenes)
    assert abs(sum(made.seconds) - board.target_seconds) <= 0.5 or not spare
    assert len(made.board.scenes) == len(board.scenes)
    assert len({change.action for change in made.changes} & {"sentence_left_out", "sentence_added"}) < 2


@given(st.sampled_from(BOARDS), st.floats(0.93, 1.1))
def test_pace_comes_before_words(board: Storyboard, off: float):
    """Pauses and pace make good what a voice is off by; no sentence goes and none is added."""
    made = fit(board, (4.6 if board.language == "zh" else 2.7) * off)
    assert {change.action for change in made.changes} <= {"spoken_faster", "spoken_slower"}
    assert made.met


def test_a_slow_voice_leaves_out_a_second_sentence_before_a_point():
    board = BOARDS[1]
    made = fit(board, 4.6 * 0.8, may_drop=True)
    assert "sentence_left_out" in {change.action for change in made.changes}
    assert "point_left_out" not in {change.action for change in made.changes}
    assert [scene.line for scene in made.board.scenes] == [scene.line for scene in board.scenes]


def test_a_fast_voice_says_a_sentence_that_the_script_held_in_reserve():
    board = next(board for board in BOARDS if any(scene.longer for scene in board.scenes))
    made = fit(board, (4.6 if board.language == "zh" else 2.7) * 1.5)
    assert "sentence_added" in {change.action for change in made.changes}
    said = {scene.narration for scene in made.board.scenes}
    assert said & {scene.longer for scene in board.scenes if scene.longer}
    assert sum(made.seconds) == pytest.approx(board.target_seconds, abs=0.5)


def test_what_a_person_wrote_is_said_as_it_stands():
    made = fit(BOARDS[1], 4.6 * 0.7, may_change=False)
    assert [s.narration for s in made.board.scenes] == [s.narration for s in BOARDS[1].scenes]
    assert not made.met and sum(made.seconds) > BOARDS[1].target_seconds


def test_a_creators_own_points_are_said_whole_whatever_the_voice():
    points = ("先种小葱和生菜。它们两周就能吃上。", "花盆底下垫一层碎石，浇水不会烂根", "每天早上八点前浇水")
    board = written(Brief("我家阳台种菜", "zh", 22.0, "9:16", "story", points), rate=4.6)
    for off in (0.6, 1.0, 1.5):
        whole = " ".join(scene.narration for scene in fit(board, 4.6 * off, may_drop=False).board.scenes)
        assert all(point.full in whole for point in points_of_creator(points, "zh"))


@pytest.mark.parametrize("board", BOARDS, ids=[brief.topic for brief in BRIEFS])
def test_what_is_held_in_reserve_repeats_nothing_and_is_shorter_or_longer(board: Storyboard):
    for at, scene in enumerate(board.scenes):
        said = spoken_length(scene.narration, board.language)
        assert not scene.shorter or spoken_length(scene.shorter, board.language) < said
        assert not scene.longer or spoken_length(scene.longer, board.language) > said
        others = [s.narration for s in board.scenes[:at] + board.scenes[at + 1 :]]
        assert not scene.longer or repeated_clause([*others, scene.longer], board.language) is None


@pytest.mark.parametrize("wrong", [0.97, 1.0, 1.03])
def test_a_voice_that_foretells_its_lengths_is_spoken_about_once(wrong: float):
    """A foretelling three percent wrong settles words and pace; what was spoken still has the last word."""
    spoken, alone = [], []
    for board in BOARDS:
        for off in (0.8, 0.9, 1.0, 1.1, 1.25):
            rate = (4.6 if board.language == "zh" else 2.7) * off
            speaker, foretold, plain = Speaker(rate), Speaker(rate * wrong), Speaker(rate)
            without = fitted(board, plain, may_change=True, may_drop=False)
            made = fitted(
                board,
                speaker,
                may_change=True,
                may_drop=False,
                expect=lambda said, speed, foretold=foretold: [n.seconds for n in foretold(said, speed)],
            )
            assert made.met or not without.met
            spoken.append(len(speaker.speeds))
            alone.append(len(plain.speeds))
    assert np.mean(spoken) <= 1.5 < np.mean(alone)


def test_a_foretelling_that_is_right_saves_every_try():
    board = BOARDS[1]
    speaker = Speaker(4.6 * 0.8)
    told = Speaker(4.6 * 0.8)
    made = fitted(
        board,
        speaker,
        may_change=True,
        may_drop=True,
        expect=lambda said, speed: [narration.seconds for narration in told(said, speed)],
    )
    alone = Speaker(4.6 * 0.8)
    plain = fitted(board, alone, may_change=True, may_drop=True)
    assert len(speaker.speeds) == 1 < len(alone.speeds)
    assert (made.board, made.seconds, made.changes) == (plain.board, plain.seconds, plain.changes)


def test_the_pace_stays_within_what_sounds_natural():
    for off in (0.5, 0.8, 1.2, 2.0):
        speaker = Speaker(4.6 * off)
        board = replace(BOARDS[0], voice=Voice("zf_xiaoxiao", 1.1))
        fitted(board, speaker, may_change=True, may_drop=True)
        assert all(1.1 * pacing.SLOWEST - 1e-9 <= s <= 1.1 * pacing.FASTEST + 1e-9 for s in speaker.speeds)
        assert len(speaker.speeds) < 20
