"""``python -m generation.media.speech``: a sound with its cues, or only how a text would be said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from generation.errors import NarrationImpossible
from generation.media.speech.reading import reading
from generation.media.speech.symbols import SYMBOL_IDS


def asked(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "generation.media.speech", *arguments],
        cwd=settings.BASE_DIR, env={**os.environ, "PYTHONUTF8": "1"}, text=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done


def told(*arguments: str) -> dict[str, Any]:
    done = asked(*arguments)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_chinese_text_is_told_in_words_and_pinyin() -> None:
    assert told("2024年，一个人看了3.5%！", "--language", "zh", "--say") == {
        "said": "二零二四年，一个人看了百分之三点五！",
        "pinyin": "er4 ling2 er4 si4 nian2 yi2 ge4 ren2 kan4 le5 bai3 fen1 zhi1 san1 dian3 wu3",
    }


def test_an_english_text_is_told_in_words_and_symbols() -> None:
    answer = told("It costs $3.50.", "--language", "en", "--say", "--voice", "bf_emma")
    assert answer["said"] == "It costs three dollars and fifty cents."
    assert set(answer) == {"said", "symbols"} and set(answer["symbols"]) <= set(SYMBOL_IDS)
    assert len(answer["symbols"].split()) == 7


def test_either_a_sound_or_a_reading_is_asked_for(tmp_path: Path) -> None:
    for more in ((), ("--say", "--output", str(tmp_path / "a.wav"))):
        done = asked("hello", "--language", "en", *more)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Give either --output FILE, to write the sound, or --say" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_sound_is_written_as_its_cues_say(tmp_path: Path) -> None:
    answer = told("Two words.", "--language", "en", "--output", str(tmp_path / "a.wav"))
    with wave.open(str(tmp_path / "a.wav")) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 24_000)
        assert sound.getnframes() / 24_000 == pytest.approx(answer["seconds"], abs=1e-4)
    assert [cue["text"] for cue in answer["cues"]] == ["Two", "words"]


def test_a_folder_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = asked("Hi.", "--language", "en", "--output", str(tmp_path / "none/a.wav"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be written (No such file or directory). Name another file." in done.stderr


@pytest.mark.parametrize(
    ("text", "language", "said", "how"),
    [
        ("今天用AI写。", "zh", "今天用 A I 写。", "jin1 tian1 yong4 A I xie3"),
        ("“好”……？", "zh", "好…", "hao3"),
        ("NASA，你好", "zh", "nasa，你好", "nasa ni3 hao3"),
    ],
)
def test_latin_words_and_pauses_stand_where_they_are_said(
    text: str, language: Any, said: str, how: str
) -> None:
    found = reading(text, language=language, voice="zf_xiaoxiao")
    assert (found.said, found.pinyin, found.symbols) == (said, how, None)


@pytest.mark.parametrize(
    ("text", "voice", "words"), [("😀", "af_heart", "can be said"), ("a", "x", "no voice")]
)
def test_what_cannot_be_said_is_refused_as_synthesis_does(text: str, voice: str, words: str) -> None:
    with pytest.raises(NarrationImpossible, match=words):
        reading(text, language="en", voice=voice)
