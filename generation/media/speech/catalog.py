"""The voices on offer, with what was measured of them, and their previews."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from core.languages import Language
from generation.assets import assets_dir
from generation.errors import NarrationImpossible
from generation.media.speech.kokoro import SAMPLE_RATE_HZ
from generation.media.speech.narration import synthesize
from generation.media.wav import write_wav

_TABLE = Path(__file__).with_name("voices.json")
_PREVIEWS = {
    "zh": "你好，我是你的旁白。三分钟，带你看懂一件有趣的事。",
    "en": "Hi, I'm your narrator. Give me a minute, and I'll tell you something worth knowing.",
}


@dataclass(frozen=True)
class VoiceEntry:
    """One voice of Kokoro. ``rate`` is in hanzi (zh) or words (en) a second at speed 1, pauses included, over the
    scenes of one video (``python -m benchmarks.narration_rates``). The character words are our description, not a measurement.

    ``error_rate`` is what Whisper base misheard of the benchmark's sixty sentences (characters for zh, words for en);
    ``None`` for a voice it was not measured for. A voice that is no longer ``offered`` still speaks the videos that have it.
    """

    id: str
    language: Language
    gender: Literal["female", "male"]
    name_zh: str
    name_en: str
    character_zh: str
    character_en: str
    rate: float
    error_rate: float | None = None
    offered: bool = True


@lru_cache(maxsize=1)
def _all() -> tuple[VoiceEntry, ...]:
    return tuple(VoiceEntry(**entry) for entry in json.loads(_TABLE.read_text(encoding="utf-8")))


def voices(language: Language | None = None) -> tuple[VoiceEntry, ...]:
    """Those on offer, the recommended ones first; both languages when none is named."""
    return tuple(voice for voice in _all() if voice.offered and language in (None, voice.language))


def voice_found(name: str) -> VoiceEntry | None:
    """The voice of this name, on offer or not."""
    return next((voice for voice in _all() if voice.id == name), None)


def voice_named(name: str) -> VoiceEntry:
    """Raises ``NarrationImpossible`` naming the known voices."""
    if (voice := voice_found(name)) is not None:
        return voice
    raise NarrationImpossible(
        f"There is no voice {name!r}. Known: {', '.join(voice.id for voice in voices())}."
    )


def voice_preview(voice: str) -> Path:
    """A short recording (wav) of the voice, made at the first request and kept beside the voices."""
    chosen = voice_named(voice)
    place = assets_dir() / "kokoro" / "previews" / f"{chosen.id}.wav"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        spoken = synthesize(_PREVIEWS[chosen.language], language=chosen.language, voice=chosen.id)
        partial = place.with_name(f"{place.stem}.{os.getpid()}.partial")
        write_wav(partial, spoken.samples, rate_hz=SAMPLE_RATE_HZ)
        partial.replace(place)
    return place
