"""What a training run of the GAN is made of: one flat record that is stored beside the weights as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from generation.ml.gan.errors import GanConfigInvalid

Architecture = Literal["projected", "dcgan"]
ARCHITECTURES: tuple[Architecture, ...] = get_args(Architecture)
SIZES = (32, 64, 128)


@dataclass(frozen=True)
class GanConfig:
    """``size`` in pixels a side; ``categories`` names the classes in the order of their numbers, none for no condition."""

    architecture: Architecture = "projected"
    size: int = 32
    categories: tuple[str, ...] = ()
    z_dim: int = 64
    width: int = 32  # channels of the generator at 16×16 and above; twice that at 8×8, four times at 4×4
    batch: int = 64
    rate_g: float = 1e-3  # Adam's step sizes
    rate_d: float = 1e-3
    beta_1: float = 0.0
    beta_2: float = 0.99
    ema_images: float = 10_000  # half-life of the served average of G, in pictures
    eyes_side: int = 48  # pixels a side at which the pretrained features look
    penalty: float = 1.0  # weight of R1 + R2
    penalty_every: int = 4  # steps from one R1 + R2 to the next
    variety: float = 4.0  # weight of the term against pictures of one category that are all alike
    augment: str = "translation,cutout"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            raise GanConfigInvalid(
                f"architecture must be one of {', '.join(ARCHITECTURES)}, got {self.architecture!r}."
            )
        if self.size not in SIZES:
            raise GanConfigInvalid(f"size must be 32, 64 or 128 pixels, got {self.size}.")
        if self.batch < 2 or self.batch % 2:
            raise GanConfigInvalid(f"batch must be an even number of pictures, at least 2, got {self.batch}.")

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "categories": list(self.categories)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> GanConfig:
        """Raises ``GanConfigInvalid`` for an unknown field."""
        unknown = set(data) - {field.name for field in fields(cls)}
        if unknown:
            raise GanConfigInvalid(f"The stored configuration has an unknown field {min(unknown)!r}.")
        return cls(**{**data, "categories": tuple(data.get("categories", ()))})
