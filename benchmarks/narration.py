"""How well our narration is understood: ``python -m benchmarks.narration --json``.

Speaks our sentences in each voice, lets Whisper base write down what it hears, and prints the error rate beside eSpeak
NG's on the same sentences, the distance of our cues from Whisper's word times, and the seconds a second of speech takes.

Chinese also gets an error rate of syllables with their tones: a hanzi heard as another of the same sound is Whisper's
spelling, not our reading. ``--tuning`` takes the sixty Chinese sentences that readings and settings were chosen on; the
default ones are held out.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin

from benchmarks import measured
from benchmarks.measured import Figure
from core.languages import LANGUAGES, Language
from generation.media.recognition import Transcript, edits, error_rate, transcribe, units
from generation.media.speech import SAMPLE_RATE_HZ, synthesize, voices
from generation.storyboard import Cue

SENTENCES: dict[Language, list[str]] = json.loads(
    Path(__file__).with_name("data").joinpath("narration_sentences.json").read_text(encoding="utf-8")
)
TUNING: dict[Language, list[str]] = json.loads(
    Path(__file__).with_name("data").joinpath("narration_tuning.json").read_text(encoding="utf-8")
)
GOALS = {"zh": 0.08, "en": 0.04}
GOAL_CUES_MS = 120
_ESPEAK_VOICES = {"zh": "cmn", "en": "en-us"}


@dataclass
class Heard:
    """What came of one voice; ``edits`` and ``length`` in characters (zh) or words (en), ``sound_edits`` in syllables."""

    edits: float = 0.0
    length: int = 0
    sound_edits: float = 0.0
    speech_seconds: float = 0.0
    spent_seconds: float = 0.0
    processor_seconds: float = 0.0
    spoken_units: int = 0
    cue_errors: list[float] = field(default_factory=list)
    misheard: list[dict[str, Any]] = field(default_factory=list)

    def add(self, sentence: str, transcript: Transcript, language: Language) -> None:
        rate = error_rate(sentence, transcript.text, language)
        length = len(units(sentence, language))
        self.edits += rate * length
        self.length += length
        if language == "zh":
            self.sound_edits += edits(syllables(sentence), syllables(transcript.text))
        if rate:
            self.misheard.append({"said": sentence, "heard": transcript.text, "error_rate": round(rate, 3)})

    def summary(self) -> dict[str, Any]:
        summary: dict[str, Any] = {"error_rate": round(self.edits / max(self.length, 1), 4)}
        if self.sound_edits:
            summary["syllable_error_rate"] = round(self.sound_edits / max(self.length, 1), 4)
        if self.cue_errors:
            summary["cue_error_median_ms"] = round(1000 * statistics.median(self.cue_errors))
        if self.spent_seconds:
            summary["seconds_per_second"] = round(self.spent_seconds / self.speech_seconds, 3)
            summary["processor_seconds_per_second"] = round(self.processor_seconds / self.speech_seconds, 3)
            summary["rate"] = round(self.spoken_units / self.speech_seconds, 2)
        return summary


def syllables(text: str) -> list[str]:
    """What is compared of ``text`` as pinyin with tones; Latin letters stay as they are."""
    return lazy_pinyin("".join(units(text, "zh")), style=Style.TONE3, neutral_tone_with_five=True)


def narrate(voice: str, language: Language, sentences: list[str], say: Callable[[str], None]) -> Heard:
    heard = Heard()
    synthesize(sentences[0], language=language, voice=voice)  # loads everything once
    for sentence in sentences:
        began, used = time.perf_counter(), time.process_time()
        narration = synthesize(sentence, language=language, voice=voice)
        heard.spent_seconds += time.perf_counter() - began
        heard.processor_seconds += time.process_time() - used
        heard.speech_seconds += narration.seconds
        heard.spoken_units += len(units(sentence, language))
        transcript = transcribe(narration.samples, language=language, sample_rate_hz=SAMPLE_RATE_HZ)
        heard.add(sentence, transcript, language)
        heard.cue_errors += cue_errors(narration.cues, transcript.words)
    say(f"{voice}: {heard.summary()}")
    for miss in heard.misheard:
        say(f"  {miss['error_rate']:.2f} {miss['said']} | {miss['heard']}")
    return heard


def cue_errors(ours: tuple[Cue, ...], theirs: tuple[Cue, ...]) -> list[float]:
    """Seconds between the starts of the words that both lists hold in the same order."""
    a, b = ([_bare(cue.text) for cue in cues] for cues in (ours, theirs))
    blocks = SequenceMatcher(a=a, b=b, autojunk=False).get_matching_blocks()
    pairs = [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
    return [abs(ours[i].start - theirs[j].start) for i, j in pairs if a[i]]


def _bare(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def espeak(language: Language, sentences: list[str]) -> Heard:
    heard = Heard()
    for sentence in sentences:
        samples, rate_hz = espeak_pcm(sentence, _ESPEAK_VOICES[language])
        heard.add(sentence, transcribe(samples, language=language, sample_rate_hz=rate_hz), language)
    return heard


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@lru_cache(maxsize=1)
def _espeak_library() -> tuple[ctypes.CDLL, int]:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    retrieval = 1  # samples go to the callback
    rate_hz = library.espeak_Initialize(retrieval, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate_hz <= 0:
        raise RuntimeError("eSpeak NG did not start; reinstall espeakng-loader.")
    return library, rate_hz


def espeak_pcm(text: str, voice: str) -> tuple[NDArray[np.float32], int]:
    """eSpeak NG's own reading of ``text`` and its sample rate."""
    library, rate_hz = _espeak_library()
    parts: list[NDArray[np.int16]] = []

    def keep(wave: Any, count: int, _events: Any) -> int:
        if wave and count:
            parts.append(np.ctypeslib.as_array(wave, shape=(count,)).copy())
        return 0

    callback = _Callback(keep)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(voice.encode())
    raw = text.encode() + b"\0"
    utf8 = 1
    library.espeak_Synth(raw, len(raw), 0, 1, 0, utf8, None, None)
    library.espeak_Synchronize()
    samples = np.concatenate(parts) if parts else np.zeros(0, np.int16)
    return (samples / 32768).astype(np.float32), rate_hz


