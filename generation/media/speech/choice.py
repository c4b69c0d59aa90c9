"""Which voice speaks when the creator has not chosen one, and how fast each speaks."""

from __future__ import annotations

import random

from generation.media.speech import voice_found, voices

READING_RATE = {"zh": 4.6, "en": 2.6}  # hanzi or words a second that a viewer follows without a voice


def default_voice(language: str, seed: int) -> str:
    """One of the language's three best-understood voices (they come best first)."""
    return random.Random(seed).choice([voice.id for voice in voices() if voice.language == language][:3])


def voice_rate(name: str, language: str) -> float:
    """Hanzi (zh) or words (en) a second at speed 1, pauses included; the reading rate for no or an own voice."""
    voice = voice_found(name)
    return READING_RATE[language] if voice is None else voice.rate
