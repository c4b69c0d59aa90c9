"""What the re-ranking takes and gives: candidates, what was seen lately, the page's rules, and the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommender.errors import RankingInputInvalid
from recommender.ml.page.exploration import Floats, Ints

UNKNOWN = -1  # creator or category
Vectors = NDArray[np.float32]
Flags = NDArray[np.bool_]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Candidates:
    """n candidates as parallel arrays; every optional array left empty means: nothing is known about that."""

    items: Ints  # (n,) distinct ids
    relevance: Floats  # (n,) in [0, 1]
    vectors: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((0, 0), np.float32)
    )  # (n, d) unit or zero
    creators: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # (n,), −1 unknown
    categories: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # (n,), −1 unknown
    age_hours: Floats = field(default_factory=lambda: np.zeros(0))  # (n,) since publishing
    hashes: NDArray[np.uint64] = field(
        default_factory=lambda: np.zeros(0, np.uint64)
    )  # (n,) pHash, 0 unknown
    safe: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))  # (n,), False never shown
    ignored: Floats = field(
        default_factory=lambda: np.zeros(0)
    )  # (n,) impressions of this item without a play
    exploring: Floats = field(
        default_factory=lambda: np.zeros(0)
    )  # (n,) ≥ 0, weights in the exploration pool
    reasons: tuple[str, ...] = ()  # (n,) code of the source that speaks most for each candidate

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Recent:
    """What this viewer was shown lately, newest first, each array (m,) or empty."""

    creators: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    categories: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    vectors: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((0, 0), np.float32)
    )  # (m, d) unit or zero
    hashes: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))


@dataclass(frozen=True)
class Rules:
    """The page's rules; shares in [0, 1], counts per page."""

    diversity: Literal["mmr", "dpp"] = "dpp"
    relevance_share: float = 0.7  # λ of MMR, θ of DPP (α = θ / (2(1 − θ))): 1 is relevance alone
    category_share: float = (
        0.3  # how much of likeness is the shared category; the rest is the vectors' cosine
    )
    creator_cap: int = 2
    category_cap: int = 4
    near_cosine: float = 0.97  # at or above: the same video again
    near_bits: int = 6  # Hamming distance of 64-bit perceptual hashes at or under which pictures are the same
    freshness: float = 0.1  # relevance added to a video published this moment
    freshness_hours: float = 24.0  # half-life of that addition
    fatigue: float = 0.5  # largest share of relevance lost to a category or creator shown all the time
    fatigue_memory: float = 10.0  # slots after which a showing weighs half
    ignored_discount: float = 0.6  # factor on relevance for each impression without a play
    exploration_rate: float = 0.1  # ε at the slots that explore
    new_share: float = (
        0.7  # part of the pool for candidates with an exploration weight; the rest may draw anybody
    )
    exploration_slots: tuple[int, ...] | None = None  # positions from 0; None: every slot
    temperature: float = 0.15  # of the softmax over relevance that draws the rest of the pool
    lift_caps: bool = True  # when caps leave a slot empty: lift the category's, then the creator's


@dataclass(frozen=True)
class Slot:
    """One filled slot and why.

    ``reason`` is the candidate's own source code; where the pool's draw put it there, ``new_video`` if it had an
    exploration weight, else ``exploration``. ``because`` names
    what changed the choice: ``fresh``, ``diverse``, ``rested`` (others lost to fatigue), ``caps_lifted``.
    """

    item: int
    index: int  # row of the candidates
    position: int  # from 0
    score: float  # relevance after fatigue and freshness
    best_score: float  # the same of what stands here when nothing is tried out
    propensity: float  # in (0, 1], given the slots above
    explored: bool
    reason: str
    because: tuple[str, ...]


@dataclass(frozen=True)
class Slate:
    """The page: ``probabilities`` (slots, n) is the policy's whole distribution at each slot, rows summing to 1."""

    slots: tuple[Slot, ...]
    probabilities: Floats


def checked(given: Candidates, k: int) -> Candidates:
    """The same candidates with every empty array filled in by what "unknown" means."""
    n = len(given.items)
    if k < 0:
        raise RankingInputInvalid(f"A page needs 0 or more slots. Got {k}.", field="k")
    if len(np.unique(given.items)) != n:
        raise RankingInputInvalid("Candidate ids must be distinct; merge the sources first.", field="items")
    if len(given.relevance) != n or not np.isfinite(given.relevance).all():
        raise RankingInputInvalid(
            f"Relevance must hold {n} finite numbers. Got {len(given.relevance)}.", field="relevance"
        )
    if n and (given.relevance.min() < 0 or given.relevance.max() > 1):
        raise RankingInputInvalid(
            f"Relevance must lie in [0, 1]. Got {given.relevance.min():.3g} to {given.relevance.max():.3g}.",
            field="relevance",
        )
    unknown = np.full(n, UNKNOWN, np.int64)
    filled = Candidates(
        items=given.items,
        relevance=given.relevance.astype(np.float64),
        # half-precision products are slow and inexact; hashes may come from a column of signed numbers
        vectors=given.vectors.astype(np.float32, copy=False)
        if given.vectors.size
        else np.zeros((n, 1), np.float32),
        creators=given.creators if len(given.creators) else unknown,
        categories=given.categories if len(given.categories) else unknown,
        age_hours=given.age_hours,
        hashes=given.hashes.astype(np.uint64, copy=False) if len(given.hashes) else np.zeros(n, np.uint64),
        safe=given.safe if len(given.safe) else np.ones(n, np.bool_),
        ignored=given.ignored,
        exploring=given.exploring,
        reasons=given.reasons or ("ranked",) * n,
    )
    for name in (
        "vectors",
        "creators",
        "categories",
        "age_hours",
        "hashes",
        "safe",
        "ignored",
        "exploring",
        "reasons",
    ):
        size = len(getattr(filled, name))
        if size not in (n, 0) or (size == 0 and n and name in ("reasons", "vectors")):
            raise RankingInputInvalid(
                f"{name} must hold one entry for each of {n} candidates. Got {size}.", field=name
            )
    for name in ("ignored", "exploring"):
        values = getattr(filled, name)
        if len(values) and not (np.isfinite(values).all() and values.min() >= 0):
            raise RankingInputInvalid(f"{name} must hold finite numbers of at least 0.", field=name)
    return filled
