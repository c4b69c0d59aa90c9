"""Plain-Python rooms of the recommender: they open in a notebook, without Django."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.ml.ranker.ranker import Ranker

__all__ = ["Ranker"]


def __getattr__(name: str) -> object:
    """Import the ranker, and torch with it, only when it is asked for."""
    if name == "Ranker":
        from recommender.ml.ranker.ranker import Ranker

        return Ranker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
