"""From an unknown viewer to an understood one: the first page, and a taste that every reaction moves at once.

A taste is a direction in the space of contents. With ``x`` the unit vector of a video relative to the catalogue's center,
a reaction in [−1, 1] is modeled as ``u·x + c[subject] + b + noise``: ``u ~ N(prior, I)`` is the taste, ``c ~ N(0, 0.7²)`` what
the viewer thinks of each subject (the category its maker gave a video), ``b ~ N(0, 0.6²)`` how generous the viewer is, and
older reactions are noisier. The posterior of ``u`` has a closed form (Bayesian linear regression;
Bishop 2006, §3.3), solved in the space of the few reactions and not of the many dimensions. So no training is needed, the
next page follows within microseconds, and what is still uncertain is known too: it is worth trying.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from recommender.errors import RankingInputInvalid
from recommender.ml.page.reranking import rerank
from recommender.ml.page.slate import Candidates, Rules, Slate

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]
Ints = NDArray[np.int64]

NOISE = 0.5  # standard deviation of a reaction made just now
GENEROSITY = 0.6  # standard deviation of b
SUBJECT = 0.7  # standard deviation of c
SESSION_HALF_LIFE, LASTING_HALF_LIFE = 1800.0, 14 * 86400.0  # seconds
LASTING_SHARE = 0.4  # of a reaction's weight that outlives the session
OPTIMISM = 0.3  # how much of its uncertainty is added to a candidate: finds tastes faster than the mean alone
MOST_REACTIONS = 200  # the heaviest ones; the rest would move nothing and the solve grows with the cube


@dataclass(frozen=True)
class Reactions:
    """m reactions of one viewer: unit content vectors (m, d), values (m,) in [−1, 1], ages (m,) in seconds ≥ 0.

    ``subjects`` (m,) are codes of the videos' categories, negative where unknown; ``None``: all unknown.
    """

    vectors: Vectors
    values: Floats
    age_seconds: Floats
    subjects: Ints | None = None


@dataclass(frozen=True)
class Taste:
    """The posterior after m reactions; ``direction`` (d,) is a unit vector, or zero when nothing is known.

    ``reactions`` is their effective number: each counts by its decayed weight.
    """

    center: Floats  # (d,)
    mean: Floats  # (d,) posterior mean of u
    seen: Floats  # (m, d) what was reacted to, relative to the center
    subjects: Ints  # (m,) of what was reacted to
    inverse: Floats  # (m, m) inverse covariance of the reactions
    surprise: Floats  # (m,) inverse @ (values − prior): what each reaction adds to its like
    reactions: float

    @property
    def direction(self) -> Vectors:
        """Where to look for more: for retrieval by cosine, relative to the center."""
        length = float(np.linalg.norm(self.mean))
        return (self.mean / length if length > 1e-12 else self.mean).astype(np.float32)

    @property
    def confidence(self) -> float:
        """Share in [0, 1) that the taste should have against what everybody likes: ½ after three reactions."""
        return self.reactions / (self.reactions + 3.0)

    def expected(self, vectors: Vectors, subjects: Ints | None = None) -> Floats:
        """Expected reaction (n,) to videos (n, d), about −1–1, without the viewer's generosity; 0 where unknown."""
        return self.judged(relative(vectors, self.center), subjects)[0]

    def uncertainty(self, vectors: Vectors, subjects: Ints | None = None) -> Floats:
        """Standard deviation (n,) of that expectation; 1 is "no idea" where subjects are unknown, 1.22 elsewhere."""
        return self.judged(relative(vectors, self.center), subjects)[1]

    def judged(self, x: NDArray[Any], subjects: Ints | None = None) -> tuple[Floats, Floats]:
        """Expected reaction (n,) and its standard deviation (n,) for vectors (n, d) that are ``relative`` already."""
        codes = _codes(subjects, len(x))
        own = np.einsum("nd,nd->n", x, x).astype(np.float64) + SUBJECT**2 * (codes >= 0)
        mean = (x @ self.mean.astype(x.dtype)).astype(np.float64)
        if not len(self.seen):
            return mean, np.sqrt(own)
        shared = SUBJECT**2 * _same(codes, self.subjects)  # (n, m)
        cross = (x @ self.seen.T.astype(x.dtype)).astype(np.float64) + shared
        explained = ((cross @ self.inverse) * cross).sum(axis=1)
        return mean + shared @ self.surprise, np.sqrt(np.maximum(own - explained, 0.0))

    def relevance(
        self,
        vectors: Vectors,
        quality: ArrayLike,
        subjects: Ints | None = None,
        *,
        optimism: float = OPTIMISM,
    ) -> Floats:
        """What to rank by (n,) in [0, 1]: quality for everybody and the taste, each by how much is known.

        ``quality`` (n,) in [0, 1] is the video's own, such as ``trending_quality``. The taste's part is the chance that the
        viewer would react better than neutrally, taken ``optimism`` standard deviations up.
        """
        expected, spread = self.judged(relative(vectors, self.center), subjects)
        liked = ndtr((expected + optimism * spread) / NOISE)
        share = self.confidence
        return np.asarray((1 - share) * np.asarray(quality, dtype=np.float64) + share * liked)


def relative(vectors: Vectors, center: Floats) -> Floats:
    """Unit vectors (n, d) of the videos as seen from the center; zero where a video has no vector.

    Sentence vectors all lie in a narrow cone; without this step every video would seem alike.
    """
    known = np.einsum("nd,nd->n", vectors, vectors) > 0.5
    moved = np.where(known[:, None], vectors - center, 0.0)
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(np.divide(moved, length, out=np.zeros_like(moved), where=length > 1e-9))


