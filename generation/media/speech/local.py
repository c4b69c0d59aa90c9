"""The site's own voice as a generator: Kokoro on this machine's processor."""

from __future__ import annotations

from core.languages import Language
from generation.media.speech.narration import Narration, expected_seconds, synthesize


class KokoroSpeech:
    """See ``generation.generators.Speech``."""

    version = "kokoro-82m-1.0-b"  # the letter rises when equal texts are read otherwise

    def synthesize(self, text: str, *, language: Language, voice: str, speed: float = 1.0) -> Narration:
        return synthesize(text, language=language, voice=voice, speed=speed)

    def expected_seconds(
        self, text: str, *, language: Language, voice: str, speed: float = 1.0
    ) -> float | None:
        return expected_seconds(text, language=language, voice=voice, speed=speed)
