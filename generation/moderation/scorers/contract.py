"""What a scorer sees and says: the words that screening and every scorer share, free of Django and of any table.

A scorer that cannot decide says so in its state: ``no_model`` (optional part not there: neither clears nor holds) or
``failed`` (it should have decided and could not: a required one then leaves the video waiting).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

POLICIES = (
    "hate",
    "sexual",
    "violence",
    "self_harm",
    "fraud",
    "copyright",
    "misleading",
    "unlabeled",
    "flashing",
    "minors",
    "other",
)


@dataclass(frozen=True)
class Evidence:
    """Where a signal comes from: which words (character span), which second, which part of the frame (0–1)."""

    where: str  # title, script, transcript, caption, comment, username, frame, sound, hash, account
    text: str = ""
    start: int | None = None
    end: int | None = None
    seconds: float | None = None
    shown: str = ""  # what was recovered, e.g. "sb → 傻…"
    box: tuple[float, float, float, float] | None = None  # left, top, right, bottom
    score: float = 0.0


@dataclass(frozen=True)
class Signal:
    """One scorer's word on one policy; ``score`` 0 (harmless) to 1."""

    scorer: str
    version: str
    policy: str  # one of POLICIES
    score: float
    evidence: tuple[Evidence, ...] = ()
    state: Literal["scored", "no_model", "failed"] = "scored"
    detail: str = ""


@dataclass(frozen=True)
class ScreeningItem:
    """All that is known of one video, comment or name when it is screened; what is absent is empty."""

    texts: Mapping[str, str] = field(default_factory=dict)  # where → text
    language: str = "zh"
    file: Path | None = None  # an mp4 that the site made or normalized
    images: tuple[Path, ...] = ()
    transcript: str = ""
    sha256: str = ""
    account: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None


class Scorer(Protocol):
    """One kind of signal; ``required`` means that nothing is published without its word."""

    name: str
    version: str
    required: bool

    def signals(self, item: ScreeningItem) -> list[Signal]:
        """All signals on ``item``; raises only what the caller records as ``failed``."""
        ...


def risk_of_score(score: float, threshold: float) -> float:
    """A classifier's score with its threshold moved to one half, so that "breaks it" means the same for every version."""
    line = min(max(threshold, 1e-6), 1 - 1e-6)
    return 0.5 * score / line if score < line else 0.5 + 0.5 * (score - line) / (1 - line)
