"""The title model in production: scores for tests of titles, and advice while one is typed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from generation.ml.title_reward.advice import Advice, advise
from generation.ml.title_reward.clickbait import clickbait_chance
from generation.ml.title_reward.model import TitleModel
from generation.models import ModelKind, ModelVersion
from generation.selectors import version_current
from generation.services.versions import version_read

_lock = threading.Lock()
_held: dict[int, TitleModel] = {}


def title_model() -> TitleModel | None:
    """The model in production, read once a process and version; ``None`` while there is none."""
    version: ModelVersion | None = version_current(ModelKind.TITLE_REWARD)
    if version is None:
        return None
    with _lock:
        if version.pk not in _held:
            model = version_read(version)
            _held.clear()
            _held[version.pk] = model
        return _held[version.pk]


def model_of(version: ModelVersion) -> TitleModel:
    """The files of a version in the registry; ``settings.VERSION_READERS`` names this."""
    return TitleModel.load(Path(settings.VAR_DIR) / version.folder)


def title_scores(titles: Sequence[str]) -> list[float] | None:
    """What the model expects of each (log odds); ``None`` while there is no model."""
    model = title_model()
    return None if model is None else [float(score) for score in model.score(list(titles), on_disk=False)]


def title_advice(*, title: str, language: str) -> Advice:
    """What can be said of a title as it is typed; without a model only what needs none. Nothing of it is kept."""
    return advise(title, language=language, model=title_model(), clickbait=clickbait_chance(title, language))
