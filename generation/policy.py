"""The recipe policy as creation reads it: what the audience taught about creative choices, as one JSON document.

The document is written by the optimization loop and read here; nothing is learned in this file. For each language and
category it holds, for every audience segment, *rows*: whole recipes with the probability to be drawn. A draw takes a segment
by its share, a row by its probability (some rows try two options together), and then draws each field anew, evenly from its options, with a small probability:
so that what nobody serves is tried at times. The probability of what was drawn is therefore exact, and is logged.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from generation.errors import PolicyUnreadable

FORMAT = 1
FILE = "policy.json"
# Multiples of the golden section, less their whole parts, fill [0, 1) more evenly than chance (Weyl's sequence).
GOLDEN = 0.6180339887498949
NUMERIC = frozenset({"tempo", "music_level", "speed"})
Option = str | float


@dataclass(frozen=True)
class PolicyField:
    """One field of the recipe with the options the policy chooses from; of numeric fields the nearest option counts."""

    name: str
    options: tuple[Option, ...]
    allowed: Mapping[str, tuple[int, ...]]  # language → places of the options it may take; a missing one: all

    def places(self, language: str) -> tuple[int, ...]:
        return tuple(self.allowed.get(language, range(len(self.options))))

    def code(self, value: Any) -> int:
        """The place of a recipe's value among the options; −1 where it is none of them or not known."""
        if value is None:
            return -1
        if self.name in NUMERIC:
            given = float(value)
            gaps = [abs(given - float(option)) for option in self.options]
            return int(np.argmin(gaps))
        return self.options.index(value) if value in self.options else -1


@dataclass(frozen=True)
class PolicyRow:
    """A whole recipe as places among its fields' options; ``lower`` and ``mean`` are its predicted rewards."""

    probability: float
    codes: tuple[int, ...]
    lower: float
    mean: float
    tried: tuple[
        int, ...
    ] = ()  # places of fields whose options are tried together, because little is known of the two


