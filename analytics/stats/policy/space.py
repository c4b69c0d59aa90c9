"""What the policy chooses from: the recipe's fields with their options, as one table of small numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.policy import PolicyField
from generation.storyboard import CAPTION_STYLES, HOOK_KINDS, MOODS

Codes = NDArray[np.int64]

TEMPI = (70.0, 90.0, 105.0, 120.0, 140.0)  # beats a minute
LEVELS = (0.0, 0.6, 1.0, 1.3)  # loudness factor of the music
SPEEDS = (0.9, 1.0, 1.1, 1.2)  # factor of the voice's own pace


# what a viewer tells two videos apart by; each of the fields belongs to one
FAMILIES = {
    "opening": ("hook",),
    "look": ("palette", "caption_style"),
    "sound": ("mood", "tempo", "music_level"),
    "voice": ("voice", "speed"),
}


@dataclass(frozen=True)
class RecipeSpace:
    """The fields in a fixed order; every recipe is a row of ``len(fields)`` places, −1 where nothing is known."""

    fields: tuple[PolicyField, ...]

    @classmethod
    def of(cls, *, palettes: Sequence[str], voices: Mapping[str, Sequence[str]]) -> RecipeSpace:
        """All that may be asked for: ``voices`` by language, each of which is spoken by its own only."""
        spoken = [name for names in voices.values() for name in names]
        allowed = {
            language: tuple(spoken.index(name) for name in names) for language, names in voices.items()
        }
        return cls(
            (
                PolicyField("hook", HOOK_KINDS, {}),
                PolicyField("palette", tuple(palettes), {}),
                PolicyField("caption_style", CAPTION_STYLES, {}),
                PolicyField("mood", MOODS, {}),
                PolicyField("tempo", TEMPI, {}),
                PolicyField("music_level", LEVELS, {}),
                PolicyField("voice", tuple(spoken), allowed),
                PolicyField("speed", SPEEDS, {}),
            )
        )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of options of each field."""
        return tuple(len(field.options) for field in self.fields)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Every two fields, by place."""
        return tuple(combinations(range(len(self.fields)), 2))

    @property
    def families(self) -> tuple[tuple[int, ...], ...]:
        """The places of the fields of each of ``FAMILIES``."""
        return tuple(tuple(self.names.index(name) for name in names) for names in FAMILIES.values())

    @property
    def even_diversity(self) -> float:
        """``plan.diversity`` of evenly drawn recipes: the most there can be."""
        return float(np.mean([1 - 1 / np.prod([self.sizes[f] for f in family]) for family in self.families]))

    def encode(self, recipe: Mapping[str, Any]) -> list[int]:
        """The places of a recipe as recorded with a video."""
        return [field.code(recipe.get(field.name)) for field in self.fields]

    def places(self, language: str) -> list[Codes]:
        """The options each field may take in a language."""
        return [np.array(field.places(language), dtype=np.int64) for field in self.fields]

    def even(self, count: int, language: str, rng: np.random.Generator) -> Codes:
        """``count`` recipes drawn evenly, (count, fields)."""
        return np.stack([rng.choice(places, size=count) for places in self.places(language)], axis=1)
