"""What the site is compared with: the same viewers and sittings under an oracle, by chance and by popularity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.simulation.population import World, react

Floats = NDArray[np.float64]


class Policy(Protocol):
    """Chooses one unseen video; ``learn`` hears how much of it was watched."""

    def choose(self, interests: Floats, unseen: NDArray[np.int64]) -> int: ...

    def learn(self, column: int, ratio: float) -> None: ...


class Oracle:
    """Knows every taste; takes the most interesting video, one at a time."""

    def choose(self, interests: Floats, unseen: NDArray[np.int64]) -> int:
        return int(unseen[np.argmax(interests[unseen])])

    def learn(self, column: int, ratio: float) -> None:
        pass


class Chance:
    """Any video as likely as another."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 3])

    def choose(self, interests: Floats, unseen: NDArray[np.int64]) -> int:
        return int(self._rng.choice(unseen))

    def learn(self, column: int, ratio: float) -> None:
        pass


class Popularity:
    """The best mean watch so far, counted over everybody; a video's first views count as average ones (prior of 3)."""

    def __init__(self, videos: int, seed: int) -> None:
        self._watched = np.zeros(videos)
        self._shown = np.zeros(videos)
        self._tie = np.random.default_rng([seed, 4]).random(videos) * 1e-6

    def choose(self, interests: Floats, unseen: NDArray[np.int64]) -> int:
        mean = self._watched.sum() / max(self._shown.sum(), 1.0)
        score = (self._watched + 3 * mean) / (self._shown + 3) + self._tie
        return int(unseen[np.argmax(score[unseen])])

    def learn(self, column: int, ratio: float) -> None:
        self._watched[column] += ratio
        self._shown[column] += 1


class Shadow:
    """One policy's own run beside the site's: the same sittings, its own memory of what was seen."""

    def __init__(self, world: World, policy: Policy, *, seed: int) -> None:
        self._world, self._policy = world, policy
        self._seen = np.zeros(world.static.shape, dtype=bool)
        self._rng = np.random.default_rng([seed, 5])

    def sitting(self, number: int, *, slots: int, hours: Sequence[int]) -> list[float]:
        """Show ``slots`` videos to viewer ``number``; the interest of each in [0, 1], 0 when nothing was left."""
        recent: list[str] = []
        found: list[float] = []
        for place in range(slots):
            unseen = np.flatnonzero(~self._seen[number])
            if unseen.size == 0:
                found.append(0.0)
                continue
            interests = self._world.interests(number, recent, hour=hours[place])
            column = self._policy.choose(interests, unseen)
            video = self._world.videos[column]
            p = float(interests[column])
            reaction = react(self._world.minds[number], video, p, rng=self._rng)
            self._policy.learn(column, min(reaction.watch_seconds / video.seconds, 1.0))
            self._seen[number, column] = True
            recent.append(video.category)
            found.append(p)
        return found
