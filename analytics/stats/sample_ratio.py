"""Were the viewers shared out as planned? A check that may be made after every one of them.

The counts of arms against the planned shares, as a Bayes factor of a Dirichlet mixture over all other shares: a
martingale under the plan, so it ever passes 1 ÷ α with probability at most α. A failed check means that assignment or
logging is broken, and that no result may be believed. Lindon and Malek 2020 (https://arxiv.org/abs/2011.03567).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log

CONCENTRATION = 1_000.0  # of the Dirichlet around the plan: small departures are looked for
ALARM = 0.001  # a broken experiment is looked for in all of them, all the time


def ratio_p_value(
    counts: Sequence[int], shares: Sequence[float], *, concentration: float = CONCENTRATION
) -> float:
    """The p-value (0–1) at this moment of "viewers come in these shares"; keep the least of all looks.

    ``shares`` are positive and sum to 1. Raises ``ValueError`` otherwise.
    """
    if len(counts) != len(shares) or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-6:
        raise ValueError(
            f"Shares must be positive, sum to 1 and match the counts. They are {shares} of {counts}."
        )
    prior = [concentration * share for share in shares]
    total = sum(counts)
    factor = lgamma(concentration) - lgamma(concentration + total)
    for count, weight, share in zip(counts, prior, shares, strict=True):
        factor += lgamma(weight + count) - lgamma(weight) - count * log(share)
    return min(1.0, exp(-max(factor, 0.0)))
