"""How well letters and Latin words inside Chinese are understood: ``python -m benchmarks.latin --json``.

Speaks forty sentences that people write at work and at home, in the chosen voices, lets Whisper base write down what it
hears, and counts the words that come back: as they are written, or in hanzi of the same sound where people say them in
Chinese syllables (``sound``, pinyin without tones: B站 is "bi zhan"). Half of the sentences were there while readings were
chosen; the other half was only judged.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin

from benchmarks import measured
from benchmarks.measured import Figure
from generation.media.recognition import error_rate, transcribe
from generation.media.speech import SAMPLE_RATE_HZ, synthesize

SENTENCES: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("data").joinpath("latin_in_chinese.json").read_text(encoding="utf-8")
)
VOICES = ("zf_xiaoxiao", "zm_yunxi")


def is_heard(word: str, sound: str | None, heard: str) -> bool:
    """Whether the word comes back as written, or in hanzi of its ``sound``."""
    if re.sub(r"[^a-z0-9]", "", word.lower()) in re.sub(r"[^a-z0-9]", "", heard.lower()):
        return True
    return sound is not None and f" {sound} " in f" {' '.join(lazy_pinyin(heard))} "


def judge(part: str, voice: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Share of the words that were heard, and the mean error rate of the sentences in hanzi and letters."""
    found, wrong, missed = [], 0.0, []
    for sentence in SENTENCES[part]:
        narration = synthesize(sentence["text"], language="zh", voice=voice)
        heard = transcribe(narration.samples, language="zh", sample_rate_hz=SAMPLE_RATE_HZ).text
        sounds = sentence.get("sounds", [None] * len(sentence["words"]))
        good = [is_heard(word, sound, heard) for word, sound in zip(sentence["words"], sounds, strict=True)]
        found += good
        wrong += error_rate(sentence["text"], heard, "zh")
        if not all(good):
            missed.append({"said": sentence["text"], "heard": heard})
            say(f"{voice} {sentence['text']} | {heard}")
    return {
        "words": len(found),
        "heard": round(sum(found) / len(found), 3),
        "error_rate": round(wrong / len(SENTENCES[part]), 3),
        "missed": missed,
    }


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    return {
        f"{part}.{voice}.{name}": Figure(cells[name])
        for part, by_voice in report.items()
        for voice, cells in by_voice.items()
        for name in ("heard", "error_rate")
    }


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--voices", default=",".join(VOICES), help="comma-separated")
    parser.add_argument("--part", choices=tuple(SENTENCES), help="one half only")
    options = parser.parse_args()
    tell = partial(print, file=sys.stderr, flush=True)
    report = {
        part: {voice: judge(part, voice, tell) for voice in options.voices.split(",")}
        for part in SENTENCES
        if options.part in (None, part)
    }
    measured.tell(report, options, name="latin", figures=figures, packages=("onnxruntime", "pypinyin"))


if __name__ == "__main__":
    main()
