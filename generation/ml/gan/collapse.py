"""Whether a run has collapsed: generated pictures all alike, or one side of the game so strong that nothing is learned."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as F

ALIKE = 0.25  # share of the real spread below which pictures count as alike
SATURATED = 0.98  # D(x) above this while D(G(z)) is below its complement
_SIDE = 8  # pixels a side at which pictures are compared


def spread(pictures: Tensor, labels: Tensor) -> float:
    """Mean distance of a picture (B, 3, S, S) to others of its category, root mean square over 8×8 pixels.

    Categories always differ, so a generator that draws one picture a category would else pass for a varied one.
    """
    small = F.adaptive_avg_pool2d(pictures.detach().float(), _SIDE).flatten(1)
    apart = torch.cdist(small, small) / small.shape[1] ** 0.5
    pairs = torch.triu(labels[:, None] == labels[None], diagonal=1)
    return float(apart[pairs].mean()) if bool(pairs.any()) else 0.0


@dataclass
class CollapseWatch:
    """Judges a run by its reports; ``real_spread`` is that of real pictures."""

    real_spread: float
    patience: int = 3
    _saturated: int = field(default=0)

    def verdict(self, *, fake_spread: float, d_real: float, d_fake: float) -> str:
        """A sentence when the run has collapsed, else ""; saturation must last ``patience`` reports."""
        if fake_spread < ALIKE * self.real_spread:
            share = fake_spread / max(self.real_spread, 1e-8)
            return (
                f"Generated pictures of a category are nearly alike: they differ by {share:.0%} of what real ones do. "
                "Start again with another seed, a smaller step size or more pictures."
            )
        self._saturated = self._saturated + 1 if d_real > SATURATED and d_fake < 1 - SATURATED else 0
        if self._saturated >= self.patience:
            return (
                f"The discriminator tells all pictures apart (D(x) {d_real:.3f}, D(G(z)) {d_fake:.3f}), so the "
                "generator learns nothing. Start again with stronger augmentation or a smaller step size for D."
            )
        return ""
