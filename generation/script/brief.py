"""The brief: what the creator asks for, checked once at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from core.languages import LANGUAGES, Language
from generation.documents.checks import check_text
from generation.documents.sentences import document_of
from generation.documents.summary import title_of
from generation.errors import (
    BriefInvalid,
    TextAndPoints,
    TextUntitled,
)
from generation.language.cleaning import line_cleaned, text_cleaned
from generation.storyboard import ASPECTS

MIN_SECONDS, MAX_SECONDS = 10.0, 60.0
MAX_TOPIC_LETTERS = 120
MAX_POINTS, MAX_POINT_LETTERS = 8, 160
KINDS = ("story", "ad", "answer", "edit")


@dataclass(frozen=True)
class Brief:
    """``seconds`` is the asked length of the finished video.

    ``points`` are the creator's own, one sentence each; ``text`` is an article of theirs whose main points are told.
    """

    topic: str
    language: str
    seconds: float
    aspect: str = "9:16"
    kind: str = "story"
    points: tuple[str, ...] = ()
    text: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the creator brought what is told."""
        return bool(self.points or self.text)

    @classmethod
    def checked(
        cls,
        *,
        topic: str,
        language: str,
        seconds: float,
        aspect: str = "9:16",
        kind: str = "story",
        points: Sequence[str] = (),
        text: str = "",
    ) -> Brief:
        """A brief whose every field is within the rules. Raises ``BriefInvalid`` naming the first that is not.

        One with a text and no topic is called by the text's title, or by its opening's key phrase.
        """
        topic, text = line_cleaned(topic), text_cleaned(text)
        if not topic and not text:
            raise BriefInvalid("A video needs a topic: write what it is about.", field="topic")
        if len(topic) > MAX_TOPIC_LETTERS:
            raise BriefInvalid(
                f"A topic has at most {MAX_TOPIC_LETTERS} characters, this has {len(topic)}. Shorten it.",
                field="topic",
            )
        for field, value, allowed in (
            ("language", language, LANGUAGES),
            ("aspect", aspect, ASPECTS),
            ("kind", kind, KINDS),
        ):
            if value not in allowed:
                raise BriefInvalid(
                    f"{field} must be one of {', '.join(allowed)}, got {value!r}.", field=field
                )
        if isinstance(seconds, bool) or not MIN_SECONDS <= seconds <= MAX_SECONDS:
            raise BriefInvalid(
                f"seconds must be between {MIN_SECONDS:.0f} and {MAX_SECONDS:.0f}, got {seconds!r}.",
                field="seconds",
            )
        own = tuple(point for point in map(line_cleaned, points) if point)
        if len(own) > MAX_POINTS:
            raise BriefInvalid(f"At most {MAX_POINTS} points are taken, got {len(own)}.", field="points")
        for point in own:
            if len(point) > MAX_POINT_LETTERS:
                raise BriefInvalid(
                    f"A point has at most {MAX_POINT_LETTERS} characters, this has {len(point)}: {point[:30]}…",
                    field="points",
                )
        if text and own:
            raise TextAndPoints(
                "A video is made from points or from a text. Leave one of them out.",
            )
        if text:
            check_text(text, cast(Language, language))
            topic = topic or title_of(document_of(text, cast(Language, language)))[:MAX_TOPIC_LETTERS]
            if not topic:
                raise TextUntitled(
                    "No topic can be taken from this text. Write what it is about.",
                    field="topic",
                )
        return cls(topic, language, float(seconds), aspect, kind, own, text)
