"""The loop's proof where nothing is rendered: viewers judge the recipe, the category and the length.

Reward, dataset, learning, gate and canary are the very code of the site's optimization cycles; the recipe is drawn by the
reader that creation uses.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analytics.stats.policy.arms import canary_arms
from analytics.stats.policy.canary import canary_verdict
from analytics.stats.policy.gate import GateInputs, gate_table
from analytics.stats.policy.learning import LearnedPolicy, PolicySettings, policy_learned
from analytics.stats.policy.model import Observations
from analytics.stats.policy.observations import VIDEOS_LEAST, VIEWS_LEAST, dataset_of, segments_document
from analytics.stats.policy.space import RecipeSpace
from benchmarks.loop.scenarios import (
    FULL,
    LANGUAGES,
    SCENARIOS,
    Made,
    Oracle,
    Size,
    audience_of,
    briefs,
    shape_of,
    space_of,
)
from benchmarks.loop.viewers import Audience
from generation.policy import RecipePolicy

CANARY_SHARE, HOLDOUT_SHARE, ALPHA = 0.5, 0.03, 0.025
RANDOM_SLOTS = 0.5  # of a personalised feed


@dataclass
class Site:
    """A site with or without a loop: its videos, its views, its policies."""

    space: RecipeSpace
    audience: Audience
    seed: int
    kind: str  # loop, frozen, oracle, popular
    size: Size = FULL
    settings: PolicySettings = field(default_factory=PolicySettings)
    videos: list[Made] = field(default_factory=list)
    views: list[pd.DataFrame] = field(default_factory=list)
    production: RecipePolicy | None = None
    version: int = 0  # the cycle in which production was learned
    segments: dict[str, Any] | None = None  # of the newest learning that told more than one apart
    canary: LearnedPolicy | None = None
    canary_segments: dict[str, Any] | None = None
    variances: Any = None
    story: list[dict[str, Any]] = field(default_factory=list)
    last: Any = None  # the last learning, which also sorts a personalised feed

    def __post_init__(self) -> None:
        self.oracle = Oracle(self.space, self.audience, self.seed)

    # --- making ------------------------------------------------------------------------------------------------------
    def make(self, round_: int) -> list[Made]:
        made = []
        planned = briefs(
            self.space, self.audience, seed=self.seed, round_=round_, first=len(self.videos), size=self.size
        )
        for n, (video, dice) in enumerate(planned):
            self._choose(video, n, dice)
            self.videos.append(video)
            made.append(video)
        return made

    def _choose(self, video: Made, n: int, dice: Any) -> None:
        if self.kind == "oracle":
            video.segment = self.audience.group_of(n)
            video.recipe = self.oracle.best(video)
        elif self.kind == "popular":
            self._popular(video, n)
        elif self.kind == "loop" and dice[0] >= HOLDOUT_SHARE:
            on_trial = self.canary is not None and dice[1] < CANARY_SHARE
            policy = (
                RecipePolicy.from_json(self.canary.document) if on_trial and self.canary else self.production
            )
            if policy is not None:
                chosen = policy.choose(
                    language=video.language, category=video.category, seed=self.seed * 7919 + video.number,
                    ticket=video.number,
                )  # fmt: skip
                video.recipe, video.propensity = dict(chosen.values), chosen.propensity
                video.predicted, video.segment = chosen.predicted, chosen.segment
                video.arm = "canary" if on_trial else "production"
                video.version = 0 if on_trial else self.version
        elif self.kind == "loop":
            video.arm = "holdout"

    def _popular(self, video: Made, n: int) -> None:
        """The recipe of one of the most watched videos so far, as it is."""
        if not self.views:
            return
        frame = pd.concat(self.views).groupby("video")["watch_seconds"].sum().sort_values(ascending=False)
        pool = [v for v in frame.index[:20] if self.videos[v].language == video.language]
        if pool:
            video.recipe = dict(self.videos[pool[n % len(pool)]].recipe)

    # --- watching ----------------------------------------------------------------------------------------------------
    def watch(self, made: list[Made]) -> dict[str, Any]:
        """A round of the feed; what the audience truly got from it."""
        rng = np.random.default_rng([self.seed, made[0].round, 2])
        shifts = np.stack(
            [self.audience.shifts(v.recipe, v.category) + v.quality for v in made], axis=1
        )  # (viewers, videos)
        pages, chances = self._pages(made, shifts, rng)
        viewer = np.repeat(np.arange(len(pages)), pages.shape[1])
        slot = np.tile(np.arange(pages.shape[1]), len(pages))
        at = pages.ravel()
        truth = self.audience.reward(shifts[viewer, at]).reshape(pages.shape)
        seconds = np.array([v.seconds for v in made])[at]
        watched = self.audience.watch(viewer, shifts[viewer, at], seconds=seconds, slot=slot, rng=rng)
        self.views.append(pd.DataFrame({
            "viewer": viewer, "video": np.array([v.number for v in made])[at], "duration_seconds": seconds,
            "position": slot, "propensity": chances[viewer, at], "epoch": made[0].round, **watched,
        }))  # fmt: skip
        groups = self.audience.groups
        return {
            "true": float(truth.mean()),
            "by_group": [float(truth[groups == g].mean()) for g in range(groups.max() + 1)],
            **shape_of(made, self.space, self.audience),
        }

    def _pages(self, made: list[Made], shifts: Any, rng: np.random.Generator) -> tuple[Any, Any]:
        """Slots (viewers, n) of each viewer's page and the chance (viewers, videos) of a draw."""
        size = self.size.slots
        score = self._scores(made, shifts)
        if score is None:
            chance = np.full(shifts.shape, 1 / len(made))
        else:
            raised = np.exp((score - score.max(axis=1, keepdims=True)) / 0.03)
            raised /= raised.sum(axis=1, keepdims=True)
            chance = RANDOM_SLOTS / len(made) + (1 - RANDOM_SLOTS) * raised
        # drawn without repetition by Gumbel's trick
        keys = np.log(chance) + rng.gumbel(size=chance.shape)
        pages = np.argsort(-keys, axis=1)[:, :size]
        return pages, np.minimum(chance * len(made) / 2, 1.0)

    def _scores(self, made: list[Made], shifts: Any) -> Any:
        """What a personalised feed sorts by: the truth for the oracle, else the last learning of this site; for a divided audience only."""
        if not self.audience.is_divided:
            return None
        if self.kind == "oracle":
            return self.audience.reward(shifts)
        if self.last is None:
            return None
        learned, data = self.last
        effects = learned.model.mean()
        codes = np.array([self.space.encode(v.recipe) for v in made])
        known = {c: i for i, c in enumerate(data.categories)}
        values = []
        for segment in range(data.segments.count):
            n = len(made)
            zero = np.zeros(n)
            rows = Observations(
                codes, np.array([known.get(v.category, -1) for v in made]),
                np.array([LANGUAGES.index(v.language) for v in made]), np.full(n, segment), np.ones(n, np.int64),
                np.arange(n), zero, zero + 1,
            )  # fmt: skip
            values.append(effects.at(rows))
        member = np.tile(data.segments.shares, (self.audience.viewers, 1))
        member[data.viewers] = data.segments.membership
        return member @ np.stack(values)

    # --- optimizing --------------------------------------------------------------------------------------------------
    def optimize(self, cycle: int) -> dict[str, Any]:
        """One cycle, as the site's own: judge the open canary, then learn, gate, and put the candidate on trial."""
        views = pd.concat(self.views, ignore_index=True)
        if views["video"].nunique() < VIDEOS_LEAST or len(views) < VIEWS_LEAST:
            return {"too_little": len(views)}  # such a cycle of the site fails with a sentence
        videos = pd.DataFrame(
            [(v.number, v.recipe, v.category, v.language, v.arm, v.version, v.segment, v.propensity, v.round) for v in self.videos],
            columns=["video", "recipe", "category", "language", "arm", "version", "segment", "propensity", "cycle"],
        ).set_index("video")  # fmt: skip
        data = dataset_of(
            views, videos, space=self.space, languages=LANGUAGES, seed=cycle, before=self.segments
        )
        told: dict[str, Any] = {"segments": data.segments.count}
        if self.canary is not None:
            told["canary"] = self._judge(data, videos, cycle)
        learned = policy_learned(
            self.space, data.rows, languages=LANGUAGES, categories=data.categories, shares=data.segments.shares.tolist(),
            settings=self.settings, seed=self.seed * 100 + cycle, variances=self.variances,
        )  # fmt: skip
        self.variances, self.last = learned.model.variances, (learned, data)
        if data.segments.count > 1 or self.segments is None:
            self.segments = segments_document(data)
        told |= {"break": learned.break_epoch, "memory": learned.memory, "spread": learned.spread}
        if self.kind == "loop":
            logged = videos["propensity"].to_numpy()[data.video_ids[data.rows.video]]
            rows = gate_table(
                learned, self.production,
                GateInputs(self.space, data.rows, logged, LANGUAGES, data.categories, self.settings, cycle),
            )  # fmt: skip
            told["gate"] = {row.name: (round(row.value, 3), row.passed) for row in rows}
            if all(row.passed for row in rows):
                self.canary, self.canary_segments = learned, segments_document(data)
        self.story.append(told)
        return told

    def _judge(self, data: Any, videos: pd.DataFrame, cycle: int) -> dict[str, Any]:
        assert self.canary is not None and self.canary_segments is not None
        has_production = self.production is not None
        arms = canary_arms(
            data,
            videos,
            self.canary_segments,
            cycle=cycle,
            production=self.version if has_production else None,
        )
        verdict = canary_verdict(
            arms.candidate, arms.production, arms.earlier, arms.against_baseline, alpha=ALPHA,
            has_production=has_production,
        )  # fmt: skip
        if verdict.decision == "promoted":
            self.production, self.version = RecipePolicy.from_json(self.canary.document), cycle - 1
        self.canary = self.canary_segments = None
        return verdict.to_json()


def play(
    kind: str, scenario: str, seed: int, rounds: int, space: RecipeSpace, size: Size = FULL
) -> dict[str, Any]:
    """``rounds`` rounds with a cycle after each, and one round more that shows what was learned."""
    audience = audience_of(scenario, seed, space, size)
    site = Site(space, audience, seed, kind, size)
    told = []
    for round_ in range(1, rounds + 2):
        audience.round = round_
        told.append(site.watch(site.make(round_)))
        learns = kind == "loop" or (kind == "frozen" and scenario == "opposed")
        if learns and round_ <= rounds:
            site.optimize(round_)
    return {"rounds": told, "cycles": site.story}


def trial(scenario: str, seed: int, size: Size = FULL, rounds: int = 0) -> dict[str, Any]:
    """All sites of a scenario with one seed; ``rounds`` 0: as many as the scenario has."""
    space, began = space_of(), time.perf_counter()
    rounds = rounds or SCENARIOS[scenario][1]
    kinds = ("loop",) if scenario == "noise" else ("loop", "frozen", "oracle", "popular")
    found = {kind: play(kind, scenario, seed, rounds, space, size) for kind in kinds}
    return {"scenario": scenario, "seed": seed, "seconds": round(time.perf_counter() - began, 1), **found}
