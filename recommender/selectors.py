"""Reads, each with its joins."""

from __future__ import annotations

from generation.models import ModelKind, ModelVersion
from generation.selectors import version_current


def ranker_current() -> ModelVersion | None:
    """The ranker in production, if any."""
    return version_current(ModelKind.RANKER)
