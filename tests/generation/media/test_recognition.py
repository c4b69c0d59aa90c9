from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import WorkCancelled
from generation.errors import AssetMissing, MediaUnreadable
from generation.media import recognition
from generation.media.recognition import error_rate, transcribe
from generation.media.speech import SAMPLE_RATE_HZ, synthesize


@pytest.mark.parametrize(
    ("reference", "heard", "language"),
    [
        ("2024年增长50%。", "二零二四年增长百分之五十", "zh"),
        ("用AI写PPT", "用ai寫P P T", "zh"),
        ("重2kg", "重两公斤", "zh"),
        ("It costs $3.50!", "it costs three dollars and fifty cents", "en"),
        ("GPT-4 in 2024", "GPT 4, in twenty twenty-four.", "en"),
    ],
)
def test_two_spellings_of_the_same_speech_are_no_error(reference: str, heard: str, language: str) -> None:
    assert error_rate(reference, heard, language) == 0  # type: ignore[arg-type]


def test_one_wrong_hanzi_of_four_is_a_quarter() -> None:
    assert error_rate("今天下雨", "今天下雪", "zh") == 0.25


def test_a_missing_and_an_added_word_count_one_each() -> None:
    assert error_rate("we walk to school", "we to school now", "en") == 0.5


@settings(deadline=None)  # the first example loads dictionaries
@given(
    st.text(alphabet="天地人和大小", min_size=1, max_size=12), st.text(alphabet="天地人和大小", max_size=12)
)
def test_the_error_rate_is_bounded_by_the_longer_text(reference: str, heard: str) -> None:
    rate = error_rate(reference, heard, "zh")
    assert 0 <= rate <= max(len(reference), len(heard)) / len(reference)
    assert (rate == 0) == (reference == heard)


@pytest.mark.parametrize(
    ("text", "language", "voice", "allowed"),
    [
        # under 0.1 on one processor, 0.12 and 0.24 on another, whose 8-bit arithmetic is another; eSpeak NG: 0.85 and above
        ("今天我们来聊一聊怎么挑选新鲜的水果。", "zh", "zf_xiaoxiao", 0.25),
        ("Leave your phone in another room at half past seven.", "en", "af_heart", 0.1),
    ],
)
def test_our_narration_is_understood_and_its_cues_are_where_the_words_are(
    text: str, language: str, voice: str, allowed: float
) -> None:
    narration = synthesize(text, language=language, voice=voice)  # type: ignore[arg-type]
    heard = transcribe(narration.samples, language=language, sample_rate_hz=SAMPLE_RATE_HZ)  # type: ignore[arg-type]
    assert error_rate(text, heard.text, language) <= allowed  # type: ignore[arg-type]
    assert heard.language == language
    ours = {cue.text: cue.start for cue in narration.cues}
    shared = [abs(ours[word.text] - word.start) for word in heard.words if word.text in ours]
    assert len(shared) >= len(narration.cues) // 2
    assert np.median(shared) < 0.2


def test_nothing_is_made_up_after_the_last_word() -> None:
    text = "一节普通的电池可以污染很多水。"
    narration = synthesize(text, language="zh", voice="zf_xiaoxiao")
    breath = np.random.default_rng(1).normal(0, 0.002, SAMPLE_RATE_HZ // 4).astype(np.float32)
    samples = np.concatenate([narration.samples, breath])
    heard = transcribe(samples, language="zh", sample_rate_hz=SAMPLE_RATE_HZ)
    assert len(heard.words) <= len(narration.cues)


def test_recognition_stops_when_told_to() -> None:
    narration = synthesize("Stop here.", language="en", voice="af_heart")
    with pytest.raises(WorkCancelled):
        transcribe(narration.samples, language="en", sample_rate_hz=SAMPLE_RATE_HZ, should_stop=lambda: True)


def test_a_file_without_audio_gets_a_sentence(tmp_path: Path) -> None:
    place = tmp_path / "notes.mp4"
    place.write_text("no sound here")
    with pytest.raises(MediaUnreadable, match=r"notes\.mp4"):
        transcribe(place)


def test_a_missing_recognizer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_ASSETS_DIR", str(tmp_path))
    monkeypatch.setattr(recognition, "_networks", [])
    with pytest.raises(AssetMissing, match="whisper"):
        transcribe(np.zeros(16_000, np.float32))
