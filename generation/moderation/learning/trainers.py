"""The trainers of what judges people's work, as ``settings.TRAINERS`` names them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation.errors import TrainingInvalid
from generation.ml import trainers
from generation.ml.training import Progress, Stop
from generation.moderation.learning.lessons import is_list


def text_safety(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """From a file of labelled texts, or from a list of what moderators decided."""
    if not is_list(data):
        return trainers.text_safety(data, output, seed=seed, minutes=minutes, progress=progress, stop=stop)
    from generation.moderation.learning import texts

    return texts.learn(data, output, seed=seed, minutes=minutes, progress=progress, stop=stop)


def picture_safety(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """From a list of what moderators decided. Raises ``TrainingInvalid`` for anything else."""
    if not is_list(data):
        raise TrainingInvalid(
            "A picture classifier learns from what moderators decided: begin it on the page of moderation.",
            field="data",
        )
    from generation.moderation.learning import pictures

    return pictures.learn(data, output, seed=seed, minutes=minutes, progress=progress, stop=stop)
