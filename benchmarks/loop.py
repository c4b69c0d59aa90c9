"""The proof of the loop: does what the audience did make the next videos better, and by how much of what is possible?

    python -m benchmarks.loop --seed 1 --seeds 10 --json [--scenario base] [--level storyboard]

Rounds of generate → publish → watch → optimize with synthetic viewers whose tastes the loop never sees, beside the same site
frozen at round 0, an oracle that knows the tastes, and a site that copies what was popular. On this level nothing is rendered:
viewers judge the recipe, the category and the length. Reward, dataset, learning, gate and canary are the very code of the
site's optimization cycles; the recipe is drawn by the reader that creation uses.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.stats.policy.arms import canary_arms
from analytics.stats.policy.canary import canary_verdict
from analytics.stats.policy.gate import GateInputs, gate_table
from analytics.stats.policy.learning import LearnedPolicy, PolicySettings, policy_learned
from analytics.stats.policy.observations import dataset_of, segments_document
from analytics.stats.policy.plan import diversity
from analytics.stats.policy.space import RecipeSpace
from benchmarks import measured
from benchmarks.loop_viewers import QUALITY_SPREAD, Audience, Scenario
from core.languages import Language
from generation.policy import RecipePolicy

CATEGORIES = ("food", "health", "history", "home", "science", "technology")
LANGUAGES: tuple[Language, ...] = ("zh", "en")
SHARES = (0.6, 0.4)  # of the languages
VIDEOS, IMPRESSIONS = 60, 40
SECONDS = (15.0, 20.0, 30.0, 45.0)
CANARY_SHARE, HOLDOUT_SHARE, ALPHA = 0.5, 0.03, 0.025
RANDOM_SLOTS = 0.5  # of a personalised feed
SCENARIOS = {
    "base": (Scenario("base"), 5),
    "opposed": (Scenario("opposed"), 5),
    "pair": (Scenario("pair"), 5),
    "unserved": (Scenario("unserved"), 5),
    "change": (Scenario("base", changes=6), 10),
    "long": (Scenario("base"), 15),
    "noise": (Scenario("noise"), 10),
}


def space_of() -> RecipeSpace:
    """The site's own choices."""
    from generation.media.scenes import PALETTES
    from generation.media.speech import voices

    return RecipeSpace.of(
        palettes=list(PALETTES), voices={lang: [v.id for v in voices(lang)] for lang in LANGUAGES}
    )


@dataclass
class Made:
    """One video: what it is, and how it was chosen."""

    number: int
    round: int
    recipe: dict[str, Any]
    category: str
    language: str
    seconds: float
    quality: float
    arm: str
    segment: int = -1
    propensity: float = float("nan")
    predicted: float = float("nan")


