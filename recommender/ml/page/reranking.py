"""From scored candidates to a page: safe, fresh, varied, without repeats, and with a known propensity at every slot.

Slots are filled one after the other. What may stand at a slot: safe, not shown above, no near-duplicate of what is above
or was just seen, creator and category caps kept. Who stands there: the best by relevance (discounted where the viewer is
tired of it, raised where it is fresh) balanced against likeness to the slots above (``diversity.py``). Then the slot may
explore (``exploration.py``). Plain arrays, no loop over candidates.
"""

from __future__ import annotations

import numpy as np

from recommender.ml.page.diversity import Likeness, alike, seen_alike
from recommender.ml.page.exploration import Floats, Ints, pool_probabilities, slot_draw, softmax
from recommender.ml.page.slate import UNKNOWN, Candidates, Flags, Recent, Rules, Slate, Slot, checked

__all__ = ["Candidates", "Recent", "Rules", "Slate", "Slot", "rerank", "tiredness"]

DEFAULT_RULES, NOTHING_RECENT = Rules(), Recent()


def rerank(
    candidates: Candidates,
    k: int,
    rules: Rules = DEFAULT_RULES,
    rng: np.random.Generator | None = None,
    recent: Recent = NOTHING_RECENT,
) -> Slate:
    """The best page of at most ``k`` slots; shorter when nothing safe and new is left.

    Without ``rng`` nothing explores and every propensity is 1.
    """
    given = checked(candidates, k)
    n = len(given)
    rested = given.relevance * tiredness(given, recent, rules)
    score = rested + _freshness(given, rules)
    kernel = Likeness(given, rules)
    alive = given.safe & ~seen_alike(given, recent, rules)
    creators, categories = _Cap(given.creators, rules.creator_cap), _Cap(given.categories, rules.category_cap)
    slots: list[Slot] = []
    rows: list[Floats] = []
    for position in range(k):
        open_, lifted = _open(alive, creators, categories, rules.lift_caps)
        if not open_.any():
            break
        gain = kernel.gain(score)
        best = int(np.argmax(np.where(open_, gain, -np.inf)))
        explores = rules.exploration_slots is None or position in rules.exploration_slots
        epsilon = rules.exploration_rate if rng is not None and explores else 0.0
        pool = _pool(given, score, open_, rules) if epsilon else np.zeros(n)
        draw = slot_draw(best, pool, epsilon, rng or np.random.default_rng(0))
        i = draw.index
        because = ["caps_lifted"] if lifted else []
        if not draw.explored:
            because += _because(i, given.relevance, rested, score, open_)
        slots.append(
            Slot(
                item=int(given.items[i]),
                index=i,
                position=position,
                score=float(score[i]),
                best_score=float(score[best]),
                propensity=draw.propensity,
                explored=draw.explored,
                reason=_reason(given, i, draw.explored),
                because=tuple(because),
            )
        )
        rows.append(draw.probabilities)
        cosine = given.vectors @ given.vectors[i]
        kernel.take(i, cosine)
        creators.take(i)
        categories.take(i)
        alive &= ~alike(given, cosine, given.hashes[i], rules)
        alive[i] = False
    return Slate(tuple(slots), np.array(rows).reshape(len(slots), n))


def tiredness(candidates: Candidates, recent: Recent, rules: Rules) -> Floats:
    """Factor (n,) in (0, 1] on relevance: less where category, creator or the item itself was shown again and again.

    A showing weighs half after ``fatigue_memory`` slots; a category seen in every recent slot costs ``fatigue``.
    """
    tired = np.zeros(len(candidates))
    for mine, shown in ((candidates.creators, recent.creators), (candidates.categories, recent.categories)):
        if not len(shown) or not len(mine):
            continue
        weights = 0.5 ** (np.arange(len(shown)) / rules.fatigue_memory)
        full = 1.0 / (1.0 - 0.5 ** (1.0 / rules.fatigue_memory))  # the weight of an endless run of showings
        kinds, place = np.unique(shown, return_inverse=True)
        share = np.bincount(place, weights, len(kinds)) / full
        at = np.clip(np.searchsorted(kinds, mine), 0, len(kinds) - 1)
        tired = np.maximum(tired, np.where((kinds[at] == mine) & (mine != UNKNOWN), share[at], 0.0))
    ignored = candidates.ignored if len(candidates.ignored) else np.zeros(len(candidates))
    return np.asarray((1.0 - rules.fatigue * tired) * rules.ignored_discount**ignored)


class _Cap:
    """At most ``most`` of one kind on the page; an unknown kind is never capped."""

    def __init__(self, kinds: Ints, most: int) -> None:
        self.kinds, self.most = kinds, most
        self.open = np.ones(len(kinds), np.bool_) if most > 0 else kinds == UNKNOWN
        self.counts: dict[int, int] = {}

    def take(self, i: int) -> None:
        kind = int(self.kinds[i])
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind != UNKNOWN and self.counts[kind] >= self.most:
            self.open = self.open & (self.kinds != kind)


def _open(alive: Flags, creators: _Cap, categories: _Cap, lift: bool) -> tuple[Flags, bool]:
    """Who may stand at the next slot, and whether a cap had to be lifted for that."""
    capped = alive & creators.open & categories.open
    if capped.any() or not lift:
        return capped, False
    one = alive & creators.open
    return (one if one.any() else alive), bool(alive.any())


def _pool(given: Candidates, score: Floats, open_: Flags, rules: Rules) -> Floats:
    """Exploration probabilities (n,) summing to 1: by the given weights, and for the rest by relevance.

    The rest reaches every open candidate, so any policy over them can be judged from the logs.
    """
    anybody = softmax(np.where(open_, score, -np.inf), rules.temperature)
    if not len(given.exploring):
        return anybody
    weighted = pool_probabilities(given.exploring, open_)
    return rules.new_share * weighted + (1 - rules.new_share) * anybody if weighted.any() else anybody


def _reason(given: Candidates, i: int, explored: bool) -> str:
    if not explored:
        return given.reasons[i]
    return "new_video" if len(given.exploring) and given.exploring[i] > 0 else "exploration"


def _freshness(given: Candidates, rules: Rules) -> Floats:
    if not len(given.age_hours):
        return np.zeros(len(given))
    return np.asarray(rules.freshness * 0.5 ** (np.maximum(given.age_hours, 0.0) / rules.freshness_hours))


def _because(i: int, relevance: Floats, rested: Floats, score: Floats, open_: Flags) -> list[str]:
    """Which terms the choice of ``i`` hangs on: without one, somebody else would have been best."""
    without = [np.where(open_, values, -np.inf) for values in (relevance, rested, score)]
    lost = [values[i] < values.max() for values in without]
    names = [("rested", lost[0] and not lost[1]), ("fresh", lost[1] and not lost[2]), ("diverse", lost[2])]
    return [name for name, changed in names if changed]
