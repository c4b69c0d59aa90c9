"""Whether a text can be made a script of at all, before anybody reads it closely."""

from __future__ import annotations

from core.languages import Language
from generation.documents.tongue import tongue_of
from generation.errors import (
    TextLanguageDiffers,
    TextLanguageUnknown,
    TextTooLong,
    TextWordless,
)

MAX_TEXT_LETTERS = 60_000
LANGUAGE_WORDS: dict[Language, str] = {"zh": "Chinese", "en": "English"}


def check_text(text: str, language: Language) -> None:
    """Raises a ``TextUnusable`` for a text that is too long, without words, or in another language than ``language``."""
    if len(text) > MAX_TEXT_LETTERS:
        count, most = f"{len(text):,}", f"{MAX_TEXT_LETTERS:,}"
        raise TextTooLong(
            f"The text has {count} characters; at most {most} are taken. Cut it to the part you want told.",
            values={"count": count, "most": most},
        )
    if not any(c.isalpha() for c in text):
        raise TextWordless("There are no words in this text. Paste another.")
    tongue = tongue_of(text)
    if tongue is None:
        raise TextLanguageUnknown(
            "This text is neither Chinese nor English, the two languages that are read. Paste a translation.",
        )
    if tongue != language:
        written, asked = LANGUAGE_WORDS[tongue], LANGUAGE_WORDS[language]
        raise TextLanguageDiffers(
            f"This text is {written}, and the video was to be {asked}. Choose {written} as the language, "
            f"or paste a text in {asked}.",
            values={"written": tongue, "asked": language},
        )
