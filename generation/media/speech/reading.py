"""How a text would be spoken, without a sound: its words after normalization, and their pinyin or symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generation.language.normalization import Token, spoken
from generation.media.speech.catalog import voice_named
from generation.media.speech.narration import accent_of, nothing_to_say
from generation.media.speech.utterances import clauses_said, read_together, utterances

_FULL_WIDTH = str.maketrans(",.!?;:", "，。！？；：")


@dataclass(frozen=True)
class Reading:
    """``said`` is the text in words; one of ``pinyin`` (tones as said, ``ni3 hao3``) and ``symbols`` (Kokoro's) is set.

    Latin words in a Chinese text stand among the pinyin as they are said.
    """

    said: str
    pinyin: str | None = None
    symbols: str | None = None


def reading(text: str, *, language: Literal["zh", "en"], voice: str) -> Reading:
    """What ``synthesize`` would say. Raises ``NarrationImpossible`` when that is nothing or the voice does not exist."""
    accent = accent_of(voice_named(voice).id)
    tokens = spoken(text, language)
    parts = utterances(tokens, accent)
    if not parts:
        raise nothing_to_say(text)
    if language == "zh":
        return Reading(_said(tokens).translate(_FULL_WIDTH), pinyin=_pinyin(tokens))
    return Reading(_said(tokens), symbols=" ".join(part.symbols for part in parts))


def _said(tokens: list[Token]) -> str:
    """The words of the text: hanzi close up, Latin words stand apart, a pause follows its word."""
    said = ""
    for pieces, pause in clauses_said(tokens):
        for hanzi, some in read_together(pieces):
            words = ("" if hanzi else " ").join(text for text, _ in some)
            said += f" {words}" if said and not (hanzi and said[-1] in ",.!?;:…") else words
        said += pause if pieces else ""  # of two in a row the voice makes the first
    return said


def _pinyin(tokens: list[Token]) -> str:
    from generation.media.speech.mandarin import pinyin  # its dictionaries take a second to load

    read: list[str] = []
    for pieces, _ in clauses_said(tokens):
        for hanzi, some in read_together(pieces):
            texts = [text for text, _ in some]
            read += filter(None, pinyin("".join(texts))) if hanzi else texts
    return " ".join(read)
