"""Who is asked: the scorers that the settings name, or the site's own suite with its lists and models as they are now."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db.models import Count, Max
from django.utils.module_loading import import_string

from generation.models import ModelKind
from generation.moderation.models import BlockedHash
from generation.moderation.scorers.contract import Scorer
from generation.moderation.scorers.known import KnownHash, KnownList
from generation.moderation.scorers.suite import SuiteParts, suite
from generation.moderation.scorers.unlike import OutlierJudge
from generation.selectors import version_current, version_folder


@dataclass(frozen=True)
class AskedScorer:
    """A scorer by name; ``build`` may raise, and one that is required has failed then."""

    name: str
    required: bool
    build: Callable[[], Scorer]


def scorers_asked() -> list[AskedScorer]:
    """In the order they are asked; never empty."""
    if settings.SCREENING_SCORERS:
        return [_named(entry) for entry in settings.SCREENING_SCORERS]
    return [AskedScorer(scorer.name, scorer.required, partial(_same, scorer)) for scorer in _site_suite()]


def _same(scorer: Scorer) -> Scorer:
    return scorer


# --- named by the settings -------------------------------------------------------------------------------------------
@cache
def _built(backend: str, options: tuple[tuple[str, Any], ...]) -> Scorer:
    return cast(Scorer, import_string(backend)(**dict(options)))


def _named(entry: dict[str, Any]) -> AskedScorer:
    """As ``{"BACKEND": …, "OPTIONS": {…}}`` says; one that cannot be loaded counts as required."""
    backend, options = entry["BACKEND"], tuple(sorted(entry.get("OPTIONS", {}).items()))
    try:
        kind = import_string(backend)
        name, required = str(kind.name), bool(kind.required)
    except (ImportError, AttributeError):
        name, required = backend.rpartition(".")[2], True
    return AskedScorer(name, required, lambda: _built(backend, options))


# --- the site's own --------------------------------------------------------------------------------------------------
_lock = threading.Lock()
_kept: dict[str, Any] = {}


def _site_suite() -> list[Scorer]:
    """Built once, and again when a list or a model in production changed."""
    kinds = (ModelKind.TEXT_SAFETY, ModelKind.PICTURE_SAFETY, ModelKind.VISUAL)
    text, pictures, gan = (version_current(kind) for kind in kinds)
    listed = BlockedHash.objects.filter(removed__isnull=True).aggregate(last=Max("pk"), number=Count("pk"))
    state = (
        text and text.pk, pictures and pictures.pk, gan and gan.pk, listed["last"], listed["number"],
    )  # fmt: skip
    with _lock:
        if _kept.get("state") != state:
            parts = SuiteParts(
                text_model=version_folder(text) if text else None,
                text_version=f"v{text.pk}" if text else "",
                picture_model=version_folder(pictures) if pictures else None,
                picture_version=f"v{pictures.pk}" if pictures else "",
                known=_known_list(),
                discriminator=version_folder(gan) / "discriminator" if gan else None,
                load_discriminator=_discriminator_read,
            )
            _kept.update(state=state, suite=suite(parts))
        scorers: list[Scorer] = _kept["suite"]
        return scorers


def _discriminator_read(folder: Path) -> OutlierJudge:
    from generation.ml.gan.outliers import OutlierScorer  # it brings torch

    return OutlierScorer.load(folder)


def suite_forget() -> None:
    """Build every scorer anew when it is asked next."""
    with _lock:
        _kept.clear()
    _built.cache_clear()


def _known_list() -> KnownList:
    rows = BlockedHash.objects.filter(removed__isnull=True).order_by("pk")
    values = rows.values_list("value", "kind", "policy__code", "label")
    return KnownList([KnownHash(value, kind, policy, label) for value, kind, policy, label in values])  # type: ignore[arg-type]
