"""The fitted parts, and what each says about every item for a user at a moment.

Two kinds of moment need two sets of signals. A *visit goes on*: the next item comes right after the last one, at the
user's own moment. A user *comes back*: the next items are chosen from what is there at the log's end, and what was
popular at the user's last moment was on offer already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import Tensor

from recommender.ml.content.neighbors import ContentMap
from recommender.ml.interactions import Codes, Floats, Log, Times
from recommender.ml.ranker.linear import LinearModel, faded, standard
from recommender.ml.ranker.recency import Trend, fit_trend
from recommender.ml.ranker.sequence import SequenceNet

GOES_ON = ("own_trend", "own_popularity", "linear", "linear_recent", "sequence")
COMES_BACK = (
    "end_trend",
    "end_popularity",
    "own_trend",
    "own_popularity",
    "linear",
    "sequence",
)  # the sequence of a return
ORDERED = ("linear_recent", "sequence")  # signals that live on the order of a user's items
TREND_SHARES = (0.08, 0.4)  # half-lives of trend and popularity, as shares of the log
FLOOR = 0.3  # added to decayed counts before the logarithm: about what one old interaction leaves
VISIT_SECONDS = 3600.0  # a longer pause ends a visit

Histories = Sequence[tuple[Codes, Times]]


@dataclass(frozen=True)
class Signals:
    """Models of the warm catalogue, and how cold items borrow from it.

    ``warm`` and ``cold`` are places in the whole catalogue of ``item_count`` items; histories hold warm codes.
    """

    linear: LinearModel
    trend: Trend
    recent_half_life: float  # in items
    nets: tuple[SequenceNet, ...]  # averaged; none where order says nothing
    warm: Codes
    cold: Codes
    content: ContentMap | None

    @property
    def item_count(self) -> int:
        return len(self.warm) + len(self.cold)

    def both(self, histories: Histories) -> tuple[Floats, Floats]:
        """Signals of going on (n, 5, I) and of coming back (n, 6, I), in the order of the names above."""
        asked = _Asked(self, histories)
        return asked.going_on(), asked.coming_back()

    def going_on(self, histories: Histories) -> Floats:
        """Signals where the visit goes on (n, 5, I), in the order of ``GOES_ON``."""
        return _Asked(self, histories).going_on()

    def coming_back(self, histories: Histories) -> Floats:
        """Signals where users come back (n, 6, I), in the order of ``COMES_BACK``."""
        return _Asked(self, histories).coming_back()

    def of_linear(self, histories: Histories, half_life: float) -> Floats:
        """The linear model's scores (n, I), rows of mean 0."""
        return self._whole(standard(self.linear.scores(faded(histories, len(self.warm), half_life))))

    def of_sequence(self, histories: Histories, states: Sequence[Tensor], *, returns: bool) -> Floats:
        """The networks' mean score (n, I) from a state each, rows of mean 0; zeros without any."""
        scores = np.zeros((len(histories), len(self.warm)), np.float32)
        for net, state in zip(self.nets, states, strict=True):
            scores += net.scores(histories, returns=returns, states=state) / len(self.nets)
        return self._whole(scores)

    def levels(self, moments: Times) -> Floats:
        """Log popularity (n, 2, I) as of each moment in seconds, rows of mean 0; infinity is the log's end."""
        levels = np.log(self.trend.at(moments) + FLOOR)
        if len(self.cold):
            whole = np.full((*levels.shape[:2], self.item_count), np.log(FLOOR), np.float32)
            whole[:, :, self.warm] = levels
            levels = whole
        return np.asarray(levels - levels.mean(axis=2, keepdims=True), np.float32)

    def vectors(self) -> Floats:
        """One unit vector an item (I, 64), cold ones borrowed: a network's, or the linear model's made narrow."""
        if self.nets:
            warm = self.nets[0].items.weight.detach().numpy()[1:]
        else:
            warm = _narrow(self.linear)
        whole = self._whole(np.ascontiguousarray(warm.T)).T
        length = np.linalg.norm(whole, axis=1, keepdims=True)
        return np.asarray(whole / np.where(length > 0, length, 1), np.float32)

    def _whole(self, scores: Floats) -> Floats:
        if not len(self.cold):
            return scores
        whole = np.zeros((len(scores), self.item_count), np.float32)
        whole[:, self.warm] = scores
        if self.content is not None:
            whole[:, self.cold] = self.content.borrow(scores)
        return whole


@dataclass(frozen=True)
class _Asked:
    """Some histories before the fitted parts; what both kinds of moment need is made once."""

    parts: Signals
    histories: Histories

    @cached_property
    def own(self) -> Floats:
        """Popularity (n, 2, I) as of each user's last moment."""
        return self.parts.levels(
            np.array([t[-1] if len(t) else np.inf for _, t in self.histories], np.float64)
        )

    @cached_property
    def linear(self) -> Floats:
        return self.parts.of_linear(self.histories, np.inf)

    @cached_property
    def states(self) -> list[Tensor]:
        return [net.states(self.histories) for net in self.parts.nets]

    def going_on(self) -> Floats:
        signals = self._empty(GOES_ON)
        signals[:, :2] = self.own
        signals[:, 2] = self.linear
        signals[:, 3] = self.parts.of_linear(self.histories, self.parts.recent_half_life)
        signals[:, 4] = self.parts.of_sequence(self.histories, self.states, returns=False)
        return signals

    def coming_back(self) -> Floats:
        signals = self._empty(COMES_BACK)
        signals[:, :2] = self.parts.levels(np.array([np.inf]))
        signals[:, 2:4] = self.own
        signals[:, 4] = self.linear
        signals[:, 5] = self.parts.of_sequence(self.histories, self.states, returns=True)
        return signals

    def _empty(self, names: Sequence[str]) -> Floats:
        return np.empty((len(self.histories), len(names), self.parts.item_count), np.float32)


def _narrow(linear: LinearModel, width: int = 64) -> Floats:
    """What leads to each item, as a random projection (I, width), which keeps angles (Johnson & Lindenstrauss 1984)."""
    directions = np.random.default_rng(0).standard_normal((len(linear.head), width)).astype(np.float32)
    return linear.projected(directions)


def fit_trends(log: Log) -> Trend:
    """Decayed counts with the two half-lives above."""
    return fit_trend(log, [max(1.0, share * len(log)) for share in TREND_SHARES])


def habits(histories: Histories, times: Times) -> Floats:
    """What tells whether a user is about to come back (n, 4): idle time, visits, items, time since the first visit.

    Idle time and span are shares of the log's interactions, so that they need no unit; all are logarithms.
    """
    count = len(times)
    facts = np.zeros((len(histories), 4), np.float32)
    for row, (items, seconds) in enumerate(histories):
        if not len(items):
            continue
        first, last = np.searchsorted(times, [seconds[0], seconds[-1]], side="right")
        visits = 1 + int((np.diff(seconds) > VISIT_SECONDS).sum())
        facts[row] = (
            np.log((count - last) / count + 0.01),
            np.log(visits),
            np.log(len(items)),
            np.log((last - first) / count + 0.01),
        )
    return facts