@dataclass(frozen=True)
class PolicyChoice:
    """What was drawn for one video. ``propensity`` in (0, 1] is the chance of exactly these ``values``.

    ``segment`` is the audience it is made for, −1 where the policy knows only one.
    """

    values: dict[str, Option]
    segment: int
    explored: tuple[str, ...]
    propensity: float
    predicted: float
    lower: float
    reasons: dict[str, dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        return {
            "values": self.values,
            "segment": self.segment,
            "explored": list(self.explored),
            "propensity": self.propensity,
            "predicted": round(self.predicted, 4),
            "lower": round(self.lower, 4),
            "reasons": self.reasons,
        }


@dataclass(frozen=True)
class RecipePolicy:
    """The document, read. ``contexts`` maps "language|category" to one list of rows a segment."""

    fields: tuple[PolicyField, ...]
    shares: tuple[float, ...]  # of the audience, by segment
    contexts: Mapping[str, Sequence[Sequence[PolicyRow]]]
    effects: Sequence[
        Mapping[str, Mapping[str, Sequence[float]]]
    ]  # by segment: field → option → mean, low, high
    explore: float  # probability that one field is drawn evenly instead

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RecipePolicy:
        """Raises ``PolicyUnreadable`` for a document of another format or with parts missing."""
        try:
            if data["format"] != FORMAT:
                raise PolicyUnreadable(
                    f"The policy document has format {data['format']!r}, this code reads {FORMAT}; run a cycle again."
                )
            fields = tuple(
                PolicyField(
                    row["name"],
                    tuple(row["options"]),
                    {language: tuple(places) for language, places in row.get("allowed", {}).items()},
                )
                for row in data["fields"]
            )
            contexts = {
                key: [
                    [
                        PolicyRow(float(p), tuple(codes), float(low), float(mean), *map(tuple, tried))
                        for p, codes, low, mean, *tried in rows
                    ]
                    for rows in segments
                ]
                for key, segments in data["contexts"].items()
            }
            policy = cls(fields, tuple(data["shares"]), contexts, data["effects"], float(data["explore"]))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise PolicyUnreadable(
                f"The policy document cannot be read: {error!r}. Run a cycle again."
            ) from error
        policy.check()
        return policy

    @classmethod
    def load(cls, folder: Path) -> RecipePolicy:
        """The document in a version's folder. Raises ``PolicyUnreadable`` or ``OSError``."""
        try:
            return cls.from_json(json.loads((folder / FILE).read_text(encoding="utf-8")))
        except json.JSONDecodeError as error:
            raise PolicyUnreadable(f"{FILE} is no JSON document: {error}. Run a cycle again.") from error

    def check(self) -> None:
        """Probabilities sum to 1 and every place exists. Raises ``PolicyUnreadable``."""
        sizes = [len(field.options) for field in self.fields]
        if not math.isclose(sum(self.shares), 1.0, abs_tol=1e-6) or not 0 <= self.explore <= 1:
            raise PolicyUnreadable(
                "The shares of the segments do not sum to 1, or explore lies outside [0, 1]."
            )
        for key, segments in self.contexts.items():
            for rows in segments:
                total = sum(row.probability for row in rows)
                known = all(
                    len(row.codes) == len(sizes) and all(0 <= c < n for c, n in zip(row.codes, sizes))
                    for row in rows
                )
                if (
                    not math.isclose(total, 1.0, abs_tol=1e-4)
                    or not known
                    or len(segments) != len(self.shares)
                ):
                    raise PolicyUnreadable(f"The rows of context {key!r} are not whole. Run a cycle again.")

    def offering(self, name: str, language: str, offered: Collection[Option]) -> RecipePolicy:
        """The same policy where ``language`` is offered only these options of the field ``name``: no row and no try has another.

        The rows left share the probability of those that go; where a segment has none left, the first option that is left
        takes the place of what is gone. Propensities are of what is drawn then. Raises ``PolicyUnreadable`` where none is left.
        """
        at = next((i for i, field in enumerate(self.fields) if field.name == name), None)
        if at is None:
            return self
        field = self.fields[at]
        left = tuple(place for place in field.places(language) if field.options[place] in offered)
        if left == field.places(language):
            return self
        if not left:
            raise PolicyUnreadable(
                f"None of the policy's options of {name} is offered for {language} any more. Run a cycle again."
            )
        fields = list(self.fields)
        fields[at] = replace(field, allowed={**field.allowed, language: left})
        contexts = {
            key: [_rows_left(rows, at, left) for rows in segments]
            if key.startswith(f"{language}|")
            else segments
            for key, segments in self.contexts.items()
        }
        return replace(self, fields=tuple(fields), contexts=contexts)

    def rows(self, language: str, category: str) -> Sequence[Sequence[PolicyRow]]:
        """The rows of a context by segment; an unknown category takes the language's own, which every document has."""
        return self.contexts.get(f"{language}|{category}") or self.contexts[f"{language}|"]

    def choose(
        self, *, language: str, category: str, seed: int, ticket: int, free: Collection[str] | None = None
    ) -> PolicyChoice:
        """Draw the fields in ``free`` (all when ``None``). Equal arguments, equal choice.

        ``ticket`` is the running number of what is made: of any few in a row each segment gets its share, which chance
        alone would leave to luck.
        """
        rng = np.random.default_rng([seed, 31])
        places = [i for i, field in enumerate(self.fields) if free is None or field.name in free]
        segments = self.rows(language, category)
        bounds = np.cumsum(self.shares)[:-1] / sum(self.shares)
        segment = int(np.searchsorted(bounds, (0.5 + ticket * GOLDEN) % 1.0, side="right"))
        rows = segments[segment]
        weights = np.array([row.probability for row in rows])
        row = rows[int(rng.choice(len(rows), p=weights / weights.sum()))]
        codes = list(row.codes)
        explored = [self.fields[i].name for i in row.tried if i in places]
        for i in places:
            if rng.random() < self.explore:
                codes[i] = int(rng.choice(self.fields[i].places(language)))
                explored.append(self.fields[i].name)
        explored = list(dict.fromkeys(explored))
        return PolicyChoice(
            values={self.fields[i].name: self.fields[i].options[codes[i]] for i in places},
            segment=segment if len(self.shares) > 1 else -1,
            explored=tuple(explored),
            propensity=self.propensity(codes, language=language, category=category, places=places),
            predicted=row.mean,
            lower=row.lower,
            reasons={self.fields[i].name: self._reason(i, codes[i], segment, explored) for i in places},
        )

    def propensity(
        self, codes: Sequence[int], *, language: str, category: str, places: Sequence[int] | None = None
    ) -> float:
        """The chance in [0, 1] that ``choose`` draws these options for the fields at ``places`` (all when ``None``)."""
        places = range(len(self.fields)) if places is None else places
        even = {i: 1.0 / len(self.fields[i].places(language)) for i in places}
        total = 0.0
        for share, rows in zip(self.shares, self.rows(language, category)):
            for row in rows:
                chance = share * row.probability
                for i in places:
                    kept = 1.0 - self.explore if row.codes[i] == codes[i] else 0.0
                    chance *= kept + self.explore * even[i]
                total += chance
        return min(total, 1.0)

    def _reason(self, place: int, code: int, segment: int, explored: Sequence[str]) -> dict[str, Any]:
        """Why this option: its effect on the predicted reward against the field's average, or that it was drawn to learn."""
        field = self.fields[place]
        found = self.effects[segment].get(field.name, {}).get(str(field.options[code]))
        why: dict[str, Any] = {"kind": "explored" if field.name in explored else "learned"}
        if found:
            why |= {"effect": found[0], "low": found[1], "high": found[2]}
        return why


def _rows_left(rows: Sequence[PolicyRow], at: int, left: Sequence[int]) -> list[PolicyRow]:
    """The rows whose code at ``at`` is among ``left``, their probabilities raised to 1; all with another code where none is."""
    kept = [row for row in rows if row.codes[at] in left]
    total = sum(row.probability for row in kept)
    if total > 0:
        return [replace(row, probability=row.probability / total) for row in kept]
    return [replace(row, codes=(*row.codes[:at], left[0], *row.codes[at + 1 :])) for row in rows]


def load_version(folder: Path) -> RecipePolicy:
    """Read a version's document."""
    return RecipePolicy.load(folder)
