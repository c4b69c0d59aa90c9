"""Less noise from what was known of a viewer before: CUPED.

Deng, Xu, Kohavi, Walker 2013. A viewer's number less θ (before − mean before), θ = Cov(now, before) ÷ Var(before) over
all arms together, has the same expected difference between arms and 1 − ρ² of the variance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def adjusted(now: Floats, before: Floats) -> tuple[Floats, float]:
    """``now`` (n,) without what ``before`` (n,; NaN where nothing was known) explains, and the share of variance removed.

    Give all arms at once: θ and the mean must not differ between them.
    """
    known = np.isfinite(before)
    spread = float(before[known].var()) if known.sum() >= 3 else 0.0
    if spread <= 0:
        return now.copy(), 0.0
    theta = float(np.cov(now[known], before[known], bias=True)[0, 1]) / spread
    centered = np.where(known, before - before[known].mean(), 0.0)
    result = now - theta * centered
    total = float(now.var())
    return result, max(0.0, 1 - float(result.var()) / total) if total > 0 else 0.0
