"""Every choice of a fit, made on parts of the log that the parts did not see.

Two kinds of held-out choices stand for the two kinds of moments: each user's last item (the visit goes on), and all
that users known before a cut in time did after it (they come back). One network serves both, trained on what lies
before the cut less each user's last item; the linear model and the trends are cheap enough for more cuts.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from recommender.ml.interactions import Codes, Floats, Log
from recommender.ml.ranker.features import (
    COMES_BACK,
    GOES_ON,
    ORDERED,
    Histories,
    Signals,
    fit_trends,
    habits,
)
from recommender.ml.ranker.linear import LinearModel, faded, fit_linear
from recommender.ml.ranker.mixture import (
    Choices,
    Gate,
    expert_scores,
    fit_expert,
    fit_gate,
    mix,
    quality,
    tune_expert,
)
from recommender.ml.ranker.sequence import SequenceNet, SequenceShape
from recommender.ml.ranker.sequence_training import Schedule, new_net, plan_epochs, train_side_by_side

CUTS = (0.6, 0.7, 0.8)  # further cuts for those who come back, each judged on the tenth of the log after it
LAST_CUT = 0.9
PENALTIES = (20.0, 60.0, 200.0, 600.0)
HALF_LIVES = (3.0, 5.0, 10.0, 20.0, 40.0)
MOST_USERS, MOST_SCORES = 2_000, 6_000_000  # of one kind of moment, and users × items
FEWEST = 20  # held-out users below which the prior below is kept
MANY_ITEMS = 3_000  # above, inverting costs more than it teaches: fewer penalties, no further cuts
NETS = 2  # averaged: each alone is unsure in its own way
NEXT_NET = 101  # from one network's seed to the next one's
JUDGED, ROWS_JUDGED = 400, 64  # held-out users that say when to stop; so many of them at a time
FIRST_PART = 0.45  # share of the network's epochs that come before the choices
PRIOR_GOES_ON = np.array([0.0, 0.3, 1.0, 0.0, 0.0], np.float32)
PRIOR_COMES_BACK = np.array([0.8, 0.2, 0.0, 0.0, 0.4, 0.0], np.float32)
PRIOR_SEQUENCE = 0.2  # the network's weight where users come back: one cut has few of them to learn it from
PRIOR_SPREAD = 0.1  # standard deviation around it
RETURN_ODDS = (
    0.5  # added to the gate's log-odds: what users who come back choose is harder to guess, so it leads
)
RARELY = Gate(np.zeros(4, np.float32), -3.0)  # nobody was seen coming back


@dataclass(frozen=True)
class Chosen:
    """What the held-out choices settled; ``nets`` have seen the first part of their epochs."""

    penalty: float
    recent_half_life: float
    goes_on: Floats
    comes_back: Floats
    gate: Gate
    nets: tuple[SequenceNet, ...]
    epochs_left: tuple[int, ...]
    measured: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Moments:
    """Held-out choices of some users: their histories (n), what was seen and what chosen, both (n, I)."""

    histories: Histories
    seen: npt.NDArray[np.bool_]
    chosen: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.histories)


def choose(log: Log, *, seed: int) -> Chosen:
    """Train and weigh everything on parts of ``log``."""
    base = log.rows(_before(log, LAST_CUT))
    last = _last_rows(base)
    train = base.rows(~last)
    rng = np.random.default_rng(seed)
    staying = _staying(base, train, last, rng)
    returning = _returning(log, base, LAST_CUT, 1.0, rng)
    linear, recent = _choose_linear(train, staying, returning)
    nets, epochs, left = _first_nets(train, staying, seed)
    signals = Signals(
        linear=linear,
        trend=fit_trends(train),
        recent_half_life=recent,
        nets=nets,
        warm=np.arange(log.item_count),
        cold=np.empty(0, np.int64),
        content=None,
    )
    goes_on, order = _choose_goes_on(signals, staying, rng)
    measured: dict[str, object] = {
        "staying": len(staying),
        "returning": len(returning),
        "epochs": epochs,
        **order,
    }
    if not goes_on[GOES_ON.index("sequence")]:
        signals, left = dataclasses.replace(signals, nets=()), ()
    at_cut = dataclasses.replace(signals, trend=fit_trends(base))
    comes_back = _choose_comes_back(log, at_cut, returning, rng)
    gate = RARELY
    if min(len(staying), len(returning)) >= FEWEST:
        gate, qualities = _choose_gate(signals, at_cut, staying, returning, goes_on, comes_back, train, base)
        measured |= qualities
    return Chosen(linear.penalty, recent, goes_on, comes_back, gate, signals.nets, left, measured)


def _before(log: Log, share: float) -> npt.NDArray[np.bool_]:
    """Which rows lie in the first ``share`` of the log by time."""
    keep = np.zeros(len(log), bool)
    keep[log.order[: max(1, int(share * len(log)))]] = True
    return keep


def _last_rows(log: Log) -> npt.NDArray[np.bool_]:
    """The last row of every user with three and more."""
    last = np.zeros(len(log), bool)
    ends = log.starts[1:][np.diff(log.starts) >= 3] - 1
    last[ends] = True
    return last


def _sample(users: Codes, item_count: int, rng: np.random.Generator) -> Codes:
    most = max(FEWEST, min(MOST_USERS, MOST_SCORES // item_count))
    return users if len(users) <= most else np.sort(rng.choice(users, most, replace=False))


def _moments(log: Log, users: Codes, chosen_of: dict[int, Codes]) -> Moments:
    """Held-out choices of ``users`` with histories from ``log``; those who chose nothing new are left out."""
    histories, seen, chosen = [], [], []
    for user in users:
        items, times = log.history(int(user))
        met, wanted = np.zeros((2, log.item_count), bool)
        met[items] = True
        wanted[chosen_of[int(user)]] = True
        wanted &= ~met
        if wanted.any():
            histories.append((items, times))
            seen.append(met)
            chosen.append(wanted)
    shape = (len(histories), log.item_count)
    return Moments(
        histories, np.reshape(np.array(seen, bool), shape), np.reshape(np.array(chosen, bool), shape)
    )


def _staying(base: Log, train: Log, last: npt.NDArray[np.bool_], rng: np.random.Generator) -> Moments:
    users = _sample(base.users[last], base.item_count, rng)
    held = dict(zip(base.users[last].tolist(), base.items[last][:, None], strict=True))
    return _moments(train, users, held)


def _returning(log: Log, before: Log, cut: float, end: float, rng: np.random.Generator) -> Moments:
    """Users with a history ``before`` the cut, and what they met between it and ``end`` (shares of the log)."""
    window = _before(log, end) & ~_before(log, cut)
    users, items = log.users[window], log.items[window]
    known = np.diff(before.starts)[users] > 0
    users, items = users[known], items[known]
    picked = _sample(np.unique(users), log.item_count, rng)
    return _moments(before, picked, {int(user): items[users == user] for user in picked})


def _choose_linear(train: Log, staying: Moments, returning: Moments) -> tuple[LinearModel, float]:
    """The penalty that serves both kinds, and the fading that serves those who stay."""
    matrix = train.matrix()
    best: tuple[float, LinearModel, float] | None = None
    for penalty in PENALTIES if train.item_count <= MANY_ITEMS else PENALTIES[1:3]:
        model = fit_linear(matrix, penalty=penalty)
        plain = [_ndcg(model, moments, np.inf) for moments in (staying, returning)]
        recent = max(HALF_LIVES, key=lambda life: _ndcg(model, staying, life))
        value = np.log([max(plain[0], _ndcg(model, staying, recent)) + 1e-4, plain[1] + 1e-4]).sum()
        if best is None or value > best[0]:
            best = (value, model, recent)
    assert best is not None
    return best[1], best[2]


def _ndcg(model: LinearModel, moments: Moments, half_life: float) -> float:
    if not len(moments):
        return 0.0
    scores = model.scores(faded(moments.histories, moments.seen.shape[1], half_life))
    return float(quality(scores, moments.seen, moments.chosen)[0].mean())


def _first_nets(
    train: Log, staying: Moments, seed: int
) -> tuple[tuple[SequenceNet, ...], tuple[int, ...], tuple[int, ...]]:
    """The networks after the first part of their epochs, how many those were, and how many are left."""
    nets = tuple(
        new_net(SequenceShape(train.item_count), seed=seed + NEXT_NET * place) for place in range(NETS)
    )
    ones = np.ones((1,), np.float32)

    def likelihood(net: SequenceNet) -> float:
        found = []
        for first in range(0, min(JUDGED, len(staying)), ROWS_JUDGED):
            rows = slice(first, min(first + ROWS_JUDGED, JUDGED))
            scores = net.scores(staying.histories[rows], returns=False)
            found.append(expert_scores(scores[:, None], ones, staying.seen[rows])[staying.chosen[rows]])
        return float(np.concatenate(found).mean())

    epochs = train_side_by_side(
        nets,
        train.histories(np.arange(train.user_count)),
        [Schedule(max(1, round(FIRST_PART * plan_epochs(train))))] * NETS,
        seeds=[seed + NEXT_NET * place for place in range(NETS)],
        judge=likelihood if len(staying) >= FEWEST else None,
    )
    left = [max(1, round(count * (1 - FIRST_PART) / FIRST_PART)) for count in epochs]
    return nets, tuple(epochs), tuple(left)


def _choose_goes_on(
    signals: Signals, staying: Moments, rng: np.random.Generator
) -> tuple[Floats, dict[str, float]]:
    """Weights where the visit goes on, and what order in time is worth.

    Order carries a signal when histories as they were rank the held-out items better than the same histories shuffled,
    by two standard errors of NDCG@10 + Recall@20 over the users. Where it does not, the signals that live on it are
    left out, and the linear model leads.
    """
    if len(staying) < FEWEST:
        return PRIOR_GOES_ON, {}
    choices = Choices(signals.going_on(staying.histories), staying.seen, staying.chosen)
    weights = fit_expert([choices])
    mixed = [(rng.permutation(items), times) for items, times in staying.histories]
    as_was, shuffled = (
        np.sum(quality(expert_scores(values, weights, staying.seen), staying.seen, staying.chosen), axis=0)
        for values in (choices.signals, signals.going_on(mixed))
    )
    gain = as_was - shuffled
    error = float(gain.std() / np.sqrt(len(gain)))
    measured = {"order_gain": round(float(gain.mean()), 4), "order_gain_error": round(error, 4)}
    if gain.mean() > 2 * error:
        return tune_expert([choices], weights), measured
    plain = [place for place, name in enumerate(GOES_ON) if name not in ORDERED]
    weights = np.zeros_like(weights)
    weights[plain] = fit_expert([choices.only(plain)])
    return tune_expert([choices], weights), measured


def _choose_comes_back(log: Log, at_cut: Signals, returning: Moments, rng: np.random.Generator) -> Floats:
    """Weights where users come back: all but the network's from every cut, the network's from the last."""
    sequence = COMES_BACK.index("sequence")
    plain = [place for place in range(len(COMES_BACK)) if place != sequence]
    parts = []
    if len(returning) >= FEWEST:
        final = Choices(at_cut.coming_back(returning.histories), returning.seen, returning.chosen)
        parts.append(final.only(plain))
    if log.item_count <= MANY_ITEMS:
        for cut in CUTS:
            before = log.rows(_before(log, cut))
            moments = _returning(log, before, cut, cut + 0.1, rng)
            if len(moments) >= FEWEST:
                linear = fit_linear(before.matrix(), penalty=at_cut.linear.penalty)
                signals = dataclasses.replace(at_cut, linear=linear, trend=fit_trends(before), nets=())
                chosen = Choices(signals.coming_back(moments.histories), moments.seen, moments.chosen)
                parts.append(chosen.only(plain))
    weights = PRIOR_COMES_BACK.copy()
    if parts:
        weights[plain] = tune_expert(parts, fit_expert(parts))
    if at_cut.nets:
        weights[sequence] = PRIOR_SEQUENCE
    if len(returning) >= FEWEST and at_cut.nets:
        pooled = np.einsum("nfi,f->ni", final.signals[:, plain], weights[plain])
        pair = Choices(np.stack([pooled, final.signals[:, sequence]], 1), returning.seen, returning.chosen)
        prior = np.array([1.0, PRIOR_SEQUENCE], np.float32)
        scale, share = fit_expert([pair], toward=prior, shrink=1 / (2 * PRIOR_SPREAD**2 * len(returning)))
        weights[plain] *= scale
        weights[sequence] = share
    return weights


def _choose_gate(
    signals: Signals,
    at_cut: Signals,
    staying: Moments,
    returning: Moments,
    goes_on: Floats,
    comes_back: Floats,
    train: Log,
    base: Log,
) -> tuple[Gate, dict[str, object]]:
    """The gate by logistic regression, and what both experts behind it reach on the held-out choices."""
    kinds = [(signals, staying, train), (at_cut, returning, base)]
    facts = [habits(moments.histories, log.times[log.order]) for _, moments, log in kinds]
    gate = dataclasses.replace(fit_gate(facts[0], facts[1]), shift=RETURN_ODDS)
    measured: dict[str, object] = {}
    for name, x, (parts, moments, _) in zip(("staying", "returning"), facts, kinds, strict=True):
        scores = mix(
            expert_scores(parts.going_on(moments.histories), goes_on, moments.seen),
            expert_scores(parts.coming_back(moments.histories), comes_back, moments.seen),
            gate.share(x),
        )
        ndcg, recall = quality(scores, moments.seen, moments.chosen)
        measured |= {
            f"{name}_ndcg": round(float(ndcg.mean()), 4),
            f"{name}_recall": round(float(recall.mean()), 4),
        }
    return gate, measured
