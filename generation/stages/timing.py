"""How long each scene lasts: spoken length plus breathing room, stretched so that the video is as long as asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAD_SECONDS = 0.15  # from the cut to the first sound: the eye arrives before the ear
GAP_SECONDS = 0.18  # least silence after a scene's narration
END_SECONDS = 0.7  # least hold of the end card after the last word
STRETCH_SECONDS = 0.55  # most silence added to a scene before it feels slow
END_STRETCH_SECONDS = 1.6
TOLERANCE_SECONDS = 0.9  # final length may differ from the asked one by this much
SLOWEST, FASTEST = 0.92, 1.12  # factors of the chosen speed that still sound natural
SILENT_LEAST_SECONDS = 1.8


@dataclass(frozen=True)
class Fit:
    """``seconds`` of each scene, or the ``speed`` factor to speak with instead, or how many scenes are too many."""

    seconds: tuple[float, ...] = ()
    speed: float = 1.0
    drop: bool = False


def fit(spoken: Sequence[float], *, target_seconds: float, fps: int = 30) -> Fit:
    """Lengths for scenes whose narration takes ``spoken`` seconds, so that they sum to about ``target_seconds``.

    When pauses alone cannot do it, the answer asks for another speed (within natural bounds) or for one scene less.
    Raises ``ValueError`` for no scene or a target that is not positive.
    """
    if not spoken or target_seconds <= 0:
        raise ValueError("fit needs at least one scene and a positive target.")
    least = _least(spoken)
    shortest = sum(least)
    speech = sum(spoken)
    rest = shortest - speech
    if shortest > target_seconds + TOLERANCE_SECONDS:
        speed = speech / max(target_seconds + TOLERANCE_SECONDS / 2 - rest, 0.1)
        return Fit(speed=speed) if speed <= FASTEST else Fit(drop=True, speed=FASTEST)
    room = STRETCH_SECONDS * (len(spoken) - 1) + END_STRETCH_SECONDS
    wanted = max(target_seconds - shortest, 0.0)
    if wanted > room and speech > 0:
        speed = max(speech / (speech + wanted - room), SLOWEST)
        if speed < 0.985:
            return Fit(speed=speed)
    return Fit(seconds=_whole_frames(_stretched(least, min(wanted, room)), fps))


def fit_at_last(spoken: Sequence[float], *, target_seconds: float, fps: int = 30) -> tuple[float, ...]:
    """Like ``fit`` when speed and number of scenes are settled: pauses do what they can, speech is never cut."""
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
