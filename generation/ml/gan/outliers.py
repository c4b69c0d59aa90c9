"""The discriminator as a judge of strangeness: how far a picture lies from those that the GAN was trained on.

``export_discriminator`` stores what D's judges go by together with its mean and spread over the training pictures; a
picture's score is its Mahalanobis distance there (Lee et al. 2018, https://arxiv.org/abs/1807.03888). D's own logit is no
such measure: it was trained to know generated pictures, not foreign ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from core.files import sha256_of
from generation.ml.gan.checkpoint import JUDGES, write_json, write_tensors
from generation.ml.gan.config import GanConfig
from generation.ml.gan.data import ImageSet
from generation.ml.gan.discriminator import Discriminator, Eyes
from generation.ml.gan.errors import GanConfigInvalid, GanModelInvalid

OUTLIERS = "outliers"
_BATCH = 128
_SHRINKAGE = 0.1  # share of the mean variance in the covariance's diagonal
_USUAL = 0.99  # share of the training pictures that are nearer than the distance of strangeness one half
_LEAST_USUAL = 1e-6  # where all training pictures are the same


@dataclass
class OutlierScorer:
    """D with the normal distribution of what it goes by."""

    discriminator: Discriminator
    eyes: Eyes
    size: int
    mean: Tensor  # (D,)
    whitening: Tensor  # (D, D)
    usual: float  # the distance beyond which one in a hundred of the training pictures lies, > 0
    version: str

    @classmethod
    def load(cls, folder: Path) -> OutlierScorer:
        """What ``export_discriminator`` left in ``folder``. Raises ``GanModelInvalid`` where there is nothing that can be read."""
        try:
            about = json.loads((folder / f"{OUTLIERS}.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / f"{OUTLIERS}.safetensors")
            config = GanConfig.from_json(about["config"])
            discriminator, eyes = _judges(config, tensors)
            usual, version = float(about["usual"]), str(about["sha256"])[:12]
            if not 0.0 < usual < np.inf:
                raise ValueError(f"a usual distance of {usual:g}")
            return cls(
                discriminator, eyes, config.size, tensors["mean"], tensors["whitening"], usual, version
            )
        except (
            OSError, KeyError, ValueError, TypeError, RuntimeError, SafetensorError, GanConfigInvalid,
        ) as error:  # fmt: skip
            raise GanModelInvalid(
                f"{folder.name} holds no exported discriminator ({error}). Export one: "
                "python -m generation.ml.gan export --model DIR --images DIR_OR_ZIP --output DIR."
            ) from error

    def ood_score(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Distance of each picture (N, H, W, 3) from the training pictures, in spreads; higher is stranger."""
        rows = _gone_by(self.discriminator, self.eyes, images, self.size)
        return _distances(rows, self.mean, self.whitening)

    def strangeness(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The same in [0, 1): d / (d + ``usual``), so one half where only one training picture in a hundred is stranger."""
        apart = self.ood_score(pictures)
        return np.asarray(apart / (apart + self.usual), np.float32)


def export_discriminator(model: Path, data: ImageSet, output: Path) -> OutlierScorer:
    """Store the scorer of the run in ``model`` into ``output``; ``data`` are pictures that count as usual.

    Raises ``GanModelInvalid`` where there is no trained D, or one of the founding document's, which has no fixed features.
    """
    try:
        about = json.loads((model / f"{JUDGES}.json").read_text(encoding="utf-8"))
        tensors = load_file(model / f"{JUDGES}.safetensors")
    except (OSError, ValueError) as error:
        raise GanModelInvalid(f"{model.name} holds no trained discriminator ({error}).") from error
    config = GanConfig.from_json(about["config"])
    if config.architecture != "projected":
        raise GanModelInvalid(
            f"Only a projected discriminator can be exported; this one is {config.architecture}."
        )
    discriminator, eyes = _judges(config, tensors)
    rows = _gone_by(discriminator, eyes, data.images, config.size)
    mean, whitening = rows.mean(0), _whitening(rows)
    usual = max(float(np.quantile(_distances(rows, mean, whitening), _USUAL)), _LEAST_USUAL)
    tensors |= {"mean": mean, "whitening": whitening}
    place = output / f"{OUTLIERS}.safetensors"
    write_tensors(place, tensors)
    told = {
        "config": config.to_json(), "data": data.fingerprint, "usual": usual, "sha256": sha256_of(place),
    }  # fmt: skip
    write_json(output / f"{OUTLIERS}.json", told)
    return OutlierScorer.load(output)


def _judges(config: GanConfig, tensors: dict[str, Tensor]) -> tuple[Discriminator, Eyes]:
    eyes = Eyes(config.eyes_side, torch.device("cpu"))
    eyes.rescale(
        {key.removeprefix("eyes."): value for key, value in tensors.items() if key.startswith("eyes.")}
    )
    discriminator = Discriminator(config, eyes.widths)
    discriminator.load_state_dict({key: value for key, value in tensors.items() if key.startswith("judges.")})
    return discriminator.eval(), eyes


def _gone_by(discriminator: Discriminator, eyes: Eyes, images: NDArray[np.uint8], size: int) -> Tensor:
    found = []
    with torch.no_grad():
        for start in range(0, len(images), _BATCH):
            x = torch.from_numpy(images[start : start + _BATCH]).permute(0, 3, 1, 2).float() / 127.5 - 1
            if x.shape[-2:] != (size, size):
                x = F.interpolate(x, (size, size), mode="bilinear", align_corners=False, antialias=True)
            found.append(discriminator.pooled([*eyes.see(x), x]))
    return torch.cat(found)


def _distances(rows: Tensor, mean: Tensor, whitening: Tensor) -> NDArray[np.float32]:
    """Of each row (N, D) from the mean, in spreads: (N,)."""
    apart = (rows - mean) @ whitening
    return np.asarray(apart.square().mean(1).sqrt().numpy(), np.float32)


def _whitening(rows: Tensor) -> Tensor:
    """The inverse root of the covariance of ``rows`` (N, D), shrunk towards a multiple of one so that it exists."""
    covariance = torch.cov(rows.T.double())
    level = covariance.diagonal().mean().clamp_min(1e-12)
    covariance = (1 - _SHRINKAGE) * covariance + _SHRINKAGE * level * torch.eye(
        len(covariance), dtype=torch.float64
    )
    values, vectors = torch.linalg.eigh(covariance)
    root: Tensor = (vectors * values.rsqrt()) @ vectors.T
    return root.float()


def area_under_curve(usual: NDArray[np.float32], strange: NDArray[np.float32]) -> float:
    """The share of (usual, strange) pairs whose strange score is the higher one, ties half: the ROC curve's area."""
    order = np.sort(usual)
    below, upto = np.searchsorted(order, strange, "left"), np.searchsorted(order, strange, "right")
    return float((below + upto).mean() / (2 * len(order)))