@dataclass
class Site:
    """A site with or without a loop: its videos, its views, its policies."""

    space: RecipeSpace
    audience: Audience
    seed: int
    kind: str  # loop, frozen, oracle, popular
    settings: PolicySettings = field(default_factory=PolicySettings)
    videos: list[Made] = field(default_factory=list)
    views: list[pd.DataFrame] = field(default_factory=list)
    production: RecipePolicy | None = None
    production_segments: dict[str, Any] | None = None
    canary: LearnedPolicy | None = None
    canary_segments: dict[str, Any] | None = None
    variances: Any = None
    story: list[dict[str, Any]] = field(default_factory=list)
    last: Any = None  # the last learning, which also sorts a personalised feed

    # --- making ------------------------------------------------------------------------------------------------------
    def make(self, round_: int) -> list[Made]:
        rng = np.random.default_rng([self.seed, round_, 1])  # the same briefs on every site
        made = []
        for n in range(VIDEOS):
            category = CATEGORIES[int(rng.integers(len(CATEGORIES)))]
            language = LANGUAGES[int(rng.choice(2, p=SHARES))]
            seconds, quality = float(rng.choice(SECONDS)), float(rng.normal(0, QUALITY_SPREAD))
            even = self._even(language, rng)
            dice = rng.random(2)
            video = Made(len(self.videos), round_, even, category, language, seconds, quality, "none")
            self._choose(video, n, dice)
            self.videos.append(video)
            made.append(video)
        return made

    def _even(self, language: str, rng: np.random.Generator) -> dict[str, Any]:
        codes = self.space.even(1, language, rng)[0]
        recipe = {f.name: f.options[c] for f, c in zip(self.space.fields, codes)}
        if self.audience.scenario.kind == "unserved":  # the house never chooses these palettes
            closed = self.audience.unserved["palette"]
            served = [p for p in self.audience.options["palette"] if p not in closed]
            if recipe["palette"] in closed:
                recipe["palette"] = served[int(rng.integers(len(served)))]
        return recipe

    def _choose(self, video: Made, n: int, dice: Any) -> None:
        if self.kind == "oracle":
            video.segment = self.audience.group_of(n)
            video.recipe = self._best(video)
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
        elif self.kind == "loop":
            video.arm = "holdout"

    def _best(self, video: Made) -> dict[str, Any]:
        """Coordinate ascent on the true reward, from many starts: nobody does better."""
        key = (video.segment, video.language, video.category, self._era())
        if key not in self._kept:
            who = slice(None) if video.segment < 0 else self.audience.groups == video.segment
            options = [[f.options[i] for i in f.places(video.language)] for f in self.space.fields]
            rng = np.random.default_rng([self.seed, 9, *map(ord, str(key)[:20])])

            def value(recipe: dict[str, Any]) -> float:
                return float(self.audience.reward(self.audience.shifts(recipe, video.category)[who]).mean())

            best, best_value = video.recipe, -1.0
            for known in [*self.audience.known, *[{}] * 3]:
                recipe = {f.name: o[int(rng.integers(len(o)))] for f, o in zip(self.space.fields, options)}
                recipe |= {name: v for name, v in known.items() if v in options[self.space.names.index(name)]}
                found = value(recipe)
                for _ in range(4):
                    before = found
                    for f, offered in zip(self.space.fields, options):
                        tried = [(value({**recipe, f.name: o}), i) for i, o in enumerate(offered)]
                        found, at = max(tried)
                        recipe = {**recipe, f.name: offered[at]}
                    if found <= before + 1e-9:
                        break
                if found > best_value:
                    best, best_value = recipe, found
            self._kept[key] = best
        return self._kept[key]

    _kept: dict[Any, Any] = field(default_factory=dict)

    def _era(self) -> bool:
        changes = self.audience.scenario.changes
        return bool(changes) and self.audience.round >= changes

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
        codes = np.array([self.space.encode(v.recipe) for v in made])
        subject = np.array([CATEGORIES.index(v.category) for v in made])[:, None]
        families = (*self.space.families, (len(self.space.fields),))
        return {
            "true": float(truth.mean()),
            "by_group": [float(truth[groups == g].mean()) for g in range(groups.max() + 1)],
            "predicted": float(np.nanmean([v.predicted for v in made]))
            if self.production or self.canary
            else None,
            "diversity": diversity(np.hstack([codes, subject]), np.ones(len(made)), families),
            "category_share_most": float(np.bincount(subject[:, 0]).max() / len(made)),
            "wanted_share": self._wanted(made),
        }

    def _wanted(self, made: list[Made]) -> float:
        """The share of videos with what the oracle knows beforehand that is loved; 0 where it knows nothing."""
        a = self.audience
        if a.scenario.kind == "unserved":
            return float(np.mean([v.recipe["palette"] == a.unserved["palette"][0] for v in made]))
        known = a.known[0]
        return (
            float(np.mean([all(v.recipe[k] == w for k, w in known.items()) for v in made])) if known else 0.0
        )

    def _pages(self, made: list[Made], shifts: Any, rng: np.random.Generator) -> tuple[Any, Any]:
        """Slots (viewers, n) of each viewer's page and the chance (viewers, videos) of a draw."""
        size = VIDEOS * IMPRESSIONS // self.audience.viewers
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
            from analytics.stats.policy.model import Observations

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
        videos = pd.DataFrame(
            [(v.number, v.recipe, v.category, v.language, v.arm, v.segment, v.propensity, v.round) for v in self.videos],
            columns=["video", "recipe", "category", "language", "arm", "segment", "propensity", "cycle"],
        ).set_index("video")  # fmt: skip
        data = dataset_of(
            views, videos, space=self.space, languages=LANGUAGES, seed=cycle, before=self.production_segments
        )
        told: dict[str, Any] = {"segments": data.segments.count}
        if self.canary is not None:
            told["canary"] = self._judge(data, videos, cycle)
        learned = policy_learned(
            self.space, data.rows, languages=LANGUAGES, categories=data.categories, shares=data.segments.shares.tolist(),
            settings=self.settings, seed=self.seed * 100 + cycle, variances=self.variances,
        )  # fmt: skip
        self.variances, self.last = learned.model.variances, (learned, data)
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
        arms = canary_arms(data, videos, self.canary_segments, cycle=cycle, has_production=has_production)
        verdict = canary_verdict(
            arms.candidate, arms.production, arms.against_baseline, alpha=ALPHA, has_production=has_production
        )
        if verdict.decision == "promoted":
            self.production = RecipePolicy.from_json(self.canary.document)
            self.production_segments = self.canary_segments
        self.canary = self.canary_segments = None
        return verdict.to_json()


