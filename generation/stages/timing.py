"""How long each scene lasts: spoken length plus breathing room, stretched so that the video is as long as asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generation.script.pacing import (
    END_SECONDS,
    END_STRETCH_SECONDS,
    FASTEST,
    GAP_SECONDS,
    LEAD_SECONDS,
    SLOWEST,
    STRETCH_SECONDS,
    TOLERANCE_SECONDS,
)

SILENT_LEAST_SECONDS = 1.8
_AIM = 0.5  # of the tolerance: where a voice that must hurry aims, so that a little more still fits
_SHORT_SECONDS = 0.25  # by which pauses alone may stay below the asked length before the voice slows down


@dataclass(frozen=True)
class Fit:
    """``seconds`` of each scene; or the ``pace`` to speak with instead, as a factor of the chosen speed.

    ``over`` says how many seconds too much there is to say even at the fastest pace, ``under`` how many too few at the
    slowest.
    """

    seconds: tuple[float, ...] = ()
    pace: float = 1.0
    over: float = 0.0
    under: float = 0.0


def fit(spoken: Sequence[float], *, target_seconds: float, pace: float = 1.0, fps: int = 30) -> Fit:
    """Lengths for scenes whose narration takes ``spoken`` seconds at ``pace``, so that they sum to ``target_seconds``.

    When pauses alone cannot do it, the answer asks for another pace within natural bounds. Raises ``ValueError`` for no
    scene or a target that is not positive.
    """
    if not spoken or target_seconds <= 0:
        raise ValueError("fit needs at least one scene and a positive target.")
    least = _least(spoken)
    shortest, speech = sum(least), sum(spoken)
    rest = shortest - speech
    room = STRETCH_SECONDS * (len(spoken) - 1) + END_STRETCH_SECONDS
    if shortest > target_seconds + TOLERANCE_SECONDS and speech > 0:
        wanted = pace * speech / max(target_seconds + TOLERANCE_SECONDS * _AIM - rest, 0.1)
        hurried = speech * pace / FASTEST + rest
        over = max(hurried - target_seconds - TOLERANCE_SECONDS, 0.0)
        return Fit(pace=min(wanted, FASTEST), over=over)
    short = target_seconds - shortest - room
    # a voice at its slowest that ends a little early has nothing left to try
    if short > (_SHORT_SECONDS if pace > SLOWEST else TOLERANCE_SECONDS) and speech > 0:
        wanted = pace * speech / (target_seconds - rest - room)
        slow = speech * pace / SLOWEST + rest + room
        under = max(target_seconds - TOLERANCE_SECONDS - slow, 0.0)
        return Fit(pace=max(wanted, SLOWEST), under=under)
    return Fit(
        seconds=_whole_frames(_stretched(least, min(max(target_seconds - shortest, 0.0), room)), fps),
        pace=pace,
    )


def fit_at_last(spoken: Sequence[float], *, target_seconds: float, fps: int = 30) -> tuple[float, ...]:
    """Like ``fit`` when pace and what is said are settled: pauses do what they can, speech is never cut."""
    least = _least(spoken)
    wanted = max(target_seconds - sum(least), 0.0)
    return _whole_frames(_stretched(least, wanted), fps)


def silent(weights: Sequence[float], *, target_seconds: float, fps: int = 30) -> tuple[float, ...]:
    """Lengths without a voice: by how much there is to read, none shorter than can be taken in."""
    least = min(SILENT_LEAST_SECONDS, target_seconds / len(weights))
    free = target_seconds - least * len(weights)
    total = sum(weights) or 1.0
    return _whole_frames([least + free * weight / total for weight in weights], fps)


def _least(spoken: Sequence[float]) -> list[float]:
    """Each scene's shortest length: its narration with room to breathe, the end card held a little longer."""
    least = [LEAD_SECONDS + seconds + GAP_SECONDS for seconds in spoken]
    least[-1] += END_SECONDS - GAP_SECONDS
    return least


def _stretched(least: Sequence[float], wanted: float) -> list[float]:
    """Hand out ``wanted`` seconds: scenes get equal shares, the end card three."""
    shares = [1.0] * (len(least) - 1) + [3.0]
    total = sum(shares)
    return [seconds + wanted * share / total for seconds, share in zip(least, shares, strict=True)]


def _whole_frames(seconds: Sequence[float], fps: int) -> tuple[float, ...]:
    """Round the cuts, not the lengths, to frames, so that rounding does not add up."""
    lengths, elapsed, done = [], 0.0, 0
    for length in seconds:
        elapsed += length
        frames = max(round(elapsed * fps) - done, 1)
        done += frames
        lengths.append(frames / fps)
    return tuple(lengths)
