"""Cleaning: each step takes rows away for one reason, and every row that goes is kept with its reason.

The order: no title, broken numbers (kept, but their number is missing and counted), language, length, unsafe, exact
duplicates, near duplicates. Of duplicates the row that says most stays, the earlier of equals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from rensa import RMinHash, RMinHashLSH

from generation.collection.rows import NUMBERS
from generation.language.hanzi import is_hanzi

LETTERS_MIN, LETTERS_MAX = {"zh": 4, "en": 8}, {"zh": 60, "en": 160}
NEAR = 0.8  # Jaccard similarity of letter trigrams from which two titles are the same one
_PERMUTATIONS, _BANDS = 64, 16  # at the threshold all but 2 pairs in 10,000 share a band
EXAMPLES = 8
Unsafe = Callable[[Sequence[str]], Sequence[bool]]


@dataclass(frozen=True)
class CleaningStep:
    """One reason, how many rows it took away, and some of them."""

    reason: str
    before: int
    removed: int
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CleaningReport:
    """What cleaning did, for people: ``before`` = ``after`` + the removed of all steps."""

    before: int
    after: int
    steps: list[CleaningStep]
    missing: dict[str, int]  # number → rows that do not say it
    languages: dict[str, int]
    lengths: list[tuple[int, int]]  # (letters from, rows) in steps of 5

    def document(self) -> dict[str, Any]:
        return asdict(self)


def titles_cleaned(
    rows: pd.DataFrame, *, unsafe: Unsafe | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, CleaningReport]:
    """The rows that stay, the rows that go (with ``reason``), and the report.

    ``unsafe`` says of each title whether it must not be learned from; without it that step says it was not done.
    """
    kept, gone, steps = rows.copy(), [], []
    kept["language"] = [
        given or language_of(title or "") for given, title in zip(kept["language"], kept["title"])
    ]

    def step(reason: str, out: np.ndarray | pd.Series) -> None:
        nonlocal kept
        out = np.asarray(out, dtype=bool)
        taken = kept[out].assign(reason=reason)
        examples = [str(title)[:80] for title in taken["title"].head(EXAMPLES)]
        steps.append(CleaningStep(reason, len(kept), len(taken), examples))
        gone.append(taken)
        kept = kept[~out]

    step("no_title", kept["title"].isna())
    step("language_unknown", ~kept["language"].isin(["zh", "en"]))
    letters = kept["title"].map(letters_of)
    step("too_short", letters < kept["language"].map(LETTERS_MIN))
    letters = kept["title"].map(letters_of)
    step("too_long", letters > kept["language"].map(LETTERS_MAX))
    if unsafe is not None:
        step("unsafe", np.asarray(unsafe(kept["title"].tolist()), dtype=bool))
    kept = kept.assign(_says=kept[list(NUMBERS)].notna().sum(axis=1)).sort_values(
        ["_says"], ascending=False, kind="stable"
    )
    # headlines of a randomized test are meant to be alike, and one text may stand in several tests
    scope = kept["test"].fillna("") + "\n" + kept["image"].fillna("")
    step("duplicate", (scope + "\n" + kept["title"].map(folded)).duplicated())
    free = kept["test"].isna().to_numpy()
    step("near_duplicate", _near(kept["title"].map(folded).tolist(), free))
    kept = kept.drop(columns="_says").sort_index().reset_index(drop=True)
    dropped = pd.concat(gone).drop(columns="_says", errors="ignore").sort_index().reset_index(drop=True)
    return kept, dropped, _report(rows, kept, steps)


def letters_of(title: str) -> int:
    """How many characters people see."""
    return len(unicodedata.normalize("NFC", title))


def language_of(title: str) -> str:
    """zh where a fifth of the letters are hanzi, en where most are Latin, else ""."""
    letters = [character for character in title if character.isalpha()]
    if not letters:
        return ""
    if sum(map(is_hanzi, letters)) >= 0.2 * len(letters):
        return "zh" if not re.search(r"[\u3040-\u30ff]", title) else ""
    return "en" if sum(c.isascii() for c in letters) >= 0.9 * len(letters) else ""


def folded(title: str) -> str:
    """The title without case, width, marks and spaces: what makes two spellings one."""
    return "".join(c for c in unicodedata.normalize("NFKC", title).casefold() if c.isalnum())


def _near(titles: Sequence[str], free: np.ndarray) -> np.ndarray:
    """Which titles are nearly one that stands before them; only of those that are ``free`` to go."""
    out = np.zeros(len(titles), dtype=bool)
    index = RMinHashLSH(threshold=NEAR, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    grams = [_trigrams(title) for title in titles]
    for place in np.flatnonzero(free):
        signature = RMinHash(num_perm=_PERMUTATIONS, seed=1)
        signature.update(sorted(grams[place]))
        if any(_jaccard(grams[place], grams[other]) >= NEAR for other in index.query(signature)):
            out[place] = True
        else:
            index.insert(int(place), signature)
    return out


def _trigrams(title: str) -> frozenset[str]:
    return frozenset(title[i : i + 3] for i in range(max(1, len(title) - 2)))


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b)


def _report(rows: pd.DataFrame, kept: pd.DataFrame, steps: list[CleaningStep]) -> CleaningReport:
    letters = kept["title"].map(letters_of) // 5 * 5 if len(kept) else pd.Series(dtype=int)
    return CleaningReport(
        before=len(rows),
        after=len(kept),
        steps=steps,
        missing={name: int(kept[name].isna().sum()) for name in NUMBERS if kept[name].notna().any()},
        languages={str(k): int(v) for k, v in kept["language"].value_counts().items()},
        lengths=[(int(k), int(v)) for k, v in letters.value_counts().sort_index().items()],
    )


def pictures_cleaned(
    rows: pd.DataFrame, *, bits: int = 4
) -> tuple[pd.DataFrame, pd.DataFrame, CleaningReport]:
    """The same for a listing of pictures (``folder.pictures_listed``): unreadable, exact and near copies go.

    Two pictures are near copies when their perceptual hashes differ in at most ``bits`` of 64.
    """
    kept, gone, steps = rows.copy(), [], []

    def step(reason: str, out: np.ndarray | pd.Series) -> None:
        nonlocal kept
        out = np.asarray(out, dtype=bool)
        taken = kept[out].assign(reason=reason)
        steps.append(CleaningStep(reason, len(kept), len(taken), taken["name"].head(EXAMPLES).tolist()))
        gone.append(taken)
        kept = kept[~out]

    step("unreadable", kept["fault"] != "")
    step("duplicate", kept["sha256"].duplicated())
    step("near_duplicate", _near_pictures(kept["phash"].tolist(), bits))
    dropped = pd.concat(gone).reset_index(drop=True)
    kept = kept.reset_index(drop=True)
    sides = [
        (int(k), int(v)) for k, v in kept[["width", "height"]].min(axis=1).value_counts().sort_index().items()
    ]
    return kept, dropped, CleaningReport(len(rows), len(kept), steps, {}, {}, sides)


def _near_pictures(hashes: Sequence[str], bits: int) -> np.ndarray:
    """Which hashes are within ``bits`` of one before them: of ``bits`` + 1 equal parts at least one must be the same."""
    parts = bits + 1
    edges = [round(i * 64 / parts) for i in range(parts + 1)]
    values = [int(text, 16) for text in hashes]
    boxes: dict[tuple[int, int], list[int]] = {}
    out = np.zeros(len(values), dtype=bool)
    for place, value in enumerate(values):
        keys = [
            (part, (value >> start) & ((1 << (stop - start)) - 1))
            for part, (start, stop) in enumerate(pairwise(edges))
        ]
        if any((value ^ other).bit_count() <= bits for key in keys for other in boxes.get(key, ())):
            out[place] = True
            continue
        for key in keys:
            boxes.setdefault(key, []).append(value)
    return out
