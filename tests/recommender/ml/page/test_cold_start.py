"""A stranger's first page, and planted tastes found after five reactions."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import RankingInputInvalid
from recommender.ml.page.cold_start import (
    Reactions,
    first_page,
    reaction_weights,
    relative,
    taste,
    trending_quality,
)
from recommender.ml.page.slate import Candidates

D, CLUSTERS, EACH = 64, 8, 40


class Town:
    """Eight topics in a narrow cone, as sentence vectors lie; a viewer loves two of them."""

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        cone, topics = rng.normal(size=D), rng.normal(size=(CLUSTERS, D))
        topics *= 0.35 * np.linalg.norm(cone) / np.linalg.norm(topics, axis=1, keepdims=True)
        self.topic = np.repeat(np.arange(CLUSTERS), EACH)
        vectors = cone + topics[self.topic] + 0.1 * rng.normal(size=(CLUSTERS * EACH, D))
        self.vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        self.center = self.vectors.mean(axis=0)
        self.quality = rng.uniform(0.3, 0.7, CLUSTERS * EACH)

    def candidates(self, **more):
        n = len(self.topic)
        facts = {
            "items": np.arange(n),
            "relevance": self.quality,
            "vectors": self.vectors,
            "categories": self.topic.astype(np.int64),
            "creators": np.arange(n) % 60,
        }
        return Candidates(**{**facts, **more})


def react(town, loves, rows, rng, mistakes=0.1):
    """Likes what is loved and skips the rest, mistaken now and then."""
    right = np.isin(town.topic[rows], loves) ^ (rng.random(len(rows)) < mistakes)
    values = np.where(right, 1.0, -0.7)
    return Reactions(town.vectors[rows], values, np.arange(len(rows))[::-1] * 20.0)


def test_the_first_page_shows_every_topic_before_any_twice_and_speaks_the_language():
    town = Town()
    speaks = np.arange(len(town.topic)) % 2 == 0
    for seed in range(5):
        page = first_page(town.candidates(), 8, speaks, np.random.default_rng(seed))
        rows = [slot.index for slot in page.slots]
        assert sorted(town.topic[rows]) == list(range(CLUSTERS))
        kept = [slot.index for slot in page.slots if not slot.explored]
        assert speaks[kept].all()
    assert town.quality[rows].mean() > town.quality.mean()


def test_five_reactions_with_a_love_among_them_put_the_right_topic_first():
    town, right = Town(1), 0
    for viewer in range(100):
        rng = np.random.default_rng(viewer)
        love = viewer % CLUSTERS
        rows = np.array([rng.choice(np.flatnonzero(town.topic == love)), *rng.choice(len(town.topic), 4)])
        known = taste(react(town, [love], rows, rng, mistakes=0.0), town.center)
        rest = np.setdiff1d(np.arange(len(town.topic)), rows)
        order = rest[np.argsort(-known.relevance(town.vectors[rest], town.quality[rest], optimism=0))]
        right += (town.topic[order[:10]] == love).mean() >= 0.8
    assert right >= 97


def test_a_stranger_who_reacts_five_times_gets_a_next_page_of_what_they_love():
    """Page one from ``first_page``, one reaction in ten mistaken, two loves among eight topics; chance is 0.25."""
    town, shares = Town(2), []
    for viewer in range(100):
        rng = np.random.default_rng(viewer)
        loves = rng.choice(CLUSTERS, 2, replace=False)
        page = first_page(town.candidates(), 5, np.ones(len(town.topic), bool), rng)
        rows = np.array([slot.index for slot in page.slots])
        known = taste(react(town, loves, rows, rng), town.center)
        rest = np.setdiff1d(np.arange(len(town.topic)), rows)
        order = rest[np.argsort(-known.relevance(town.vectors[rest], town.quality[rest]))]
        shares.append(np.isin(town.topic[order[:10]], loves).mean())
    # with two loves of eight topics, five topics hold at least one of them in 89 of 100 first pages
    assert np.mean(shares) > 0.7, np.mean(shares)


def test_one_reaction_already_turns_the_order_around():
    town = Town(3)
    love = np.flatnonzero(town.topic == 4)
    before = taste(Reactions(np.zeros((0, D), np.float32), np.zeros(0), np.zeros(0)), town.center)
    assert before.confidence == 0 and not before.direction.any()
    np.testing.assert_allclose(before.relevance(town.vectors, town.quality), town.quality)
    after = taste(Reactions(town.vectors[love[:1]], np.array([1.0]), np.array([0.0])), town.center)
    expected = after.expected(town.vectors)
    assert expected[love].min() > np.delete(expected, love).max()
    assert (
        after.uncertainty(town.vectors[love[1:]]).mean()
        < after.uncertainty(town.vectors[town.topic == 1]).mean()
    )


def test_the_posterior_is_the_textbook_s_in_the_space_of_the_dimensions():
    """Against the other form of Bayesian linear regression: a precision matrix over (u, c, b)."""
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(7, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    values, age = rng.uniform(-1, 1, 7), rng.uniform(0, 9000, 7)
    subjects = np.array([0, 1, 0, 2, 2, -1, 0])
    found = taste(Reactions(vectors, values, age, subjects), prior=np.full(4, 0.2))
    x = np.column_stack(
        [relative(vectors, np.zeros(4)), subjects[:, None] == np.arange(3), np.ones(7)]
    ).astype(float)
    start = np.r_[np.full(4, 0.2), np.zeros(4)]
    evidence = np.diag(reaction_weights(age) / 0.5**2)
    covariance = np.linalg.inv(np.diag([*[1.0] * 4, *[1 / 0.7**2] * 3, 1 / 0.6**2]) + x.T @ evidence @ x)
    mean = start + covariance @ x.T @ evidence @ (values - x @ start)
    np.testing.assert_allclose(found.mean, mean[:4], atol=1e-9)
    expected, spread = found.judged(relative(vectors, np.zeros(4)), subjects)
    np.testing.assert_allclose(expected, x[:, :7] @ mean[:7], atol=1e-9)
    np.testing.assert_allclose(spread**2, np.diag(x[:, :7] @ covariance[:7, :7] @ x[:, :7].T), atol=1e-9)


def test_what_the_maker_called_a_video_tells_as_much_as_its_content():
    vectors = np.eye(4, dtype=np.float32)  # nothing in common by content
    known = taste(Reactions(vectors[:2], np.array([1.0, -1.0]), np.zeros(2), np.array([5, 6])))
    expected = known.expected(vectors[[2, 2, 2]], np.array([5, 6, 7]))
    assert expected[0] > 0.15 and expected[1] < -0.15 and expected[2] == 0
    assert known.expected(vectors[[2]])[0] == 0  # unknown subjects share nothing


def test_what_was_done_in_this_session_outweighs_last_week_without_wiping_it_out():
    weights = reaction_weights([0, 1800, 86400, 14 * 86400, 365 * 86400])
    assert weights[0] == 1 and (np.diff(weights) < 0).all()
    assert 0.3 < weights[2] < 0.4 and weights[4] < 0.001
    town = Town(6)
    old, new = np.flatnonzero(town.topic == 0)[:3], np.flatnonzero(town.topic == 1)[:3]
    known = taste(
        Reactions(town.vectors[np.r_[old, new]], np.ones(6), np.r_[np.full(3, 7 * 86400.0), np.zeros(3)]),
        town.center,
    )
    expected = known.expected(town.vectors)
    means = [expected[town.topic == t].mean() for t in range(CLUSTERS)]
    assert means[1] > means[0] > max(means[2:])


@given(st.integers(0, 30), st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_relevance_lies_in_0_1_and_the_uncertainty_never_grows_with_reactions(m, seed):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(m + 5, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[m] = 0  # a video without a vector
    values, age = rng.uniform(-1, 1, m), np.zeros(m)
    known = taste(Reactions(vectors[:m], values, age))
    relevance = known.relevance(vectors, rng.random(m + 5))
    assert (relevance >= 0).all() and (relevance <= 1).all()
    fewer = taste(Reactions(vectors[: m // 2], values[: m // 2], age[: m // 2]))
    assert (known.uncertainty(vectors) <= fewer.uncertainty(vectors) + 1e-6).all()
    assert known.expected(vectors[m : m + 1]) == 0


def test_thousands_of_reactions_still_answer_within_milliseconds():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(5000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    reactions = Reactions(vectors, rng.uniform(-1, 1, 5000), rng.uniform(0, 1e7, 5000))
    start = time.process_time()
    taste(reactions).relevance(vectors[:500], np.full(500, 0.5))
    assert time.process_time() - start < 0.3


def test_quality_stays_near_the_mean_until_there_is_evidence_and_fades_with_age():
    one, many = trending_quality([1, 100], [1, 100], [0, 0])
    assert 0.5 < one < 0.55 < many
    fresh, old, ancient = trending_quality([50, 50, 50], [100, 100, 100], [0, 72, 1e6])
    assert fresh > old > ancient == pytest.approx(fresh / 2)


def test_reactions_that_do_not_fit_are_refused_in_words():
    with pytest.raises(RankingInputInvalid, match="one vector, value and age"):
        taste(Reactions(np.zeros((2, 3), np.float32), np.zeros(1), np.zeros(2)))
    with pytest.raises(RankingInputInvalid, match=r"\[-1, 1\]"):
        taste(Reactions(np.zeros((1, 3), np.float32), np.array([2.0]), np.zeros(1)))
    with pytest.raises(RankingInputInvalid, match="speaks needs one entry"):
        first_page(Town().candidates(), 3, np.ones(2, bool))
