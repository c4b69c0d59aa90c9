"""All scorers in the order they are asked, and one safe way to ask them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from generation.moderation.scorers.account import AccountScorer
from generation.moderation.scorers.contract import Scorer, ScreeningItem, Signal
from generation.moderation.scorers.known import KnownList, KnownScorer
from generation.moderation.scorers.pictures import (
    FlashScorer,
    NsfwScorer,
    NudityScorer,
    PictureClassifierScorer,
)
from generation.moderation.scorers.sound import LoudnessScorer
from generation.moderation.scorers.text import ClassifierScorer, TermScorer
from generation.moderation.scorers.unlike import Loader, UnlikeScorer
from generation.moderation.scorers.watching import Watching

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SuiteParts:
    """What scorers need from outside: folders of registered versions and the lists, as they are now."""

    text_model: Path | None = None
    text_version: str = ""
    picture_model: Path | None = None
    picture_version: str = ""
    known: KnownList | None = None
    discriminator: Path | None = None
    load_discriminator: Loader | None = None


def suite(parts: SuiteParts | None = None) -> list[Scorer]:
    """Text, hashes, open_nsfw and flashes decide; the others only add."""
    parts = parts or SuiteParts()
    watching = Watching()
    return [
        TermScorer(),
        ClassifierScorer(parts.text_model, version=parts.text_version),
        KnownScorer(watching, parts.known or KnownList([])),
        FlashScorer(watching),
        NsfwScorer(watching),
        PictureClassifierScorer(watching, parts.picture_model, version=parts.picture_version),
        NudityScorer(watching),
        LoudnessScorer(),
        AccountScorer(),
        UnlikeScorer(watching, parts.discriminator, parts.load_discriminator),
    ]


def asked(
    scorers: Sequence[Scorer], item: ScreeningItem, *, progress: Callable[[float], None] = lambda done: None
) -> list[Signal]:
    """Every scorer's signals; one that breaks says ``failed``, so that a required one leaves the video waiting."""
    signals: list[Signal] = []
    for place, scorer in enumerate(scorers):
        try:
            signals += scorer.signals(item)
        except Exception as problem:
            log.exception("The scorer %s broke.", scorer.name)
            detail = f"{type(problem).__name__}: {problem}"[:500]
            signals.append(Signal(scorer.name, scorer.version, "other", 0.0, state="failed", detail=detail))
        progress((place + 1) / len(scorers))
    return signals
