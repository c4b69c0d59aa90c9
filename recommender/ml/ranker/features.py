"""The fitted parts, and what each says about every item for a user at a moment.

Two kinds of moment need two sets of signals. A *visit goes on*: the next item comes right after the last one, at the
user's own moment. A user *comes back*: the next items are chosen from what is there at the log's end, and what was
popular at the user's last moment was on offer already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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
        linear, recent, onward, back = self.personal(histories)
        own = self.levels(np.array([t[-1] if len(t) else np.inf for _, t in histories], np.float64))
        end = np.broadcast_to(self.levels(np.array([np.inf])), own.shape)
        goes_on = np.stack([own[:, 0], own[:, 1], linear, recent, onward], axis=1)
        comes_back = np.stack([end[:, 0], end[:, 1], own[:, 0], own[:, 1], linear, back], axis=1)
        return goes_on, comes_back

    def personal(self, histories: Histories) -> tuple[Floats, Floats, Floats, Floats]:
        """Linear, faded linear, and the sequence's signals for going on and coming back; each (n, I), rows of mean 0."""
        count = len(self.warm)
        linear = standard(self.linear.scores(faded(histories, count, np.inf)))
        recent = standard(self.linear.scores(faded(histories, count, self.recent_half_life)))
        onward, back = np.zeros_like(linear), np.zeros_like(linear)
        for net in self.nets:
            goes_on, comes_back = net.scores(histories)
            onward += goes_on / len(self.nets)
            back += comes_back / len(self.nets)
        return self._whole(linear), self._whole(recent), self._whole(onward), self._whole(back)

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
