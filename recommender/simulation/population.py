"""A population of synthetic viewers with hidden tastes, to see whether a feed learns.

A viewer judges only what a viewer perceives: the topic's category, how the title is put, pace, colors, music, voice and
length. The feed never sees the tastes; the truth is known here, so regret can be computed exactly.

The chance that viewer v stays with video i in place n of a session is the logistic of

    base + taste_v[category_i] + weights_v · perceived_i + quality_i − boredom − language mismatch,

where boredom grows with how many of the last five videos shared the category, quality is the video's own, and the
hour shifts energetic music down at night. Watch time then follows a Beta law around that interest and shrinks with
length, as it does on real platforms: the duration bias of https://arxiv.org/abs/2206.06003.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.languages import LANGUAGES

Floats = NDArray[np.float64]

FORMS = ("question", "number", "warning", "plain")
WARM = frozenset({"sunset", "ember", "berry", "gold", "peach"})
ENERGY = {
    "epic": 1.0,
    "funny": 0.8,
    "bright": 0.7,
    "tech": 0.6,
    "suspense": 0.4,
    "warm": 0.3,
    "healing": 0.1,
    "calm": 0.0,
}
TRAITS = (
    *(f"title {form}" for form in FORMS),
    "pace",
    "warm colors",
    "music energy",
    "female voice",
    "no voice",
    "length",
)
RECENT = 5
BASE, LOVED, DISLIKED, TRAIT_SPREAD, QUALITY_SPREAD = -0.6, 2.2, -1.6, 0.45, 0.5
BOREDOM, FOREIGN, NIGHT = 0.45, 2.6, 0.8
STAYS = 0.94  # chance to look at the next slot at all, before interest is counted


@dataclass(frozen=True)
class Perceived:
    """A video as a viewer perceives it; ``traits`` has one number in [-1, 1] for each of ``TRAITS``."""

    video: int
    category: str
    language: str
    seconds: float
    creator: int
    traits: Floats


def perceive(video: Mapping[str, Any], *, creator: int) -> Perceived:
    """What the public answer of ``GET videos/ID/`` lets a viewer see and hear."""
    recipe, seconds = video["recipe"], float(video["duration_seconds"])
    form = title_form(video["title"])
    pace = float(recipe.get("scenes", 4)) / max(seconds, 1.0) * 60.0  # scenes a minute
    voice = str(recipe.get("voice", ""))
    numbers = [1.0 if form == name else 0.0 for name in FORMS]
    numbers += [
        float(np.clip((pace - 16.0) / 8.0, -1, 1)),
        1.0 if recipe.get("palette") in WARM else -1.0,
        2 * ENERGY.get(str(recipe.get("mood")), 0.5) - 1,
        1.0 if voice[1:2] == "f" else (-1.0 if voice[1:2] == "m" else 0.0),
        1.0 if voice in ("", "none") else 0.0,
        float(np.clip((seconds - 20.0) / 20.0, -1, 1)),
    ]
    return Perceived(video["id"], video["category"], video["language"], seconds, creator, np.array(numbers))


def title_form(title: str) -> str:
    """One of ``FORMS``, as a reader takes the title at a glance."""
    if re.search(r"[?？]|^(why|how|what|怎么|为什么|如何)|吗$|呢$", title, re.I):
        return "question"
    if re.search(r"\d|[两三四五六七八九十][个条招步件种句天]", title):
        return "number"
    if re.search(r"别|不要|千万|小心|never|stop|don.t|avoid", title, re.I):
        return "warning"
    return "plain"


@dataclass
class Mind:
    """One viewer's hidden tastes."""

    number: int
    languages: frozenset[str]
    tastes: dict[str, float]
    weights: Floats  # (len(TRAITS),)
    patience: float  # how much longer or shorter than usual a session gets
    hours: tuple[int, int]  # when they usually watch
    likes_easily: float


@dataclass(frozen=True)
class SimulatedReaction:
    """What the viewer did with one slot."""

    watch_seconds: float
    loops: int
    liked: bool
    shared: bool
    followed: bool
    not_interested: bool
    skipped: bool
    completed: bool
    stays: bool  # looks at the next slot


