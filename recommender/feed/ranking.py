"""How well each candidate would hold this viewer: features, the learned blend, and the re-ranked page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from recommender.catalogue.columns import Ints
from recommender.catalogue.snapshot import NEW_RULES
from recommender.feed.candidates import CandidatePool
from recommender.feed.context import Asking
from recommender.feed.history import LIKING
from recommender.ml.engagement.features import FEATURES
from recommender.ml.page import reranking
from recommender.ml.page.cold_start import NOISE, OPTIMISM, OTHER_LANGUAGE, first_page, trending_quality
from recommender.ml.page.exploration import new_video_weights
from recommender.ml.page.slate import Recent, Slate

Floats = NDArray[np.float64]

RULES = reranking.Rules(relevance_share=0.8)
# imagined reactions to each language before the real ones, and the share of them that is positive: in the language of the
# viewer's pages, and in others
IMAGINED, OWN_LIKED, OTHER_LIKED = 3.0, 0.5, 0.1
SPEAKS = 0.5  # of ``same_language`` from which a stranger is taken to understand a video
SPREAD = (
    0.3  # relevance from the worst candidate to the best is stretched to 1, but never by more than 1 / SPREAD
)


def features_of(asking: Asking, candidates: CandidatePool) -> dict[str, Floats]:
    """The columns of ``engagement_features`` for the candidates, each (n,); NaN where nothing is known."""
    columns, rows, n = asking.snapshot.columns, candidates.rows, len(candidates.rows)
    unknown = np.full(n, np.nan)
    found = {
        name: candidates.scores.get(name, unknown) for name in ("trending", "content", "items", "sequence")
    }
    if (
        not asking.past.liked
    ):  # a source that had nothing to go by says nothing, which is not the same as "no"
        found |= {name: unknown for name in ("content", "items", "sequence")}
    elif asking.production.ranker is None:
        found |= {name: unknown for name in ("items", "sequence")}
    creators = columns.creators[rows]
    found["followed"] = (
        np.isin(creators, asking.past.follows).astype(np.float64) if asking.past.follows else unknown
    )
    vectors = asking.snapshot.nearest.vectors(rows)
    reacted, values, _ = asking.reacted
    if len(reacted):
        expected, doubt = asking.taste.judged(vectors, columns.categories[rows])
        found["taste"] = np.clip(expected, -1, 1)
        if len(asking.seeds[1]):
            nearest_liked = (vectors @ asking.seeds[1].T).max(axis=1)
            found["similarity"] = np.clip(nearest_liked.astype(np.float64), -1, 1)
        found["creator_affinity"] = _affinity(columns.creators[reacted], values, creators)
    seen_before = asking.snapshot.stat("views", asking.kind, rows) > 0
    found["quality"] = np.where(seen_before, asking.snapshot.quality[asking.kind, rows], np.nan)
    heat, hottest = columns.heat[asking.kind, rows], asking.snapshot.trending[asking.kind][:1]
    if len(hottest):
        cooler = heat - columns.heat[asking.kind, hottest[0]]
        found["popularity"] = np.where(np.isfinite(heat), 2.0 ** np.minimum(cooler, 0), np.nan)
    found["age_hours"] = np.maximum(asking.now.timestamp() - columns.published[rows], 0) / 3600
    found["duration_seconds"] = columns.seconds[rows]
    found["same_language"] = _understood(asking, columns.languages[rows])
    if len(reacted):
        found["hope"] = _hope(asking, found, ndtr((expected + OPTIMISM * doubt) / NOISE))
    found["history"] = np.full(n, float(len(asking.past.reactions)))
    return found


def page_of(
    asking: Asking, candidates: CandidatePool, features: Mapping[str, Floats], *, limit: int
) -> Slate:
    """The re-ranked page with its propensities; ``slot.index`` is a place among the candidates."""
    snapshot, rows = asking.snapshot, candidates.rows
    columns = snapshot.columns
    vectors = snapshot.nearest.vectors(rows)
    cold = not asking.past.reactions
    given = reranking.Candidates(
        items=columns.ids[rows],
        relevance=_quality(asking, rows, features) if cold else _relevance(asking, features),
        vectors=vectors,
        creators=columns.creators[rows],
        categories=columns.categories[rows],
        age_hours=features["age_hours"],
        hashes=columns.hashes[rows],
        exploring=_exploring(asking, candidates, features),
    )
    if cold:
        speaks = ~(features["same_language"] < SPEAKS)
        return first_page(given, limit, speaks, asking.rng)
    return reranking.rerank(given, limit, RULES, asking.rng, _recent(asking))


def _relevance(asking: Asking, features: Mapping[str, Floats]) -> Floats:
    """What to rank by (n,) in [0, 1]: the learned blend, or the prior one and the hope by halves."""
    engagement = asking.production.engagement
    blended = engagement.predict(features).combined()
    if not engagement.rows_ and "hope" in features:
        blended = (blended * _spoken(features) + features["hope"]) / 2
    # rates of likes and shares are small numbers, and the page's rules weigh relevance against likeness from 0 to 1
    low, high = float(blended.min(initial=1.0)), float(blended.max(initial=0.0))
    return np.clip((blended - low) / max(high - low, SPREAD), 0, 1)


def _hope(asking: Asking, features: Mapping[str, Floats], liked: Floats) -> Floats:
    """Chance (n,) of a good reaction: everybody's and the viewer's own (n,), each by how much is known of the viewer."""
    everybody = np.where(
        np.isnan(features["quality"]), asking.snapshot.mean_quality[asking.kind], features["quality"]
    )
    share = asking.taste.confidence
    return ((1 - share) * everybody + share * liked) * _spoken(features)


def _spoken(features: Mapping[str, Floats]) -> Floats:
    """Factor (n,) for how well the viewer takes to the language."""
    understood = np.where(np.isnan(features["same_language"]), 1.0, features["same_language"])
    return OTHER_LANGUAGE + (1 - OTHER_LANGUAGE) * understood


def _quality(asking: Asking, rows: Ints, features: Mapping[str, Floats]) -> Floats:
    """How good each candidate is for somebody unknown (n,) in [0, 1]."""
    snapshot = asking.snapshot
    return trending_quality(
        snapshot.stat("reward_sum", asking.kind, rows),
        snapshot.stat("views", asking.kind, rows),
        features["age_hours"],
        mean_reward=snapshot.mean_quality[asking.kind],
    )


def _exploring(asking: Asking, candidates: CandidatePool, features: Mapping[str, Floats]) -> Floats:
    """Weights (n,) in the exploration pool: new videos that are owed impressions or still being tried."""
    weights = np.zeros(len(candidates.rows))
    new = np.flatnonzero(candidates.scores.get("explore", weights) > 0)
    if not len(new):
        return weights
    rows = candidates.rows[new]
    views = asking.snapshot.stat("views", asking.kind, rows).astype(np.float64)
    rewards = asking.snapshot.stat("reward_sum", asking.kind, rows).astype(np.float64)
    shown = asking.snapshot.explored[rows].astype(np.float64)
    # totals count every view, exploration's share of them earned its share of the reward
    earned = np.minimum(rewards * np.divide(shown, views, out=np.zeros(len(rows)), where=views > 0), shown)
    near = features["taste"][new] if "taste" in features else np.zeros(len(rows))
    weights[new] = new_video_weights(shown, earned, features["age_hours"][new], near, NEW_RULES)
    return weights


def _recent(asking: Asking) -> Recent:
    rows = asking.snapshot.rows_known(np.array(asking.past.shown, np.int64))
    columns = asking.snapshot.columns
    return Recent(
        creators=columns.creators[rows],
        categories=columns.categories[rows],
        vectors=asking.snapshot.nearest.vectors(rows),
        hashes=columns.hashes[rows],
    )


def _affinity(met: NDArray[np.int64], values: NDArray[np.float32], creators: NDArray[np.int64]) -> Floats:
    """Mean reaction (n,) to each candidate's creator; NaN where none of theirs was met."""
    known, place = np.unique(met, return_inverse=True)
    mean = np.bincount(place, values) / np.bincount(place)
    at = np.minimum(np.searchsorted(known, creators), len(known) - 1)
    return np.where(known[at] == creators, np.clip(mean[at], -1, 1), np.nan)


