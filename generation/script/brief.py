"""The brief: what the creator asks for, checked once at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.languages import LANGUAGES
from generation.errors import BriefInvalid
from generation.language.cleaning import line_cleaned
from generation.storyboard import ASPECTS

MIN_SECONDS, MAX_SECONDS = 10.0, 60.0
MAX_TOPIC_LETTERS = 120
MAX_POINTS, MAX_POINT_LETTERS = 8, 160
KINDS = ("story", "ad", "answer", "edit")


@dataclass(frozen=True)
class Brief:
    """``seconds`` is the asked length of the finished video; ``points`` are the creator's own, one sentence each."""

    topic: str
    language: str
    seconds: float
    aspect: str = "9:16"
    kind: str = "story"
    points: tuple[str, ...] = ()

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
    ) -> Brief:
        """A brief whose every field is within the rules. Raises ``BriefInvalid`` naming the first that is not."""
        topic = line_cleaned(topic)
        if not topic:
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
        return cls(topic, language, float(seconds), aspect, kind, own)
