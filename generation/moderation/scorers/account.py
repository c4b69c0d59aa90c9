"""What is known of who sends it: strikes, what became of earlier videos, how fast new ones come."""

from __future__ import annotations

import math

from generation.moderation.scorers.contract import Evidence, ScreeningItem, Signal

# name in ``ScreeningItem.account`` → (value at which it is worth one half of its weight, weight)
_FACTORS = {
    "strikes": (1.0, 0.6),  # valid ones
    "removed_share": (0.3, 0.4),  # of decided videos, 0–1
    "uploads_in_hour": (6.0, 0.3),
    "comments_in_hour": (40.0, 0.2),
}
_NEW_DAYS = 2.0
_NEW_WEIGHT = 0.15


class AccountScorer:
    """Extra. It raises what others found, never holds alone: with all factors at their worst it stays below 0.8."""

    name = "account"
    version = "1"
    required = False

    def signals(self, item: ScreeningItem) -> list[Signal]:
        """``no_model`` where nothing is known of the account."""
        if not item.account:
            detail = "Nothing is known of the account."
            return [Signal(self.name, self.version, "other", 0.0, state="no_model", detail=detail)]
        shares = {name: _share(item.account.get(name, 0.0), *_FACTORS[name]) for name in _FACTORS}
        age = item.account.get("age_days")
        if age is not None and age < _NEW_DAYS:
            shares["age_days"] = _NEW_WEIGHT
        safe = math.prod(1 - share for share in shares.values())
        evidence = tuple(
            Evidence("account", name, shown=f"{item.account.get(name, 0.0):g}", score=round(share, 3))
            for name, share in sorted(shares.items(), key=lambda pair: -pair[1])
            if share > 0.02
        )
        return [Signal(self.name, self.version, "other", round(min(1 - safe, 0.79), 4), evidence)]


def _share(value: float, half: float, weight: float) -> float:
    value = max(value, 0.0)
    return weight * value / (value + half)