def population(*, viewers: int, categories: Sequence[str], seed: int) -> list[Mind]:
    """``viewers`` minds over the given categories; the same seed gives the same minds."""
    rng = np.random.default_rng([seed, 1])
    minds = []
    for number in range(viewers):
        order = rng.permutation(len(categories))
        loved = int(rng.integers(2, 5))
        tastes = {name: float(rng.normal(-0.3, 0.4)) for name in categories}
        for place in order[:loved]:
            tastes[categories[place]] += LOVED * float(rng.uniform(0.6, 1.0))
        for place in order[loved : loved + 4]:
            tastes[categories[place]] += DISLIKED * float(rng.uniform(0.5, 1.0))
        start = int(rng.choice([7, 12, 18, 20, 21, 22]))
        spoken = [frozenset({"zh"}), frozenset({"en"}), frozenset(LANGUAGES)][
            int(rng.choice(3, p=[0.5, 0.3, 0.2]))
        ]
        minds.append(
            Mind(
                number=number,
                languages=spoken,
                tastes=tastes,
                weights=rng.normal(0.0, TRAIT_SPREAD, len(TRAITS)),
                patience=float(rng.lognormal(0.0, 0.35)),
                hours=(start, (start + 3) % 24),
                likes_easily=float(rng.uniform(0.15, 0.55)),
            )
        )
    return minds


def quality(video: int, *, seed: int) -> float:
    """How good the video is for everybody, in logits; the same for every viewer."""
    return float(np.random.default_rng([seed, 2, video]).normal(0.0, QUALITY_SPREAD))


class World:
    """Minds and the videos they may be shown, with every hidden logit computed once.

    ``static`` is (viewers, videos): everything but boredom and the hour.
    """

    def __init__(self, minds: Sequence[Mind], videos: Sequence[Perceived], *, seed: int) -> None:
        self.minds, self.videos = list(minds), list(videos)
        self.place = {video.video: column for column, video in enumerate(videos)}
        self.categories = np.array([video.category for video in videos])
        traits = np.stack([video.traits for video in videos])
        self.energy = np.maximum(0.0, traits[:, TRAITS.index("music energy")])
        own = np.array([quality(video.video, seed=seed) for video in videos])
        rows = []
        for mind in minds:
            taste = np.array([mind.tastes.get(video.category, 0.0) for video in videos])
            foreign = np.array([video.language not in mind.languages for video in videos])
            rows.append(BASE + taste + traits @ mind.weights + own - FOREIGN * foreign)
        self.static: Floats = np.stack(rows)

    def interests(self, number: int, recent: Sequence[str], *, hour: int) -> Floats:
        """The chance in (0, 1) that viewer ``number`` stays with each video now: the truth a feed tries to learn."""
        repeated = Counter(recent[-RECENT:])
        boredom = np.zeros(len(self.videos))
        for category, times in repeated.items():
            boredom += BOREDOM * times * (self.categories == category)
        night = NIGHT if hour >= 23 or hour < 6 else 0.0
        logits = self.static[number] - boredom - night * self.energy
        return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float64)


def react(mind: Mind, video: Perceived, p: float, *, rng: np.random.Generator) -> SimulatedReaction:
    """What the viewer does with a video that interests them with chance ``p``."""
    engaged = rng.random() < p
    if engaged:
        ratio = float(rng.beta(2.0 + 5.0 * p, 1.6)) * (15.0 / max(video.seconds, 5.0)) ** 0.15
        ratio = ratio if ratio < 0.93 else 1.0
    else:
        ratio = float(rng.beta(1.2, 6.0))
    loops = int(ratio >= 1.0 and rng.random() < 0.25 * p)
    liked = engaged and rng.random() < mind.likes_easily * p
    return SimulatedReaction(
        watch_seconds=video.seconds * (ratio + loops),
        loops=loops,
        liked=bool(liked),
        shared=bool(liked and rng.random() < 0.12),
        followed=bool(liked and rng.random() < 0.10),
        not_interested=bool(not engaged and p < 0.08 and rng.random() < 0.15),
        skipped=bool(ratio < 0.3),
        completed=bool(ratio >= 1.0),
        stays=bool(rng.random() < STAYS ** (1 / mind.patience) * (0.86 + 0.14 * p)),
    )
