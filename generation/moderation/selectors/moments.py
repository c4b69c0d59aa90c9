"""The moments of a video that a moderator looks at before anything is played: those of the evidence, and some between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from generation.moderation.models import Case

LEAST_MOMENTS = 6
MOST_MOMENTS = 12
APART_SECONDS = 0.6  # two moments closer than this show the same
END_SECONDS = 0.3  # the very last frame is often black


@dataclass(frozen=True)
class Moment:
    """``seconds`` into the video, and the pieces of evidence that name it."""

    seconds: float
    pieces: tuple[dict[str, Any], ...] = field(default_factory=tuple)

    @property
    def milliseconds(self) -> int:
        return round(self.seconds * 1000)


def marks_of(case: Case) -> list[Moment]:
    """Every moment that the evidence, reports and earlier decisions name, in order, each with what they say of it."""
    length = case.video.seconds if case.video else 0.0
    named = [{"policy": "", **piece} for piece in case.evidence if piece.get("seconds") is not None]
    for row in case.reports.filter(seconds__isnull=False).order_by("seconds")[:30]:
        said = {"where": "report", "policy": "", "seconds": row.seconds, "text": row.get_reason_display()}
        named.append(said)
    by_second: dict[float, list[dict[str, Any]]] = {}
    for piece in sorted(named, key=lambda one: float(one["seconds"])):
        at = min(max(float(piece["seconds"]), 0.0), length)
        near = next((known for known in by_second if abs(known - at) < APART_SECONDS), at)
        by_second.setdefault(near, []).append(piece)
    return [Moment(at, tuple(pieces)) for at, pieces in sorted(by_second.items())]


def moments_of(case: Case) -> list[Moment]:
    """What the strip of stills shows: the strongest marked moments, filled up evenly to ``LEAST_MOMENTS``, in order."""
    if case.video is None or not case.video.file:
        return []
    marks = sorted(marks_of(case), key=lambda one: -max(float(p.get("score", 1.0)) for p in one.pieces))
    chosen = marks[:MOST_MOMENTS]
    length = max(case.video.seconds - END_SECONDS, 0.0)
    even = [length * (place + 0.5) / LEAST_MOMENTS for place in range(LEAST_MOMENTS)]
    for at in even:
        if len(chosen) >= LEAST_MOMENTS + len(marks[:MOST_MOMENTS]) // 2:
            break
        if all(abs(at - one.seconds) >= APART_SECONDS for one in chosen):
            chosen.append(Moment(round(at, 2)))
    return sorted(chosen, key=lambda one: one.seconds)