def play(kind: str, scenario: str, seed: int, rounds: int, space: RecipeSpace) -> dict[str, Any]:
    """``rounds`` rounds with a cycle after each, and one round more that shows what was learned."""
    options = {field.name: list(field.options) for field in space.fields}
    audience = Audience(options, CATEGORIES, SCENARIOS[scenario][0], seed)
    site = Site(space, audience, seed, kind)
    told = []
    for round_ in range(1, rounds + 2):
        audience.round = round_
        told.append(site.watch(site.make(round_)))
        learns = kind == "loop" or (kind == "frozen" and scenario == "opposed")
        if learns and round_ <= rounds:
            site.optimize(round_)
    return {"rounds": told, "cycles": site.story}


def trial(arguments: tuple[str, int]) -> dict[str, Any]:
    """All sites of a scenario with one seed."""
    scenario, seed = arguments
    space, began = space_of(), time.perf_counter()
    rounds = SCENARIOS[scenario][1]
    kinds = ("loop",) if scenario == "noise" else ("loop", "frozen", "oracle", "popular")
    found = {kind: play(kind, scenario, seed, rounds, space) for kind in kinds}
    return {"scenario": scenario, "seed": seed, "seconds": round(time.perf_counter() - began, 1), **found}


def closed(
    found: dict[str, Any], round_: int, part: Callable[[dict[str, Any]], float], kind: str = "loop"
) -> float:
    """Share of the gap from frozen to oracle in a round (from 0)."""
    low, high = part(found["frozen"]["rounds"][round_]), part(found["oracle"]["rounds"][round_])
    return (part(found[kind]["rounds"][round_]) - low) / (high - low)


