"""How well the ranker ranks, beside its peers, on one log: same split, same users, same run.

``python -m benchmarks.recommender --data DIR --protocol temporal|loo [--seeds 0 1 2] [--peers …] --json`` measures the
peers (``benchmarks/recommender/peers.py``) and our ``Ranker``, each of our runs with another seed, as
``benchmarks/recommender/protocol.py`` says. Ratios are ours (mean over seeds) to the best peer for each metric. A second
table says how well unseen items are found by their description: the held-out items of the split that training never
met, or, where there are too few, a tenth of the items hidden from training.

DIR holds MovieLens 100K as GroupLens gives it (the archive ml-100k.zip: u.data, u.item), or any log as
interactions.csv (user, item, timestamp in seconds, rating) with items.csv (item, text, created_year, category).

``--cost`` measures instead what a fit takes at three sizes of a generated log (``benchmarks/recommender/cost.py``).

``--validate`` leaves the test part alone: everything is fitted on what the harness calls train and asked about its
validation part (each user's last but one item; the tenth of the log before the last).
"""

from __future__ import annotations

import importlib
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.recommender import cost
from benchmarks.recommender.protocol import WHERE
from recommender.ml import Ranker

PEERS = ("Pop", "RecentPop", "ItemKNN", "EASE", "ALS", "BPR", "SASRec")  # and the protocol's blend
METRICS = ("ndcg@10", "recall@10", "recall@20", "mrr@10")
BLENDS = {"loo": "BlendLoo", "temporal": "BlendTemporal"}
GOAL = 1.05  # NDCG@10 and Recall@20, ours to the best peer's
HIDDEN_SHARE, FEWEST_COLD = (
    0.1,
    50,
)  # items hidden from training where the split leaves fewer unseen than this


@dataclass(frozen=True)
class ColdItems:
    """Recall@20 among unseen items only, for users who met one: ours, popularity's and a random order's."""

    users: int
    items: int
    hidden: bool
    ours: float
    popularity: float
    random: float


def peer_rows(
    harness: Any, peers: Any, names: list[str], train: pd.DataFrame, test: pd.DataFrame
) -> dict[str, Any]:
    """Results of each peer by name."""
    rows: dict[str, Any] = {}
    for name in names:
        rows[name] = plain(harness.evaluate(getattr(peers, name)(), train, test))
        print(f"{name}: {rows[name]}", file=sys.stderr, flush=True)
    return rows


def our_rows(
    harness: Any, seeds: list[int], train: pd.DataFrame, test: pd.DataFrame, items: pd.DataFrame | None
) -> list[dict[str, Any]]:
    """Results of our ranker, one a seed, with what its fit chose."""
    rows = []
    for seed in seeds:
        ranker = Ranker(seed=seed)
        row = plain(harness.evaluate(ranker, train, test, items))
        rows.append({"seed": seed, **row, "chosen": ranker.summary_})
        print(f"Ranker, seed {seed}: {row}", file=sys.stderr, flush=True)
    return rows


def plain(row: dict[str, Any]) -> dict[str, float]:
    """The harness's numbers without numpy's types."""
    return {name: float(value) for name, value in row.items()}


def compare(ours: list[dict[str, Any]], peers: dict[str, Any], protocol: str) -> dict[str, Any]:
    """Means, spreads and ratios to the best peer; coverage and seconds to the blend's."""
    means = {name: statistics.fmean(row[name] for row in ours) for name in (*METRICS, "coverage@10", "fit_s")}
    spread = {name: max(row[name] for row in ours) - min(row[name] for row in ours) for name in METRICS}
    found: dict[str, Any] = {
        "mean": {name: round(value, 4) for name, value in means.items()},
        "spread": {name: round(value, 4) for name, value in spread.items()},
    }
    if peers:
        best = {name: max(peers, key=lambda peer: float(peers[peer][name])) for name in METRICS}
        found["best_peer"] = {name: {"peer": peer, "value": peers[peer][name]} for name, peer in best.items()}
        found["ratio"] = {
            name: round(means[name] / max(peers[peer][name], 1e-9), 3) for name, peer in best.items()
        }
        found["goal"] = GOAL
        found["reached"] = all(found["ratio"][name] >= GOAL for name in ("ndcg@10", "recall@20"))
    blend = peers.get(BLENDS[protocol])
    if blend:
        found["coverage_to_blend"] = round(means["coverage@10"] / max(blend["coverage@10"], 1e-9), 3)
        found["fit_seconds_to_blend"] = round(means["fit_s"] / blend["fit_s"], 3)
    return found


