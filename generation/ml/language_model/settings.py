"""What a training run may choose, and two sets of choices."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class LanguageModelSettings:
    """``over`` counts: the network learns what the counts do not know; nothing: it learns alone, as a plain Transformer.

    ``vocabulary`` and ``texts`` (a batch's) are upper limits, small corpora take less. ``parts`` batches make one step, shared
    by the processes of ``torchrun``. ``noise`` tokens are drawn for each real one. ``gate_share`` of the texts, the newest,
    at most ``gate_texts``, is kept from counting and the network, to learn the gate on.
    """

    over: Literal["counts", "nothing"] = "counts"
    vocabulary: int = 5120
    order: int = 6
    channels: int = 128
    layers: int = 3
    heads: int = 4
    texts: int = 256
    parts: int = 1
    noise: int = 24
    matrix_rate: float = 0.02
    rate: float = 0.004
    decay: float = 0.05
    warm: int = 20
    gate_share: float = 0.05
    gate_texts: int = 6000
    controls_dropped: float = 0.3

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


PRESETS: dict[str, LanguageModelSettings] = {
    "cpu": LanguageModelSettings(),
    "large": LanguageModelSettings(channels=512, layers=8, heads=8, texts=1024, noise=64),
}
LONGEST_TOKENS = 1300  # of a text of 400 letters, every one of them three bytes, and its controls
