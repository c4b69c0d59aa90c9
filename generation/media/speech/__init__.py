"""Narration: text → Kokoro's voice and the time of every hanzi or word (``python -m generation.media.speech --help``)."""

from generation.media.speech.catalog import VoiceEntry, voice_found, voice_preview, voices
from generation.media.speech.kokoro import SAMPLE_RATE_HZ
from generation.media.speech.narration import Narration, expected_seconds, prepare, synthesize

__all__ = [
    "SAMPLE_RATE_HZ",
    "Narration",
    "VoiceEntry",
    "expected_seconds",
    "prepare",
    "synthesize",
    "voice_found",
    "voice_preview",
    "voices",
]