def cold_items(train: pd.DataFrame, test: pd.DataFrame, items: pd.DataFrame, seed: int) -> ColdItems | None:
    """Rank only the items that training never met, for the users who met one of them afterwards."""
    rng = np.random.default_rng(seed)
    unseen = test[~test["item"].isin(train["item"]) & test["item"].isin(items["item"])]
    hidden = unseen["item"].nunique() < FEWEST_COLD
    if hidden:
        catalogue = np.intersect1d(train["item"].unique(), items["item"].unique())
        cold = rng.choice(catalogue, max(1, int(HIDDEN_SHARE * len(catalogue))), replace=False)
        unseen, train = train[train["item"].isin(cold)], train[~train["item"].isin(cold)]
    truth = unseen[unseen["user"].isin(train["user"])].groupby("user")["item"].agg(set)
    if not len(truth):
        return None
    ranker = Ranker(seed=seed).fit(train, items)
    cold_ids = np.unique(unseen["item"])
    columns = np.searchsorted(ranker.item_ids_, cold_ids)
    scores = []
    histories = {
        user: part.sort_values("timestamp")
        for user, part in train[train["user"].isin(truth.index)].groupby("user")
    }
    for user in truth.index:
        past = histories[user]
        scores.append(
            ranker.score_histories([(past["item"].to_numpy(), past["timestamp"].to_numpy())])[0, columns]
        )
    ours = np.stack(scores)
    tied = rng.random(
        ours.shape
    )  # popularity in training is 0 for every unseen item, so its order is chance, once
    return ColdItems(
        users=len(truth),
        items=len(cold_ids),
        hidden=hidden,
        ours=recall(ours, cold_ids, list(truth)),
        popularity=recall(np.tile(tied[:1], (len(ours), 1)), cold_ids, list(truth)),
        random=recall(tied, cold_ids, list(truth)),
    )