def measure(asked: argparse.Namespace, say: Callable[[str], None]) -> dict[str, Any]:
    texts = TUNING if asked.tuning else SENTENCES
    languages = [language for language in texts if asked.language in (None, language)]
    report: dict[str, Any] = {}
    for language in languages:
        sentences = texts[language][:: max(len(texts[language]) // asked.sentences, 1)][: asked.sentences]
        known = [voice.id for voice in voices(language)]
        chosen = [v for v in asked.voices.split(",") if v in known] if asked.voices else known
        entry: dict[str, Any] = {"goal": GOALS[language], "sentences": len(sentences), "voices": {}}
        for voice in chosen:
            heard = narrate(voice, language, sentences, say)
            entry["voices"][voice] = heard.summary() | (
                {"misheard": heard.misheard} if asked.misheard else {}
            )
        if not asked.no_espeak:
            entry["espeak_ng"] = espeak(language, sentences).summary()
            say(f"eSpeak NG {language}: {entry['espeak_ng']}")
        report[language] = entry
    report["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return report


def main() -> int:
    parser = measured.parser(__doc__)
    parser.add_argument("--language", choices=LANGUAGES, help="one language only")
    parser.add_argument("--voices", default="", help="comma-separated; all when left out")
    parser.add_argument("--sentences", type=int, default=60, help="sentences a language (default 60)")
    parser.add_argument("--tuning", action="store_true", help="the Chinese sentences used for tuning instead")
    parser.add_argument("--misheard", action="store_true", help="list what was misheard")
    parser.add_argument("--no-espeak", action="store_true", help="leave the comparison out")
    asked = parser.parse_args()
    report = measure(asked, (lambda line: print(line, file=sys.stderr)) if asked.json else print)
    measured.tell(
        report,
        asked,
        name="narration",
        figures=figures,
        packages=("espeakng-loader", "numpy", "onnxruntime", "pypinyin"),
        indent=None if asked.json else 1,
    )
    return 0


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Error rates and the cues' distance of every voice that was heard, beside eSpeak NG's error rates."""
    found = {}
    for language, goal in GOALS.items():
        for voice, heard in report.get(language, {}).get("voices", {}).items():
            key = f"{language}.{voice}"
            found[f"{key}.error_rate"] = Figure(heard["error_rate"], at_most=goal)
            if "syllable_error_rate" in heard:
                found[f"{key}.syllable_error_rate"] = Figure(heard["syllable_error_rate"])
            if "cue_error_median_ms" in heard:
                found[f"{key}.cue_error_median_ms"] = Figure(
                    heard["cue_error_median_ms"], "ms", at_most=GOAL_CUES_MS
                )
        if espeak_ng := report.get(language, {}).get("espeak_ng"):
            found[f"{language}.espeak_ng.error_rate"] = Figure(espeak_ng["error_rate"])
    return found


if __name__ == "__main__":
    sys.exit(main())
