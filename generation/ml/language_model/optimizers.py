"""Muon for the matrices inside the layers (Jordan et al. 2024) and AdamW for embeddings and norms, as one optimizer.

Muon replaces a matrix's averaged gradient by the nearest matrix with all singular values near one, found by five steps of
a Newton-Schulz polynomial; matrices of one shape are done in one batch, which on a CPU costs a third of one by one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch
from torch import Tensor, nn

_A, _B, _C = 3.4445, -4.7750, 2.0315


def orthogonalized(g: Tensor, steps: int = 5) -> Tensor:
    """Each matrix of (M, rows, columns) with its singular values brought near one."""
    wide = g.shape[-2] > g.shape[-1]
    x: Tensor = g.transpose(-2, -1) if wide else g
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.transpose(-2, -1)
        x = _A * x + (_B * gram + _C * gram @ gram) @ x
    return x.transpose(-2, -1) if wide else x


class Muon:
    """``step(share)`` with all rates times ``share``; its state is a flat dict of tensors, as safetensors holds it."""

    def __init__(
        self, network: nn.Module, *, matrix_rate: float, rate: float, decay: float, momentum: float = 0.95
    ) -> None:
        named = list(network.named_parameters())
        self.matrices = [(n, p) for n, p in named if p.dim() == 2 and "embed" not in n]
        rest = [(n, p) for n, p in named if p.dim() != 2 or "embed" in n]
        self.rest_names = [n for n, _ in rest]
        self.adam = torch.optim.AdamW([p for _, p in rest], lr=rate, betas=(0.9, 0.98), weight_decay=0.0)
        self.momenta = {n: torch.zeros_like(p) for n, p in self.matrices}
        self.matrix_rate, self.rate, self.decay, self.momentum = matrix_rate, rate, decay, momentum

    @torch.no_grad()
    def step(self, share: float) -> None:
        for group in self.adam.param_groups:
            group["lr"] = self.rate * share
        self.adam.step()
        shapes: dict[torch.Size, list[tuple[Tensor, Tensor]]] = defaultdict(list)
        for name, weight in self.matrices:
            assert weight.grad is not None
            mean = self.momenta[name]
            mean.lerp_(weight.grad, 1 - self.momentum)
            shapes[weight.shape].append((weight, weight.grad.lerp(mean, self.momentum)))
        for shape, pairs in shapes.items():
            updates = orthogonalized(torch.stack([u for _, u in pairs]))
            rate = self.matrix_rate * share * max(1.0, shape[0] / shape[1]) ** 0.5
            for (moved, _), update in zip(pairs, updates, strict=True):
                moved.mul_(1 - rate * self.decay).add_(update, alpha=-rate)

    def zero_grad(self) -> None:
        self.adam.zero_grad(set_to_none=True)
        for _, weight in self.matrices:
            weight.grad = None

    def state(self) -> dict[str, Tensor]:
        found = {f"momentum.{n}": m for n, m in self.momenta.items()}
        parameters = self.adam.param_groups[0]["params"]
        for name, parameter in zip(self.rest_names, parameters, strict=True):
            for key, value in self.adam.state.get(parameter, {}).items():
                found[f"adam.{key}.{name}"] = torch.as_tensor(value).clone()
        return found

    def load(self, state: dict[str, Tensor]) -> None:
        for name, mean in self.momenta.items():
            mean.copy_(state[f"momentum.{name}"])
        for name, parameter in zip(self.rest_names, self.adam.param_groups[0]["params"], strict=True):
            kept: dict[str, Any] = {}
            for key in ("step", "exp_avg", "exp_avg_sq"):
                if f"adam.{key}.{name}" in state:
                    kept[key] = state[f"adam.{key}.{name}"].clone()
            if kept:
                self.adam.state[parameter] = kept
