"""How a video holds its viewers, second by second: what was on the screen and playing, loops told apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

from generation.models import Video
from recommender.models import Viewing


@dataclass(frozen=True)
class Retention:
    """The curve of one video. Shares are of the viewings that played it; nothing watched in a hidden tab counts.

    ``reached[s]`` is the share of ``measured`` viewings that played second ``s`` at least once, ``replayed[s]`` how often
    on average it was played again (loops and jumps back). A viewing is measured when its player told single seconds.
    """

    viewings: int = 0
    measured: int = 0
    reached: list[float] = field(default_factory=list)
    replayed: list[float] = field(default_factory=list)
    quarters: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # share that came to 25, 50, 75, 100 %
    completion_rate: float = 0.0
    skip_rate: float = 0.0
    watch_seconds: float = 0.0  # mean, in the foreground
    loops: float = 0.0  # means a viewing
    pauses: float = 0.0
    seeks: float = 0.0
    hidden_seconds: float = 0.0


def retention(
    video: Video, *, since: datetime | None = None, until: datetime | None = None, simulated: bool = False
) -> Retention:
    """The retention of ``video`` over viewings that began in [since, until); real viewers unless ``simulated``."""
    rows = Viewing.objects.filter(video=video, played=True, viewer__simulated=simulated)
    if since is not None:
        rows = rows.filter(started__gte=since)
    if until is not None:
        rows = rows.filter(started__lt=until)
    length = max(1, math.ceil(video.seconds))
    reached, again = [0] * length, [0] * length
    quarters, sums = [0, 0, 0, 0], [0.0] * 5
    viewings = measured = completed = skipped = timed = 0
    fields = (
        "seconds", "quartile", "completed", "skipped", "watch_ms", "loops", "pauses", "seeks", "hidden_ms",
    )  # fmt: skip
    for counts, quartile, complete, skip, watch_ms, *others in rows.values_list(*fields).iterator():
        viewings += 1
        completed += complete
        skipped += skip
        for quarter in range(quartile):
            quarters[quarter] += 1
        if watch_ms is not None:
            timed += 1
            sums[0] += watch_ms / 1000
        for place, value in enumerate(others, 1):
            sums[place] += value
        if counts:
            measured += 1
            for second, count in enumerate(counts[:length]):
                reached[second] += count > 0
                again[second] += max(count - 1, 0)
    if not viewings:
        return Retention()
    return Retention(
        viewings=viewings,
        measured=measured,
        reached=[count / measured for count in reached] if measured else [],
        replayed=[count / measured for count in again] if measured else [],
        quarters=tuple(count / viewings for count in quarters),  # type: ignore[arg-type]
        completion_rate=completed / viewings,
        skip_rate=skipped / viewings,
        watch_seconds=sums[0] / max(timed, 1),
        loops=sums[1] / viewings,
        pauses=sums[2] / viewings,
        seeks=sums[3] / viewings,
        hidden_seconds=sums[4] / viewings / 1000,
    )
