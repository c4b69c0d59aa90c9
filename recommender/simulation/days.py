"""Days of watching: sittings in the order of their virtual times, each through the HTTP API."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import numpy as np

from recommender.models import Viewer
from recommender.simulation.policies import Chance, Oracle, Policy, Popularity, Shadow
from recommender.simulation.population import Mind, Perceived, SimulatedReaction, World, population, react
from recommender.simulation.site import Sitting

PAGE = 6
LOOK_SECONDS = 0.8  # between two videos
SITTINGS_A_DAY = 1.2
LONGEST = 60  # slots of one sitting
SITTINGS_BETWEEN = 10  # roll-ups
POLICIES = ("oracle", "popularity", "random")


@dataclass(frozen=True)
class WatchedSlot:
    """One video shown by the site, and how interesting it and the other policies' choices were (0–1)."""

    day: int
    viewer: int
    nth: int  # how many videos this viewer had been shown before
    site: float
    oracle: float
    popularity: float
    random: float


def simulate(
    *,
    client: httpx.Client,
    viewers: Sequence[Viewer],
    videos: Sequence[Perceived],
    days: int,
    start: datetime,
    seed: int,
    after_day: Callable[[int, datetime], None] = lambda day, now: None,
    meanwhile: Callable[[], object] = lambda: None,
    progress: Callable[[float], None] = lambda share: None,
) -> list[WatchedSlot]:
    """Let the viewers watch for ``days`` virtual days from ``start``; one row a video shown.

    ``after_day(day, now)`` runs when a day is over, such as the nightly training; ``meanwhile()`` every few sittings, as
    the site's own timetable would, such as the roll-up of events.
    """
    minds = population(viewers=len(viewers), categories=sorted({v.category for v in videos}), seed=seed)
    world = World(minds, videos, seed=seed)
    made: dict[str, Policy] = {
        "oracle": Oracle(),
        "popularity": Popularity(len(videos), seed),
        "random": Chance(seed),
    }
    shadows = {name: Shadow(world, policy, seed=seed) for name, policy in made.items()}
    rng = np.random.default_rng([seed, 6])
    shown = [0] * len(viewers)
    rows: list[WatchedSlot] = []
    for day in range(days):
        sittings = list(_timetable(minds, day=day, start=start, rng=rng))
        for done, (when, number) in enumerate(sittings):
            watched = _sit(client, viewers[number], world, number, now=when, rng=rng)
            hours = [moment.hour for moment, _ in watched]
            others = {
                name: shadow.sitting(number, slots=len(watched), hours=hours)
                for name, shadow in shadows.items()
            }
            for place, (_, p) in enumerate(watched):
                rows.append(
                    WatchedSlot(day, number, shown[number], p, *(others[name][place] for name in POLICIES))
                )
                shown[number] += 1
            if done % SITTINGS_BETWEEN == 0:
                meanwhile()
            progress((day + (done + 1) / len(sittings)) / days)
        after_day(day, start + timedelta(days=day + 1))
    return rows


def _timetable(
    minds: Sequence[Mind], *, day: int, start: datetime, rng: np.random.Generator
) -> Iterator[tuple[datetime, int]]:
    """Who sits down when on this day, in order."""
    found = []
    for mind in minds:
        for _ in range(int(rng.poisson(SITTINGS_A_DAY))):
            hour = (
                mind.hours[0] + float(rng.uniform(0, 3)) if rng.random() < 0.8 else float(rng.uniform(0, 24))
            )
            found.append((start + timedelta(days=day, hours=hour % 24), mind.number))
    yield from sorted(found)


def _sit(
    client: httpx.Client,
    viewer: Viewer,
    world: World,
    number: int,
    *,
    now: datetime,
    rng: np.random.Generator,
) -> list[tuple[datetime, float]]:
    """One sitting: pages until patience or videos run out; (moment, interest) of each video shown."""
    mind = world.minds[number]
    sitting = Sitting(client, viewer, language="zh-hans" if "zh" in mind.languages else "en")
    recent: list[str] = []
    found: list[tuple[datetime, float]] = []
    stays = True
    while stays and len(found) < LONGEST:
        page = sitting.page(limit=PAGE, now=now)
        if not page["items"]:
            break
        events: list[dict[str, Any]] = []
        for item in page["items"]:
            column = world.place.get(item["video"])
            if column is None:  # published after the simulation began: nobody has a taste for it
                continue
            video = world.videos[column]
            p = float(world.interests(number, recent, hour=now.hour)[column])
            reaction = react(mind, video, p, rng=rng)
            recent.append(video.category)
            found.append((now, p))
            slot = {"video": item["video"], "request_id": page["request_id"], "position": item["position"]}
            events += _events(slot, reaction, video, began=now)
            now += timedelta(seconds=reaction.watch_seconds + LOOK_SECONDS)
            stays = reaction.stays
            if not stays:
                break
        receipt = sitting.tell(events, now=now)
        if receipt["rejected"]:
            raise RuntimeError(f"The site refused an event: {receipt['rejected'][0]}")
    return found


def _events(
    slot: dict[str, Any], reaction: SimulatedReaction, video: Perceived, *, began: datetime
) -> list[dict[str, Any]]:
    """What a player reports of one view."""
    watch_ms = round(reaction.watch_seconds * 1000)
    ended = began + timedelta(seconds=reaction.watch_seconds)
    share = min(reaction.watch_seconds / video.seconds, 1.0)
    detail = {"loops": reaction.loops, "quartile": max(1, min(4, int(share * 4) or 1))}

    def event(kind: str, when: datetime, **more: Any) -> dict[str, Any]:
        return {"id": str(uuid.uuid4()), "type": kind, "client_time": when.isoformat(), **slot, **more}

    events = [event("impression", began), event("play", began)]
    if reaction.completed:
        events.append(event("complete", ended, watch_ms=watch_ms, detail=detail))
    else:
        kind = "skip" if reaction.skipped else "progress"
        events.append(event(kind, ended, watch_ms=watch_ms, detail=detail))
    for kind, happened in (
        ("like", reaction.liked),
        ("share", reaction.shared),
        ("follow", reaction.followed),
        ("not_interested", reaction.not_interested),
    ):
        if happened:
            events.append(event(kind, ended))
    return events
