"""The recipe policy against planted tastes: found, kept apart by segment, forgotten when they change, and honest odds."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from analytics.stats.policy.canary import CanaryArm, canary_verdict, difference
from analytics.stats.policy.gate import GateInputs, gate_table
from analytics.stats.policy.learning import PolicySettings, model_fitted, policy_learned
from analytics.stats.policy.model import Observations, RecipeModel
from analytics.stats.policy.segments import SegmentViews, features_of, segments_found
from analytics.stats.policy.space import RecipeSpace
from generation.errors import PolicyUnreadable
from generation.policy import RecipePolicy

SPACE = RecipeSpace.of(
    palettes=["gold", "mint", "sky", "night", "lilac", "ember"],
    voices={"zh": ["a", "b", "c"], "en": ["d", "e"]},
)
LANGUAGES, CATEGORIES = ("zh", "en"), ("food", "home")
SETTINGS = PolicySettings(explore=0.05)


def rows_of(effect: Any, count: int, *, seed: int, noise: float = 0.05, epochs: int = 1) -> Observations:
    """``count`` videos of evenly drawn recipes; ``effect(codes, epoch)`` is added to 0.5."""
    rng = np.random.default_rng(seed)
    language = rng.integers(2, size=count)
    codes = np.stack([SPACE.even(1, LANGUAGES[code], rng)[0] for code in language])
    epoch = 1 + np.arange(count) * epochs // count
    y = 0.5 + np.array([effect(c, e) for c, e in zip(codes, epoch)]) + noise * rng.standard_normal(count)
    zero = np.zeros(count, np.int64)
    return Observations(
        codes,
        rng.integers(2, size=count),
        language,
        zero,
        epoch,
        np.arange(count),
        y,
        np.full(count, noise**2),
    )


def learned(rows: Observations, *, seed: int = 1, shares: tuple[float, ...] = (1.0,)) -> Any:
    return policy_learned(
        SPACE, rows, languages=LANGUAGES, categories=CATEGORIES, shares=shares, settings=SETTINGS, seed=seed
    )


def loves(codes: Any, epoch: int = 1) -> float:
    """Two single options, and a third field that counts only together with a fourth."""
    return 0.10 * (codes[1] == 3) + 0.08 * (codes[3] == 2) + 0.25 * (codes[0] == 1 and codes[7] == 2)


@pytest.fixture(scope="module")
def policy() -> RecipePolicy:
    return RecipePolicy.from_json(learned(rows_of(loves, 300, seed=1)).document)


def chosen(policy: RecipePolicy, count: int = 200) -> Any:
    return [policy.choose(language="zh", category="food", seed=n, ticket=n) for n in range(count)]


def test_loved_options_are_chosen_and_so_are_two_that_are_loved_only_together(policy: RecipePolicy) -> None:
    values = [one.values for one in chosen(policy)]
    assert np.mean([v["palette"] == "night" for v in values]) > 0.6
    assert np.mean([v["hook"] == "number" and v["speed"] == 1.1 for v in values]) > 0.6


def test_the_logged_propensity_is_how_often_the_choice_is_drawn(policy: RecipePolicy) -> None:
    drawn = chosen(policy, 3000)
    counts = Counter(tuple(one.values.values()) for one in drawn)
    told = {tuple(one.values.values()): one.propensity for one in drawn}
    for recipe, count in counts.most_common(5):
        expected = 3000 * told[recipe]
        assert abs(count - expected) < 5 * np.sqrt(expected) + 3


def test_of_a_field_that_never_varied_every_option_is_tried() -> None:
    rows = rows_of(loves, 120, seed=12)
    rows.codes[:, 7] = 1
    always = RecipePolicy.from_json(learned(rows).document)
    tried = Counter(one.values["speed"] for one in chosen(always, 400))
    assert len(tried) == 4 and max(tried.values()) < 0.8 * 400


def test_what_is_not_free_is_not_chosen_and_the_same_seed_chooses_the_same(policy: RecipePolicy) -> None:
    one = policy.choose(language="en", category="home", seed=5, ticket=5, free=["palette", "mood"])
    assert set(one.values) == set(one.reasons) == {"palette", "mood"}
    assert one == policy.choose(language="en", category="home", seed=5, ticket=5, free=["palette", "mood"])
    spoken = {
        policy.choose(language="en", category="none such", seed=n, ticket=n).values["voice"]
        for n in range(60)
    }
    assert spoken <= {"d", "e"}, "a voice of the other language cannot speak it"


def test_of_any_few_videos_in_a_row_each_segment_gets_its_share() -> None:
    document = learned(rows_of(loves, 60, seed=3)).document
    alone = [one.segment for one in chosen(RecipePolicy.from_json(document), 5)]
    assert alone == [-1] * 5, "where there is one audience a video is for all"
    document["contexts"] = {key: rows * 2 for key, rows in document["contexts"].items()}
    two = RecipePolicy.from_json(document | {"shares": [0.7, 0.3], "effects": document["effects"] * 2})
    segments = [one.segment for one in chosen(two, 60)]
    for first in range(40):
        assert 5 <= sum(segments[first : first + 20]) <= 7


def test_two_options_that_count_only_together_are_found_where_they_met_and_in_noise_are_none() -> None:
    def couple(codes: Any, epoch: int) -> float:
        return 0.3 * (codes[1] == 3 and codes[3] == 2)

    rows = rows_of(couple, 120, seed=2)
    met = int(((rows.codes[:, 1] == 3) & (rows.codes[:, 3] == 2)).sum())
    assert 2 <= met <= 6, "one of 48 pairs of options"
    assert RecipeModel(SPACE).fit(rows).mean().pairs()[1, 3][3, 2] > 0.15
    empty = [RecipeModel(SPACE).fit(rows_of(lambda c, e: 0.0, 80, seed=s)).cells for s in range(20, 24)]
    assert empty == [()] * 4


def test_what_met_once_and_did_well_is_tried_again_and_said_to_be_a_trial() -> None:
    rows = rows_of(lambda codes, e: 0.0, 120, seed=21)
    met = (rows.codes[:, 0] == 1) & (rows.codes[:, 7] == 2)
    rows.codes[met, 0] = 0
    rows.codes[0, [0, 7]] = 1, 2
    rows.y[0] += 0.3
    drawn = chosen(RecipePolicy.from_json(learned(rows).document), 400)
    trials = [one for one in drawn if len(one.explored) >= 2]
    assert 0.02 * 400 < len(trials) < 0.5 * 400, "most videos are made with what is known"
    again = [one for one in trials if one.values["hook"] == "number" and one.values["speed"] == 1.1]
    assert len(again) > 0.2 * len(trials), "evenly drawn it would be 0.05"


def test_a_document_that_is_not_whole_is_refused() -> None:
    document = learned(rows_of(loves, 60, seed=3)).document
    document["contexts"]["zh|food"][0][0][0] = 0.9
    with pytest.raises(PolicyUnreadable, match=r"zh\|food"):
        RecipePolicy.from_json(document)


def test_a_change_of_tastes_is_seen_and_none_is_imagined() -> None:
    def turned(codes: Any, epoch: int) -> float:
        return 0.15 * (codes[1] == (3 if epoch < 4 else 0)) + 0.15 * (codes[3] == (2 if epoch < 4 else 6))

    changed = model_fitted(SPACE, rows_of(turned, 360, seed=4, epochs=5))
    assert changed.break_epoch == 4
    steady = model_fitted(SPACE, rows_of(loves, 360, seed=5, epochs=5))
    assert steady.break_epoch == 0


def audience(opposed: bool, seed: int) -> tuple[SegmentViews, Any, Any]:
    rng = np.random.default_rng(seed)
    rows = rows_of(lambda c, e: 0.0, 120, seed=seed)
    viewer, video = np.repeat(np.arange(150), 24), rng.integers(0, 120, 150 * 24)
    group = rng.permutation(150) % 2
    liking = (
        (rows.codes[video, 3] % 2 * 2 - 1) * np.where(group[viewer] == 0, 1, -1) * (0.15 if opposed else 0.0)
    )
    score = 0.5 + liking + 0.28 * rng.standard_normal(len(viewer))
    x = features_of(rows.codes, rows.category, SPACE.sizes, 2)
    return SegmentViews(viewer, video, score, np.ones(len(viewer))), x, group


def test_opposed_viewers_are_told_apart_and_alike_ones_are_not() -> None:
    views, x, group = audience(True, 6)
    found = segments_found(views, x, viewers=150, seed=1)
    assert found.count == 2
    right = (found.membership.argmax(axis=1) == group).mean()
    assert max(right, 1 - right) > 0.85
    kept = found.numbered_as(found.tastes[::-1])
    assert np.allclose(kept.tastes, found.tastes[::-1]) and np.allclose(kept.shares, found.shares[::-1])
    assert np.allclose(kept.membership, found.membership[:, ::-1]), "a segment keeps the number it had before"
    views, x, _ = audience(False, 7)
    assert segments_found(views, x, viewers=150, seed=1).count == 1


def gate_of(rows: Observations) -> dict[str, Any]:
    given = GateInputs(SPACE, rows, np.full(len(rows), np.nan), LANGUAGES, CATEGORIES, SETTINGS, 1)
    return {row.name: row for row in gate_table(learned(rows), None, given)}


def test_the_gate_lets_a_real_gain_through_and_stops_most_noise() -> None:
    assert all(row.passed for row in gate_of(rows_of(loves, 200, seed=8)).values())
    stopped = [
        not all(r.passed for r in gate_of(rows_of(lambda c, e: 0.0, 80, seed=s)).values())
        for s in range(10, 18)
    ]
    assert np.mean(stopped) >= 0.5


def arm(rng: np.random.Generator, count: int, mean: float = 0.5) -> CanaryArm:
    return CanaryArm(mean + 0.12 * rng.standard_normal(count), np.full(count, 0.08**2))


def test_looking_after_every_video_promotes_no_better_one_than_alpha_says() -> None:
    rng = np.random.default_rng(9)
    wrong = 0
    for _ in range(300):
        a, b = arm(rng, 60), arm(rng, 60)
        looks = [
            difference(
                [(CanaryArm(a.reward[:n], a.variance[:n]), CanaryArm(b.reward[:n], b.variance[:n]))],
                alpha=0.05,
            )
            for n in range(8, 61, 4)
        ]
        wrong += any(look is not None and look.low > 0 for look in looks)
    assert wrong / 300 <= 0.05


def test_a_better_candidate_is_promoted_a_worse_one_rolled_back_and_few_videos_say_nothing() -> None:
    rng = np.random.default_rng(10)

    def verdict(gain: float, count: int) -> str:
        return canary_verdict(
            arm(rng, count, 0.5 + gain), arm(rng, count), [], [], alpha=0.025, has_production=False
        ).decision

    assert verdict(0.15, 40) == "promoted"
    assert verdict(-0.15, 40) == "rolled_back"
    assert verdict(0.15, 5) == "open"


def test_trials_too_small_to_say_anything_add_up() -> None:
    rng = np.random.default_rng(12)
    better = [(arm(rng, 6, 0.65), arm(rng, 6)) for _ in range(6)]
    alone = [canary_verdict(a, b, [], [], alpha=0.025, has_production=False).why for a, b in better]
    assert set(alone) == {"too_few_videos"}
    added = canary_verdict(*better[-1], better[:-1], [], alpha=0.025, has_production=False)
    assert (added.decision, added.why) == ("promoted", "better_together")
    assert added.together is not None and added.together.candidate_videos == 36
    worse = canary_verdict(arm(rng, 12, 0.4), arm(rng, 12), better, [], alpha=0.025, has_production=False)
    assert worse.decision == "rolled_back", (
        "a candidate that falls behind by itself is not carried by the others"
    )


def test_small_trials_of_noise_promote_no_more_often_than_alpha_says() -> None:
    rng, wrong = np.random.default_rng(13), 0
    for _ in range(200):
        trials = [(arm(rng, 7), arm(rng, 7)) for _ in range(10)]
        told = [
            canary_verdict(*trials[n], trials[:n], [], alpha=0.05, has_production=False) for n in range(10)
        ]
        wrong += any(one.decision == "promoted" for one in told)
    assert wrong / 200 <= 0.05
