"""The discriminator D: small judges over features of a network that was trained on ImageNet and stays as it is.

Sauer et al. 2021 (projected GAN), https://arxiv.org/abs/2111.01007: judges at several scales see fixed features, so that D
knows shapes from the first step. One more judge sees the pixels themselves, where the features are blind. Conditional by
projection (Miyato & Koyama 2018, https://arxiv.org/abs/1802.05637).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.ml.efficientnet_lite import EfficientNetLite, pretrained
from generation.ml.gan.config import GanConfig

EYES = "lite0"
STAGES = (1, 2, 4)  # a quarter, an eighth and a sixteenth of the side
JUDGE = 64  # channels of a judge


class Eyes:
    """The fixed features of pictures, each channel brought to zero mean and unit spread over real pictures."""

    def __init__(self, side: int, device: torch.device) -> None:
        self.side = side
        self.network: EfficientNetLite = pretrained(EYES).to(device)
        self.widths = self.network.widths(STAGES)
        self.means = [torch.zeros(1, w, 1, 1, device=device) for w in self.widths]
        self.spreads = [torch.ones(1, w, 1, 1, device=device) for w in self.widths]

    def fit(self, real: Tensor) -> None:
        """Take means and spreads from real pictures (B, 3, S, S) in [-1, 1]."""
        with torch.no_grad():
            for i, found in enumerate(self._features(real)):
                self.means[i] = found.mean((0, 2, 3), keepdim=True)
                self.spreads[i] = found.std((0, 2, 3), keepdim=True) + 1e-3

    def scales(self) -> dict[str, Tensor]:
        """Means and spreads by name, to be stored."""
        pairs = {"means": self.means, "spreads": self.spreads}
        return {f"{name}.{i}": value for name, values in pairs.items() for i, value in enumerate(values)}

    def rescale(self, scales: dict[str, Tensor]) -> None:
        """Take stored means and spreads."""
        self.means = [scales[f"means.{i}"] for i in range(len(STAGES))]
        self.spreads = [scales[f"spreads.{i}"] for i in range(len(STAGES))]

    def see(self, x: Tensor) -> list[Tensor]:
        """One map a stage, coarsest last, for x (B, 3, S, S) in [-1, 1]."""
        found = self._features(x)
        return [(f - m) / s for f, m, s in zip(found, self.means, self.spreads, strict=True)]

    def _features(self, x: Tensor) -> list[Tensor]:
        if x.shape[-1] != self.side:
            x = F.interpolate(x, (self.side, self.side), mode="bilinear", align_corners=False)
        return self.network.features(x, STAGES)


class Judge(nn.Module):
    """A map (B, channels, H, W) and category numbers (B,) → one logit a picture (B,), the mean over positions."""

    def __init__(self, channels: int, categories: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(channels, JUDGE, 1)
        self.middle = nn.Conv2d(JUDGE, JUDGE, 3, stride=2, padding=1)
        self.leave = nn.Conv2d(JUDGE, JUDGE, 3, padding=1)
        self.category = nn.Embedding(max(categories, 1), JUDGE)
        self.logit = nn.Linear(JUDGE, 1)
        nn.init.normal_(self.category.weight, std=0.1)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        pooled = self.pooled(x)
        whole: Tensor = self.logit(pooled).squeeze(1) + (pooled * self.category(labels)).sum(1)
        return whole

    def pooled(self, x: Tensor) -> Tensor:
        """What the judge goes by, (B, JUDGE): means over positions."""
        x = F.leaky_relu(self.enter(x), 0.2)
        x = F.leaky_relu(self.middle(x), 0.2)
        return F.leaky_relu(self.leave(x), 0.2).mean((2, 3))


class PixelJudge(nn.Module):
    """The same for pixels: 2×2 folded into channels, then four strided convolutions."""

    def __init__(self, size: int, categories: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(12, 32, 3, padding=1)
        self.deeper = nn.ModuleList()
        wide, side = 32, size // 2
        while side > 8:
            self.deeper.append(nn.Conv2d(wide, min(wide * 2, 128), 4, stride=2, padding=1))
            wide, side = min(wide * 2, 128), side // 2
        self.judge = Judge(wide, categories)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        found: Tensor = self.judge(self._coarse(x), labels)
        return found

    def pooled(self, x: Tensor) -> Tensor:
        found: Tensor = self.judge.pooled(self._coarse(x))
        return found

    def _coarse(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.enter(F.pixel_unshuffle(x, 2)), 0.2)
        for layer in self.deeper:
            x = F.leaky_relu(layer(x), 0.2)
        return x


class Discriminator(nn.Module):
    """All judges; ``views`` are the maps of ``Eyes.see`` with the picture itself last."""

    def __init__(self, config: GanConfig, widths: list[int]) -> None:
        super().__init__()
        count = len(config.categories)
        self.judges = nn.ModuleList([*(Judge(w, count) for w in widths), PixelJudge(config.size, count)])

    def forward(self, views: list[Tensor], labels: Tensor) -> Tensor:
        """One logit a judge and picture, (judges, B)."""
        return torch.stack([judge(view, labels) for judge, view in zip(self.judges, views, strict=True)])

    def pooled(self, views: list[Tensor]) -> Tensor:
        """What the judges go by, whatever the category, (B, judges × JUDGE)."""
        return torch.cat([judge.pooled(view) for judge, view in zip(self.judges, views, strict=True)], 1)  # type: ignore[operator]