def recall(scores: npt.NDArray[Any], ids: npt.NDArray[np.int64], truth: list[set[int]], k: int = 20) -> float:
    """Mean share of the truth among the ``k`` best columns, capped at what ``k`` places hold."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    values = [
        len(wanted.intersection(ids[row].tolist())) / min(k, len(wanted))
        for row, wanted in zip(best, truth, strict=True)
    ]
    return round(float(np.mean(values)), 4)


def table(result: dict[str, Any]) -> str:
    """The result as a Markdown table and a few lines."""
    head = ("model", "NDCG@10", "Recall@10", "Recall@20", "MRR@10", "coverage@10", "fit s")
    columns = (*METRICS, "coverage@10", "fit_s")
    lines = [
        f"{result['data']}, {result['protocol']}, {result['users']} users",
        "",
        _row(head),
        _row(["---"] * 7),
    ]
    for name, row in result["peers"].items():
        lines.append(_row([name, *(f"{row[c]:.4f}" for c in columns[:-1]), f"{row['fit_s']:.1f}"]))
    mean, spread = result["ours"]["mean"], result["ours"]["spread"]
    cells = [f"**{mean[c]:.4f}** (±{spread[c] / 2:.4f})" for c in METRICS]
    lines.append(_row(["**Ranker**", *cells, f"{mean['coverage@10']:.4f}", f"{mean['fit_s']:.1f}"]))
    for name in ("ratio", "coverage_to_blend", "fit_seconds_to_blend", "reached"):
        if name in result["ours"]:
            lines.append(f"{name}: {result['ours'][name]}")
    if result["cold"]:
        lines.append(f"cold items, Recall@20 among them: {result['cold']}")
    return "\n".join(lines)


def _row(cells: Any) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def main() -> None:
    parser = measured.parser(__doc__)
    subject = parser.add_mutually_exclusive_group(required=True)
    subject.add_argument("--data", type=Path, metavar="DIR", help="folder of the log, see above")
    subject.add_argument("--cost", action="store_true", help="memory and time of a fit at three sizes")
    parser.add_argument("--protocol", choices=["loo", "temporal"], default="loo")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--peers", nargs="*", help="classes of the peers; none for ours alone")
    parser.add_argument(
        "--bench",
        type=Path,
        metavar="DIR",
        help="a folder with another's protocol (rec_eval.py: load, split, evaluate) and peers (rec_peers.py)",
    )
    parser.add_argument(
        "--sizes",
        type=int,
        nargs=3,
        default=cost.SIZES,
        help="of --cost: interactions (default: %(default)s)",
    )
    parser.add_argument(
        "--peak-of",
        type=int,
        metavar="SIZE",
        help="of --cost: one more size, of which only the memory is measured",
    )
    parser.add_argument(
        "--rows", type=Path, metavar="DIR", help="of --cost: finished sizes, from which a stopped run goes on"
    )
    parser.add_argument("--no-cold", action="store_true", help="leave out the table of unseen items")
    parser.add_argument(
        "--validate", action="store_true", help="the validation part instead of the test part"
    )
    args = parser.parse_args()
    if args.cost:
        measured.tell(
            cost.cost(args.sizes, seed=args.seeds[0], peak_of=args.peak_of, rows=args.rows),
            args,
            name="recommender_cost",
            figures=cost.figures,
            packages=("numpy", "scipy", "torch"),
            lines=cost.lines,
        )
        return
    if args.record and (args.validate or args.no_cold or args.peers is not None):
        parser.error("--record takes the whole measurement; leave out --validate, --no-cold and --peers.")
    names = ("benchmarks.recommender.protocol", "benchmarks.recommender.peers")
    if args.bench is not None:
        if not (args.bench / "rec_eval.py").is_file():
            parser.error(
                f"rec_eval.py is not in {args.bench}; leave --bench out to measure by our own protocol."
            )
        sys.path.insert(0, str(args.bench))
        names = ("rec_eval", "rec_peers")
    harness, peers = (importlib.import_module(name) for name in names)
    try:
        frame, items = harness.load(args.data)
    except (OSError, StopIteration) as error:
        parser.error(str(error) or f"{args.data} holds no interactions.csv. {WHERE}")
    train, valid, test = harness.split(frame, args.protocol)
    full, test = (train, valid) if args.validate else (pd.concat([train, valid]), test)
    chosen = [*PEERS, BLENDS[args.protocol]] if args.peers is None else args.peers
    peer_results = peer_rows(harness, peers, chosen, full, test)
    ours = our_rows(harness, args.seeds, full, test, items)
    cold = None if items is None or args.no_cold else cold_items(full, test, items, args.seeds[0])
    result = {
        "data": args.data.name,
        "protocol": args.protocol,
        "part": "validation" if args.validate else "test",
        "users": int(ours[0]["users"]),
        "peers": peer_results,
        "ours": {"runs": ours, **compare(ours, peer_results, args.protocol)},
        "cold": None if cold is None else vars(cold),
    }
    measured.tell(
        result,
        args,
        name=f"recommender_{args.protocol}",
        figures=figures,
        packages=("implicit", "numpy", "pandas", "scipy", "torch"),
        lines=table,
    )


def figures(result: dict[str, Any]) -> dict[str, Figure]:
    """Every peer's row, ours with half its spread over the seeds, ratios to the best peer, and unseen items."""
    found = {"users": Figure(result["users"])}
    columns = (*METRICS, "coverage@10", "fit_s")
    for peer, row in result["peers"].items():
        found |= {f"peers.{peer}.{name}": Figure(row[name], _unit(name)) for name in columns}
    ours = result["ours"]
    found |= {f"ours.{name}": Figure(ours["mean"][name], _unit(name)) for name in columns}
    found |= {f"ours.half_spread.{name}": Figure(round(ours["spread"][name] / 2, 4)) for name in METRICS}
    for name in METRICS:
        goal = GOAL if name in ("ndcg@10", "recall@20") else None
        found[f"ratio.{name}"] = Figure(ours["ratio"][name], "×", at_least=goal)
    found["coverage_to_blend"] = Figure(ours["coverage_to_blend"], "×", at_least=1.0)
    found["fit_seconds_to_blend"] = Figure(ours["fit_seconds_to_blend"], "×", at_most=1.0)
    if cold := result["cold"]:
        found |= {f"cold.{name}": Figure(cold[name]) for name in ("users", "items", "popularity", "random")}
        found["cold.ours"] = Figure(cold["ours"], at_least=cold["popularity"])
    return found


def _unit(name: str) -> str:
    return "s" if name.endswith("_s") else ""


if __name__ == "__main__":
    main()
