"""A text as rows of numbers: which short runs of characters, words, syllables, initials and parts it holds.

Runs are hashed (murmur3, the same on every machine), so a model needs no vocabulary and any text fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from scipy.sparse import csr_matrix

from generation.language.evasion.readings import readings

View = Literal["plain", "words", "sounds", "initials", "parts"]


@dataclass(frozen=True)
class ViewShape:
    reading: Literal["plain", "sounds", "initials", "parts"]
    runs: tuple[int, int]  # shortest and longest, in characters or words
    of_words: bool = False


VIEWS: dict[View, ViewShape] = {
    "plain": ViewShape("plain", (1, 4)),
    "words": ViewShape("plain", (1, 3), of_words=True),
    "sounds": ViewShape("sounds", (1, 4)),
    "initials": ViewShape("initials", (2, 5)),
    "parts": ViewShape("parts", (1, 6)),
}
BUCKETS = 1 << 19
_WORDS = r"[a-z0-9']+|[\u3400-\u9fff]"


@cache
def _hasher(view: View) -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    shape = VIEWS[view]
    return HashingVectorizer(
        analyzer="word" if shape.of_words else "char",
        token_pattern=_WORDS,
        ngram_range=shape.runs,
        n_features=BUCKETS,
        alternate_sign=False,
        binary=True,
        norm=None,
        lowercase=False,
    )


def seen(texts: Sequence[str]) -> dict[View, csr_matrix]:
    """Each view of ``texts`` as (n, BUCKETS) zeros and ones."""
    told = [{reading.kind: reading.text for reading in readings(text)} for text in texts]
    return {
        view: _hasher(view).transform([one[shape.reading] for one in told]) for view, shape in VIEWS.items()
    }