def summary(trials: list[dict[str, Any]]) -> dict[str, Any]:
    """What a scenario's seeds say together; gaps are shares of the way from frozen to oracle."""
    scenario = trials[0]["scenario"]
    if scenario == "noise":
        cycles = [cycle for one in trials for cycle in one["loop"]["cycles"]]
        promoted = sum(cycle.get("canary", {}).get("decision") == "promoted" for cycle in cycles)
        tried = sum("canary" in cycle for cycle in cycles)
        return {
            "cycles": len(cycles),
            "canaries": tried,
            "promoted": promoted,
            "share": promoted / len(cycles),
        }

    def overall(one: dict[str, Any]) -> float:
        return float(one["true"])

    last = SCENARIOS[scenario][1]
    rounds = range(last + 1)
    gaps = np.array([[closed(one, r, overall) for r in rounds] for one in trials])
    popular = np.array([[closed(one, r, overall, "popular") for r in rounds] for one in trials])
    told: dict[str, Any] = {
        "seeds": [one["seed"] for one in trials],
        "gap_by_round": np.round(gaps.mean(axis=0), 3).tolist(),
        "gap_mean": round(float(gaps[:, last].mean()), 4),
        "gap_interval": _interval(gaps[:, last]),
        "gap_least": round(float(gaps[:, last].min()), 4),
        "gap_by_seed": np.round(gaps[:, last], 3).tolist(),
        "popular_gap_mean": round(float(popular[:, last].mean()), 4),
        "true_by_round": _mean_of(trials, "loop", "true"),
        "predicted_by_round": _mean_of(trials, "loop", "predicted"),
        "frozen_by_round": _mean_of(trials, "frozen", "true"),
        "oracle_by_round": _mean_of(trials, "oracle", "true"),
        "diversity_by_round": _mean_of(trials, "loop", "diversity"),
        "category_share_by_round": _mean_of(trials, "loop", "category_share_most"),
    }
    kept = [one["loop"]["rounds"][-1]["diversity"] / one["loop"]["rounds"][0]["diversity"] for one in trials]
    told |= {
        "diversity_kept_mean": round(float(np.mean(kept)), 4),
        "diversity_kept_least": round(min(kept), 4),
    }
    if scenario == "opposed":
        groups = np.array(
            [[closed(one, last, partial(_of_group, group)) for group in (0, 1)] for one in trials]
        )
        told |= {
            "worse_group_mean": round(float(groups.min(axis=1).mean()), 4),
            "worse_group_least": round(float(groups.min()), 4),
        }
    if scenario in ("pair", "unserved"):
        wanted = [one["loop"]["rounds"][last]["wanted_share"] for one in trials]
        told |= {
            "wanted_share_mean": round(float(np.mean(wanted)), 4),
            "found": sum(share >= 0.2 for share in wanted),
        }
    if scenario == "change":
        told["recovered"] = _recovered(gaps, SCENARIOS[scenario][0].changes)
    return told


def _of_group(group: int, one: dict[str, Any]) -> float:
    return float(one["by_group"][group])


