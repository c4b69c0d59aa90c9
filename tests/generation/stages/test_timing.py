"""Scene lengths: the video is as long as asked, speech is never cut, cuts fall on frames."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generation.script import pacing
from generation.stages import timing

spoken_lengths = st.lists(st.floats(0.8, 7.0), min_size=3, max_size=8)


@given(spoken_lengths, st.floats(10, 60))
def test_a_fit_leaves_room_for_every_narration_and_meets_the_target(spoken, target):
    found = timing.fit(spoken, target_seconds=target)
    if not found.seconds:
        assert found.pace != 1.0
        return
    for said, length in zip(spoken, found.seconds, strict=True):
        assert length >= said + pacing.LEAD_SECONDS - 1 / 30
    assert sum(found.seconds) == pytest.approx(target, abs=pacing.TOLERANCE_SECONDS + 1 / 30)


@given(spoken_lengths, st.floats(10, 60))
@example([1.75, 1.375, 1.875], 10.0)
def test_a_voice_that_keeps_the_asked_pace_is_within_half_a_second(spoken, target):
    """Unless there is too much or too little to say at any natural pace, which is told in seconds."""
    found = timing.fit(spoken, target_seconds=target)
    assert pacing.SLOWEST <= found.pace <= pacing.FASTEST
    if found.seconds or found.over or found.under:
        return
    again = timing.fit([said / found.pace for said in spoken], target_seconds=target, pace=found.pace)
    assert abs(sum(again.seconds) - target) <= 0.5


@given(spoken_lengths, st.floats(10, 60))
def test_scene_cuts_fall_on_whole_frames(spoken, target):
    for length in timing.fit_at_last(spoken, target_seconds=target):
        assert length * 30 == pytest.approx(round(length * 30))


def test_speech_slightly_too_long_asks_for_a_faster_voice():
    found = timing.fit([5.0, 5.0, 5.4], target_seconds=15)
    assert not found.seconds and not found.over
    assert 1.0 < found.pace <= pacing.FASTEST


def test_speech_far_too_long_says_by_how_much():
    # 24 s of speech, 21.4 at the fastest; with the pauses about 23 s
    assert timing.fit([6.0, 6.0, 6.0, 6.0], target_seconds=15).over == pytest.approx(7.9, abs=0.3)


def test_speech_far_too_short_asks_for_a_slower_voice_and_says_what_is_missing():
    found = timing.fit([2.0, 2.0, 2.0], target_seconds=15)
    assert not found.seconds and found.under > 0
    assert found.pace == pacing.SLOWEST


@given(st.lists(st.integers(1, 80), min_size=1, max_size=8), st.floats(10, 60))
def test_without_a_voice_scenes_share_the_target_by_how_much_there_is_to_read(weights, target):
    seconds = timing.silent(weights, target_seconds=target)
    assert sum(seconds) == pytest.approx(target, abs=1 / 30)
    longest = max(range(len(weights)), key=weights.__getitem__)
    assert seconds[longest] == pytest.approx(max(seconds), abs=1 / 15)


def test_no_scene_is_refused_in_words():
    with pytest.raises(ValueError, match="at least one scene"):
        timing.fit([], target_seconds=10)
