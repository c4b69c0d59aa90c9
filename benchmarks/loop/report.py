"""What the trials of the loop's proof say together: the gap that was closed by round, figures with their goals, the curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from benchmarks.loop.scenarios import SCENARIOS
from benchmarks.measured import Figure
from recommender.simulation.curves import Curve, drawing

AGREE = 0.10  # of the gap: how far the two levels may lie apart


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

    last = len(trials[0]["loop"]["rounds"]) - 1
    rounds = range(last + 1)
    gaps = np.array([[closed(one, r, _overall) for r in rounds] for one in trials])
    popular = np.array([[closed(one, r, _overall, "popular") for r in rounds] for one in trials])
    told: dict[str, Any] = {
        "seeds": [one["seed"] for one in trials],
        "gap_by_round": np.round(gaps.mean(axis=0), 3).tolist(),
        "gap_mean": round(float(gaps[:, last].mean()), 4),
        "gap_interval": _interval(gaps[:, last]),
        "gap_least": round(float(gaps[:, last].min()), 4),
        "gap_by_seed": np.round(gaps[:, last], 3).tolist(),
        "popular_gap_mean": round(float(popular[:, last].mean()), 4),
        "popular_gap_by_round": np.round(popular.mean(axis=0), 3).tolist(),
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


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """What the documents quote, with the goals of each scenario."""
    made: dict[str, Figure] = {}
    for name, told in report["scenarios"].items():
        if name == "noise":
            made["noise.share"] = Figure(round(told["share"], 4), at_most=0.05)
            made["noise.cycles"] = Figure(told["cycles"])
            continue
        goal = {"base": 0.8}.get(name)
        made[f"{name}.gap_mean"] = Figure(told["gap_mean"], at_least=goal)
        made[f"{name}.gap_least"] = Figure(told["gap_least"], at_least=0.6 if name == "base" else None)
        made[f"{name}.popular_gap_mean"] = Figure(told["popular_gap_mean"])
        if name == "base":  # the curve of the README
            for kind, by_round in (("gap", told["gap_by_round"]), ("popular", told["popular_gap_by_round"])):
                made |= {f"base.{kind}_round_{n}": Figure(gap) for n, gap in enumerate(by_round)}
        made[f"{name}.seeds"] = Figure(len(told["seeds"]))
        if name == "opposed":
            made["opposed.worse_group_mean"] = Figure(told["worse_group_mean"], at_least=0.6)
            made["opposed.worse_group_least"] = Figure(told["worse_group_least"])
        if name == "long":
            made["long.diversity_kept_mean"] = Figure(told["diversity_kept_mean"], at_least=0.8)
            made["long.diversity_kept_least"] = Figure(told["diversity_kept_least"])
        if name in ("pair", "unserved"):
            made[f"{name}.found"] = Figure(told["found"], at_least=len(told["seeds"]))
            made[f"{name}.wanted_share_mean"] = Figure(told["wanted_share_mean"])
        if name == "change":
            made["change.before"] = Figure(told["recovered"]["before"])
            made["change.after_0"] = Figure(told["recovered"]["after_0"])
            made["change.after_3"] = Figure(told["recovered"]["after_3"])
            made["change.share_within_3"] = Figure(told["recovered"]["share_within_3"], at_least=0.9)
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


def both_levels(video: dict[str, Any], storyboard: dict[str, Any]) -> dict[str, Any]:
    """The gap closed by round on both levels, at equal size and seed, and how far they lie apart after the last."""
    told = {}
    for name, found in (("video", video), ("storyboard", storyboard)):
        count = min(len(found[kind]["rounds"]) for kind in ("loop", "frozen", "oracle"))
        told[name] = [round(closed(found, n, _overall), 4) for n in range(count)]
    ends = [curve[-1] for curve in told.values()]
    return {
        "gap_by_round": told,
        "true_by_round": {
            kind: [round(_overall(one), 4) for one in video[kind]["rounds"]]
            for kind in ("loop", "frozen", "oracle")
        },
        "predicted_by_round": [one["predicted"] for one in video["loop"]["rounds"]],
        "diversity_by_round": [round(one["diversity"], 4) for one in video["loop"]["rounds"]],
        "difference": round(abs(ends[0] - ends[1]), 4),
        "cycles": video["loop"]["cycles"],
        "views": sum(one["views"] for one in video["loop"]["rounds"]),
        "minutes": round(video["seconds"] / 60, 1),
    }


def _overall(one: dict[str, Any]) -> float:
    return float(one["true"])


def video_figures(report: Mapping[str, Any]) -> dict[str, Figure]:
    """What the documents quote of the level that renders."""
    told = report["video"]
    curves = told["gap_by_round"]
    return {
        "gap": Figure(curves["video"][-1]),
        "gap_storyboard": Figure(curves["storyboard"][-1]),
        "difference": Figure(told["difference"], at_most=AGREE),
        "rounds": Figure(len(curves["video"]) - 1),
        "videos": Figure(report["videos"]),
        "views": Figure(told["views"]),
        "minutes": Figure(told["minutes"], "min", at_most=60.0),
    }


def video_lines(report: Mapping[str, Any]) -> str:
    """Both curves as a person reads them."""
    told = report["video"]
    rows = [
        f"{name:10} gap closed by round {' '.join(f'{gap:5.0%}' for gap in curve)}"
        for name, curve in told["gap_by_round"].items()
    ]
    cycles = ", ".join(f"{one['number']} {one['state']}" for one in told["cycles"])
    return "\n".join([
        *rows,
        f"apart by {told['difference']:.0%} after the last round; {told['minutes']:g} minutes; cycles: {cycles or 'none'}",
    ])  # fmt: skip


def curve_drawn(figures: Mapping[str, Figure]) -> str:
    """The recorded curve of ``base`` as an SVG document: shares of the gap closed, by rounds of learning.

    Raises ``KeyError`` where the record has none.
    """
    gaps = [figures[f"base.gap_round_{n}"].value for n in range(SCENARIOS["base"][1] + 1)]
    popular = [figures[f"base.popular_round_{n}"].value for n in range(len(gaps))]
    lines = {
        "loop": [max(gap, 0.0) for gap in gaps], "oracle": [1.0] * len(gaps), "popularity": [max(gap, 0.0) for gap in popular],
        "frozen": [0.0] * len(gaps),
    }  # fmt: skip
    return drawing(
        [Curve("Share of the gap closed, by rounds learned from", tuple(map(str, range(len(gaps)))), lines)]
    )
