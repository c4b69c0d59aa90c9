"""How near generated pictures come to real ones: FID, KID, precision and recall, density and coverage.

Each measure stands on pooled features of a fixed network that is named in every report; figures of one network are never
compared with those of another, nor with published figures on Inception features.
FID https://arxiv.org/abs/1706.08500 · KID https://arxiv.org/abs/1801.01401 · precision and recall
https://arxiv.org/abs/1904.06991 · density and coverage https://arxiv.org/abs/2002.09797
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from generation.assets import asset_path
from generation.ml.efficientnet_lite import INPUT_SIZES, pretrained

Images = NDArray[np.uint8]  # (N, H, W, 3)
Features = NDArray[np.float32]  # (N, D)

NETWORKS = ("lite0", "lite2", "open_nsfw")
NEIGHBORS = 5
KID_SUBSETS, KID_SIZE = 50, 500
_BATCH = 32
_NSFW_SIDE = 224
_NSFW_MEAN = (104.0, 117.0, 123.0)  # blue, green, red


def features_of(images: Images, network: str, *, side: int | None = None) -> Features:
    """Pooled features (N, D) of ``images`` enlarged to ``side`` pixels, the network's own input size by default.

    Raises ``ValueError`` for a network that is none of ``NETWORKS`` and ``AssetMissing`` where set-up brought no weights.
    """
    if network not in NETWORKS:
        raise ValueError(f"network must be one of {', '.join(NETWORKS)}, got {network!r}.")
    pooled = _open_nsfw if network == "open_nsfw" else _lite(network)
    side = side or INPUT_SIZES.get(network, _NSFW_SIDE)
    found = []
    for start in range(0, len(images), _BATCH):
        batch = torch.from_numpy(images[start : start + _BATCH]).permute(0, 3, 1, 2).float()
        found.append(pooled(_resized(batch, side)))
    return np.concatenate(found) if found else np.empty((0, 0), np.float32)


def _resized(batch: torch.Tensor, side: int) -> torch.Tensor:
    if batch.shape[-2:] == (side, side):
        return batch
    return F.interpolate(batch, (side, side), mode="bilinear", align_corners=False, antialias=True)


@cache
def _lite(name: str) -> Callable[[torch.Tensor], Features]:
    network = pretrained(name)

    def pooled(batch: torch.Tensor) -> Features:
        with torch.no_grad():
            scaled = ((batch - 127.5) / 127.5).contiguous(memory_format=torch.channels_last)
            return np.asarray(network(scaled).numpy(), np.float32)

    return pooled


@lru_cache(maxsize=1)
def _nsfw_session() -> Any:
    """open_nsfw with the mean over its last feature map as the only output."""
    import onnx
    import onnxruntime

    model = onnx.load(str(asset_path("safety/open_nsfw.onnx")))
    pooled = next(node.output[0] for node in reversed(model.graph.node) if node.op_type == "ReduceMean")
    kinds = {value.name: value for value in model.graph.value_info}
    wanted = kinds.get(pooled) or onnx.helper.make_empty_tensor_value_info(pooled)
    del model.graph.output[:]
    model.graph.output.append(wanted)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def _open_nsfw(batch: torch.Tensor) -> Features:
    session = _nsfw_session()
    reversed_channels = batch.permute(0, 2, 3, 1).numpy()[..., ::-1] - np.array(_NSFW_MEAN, np.float32)
    fed = {session.get_inputs()[0].name: np.ascontiguousarray(reversed_channels, np.float32)}
    pooled = session.run(None, fed)[0]
    return np.asarray(pooled, np.float32).reshape(len(batch), -1)


def frechet_distance(real: Features, fake: Features) -> float:
    """FID: the distance between the normal distributions with the sets' means and covariances; 0 for equal ones."""
    mean_real, mean_fake = real.mean(0, dtype=np.float64), fake.mean(0, dtype=np.float64)
    cov_real, cov_fake = _covariance(real), _covariance(fake)
    values, vectors = np.linalg.eigh(cov_real)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    shared = np.sqrt(np.clip(np.linalg.eigvalsh(root @ cov_fake @ root), 0, None)).sum()
    apart = float(((mean_real - mean_fake) ** 2).sum())
    return max(0.0, apart + float(np.trace(cov_real) + np.trace(cov_fake) - 2 * shared))


def _covariance(features: Features) -> NDArray[np.float64]:
    return np.asarray(np.cov(features.astype(np.float64), rowvar=False), np.float64)


def kernel_distance(real: Features, fake: Features, *, seed: int = 0) -> float:
    """KID: the unbiased squared maximum mean discrepancy with the kernel (x·y / D + 1)³, mean over drawn subsets."""
    draw = np.random.default_rng(seed)
    size = min(KID_SIZE, len(real), len(fake))
    found = []
    for _ in range(KID_SUBSETS):
        x = real[draw.choice(len(real), size, replace=False)].astype(np.float64)
        y = fake[draw.choice(len(fake), size, replace=False)].astype(np.float64)
        xx, yy, xy = _kernel(x, x), _kernel(y, y), _kernel(x, y)
        within = (xx.sum() - np.trace(xx) + yy.sum() - np.trace(yy)) / (size * (size - 1))
        found.append(within - 2 * xy.mean())
    return float(np.mean(found))


def _kernel(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((x @ y.T / x.shape[1] + 1) ** 3, np.float64)


def manifold_measures(real: Features, fake: Features, *, neighbors: int = NEIGHBORS) -> dict[str, float]:
    """``precision``, ``recall``, ``density`` and ``coverage`` by balls that reach to the ``neighbors``-th neighbor."""
    real_t, fake_t = torch.from_numpy(real), torch.from_numpy(fake)
    between = torch.cdist(fake_t, real_t)  # (fakes, reals)
    reach_real, reach_fake = (_reach(points, neighbors) for points in (real_t, fake_t))
    inside = between < reach_real
    return {
        "precision": float(inside.any(1).float().mean()),
        "recall": float((between < reach_fake[:, None]).any(0).float().mean()),
        "density": float(inside.float().sum(1).mean() / neighbors),
        "coverage": float((between.min(0).values < reach_real).float().mean()),
    }


def _reach(points: torch.Tensor, neighbors: int) -> torch.Tensor:
    """Distance of each point to its ``neighbors``-th other point."""
    return torch.cdist(points, points).kthvalue(neighbors + 1, dim=1).values


def report(real: Features, fake: Features, *, seed: int = 0) -> dict[str, float]:
    """All measures on features of one network; as many real as generated rows enter precision and its kin."""
    draw = np.random.default_rng(seed)
    size = min(len(real), len(fake))
    some_real = real[np.sort(draw.choice(len(real), size, replace=False))]
    some_fake = fake[np.sort(draw.choice(len(fake), size, replace=False))]
    return {
        "fid": frechet_distance(real, fake),
        "kid": kernel_distance(real, fake, seed=seed),
        **manifold_measures(some_real, some_fake),
    }


def nearest_rows(real: Features, fake: Features) -> NDArray[np.int64]:
    """For each generated row the index of the real row with the most similar direction: what may have been copied."""
    unit_real = real / (np.linalg.norm(real, axis=1, keepdims=True) + 1e-8)
    unit_fake = fake / (np.linalg.norm(fake, axis=1, keepdims=True) + 1e-8)
    return np.asarray((unit_fake @ unit_real.T).argmax(1), np.int64)
