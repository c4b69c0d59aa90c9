"""Ranked lists against scikit-learn, and off-policy estimates against a policy whose true value is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from recommender.errors import RankingInputInvalid
from recommender.ml.evaluation import (
    coverage_at_k,
    doubly_robust,
    ips,
    ndcg_at_k,
    recall_at_k,
    snips,
)
from recommender.ml.page.exploration import pool_probabilities, slot_draw, softmax
from recommender.ml.page.reranking import Candidates, Rules, rerank


@given(st.integers(0, 10_000), st.integers(1, 12))
@settings(deadline=None, max_examples=60)
def test_ndcg_is_scikit_learn_s(seed, k):
    rng = np.random.default_rng(seed)
    relevant = rng.random((5, 12)) < 0.3
    relevant[:, 0] |= ~relevant.any(axis=1)
    scores = rng.permuted(np.tile(np.arange(12.0), (5, 1)), axis=1)
    ours = ndcg_at_k(np.argsort(-scores, axis=1), [set(np.flatnonzero(row)) for row in relevant], k)
    assert ours.mean() == pytest.approx(ndcg_score(relevant.astype(int), scores, k=k))


def test_recall_and_coverage_on_lists_small_enough_to_count():
    ranked = [[3, 1, 2], [9, 8, -1], [5, 6, 7]]
    truth = [{1, 2, 4, 5}, {7, -1}, set()]
    np.testing.assert_allclose(recall_at_k(ranked, truth, 3), [2 / 3, 0, np.nan])
    np.testing.assert_allclose(recall_at_k(ranked, truth, 2), [1 / 2, 0, np.nan])
    assert coverage_at_k(ranked, catalogue=16, k=3) == 0.5
    assert coverage_at_k(ranked, catalogue=16, k=1) == 3 / 16


ACTIONS = 6


class World:
    """Contexts 0–3, six videos, known chance of reward; the logging policy is the one the feed uses."""

    reward = np.random.default_rng(11).uniform(0.05, 0.9, (4, ACTIONS))
    target = np.stack([softmax(row, 0.15) for row in reward])
    value = float((target * reward).sum(axis=1).mean())
    model = np.clip(reward + np.random.default_rng(12).normal(0, 0.1, reward.shape), 0, 1)

    def logs(self, n, seed, epsilon=0.5):
        rng = np.random.default_rng(seed)
        context = rng.integers(0, 4, n)
        pool = pool_probabilities(np.arange(1.0, ACTIONS + 1), np.ones(ACTIONS, bool))
        draws = [slot_draw(int(c), pool, epsilon, rng) for c in context]
        shown = np.array([draw.index for draw in draws])
        logged = np.array([draw.propensity for draw in draws])
        earned = (rng.random(n) < self.reward[context, shown]).astype(float)
        return context, shown, earned, logged, self.target[context, shown]


def estimates(run, n=400, **more):
    world = World()
    context, shown, earned, logged, target = world.logs(n, run)
    wanted = (world.target * world.model).sum(axis=1)[context]
    return {
        "ips": ips(earned, logged, target, **more),
        "snips": snips(earned, logged, target, **more),
        "dr": doubly_robust(earned, logged, target, world.model[context, shown], wanted, **more),
    }


def test_intervals_cover_the_true_value_as_often_as_they_promise():
    runs = [estimates(seed) for seed in range(150)]
    for name in ("ips", "snips", "dr"):
        found = [run[name] for run in runs]
        covered = np.mean([e.low <= World.value <= e.high for e in found])
        # 150 draws of a 95 % interval: 0.88 lies four standard errors under it
        assert covered > 0.88, f"{name} covers {covered:.3f}"
        bias = np.mean([e.value for e in found]) - World.value
        spread = np.std([e.value for e in found])
        assert abs(bias) < 4 * spread / np.sqrt(150) + 0.003, name
        assert np.mean([e.standard_error for e in found]) == pytest.approx(spread, rel=0.25)
    errors = {n: np.sqrt(np.mean([(r[n].value - World.value) ** 2 for r in runs])) for n in runs[0]}
    assert errors["dr"] < errors["ips"] and errors["snips"] < errors["ips"], errors


def test_bootstrap_intervals_cover_too():
    covered = [
        run[name].low <= World.value <= run[name].high
        for run in (estimates(seed, n=250, interval="bootstrap", seed=seed) for seed in range(20))
        for name in run
    ]
    assert np.mean(covered) > 0.8


def test_doubly_robust_is_right_with_a_wrong_model_and_right_propensities():
    world = World()
    _context, shown, earned, logged, target = world.logs(60_000, 5)
    wrong = doubly_robust(earned, logged, target, np.full(len(shown), 0.9), np.full(len(shown), 0.9))
    assert wrong.value == pytest.approx(World.value, abs=4 * wrong.standard_error)
    naive = earned.mean()
    assert abs(naive - World.value) > 10 * wrong.standard_error, "the logging policy earns something else"


def test_logs_of_the_re_ranker_judge_a_random_page():
    """First slots logged by ``rerank``; the target draws uniformly, so its value is the plain mean reward."""
    rng = np.random.default_rng(8)
    reward = rng.uniform(0, 1, 6)
    candidates = Candidates(np.arange(6), relevance=rng.random(6), creators=np.array([0, 0, 1, 1, 2, 2]))
    rules = Rules(exploration_rate=0.6, temperature=0.8)
    slots = [rerank(candidates, 1, rules, rng).slots[0] for _ in range(3000)]
    earned = (rng.random(3000) < reward[[slot.index for slot in slots]]).astype(float)
    found = snips(earned, [slot.propensity for slot in slots], np.full(3000, 1 / 6))
    assert found.low <= reward.mean() <= found.high
    assert found.high - found.low < 0.15


def test_weights_are_clipped_and_the_share_is_told():
    found = ips([1, 1, 0, 1], [0.01, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5], clip=10)
    assert found.value == pytest.approx((10 + 1 + 0 + 1) / 4) and found.clipped == 0.25
    assert found.effective_rows == pytest.approx(13**2 / 103)
    assert snips([1, 1, 1], [0.2, 0.9, 0.4], [0.3, 0.3, 0.9]).value == pytest.approx(1)


def test_logging_and_target_alike_give_the_mean_with_all_rows_effective():
    rewards = np.random.default_rng(0).random(200)
    found = ips(rewards, np.full(200, 0.3), np.full(200, 0.3))
    assert found.value == pytest.approx(rewards.mean()) and found.effective_rows == pytest.approx(200)
    assert found.standard_error == pytest.approx(rewards.std(ddof=1) / np.sqrt(200), rel=1e-6)


def test_rows_of_one_viewer_widen_the_interval():
    rewards = np.repeat(np.random.default_rng(0).integers(0, 2, 50), 20).astype(float)
    same, groups = np.full(1000, 0.5), np.repeat(np.arange(50), 20)
    alone, together = ips(rewards, same, same), ips(rewards, same, same, groups=groups)
    assert together.value == alone.value
    assert together.standard_error == pytest.approx(alone.standard_error * np.sqrt(20), rel=0.05)


@pytest.mark.parametrize(
    ("logged", "target", "words"),
    [
        ([0.0], [0.5], "leave out impressions"),
        ([0.5], [1.5], "must lie in"),
        ([0.5, 0.5], [0.5], "one for each"),
    ],
)
def test_impossible_propensities_are_refused_in_words(logged, target, words):
    with pytest.raises(RankingInputInvalid, match=words):
        ips([1.0], logged, target)


def test_logs_that_say_nothing_about_the_target_are_refused():
    with pytest.raises(RankingInputInvalid, match="say nothing"):
        snips([1.0, 0.0], [0.5, 0.5], [0.0, 0.0])
    with pytest.raises(RankingInputInvalid, match="at least one"):
        ips([], [], [])


def test_logs_of_whole_pages_judge_a_policy_that_explores_less():
    """Six slots a page, the pages being the independent units; the target is the same page rule at a third of the rate."""
    rng = np.random.default_rng(0)
    relevance = rng.random(20)
    reward = np.clip(0.5 * relevance + 0.4 * rng.random(20), 0, 1)
    model = np.clip(reward + rng.normal(0, 0.1, 20), 0, 1)
    candidates = Candidates(np.arange(20), relevance, creators=np.arange(20) % 9, exploring=rng.random(20))
    covered = []
    for _ in range(12):
        rows = []
        for page in range(60):
            slate = rerank(candidates, 6, Rules(exploration_rate=0.3, temperature=0.5), rng)
            for slot, chances in zip(slate.slots, slate.probabilities, strict=True):
                best = np.eye(20)[np.argmax(chances)]
                target = 0.1 * (chances - 0.7 * best) / 0.3 + 0.9 * best
                i, earned = slot.index, float(rng.random() < reward[slot.index])
                rows.append(
                    (earned, slot.propensity, target[i], model[i], target @ model, page, target @ reward)
                )
        earned, logged, target, shown, wanted, pages, truth = np.array(rows).T
        for found in (
            snips(earned, logged, target, groups=pages),
            doubly_robust(earned, logged, target, shown, wanted, groups=pages),
        ):
            covered.append(found.low <= truth.mean() <= found.high)
            assert found.effective_rows > 200
    assert np.mean(covered) > 0.8
