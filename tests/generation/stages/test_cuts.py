"""Cuts on the music's beats: moved where a beat is near, never into a word, never the sound or the whole length."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.stages.music import cuts_on_beats
from generation.storyboard import Cue, Storyboard
from tests.generation.media.scenes.scene_boards import board

FRAME = 1 / 30


def _spoken(
    lengths: list[float], tempo: float | None, *, lead: float = 0.15, rest: float = 0.2
) -> Storyboard:
    story = board()
    scenes = [
        replace(
            story.scenes[1],
            id=f"s{i}",
            seconds=seconds,
            speech_start=lead,
            cues=(Cue("一", lead, lead + 0.2), Cue("二", lead + 0.2, seconds - rest)),
        )
        for i, seconds in enumerate(lengths)
    ]
    return replace(story, scenes=tuple(scenes), music=replace(story.music, tempo=tempo))


def _cuts(story: Storyboard) -> list[float]:
    return list(accumulate(scene.seconds for scene in story.scenes))


def _said(story: Storyboard) -> list[float]:
    starts = [0.0, *_cuts(story)]
    return [at + cue.start for at, scene in zip(starts, story.scenes, strict=False) for cue in scene.cues]


def test_a_cut_near_a_beat_falls_on_it_and_one_between_beats_stays() -> None:
    moved = cuts_on_beats(_spoken([2.9, 3.3, 3.0], 60))
    assert _cuts(moved) == pytest.approx([3.0, 6.2, 9.2])
    assert moved.scenes[1].cues[0].start == pytest.approx(0.05)


def test_without_music_or_without_room_between_words_nothing_moves() -> None:
    silent = _spoken([2.9, 3.1], None)
    assert cuts_on_beats(silent) == silent
    tight = _spoken([2.9, 3.1], 60, lead=0.1)
    assert _cuts(cuts_on_beats(tight)) == pytest.approx([2.9, 6.0])


@settings(deadline=None)  # a busy machine
@given(st.lists(st.integers(40, 200).map(lambda n: n / 30), min_size=1, max_size=8), st.floats(60, 170))
def test_the_sound_and_the_whole_length_stay(lengths: list[float], tempo: float) -> None:
    before = _spoken(lengths, tempo)
    after = cuts_on_beats(before)
    assert after.seconds == pytest.approx(before.seconds)
    assert _said(after) == pytest.approx(_said(before), abs=1e-3)
    for was, now in zip(_cuts(before)[:-1], _cuts(after)[:-1], strict=True):
        beat = round(now * tempo / 60) * 60 / tempo
        assert now == pytest.approx(was) or abs(now - beat) <= FRAME / 2 + 1e-6
        assert abs(now - was) <= 0.12 + 1e-6
        assert now * 30 == pytest.approx(round(now * 30), abs=1e-6)
