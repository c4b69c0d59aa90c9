"""The recipe: the creative choices as typed fields; an empty one leaves the choice to topic, mood and seed."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from generation.errors import BriefInvalid
from generation.media.scenes import PALETTES
from generation.media.speech import voices
from generation.script.bank import HOOK_KINDS
from generation.storyboard import CAPTION_STYLES, MOODS

_KEY = re.compile(r"[A-G][#b]?m?")


@dataclass(frozen=True)
class Recipe:
    """``speed`` 0.8–1.25 is the voice's; ``tempo`` in beats a minute; ``music_level`` 0 (none) to 1.5."""

    hook: str = ""
    palette: str = ""
    caption_style: str = ""
    mood: str = ""
    tempo: int | None = None
    key: str | None = None
    music_level: float = 1.0
    voice: str = ""
    speed: float = 1.0
    voice_upload: int | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any], *, language: str) -> Recipe:
        """Raises ``BriefInvalid`` naming the field and what it takes."""
        unknown = set(data) - {f.name for f in fields(cls)}
        if unknown:
            known = ", ".join(f.name for f in fields(cls))
            raise BriefInvalid(
                f"recipe has no field {sorted(unknown)[0]!r}; it takes {known}.", field="recipe"
            )
        names = {
            "hook": HOOK_KINDS,
            "palette": tuple(PALETTES),
            "caption_style": CAPTION_STYLES,
            "mood": MOODS,
            "voice": (*(voice.id for voice in voices() if voice.language == language), "none", "own"),
        }
        for field, allowed in names.items():
            value = data.get(field)
            if value and value not in allowed:
                raise BriefInvalid(
                    f"recipe.{field} must be one of {', '.join(allowed)}, got {value!r}.", field=field
                )
        for field, low, high in (("speed", 0.8, 1.25), ("music_level", 0.0, 1.5), ("tempo", 50, 180)):
            value = data.get(field)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise BriefInvalid(
                    f"recipe.{field} must be between {low} and {high}, got {value!r}.", field=field
                )
        if data.get("tempo") is not None and not isinstance(data["tempo"], int):
            raise BriefInvalid(
                f"recipe.tempo must be whole beats a minute, got {data['tempo']!r}.", field="tempo"
            )
        if data.get("key") and not (isinstance(data["key"], str) and _KEY.fullmatch(data["key"])):
            raise BriefInvalid(
                f"recipe.key must be A to G with an optional # or b and m for minor, got {data['key']!r}.",
                field="key",
            )
        return cls(**{k: v for k, v in data.items() if v not in (None, "")})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