def _understood(asking: Asking, languages: Ints) -> Floats:
    """How well the viewer takes to each video's language (n,) in [0, 1]; NaN where either is unknown.

    The share of their reactions to that language that were positive, relative to the language that does best; before
    them stand ``IMAGINED`` reactions that follow the language of the viewer's pages.
    """
    columns, (reacted, values, _) = asking.snapshot.columns, asking.reacted
    count = len(columns.names)
    liked, met = np.zeros(count), np.zeros(count)
    if asking.language in columns.names:
        met += IMAGINED
        liked += IMAGINED * OTHER_LIKED
        liked[columns.names.index(asking.language)] = IMAGINED * OWN_LIKED
    spoken = columns.languages[reacted]
    known = spoken >= 0
    met += np.bincount(spoken[known], minlength=count)
    liked += np.bincount(spoken[known], values[known] > LIKING, count)
    rates = np.divide(liked, met, out=np.full(count, np.nan), where=met > 0)
    best = np.nanmax(rates, initial=0.0)
    if best <= 0:
        return np.full(len(languages), np.nan)
    return np.where(languages >= 0, rates[languages] / best, np.nan)


def logged(features: Mapping[str, Floats], indices: Sequence[int]) -> list[list[float | None]]:
    """The features of some candidates in the order of ``FEATURES``, for training to read; unknown is ``None``."""
    unknown = np.full(len(indices), np.nan)
    columns = [features[name][list(indices)] if name in features else unknown for name in FEATURES]
    rows = np.round(np.array(columns, np.float64).T, 4).tolist()
    return [[None if value != value else value for value in row] for row in rows]