def _interval(values: Any) -> list[float]:
    half = 1.96 * float(np.std(values, ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return [round(float(np.mean(values)) - half, 4), round(float(np.mean(values)) + half, 4)]


def _mean_of(trials: list[dict[str, Any]], kind: str, name: str) -> list[float | None]:
    rows = [[r[name] for r in one[kind]["rounds"]] for one in trials]
    return [
        None if any(v is None for v in column) else round(float(np.mean(column)), 4)
        for column in zip(*rows, strict=True)
    ]


def _recovered(gaps: Any, changes: int) -> dict[str, Any]:
    """The gap closed just before tastes change (round ``changes``, counted from 1), and 1 to 4 rounds of data after it."""
    before = float(gaps[:, changes - 2].mean())
    after = {f"after_{n}": round(float(gaps[:, changes - 1 + n].mean()), 4) for n in range(5)}
    return {"before": round(before, 4), **after, "share_within_3": round(after["after_3"] / before, 4)}


def _in_parallel(asked: list[tuple[str, int]], workers: int, keep: str) -> list[dict[str, Any]]:
    """All trials; those already in the folder ``keep`` are read, so a stopped run goes on."""
    folder = Path(keep) if keep else None
    found, missing = {}, []
    for one in asked:
        path = folder / f"{one[0]}-{one[1]}.json" if folder else None
        if path and path.exists():
            found[one] = json.loads(path.read_text(encoding="utf-8"))
        else:
            missing.append(one)
    with ProcessPoolExecutor(workers) as pool:
        for one, told in zip(missing, pool.map(trial, missing), strict=True):
            found[one] = told
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{one[0]}-{one[1]}.json").write_text(
                    json.dumps(told, default=float), encoding="utf-8"
                )
    return [found[one] for one in asked]


def figures(report: dict[str, Any]) -> dict[str, measured.Figure]:
    """What the documents quote, with the goals of each scenario."""
    made: dict[str, measured.Figure] = {}
    for name, told in report["scenarios"].items():
        if name == "noise":
            made["noise.share"] = measured.Figure(round(told["share"], 4), at_most=0.05)
            made["noise.cycles"] = measured.Figure(told["cycles"])
            continue
        goal = {"base": 0.8}.get(name)
        made[f"{name}.gap_mean"] = measured.Figure(told["gap_mean"], at_least=goal)
        made[f"{name}.gap_least"] = measured.Figure(
            told["gap_least"], at_least=0.6 if name == "base" else None
        )
        made[f"{name}.popular_gap_mean"] = measured.Figure(told["popular_gap_mean"])
        made[f"{name}.seeds"] = measured.Figure(len(told["seeds"]))
        if name == "opposed":
            made["opposed.worse_group_mean"] = measured.Figure(told["worse_group_mean"], at_least=0.6)
            made["opposed.worse_group_least"] = measured.Figure(told["worse_group_least"])
        if name == "long":
            made["long.diversity_kept_mean"] = measured.Figure(told["diversity_kept_mean"], at_least=0.8)
            made["long.diversity_kept_least"] = measured.Figure(told["diversity_kept_least"])
        if name in ("pair", "unserved"):
            made[f"{name}.found"] = measured.Figure(told["found"], at_least=len(told["seeds"]))
            made[f"{name}.wanted_share_mean"] = measured.Figure(told["wanted_share_mean"])
        if name == "change":
            made["change.before"] = measured.Figure(told["recovered"]["before"])
            made["change.after_0"] = measured.Figure(told["recovered"]["after_0"])
            made["change.after_3"] = measured.Figure(told["recovered"]["after_3"])
            made["change.share_within_3"] = measured.Figure(told["recovered"]["share_within_3"], at_least=0.9)
    return made


def lines(report: dict[str, Any]) -> str:
    """The curves as a person reads them."""
    rows = []
    for name, told in report["scenarios"].items():
        if name == "noise":
            rows.append(
                f"{name}: {told['promoted']} of {told['cycles']} cycles promoted ({told['canaries']} went on trial)"
            )
            continue
        curve = " ".join(f"{gap:5.0%}" for gap in told["gap_by_round"])
        rows.append(
            f"{name}: gap closed by round {curve}; least {told['gap_least']:.0%}, popularity {told['popular_gap_mean']:.0%}"
        )
    return "\n".join(rows)


def _asked(text: str) -> tuple[str, int]:
    """The scenario and the number of seeds (0: the usual one) of ``NAME[:SEEDS]``."""
    name, _, seeds = text.partition(":")
    if name not in SCENARIOS or not (seeds or "1").isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(SCENARIOS)}, or NAME:SEEDS.")
    return name, int(seeds or 0)


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed (default: %(default)s)")
    parser.add_argument(
        "--seeds", type=int, default=1, help="how many (default: %(default)s); noise takes twice as many"
    )
    parser.add_argument(
        "--scenario", action="append", type=_asked, metavar="NAME[:SEEDS]",
        help=f"one of {', '.join(SCENARIOS)}, with a number of seeds of its own if wanted; default: all; may be repeated",
    )  # fmt: skip
    parser.add_argument("--level", choices=["storyboard"], default="storyboard", help="nothing is rendered")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument(
        "--rows", default="", help="folder of finished trials, from which a stopped run goes on"
    )
    given = parser.parse_args()
    report: dict[str, Any] = {"level": given.level, "scenarios": {}}
    for name, own in given.scenario or [(name, 0) for name in SCENARIOS]:
        count = own or (2 * given.seeds if name == "noise" else given.seeds)
        trials = _in_parallel(
            [(name, seed) for seed in range(given.seed, given.seed + count)], given.workers, given.rows
        )
        report["scenarios"][name] = summary(trials)
    measured.tell(
        report, given, name="loop", figures=figures, packages=["numpy", "scipy", "pandas"], lines=lines
    )


if __name__ == "__main__":
    main()
