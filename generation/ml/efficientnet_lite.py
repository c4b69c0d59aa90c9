"""EfficientNet-lite as a fixed feature extractor: features for a discriminator and for measures of fidelity.

Tan & Le 2019, https://arxiv.org/abs/1905.11946, in the "lite" form: no squeeze-and-excitation, ReLU6. Weights trained on
ImageNet come as an asset; batch norms are folded into the convolutions when they are read, nothing here is trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.assets import asset_path

REPEATS = {"lite0": (1, 2, 2, 3, 3, 4, 1), "lite2": (1, 3, 3, 4, 4, 5, 1)}
STRIDES = (1, 2, 2, 2, 1, 2, 1)
INPUT_SIZES = {"lite0": 224, "lite2": 260}  # pixels a side in training
POOLED = 1280
_EPSILON = 1e-3  # of the batch norms in training


class FoldedConv(nn.Module):
    """A convolution with its batch norm folded in, padded as TensorFlow's "same" does, then ReLU6 or nothing."""

    weight: Tensor
    bias: Tensor

    def __init__(self, weight: Tensor, bias: Tensor, *, stride: int, active: bool) -> None:
        super().__init__()
        self.register_buffer("weight", weight.contiguous(memory_format=torch.channels_last))
        self.register_buffer("bias", bias)
        self.stride, self.active = stride, active
        self.kernel = weight.shape[-1]
        self.groups = weight.shape[0] if weight.shape[1] == 1 else 1

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            y = F.conv2d(x, self.weight, self.bias, 1, self.kernel // 2, 1, self.groups)
        else:
            low, high = zip(*(self._padding(n) for n in x.shape[-2:]))
            padded = F.pad(x, (low[1], high[1], low[0], high[0]))
            y = F.conv2d(padded, self.weight, self.bias, self.stride, 0, 1, self.groups)
        return F.relu6(y) if self.active else y

    def _padding(self, size: int) -> tuple[int, int]:
        needed = max((-(-size // self.stride) - 1) * self.stride + self.kernel - size, 0)
        return needed // 2, needed - needed // 2


class MobileBlock(nn.Module):
    """Expand, convolve each channel by itself, project; with a skip where the shape stays."""

    def __init__(self, layers: list[FoldedConv], *, skip: bool) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.skip = skip

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return x + y if self.skip else y


class EfficientNetLite(nn.Module):
    """``name`` is lite0 or lite2; ``weights`` its state as it was published."""

    def __init__(self, name: str, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.name = name
        self.stem = _folded(weights, "_conv_stem", "_bn0", stride=2, active=True)
        stages, index = [], 0
        for repeats, stride in zip(REPEATS[name], STRIDES, strict=True):
            blocks = [_block(weights, index + i, stride if i == 0 else 1) for i in range(repeats)]
            stages.append(nn.Sequential(*blocks))
            index += repeats
        self.stages = nn.ModuleList(stages)
        self.head = _folded(weights, "_conv_head", "_bn1", stride=1, active=True)
        self.eval()

    def features(self, x: Tensor, wanted: tuple[int, ...]) -> list[Tensor]:
        """Outputs of the ``wanted`` stages (0–6, ascending) for x (B, 3, H, W) in [-1, 1]; later stages are not run."""
        x = self.stem(x)
        found = []
        for number, stage in enumerate(self.stages[: wanted[-1] + 1]):
            x = stage(x)
            if number in wanted:
                found.append(x)
        return found

    def forward(self, x: Tensor) -> Tensor:
        """Pooled features (B, 1280) of x (B, 3, H, W) in [-1, 1]."""
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        y: Tensor = self.head(x).mean((2, 3))
        return y

    def widths(self, wanted: tuple[int, ...]) -> list[int]:
        """Channels of the ``wanted`` stages."""
        last = [list(cast(nn.Sequential, self.stages[n]))[-1] for n in wanted]
        return [int(block.layers[-1].weight.shape[0]) for block in last]  # type: ignore[union-attr,index]


def _block(weights: Mapping[str, Tensor], index: int, stride: int) -> MobileBlock:
    prefix = f"_blocks.{index}."
    parts = [("_expand_conv", "_bn0", 1, True)] if f"{prefix}_expand_conv.weight" in weights else []
    parts += [("_depthwise_conv", "_bn1", stride, True), ("_project_conv", "_bn2", 1, False)]
    layers = [_folded(weights, prefix + c, prefix + n, stride=s, active=a) for c, n, s, a in parts]
    width_in = layers[0].weight.shape[0 if len(layers) == 2 else 1]
    return MobileBlock(layers, skip=stride == 1 and width_in == layers[-1].weight.shape[0])


def _folded(weights: Mapping[str, Tensor], conv: str, norm: str, *, stride: int, active: bool) -> FoldedConv:
    scale = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + _EPSILON).sqrt()
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    return FoldedConv(
        weights[f"{conv}.weight"] * scale[:, None, None, None], bias, stride=stride, active=active
    )


@cache
def pretrained(name: str) -> EfficientNetLite:
    """The network ``lite0`` or ``lite2`` with its ImageNet weights. Raises ``AssetMissing`` where set-up brought none."""
    place = asset_path(f"features/efficientnet-{name}.pth")
    weights = torch.load(place, map_location="cpu", weights_only=True)
    network = EfficientNetLite(name, weights)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]
