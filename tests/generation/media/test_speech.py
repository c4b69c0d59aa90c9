from __future__ import annotations

import numpy as np
import pytest

from generation.errors import NarrationImpossible
from generation.media.speech import SAMPLE_RATE_HZ, synthesize, voices
from generation.media.spoken import spoken


def test_every_hanzi_and_written_word_has_a_cue_in_order() -> None:
    text = "今天用AI写2024年的报告，只花10分钟。"
    narration = synthesize(text, language="zh", voice="zf_xiaoxiao")
    assert [cue.text for cue in narration.cues] == [
        token.written for token in spoken(text, "zh") if token.spoken and not token.is_pause
    ]
    times = [time for cue in narration.cues for time in (cue.start, cue.end)]
    assert times == sorted(times)
    assert 0 <= times[0] and times[-1] <= narration.seconds
    assert narration.seconds == len(narration.samples) / SAMPLE_RATE_HZ


def test_equal_arguments_give_equal_samples() -> None:
    first, second = (synthesize("Hello there.", language="en", voice="af_heart") for _ in range(2))
    assert np.array_equal(first.samples, second.samples)
    assert first.cues == second.cues


def test_nothing_to_say_is_an_error_with_a_next_step() -> None:
    with pytest.raises(NarrationImpossible, match="can be said"):
        synthesize("😀…", language="zh", voice="zf_xiaoxiao")


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(NarrationImpossible, match="zf_nobody"):
        synthesize("你好", language="zh", voice="zf_nobody")


def test_eight_chinese_and_twelve_english_voices_are_offered() -> None:
    assert len(voices("zh")) == 8
    assert len(voices("en")) >= 12