def taste(reactions: Reactions, center: ArrayLike | None = None, prior: ArrayLike | None = None) -> Taste:
    """The viewer's taste from their reactions so far, in any order.

    ``center`` (d,) is the mean content vector of the catalogue (default 0), ``prior`` (d,) the taste expected of a stranger,
    such as that of viewers of the same language (default 0: none).
    """
    vectors, values = np.asarray(reactions.vectors), np.asarray(reactions.values, dtype=np.float64)
    age = np.asarray(reactions.age_seconds, dtype=np.float64)
    if vectors.ndim != 2 or not len(vectors) == len(values) == len(age):
        raise RankingInputInvalid(
            f"Reactions need one vector, value and age each. Got {vectors.shape}, {len(values)} and {len(age)}."
        )
    if len(values) and not (np.isfinite(values).all() and np.abs(values).max() <= 1):
        raise RankingInputInvalid("Reaction values must lie in [-1, 1].", field="values")
    subjects = _codes(reactions.subjects, len(values))
    d = vectors.shape[1]
    middle = np.zeros(d) if center is None else np.asarray(center, dtype=np.float64)
    start = np.zeros(d) if prior is None else np.asarray(prior, dtype=np.float64)
    weights = reaction_weights(age)
    if len(weights) > MOST_REACTIONS:
        kept = np.argsort(-weights, kind="stable")[:MOST_REACTIONS]
        vectors, values, weights, subjects = vectors[kept], values[kept], weights[kept], subjects[kept]
    x = relative(vectors, middle)
    covariance = x @ x.T + SUBJECT**2 * _same(subjects, subjects) + GENEROSITY**2
    covariance += np.diag(NOISE**2 / np.maximum(weights, 1e-6))
    inverse = np.asarray(np.linalg.inv(covariance), dtype=np.float64)  # (0, 0) before the first reaction
    surprise = inverse @ (values - x @ start)
    return Taste(middle, start + x.T @ surprise, x, subjects, inverse, surprise, float(weights.sum()))


def _codes(subjects: Ints | None, count: int) -> Ints:
    return np.full(count, -1, np.int64) if subjects is None else np.asarray(subjects, dtype=np.int64)


def _same(some: Ints, others: Ints) -> Floats:
    """1 where a pair (n, m) shares a known subject, else 0."""
    return np.asarray((some[:, None] == others[None]) & (others >= 0)[None], dtype=np.float64)


def reaction_weights(age_seconds: ArrayLike) -> Floats:
    """How much reactions (n,) still count, in (0, 1]: a part fades within the session, the rest over weeks."""
    age = np.maximum(np.asarray(age_seconds, dtype=np.float64), 0.0)
    session, lasting = 0.5 ** (age / SESSION_HALF_LIFE), 0.5 ** (age / LASTING_HALF_LIFE)
    return np.asarray((1 - LASTING_SHARE) * session + LASTING_SHARE * lasting)


def trending_quality(
    reward_sum: ArrayLike,
    impressions: ArrayLike,
    age_hours: ArrayLike,
    *,
    mean_reward: float = 0.5,
    prior_impressions: float = 20.0,
    half_life_hours: float = 72.0,
) -> Floats:
    """How good a video is for anybody (n,) in [0, 1]: its mean reward, shrunken to the site's mean, fading with age.

    Few impressions stay near ``mean_reward``; with age it falls to half of itself at the least, since a good video is
    still one for somebody who has seen nothing yet.
    """
    earned, shown = np.asarray(reward_sum, dtype=np.float64), np.asarray(impressions, dtype=np.float64)
    mean = (earned + prior_impressions * mean_reward) / (shown + prior_impressions)
    recent = 0.5 ** (np.maximum(np.asarray(age_hours, dtype=np.float64), 0.0) / half_life_hours)
    return np.clip(mean * (0.5 + 0.5 * recent), 0.0, 1.0)


OTHER_LANGUAGE = 0.3  # factor on the quality of a video in none of the viewer's languages
FIRST_PAGE = Rules(
    diversity="dpp",
    relevance_share=0.5,
    category_share=0.6,
    creator_cap=1,
    category_cap=1,
    freshness=0.05,
    exploration_rate=0.15,
)


def first_page(
    candidates: Candidates,
    k: int,
    speaks: ArrayLike,
    rng: np.random.Generator | None = None,
    rules: Rules = FIRST_PAGE,
) -> Slate:
    """The first page for somebody unknown: good videos, as different as possible, in a language they read.

    ``candidates.relevance`` is the quality (``trending_quality``); ``speaks`` (n,) bool says which are in one of the viewer's
    languages. Every category comes once before any comes twice, so that five reactions tell five things.
    """
    factor = np.where(np.asarray(speaks, dtype=np.bool_), 1.0, OTHER_LANGUAGE)
    if factor.shape != candidates.relevance.shape:
        raise RankingInputInvalid(
            f"speaks needs one entry for each of {len(candidates)} candidates.", field="speaks"
        )
    known = candidates.categories[candidates.categories >= 0]
    per_category = -(-k // max(len(np.unique(known)), 1))
    return rerank(
        replace(candidates, relevance=candidates.relevance * factor),
        k,
        replace(rules, category_cap=max(rules.category_cap, per_category)),
        rng,
    )
