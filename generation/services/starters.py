"""Starter versions: small generators that a fresh site trains in the background from what ships with it.

One after the other, each once: a kind that has any version is passed over, and so is one whose starter training was cancelled
or failed (``again`` tries those anew). A run whose process was killed is gone on with. Its gate alone lets one serve. Nothing
that ships is labelled as offensive, so no classifier of texts is among them: the word lists of screening stand in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings

from core.errors import PlatformError
from generation.errors import TrainingBusy, TrainingInvalid
from generation.jobs.training import training_take
from generation.ml.training import Progress
from generation.models import ModelKind, ModelVersion, TrainingRun
from generation.selectors import versions_all
from generation.services.trainings import training_do

FEATURES = "features.parquet"  # written every night by analytics, with the reward of every palette
# kind → (file, share of AIGC_STARTER_MINUTES); the quickest first
STARTERS: Mapping[str, tuple[str, float]] = {
    ModelKind.PALETTES: ("palettes.csv", 0.1),
    ModelKind.SCRIPT: ("texts.jsonl", 0.4),
    ModelKind.VISUAL: ("scenes.zip", 0.5),
}
Told = Callable[[str, str], None]  # a kind, and what became of it


def own_data(kind: str) -> Path:
    """What the site has of its own for the kind: for palettes how they did, where that is known, else what ships with it.

    Raises ``TrainingInvalid`` for a kind that has nothing of the kind.
    """
    if kind == ModelKind.PALETTES and (features := Path(settings.TRAINING_DIR) / FEATURES).is_file():
        return features
    return shipped_data(kind)


def shipped_data(kind: str) -> Path:
    """A file made of what ships with the site, written once; the same on every machine. Raises ``TrainingInvalid``."""
    if kind not in STARTERS:
        raise TrainingInvalid(
            f"The site ships nothing that a {kind} could learn from. Name a file with --data.", field="data"
        )
    place = Path(settings.VAR_DIR) / "starters" / STARTERS[kind][0]
    if not place.exists():
        from generation.stages import starter_data  # it brings the libraries of all generators

        writers = {
            ModelKind.PALETTES: starter_data.write_palettes,
            ModelKind.SCRIPT: starter_data.write_texts,
            ModelKind.VISUAL: starter_data.write_pictures,
        }
        writers[ModelKind(kind)](place)
    return place


def starters_due(*, again: bool = False) -> list[str]:
    """Kinds that have no version yet, and no training that was cancelled or failed."""
    state = TrainingRun.State
    ended = TrainingRun.objects.filter(parameters__starter=True, state__in=(state.CANCELLED, state.FAILED))
    refused = set() if again else set(ended.values_list("kind", flat=True))
    return [kind for kind in STARTERS if kind not in refused and not versions_all(kind=kind).exists()]


def starters_train(
    *, minutes: float, again: bool = False, told: Told | None = None, tell: Progress | None = None
) -> list[ModelVersion]:
    """Train what is due, in ``minutes`` altogether; the versions that came of it. What fails is told, and the next goes on."""
    made = []
    for kind in starters_due(again=again):
        outcome = _train(kind, minutes, tell)
        version = versions_all(kind=kind).first()
        if version is not None:
            made.append(version)
        if told is not None:
            told(kind, version.state if version is not None else outcome)
    return made


def _train(kind: str, minutes: float, tell: Progress | None) -> str:
    """Why there is no version of it; "" where there is one."""
    left = TrainingRun.claimable().filter(kind=kind, parameters__starter=True).first()
    try:
        if left is not None:  # its process died
            training_take(left.pk)
            left.refresh_from_db()
            return left.error
        share = STARTERS[kind][1]
        training_do(
            kind=kind, data=shipped_data(kind), minutes=max(share * minutes, 0.05), starter=True, tell=tell
        )
    except TrainingBusy as reason:  # the worker has taken it up already, or a person has asked for one
        return str(reason)
    except PlatformError as reason:
        return str(reason)
    return ""
