"""The loop's proof with real videos: a scratch site makes, publishes and shows drafts, asked over its public API alone.

Five creators ask for topics of the bank; simulated viewers read the feed on their own clock and report what they watched;
an analyst starts the cycles. In the first round creators choose every field of the recipe themselves, evenly; from then on
they leave all of it to the site. Viewers judge what a video was really made with, as ``GET videos/ID/`` tells it. The frozen
site and the oracle need no rendering: what they would make is known, and so is what viewers would think of it.

Everything done is noted in the folder before the next thing begins, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from analytics.stats.policy.space import RecipeSpace
from benchmarks.loop.scenarios import Made, Oracle, Size, audience_of, briefs, shape_of, space_of
from benchmarks.loop.viewers import Audience
from benchmarks.scratch_site import ScratchSite
from core.files import atomic_path

HEADER, COOKIE = "X-Simulated-Time", "viewer"  # a viewer's own clock, and its signed cookie
CREATORS = 5
PAGE = 10
PAGES_MOST = 6  # of one sitting: the site may have nothing new left for a viewer
LOOK_SECONDS = 0.8  # between two videos
POLL_SECONDS = 1.0
PATIENCE_SECONDS = 1200.0  # for one video or one cycle
TOPICS_TRIED = 8  # for one brief: some topics have more to say than fits
ROUND_HOURS = 1.0  # on the viewers' clock
# what a viewer hears where the recipe records that there was nothing to choose: no music has no tempo, an opening of a
# person's own has no kind
NEUTRAL = {"tempo": 105.0, "mood": "warm", "speed": 1.0, "music_level": 0.0}
ACCOUNTS = """
import sys, django
django.setup()
from django.contrib.auth.models import User
from core.roles import ANALYST, CREATOR, role_add
for name in sys.argv[2:]:
    if not User.objects.filter(username=name).exists():
        user = User.objects.create_user(name, f"{name}@example.invalid", sys.argv[1])
        role_add(user=user, role=ANALYST if name == "analyst" else CREATOR)
"""


@dataclass
class LoopSite(ScratchSite):
    """A whole site, workers and all, whose cycles count simulated viewers."""

    def settings(self) -> dict[str, str]:
        return {
            **super().settings(), "AIGC_FEED_SIMULATED": "1", "AIGC_JOB_LIMIT": "100000",
            "AIGC_CREATOR_RENDERS": "100000", "AIGC_BIND": "127.0.0.1",
        }  # fmt: skip


class Notes:
    """What was done so far, as one JSON file that is replaced at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """The noted result of ``name``, or that of ``make``, noted."""
        if name not in self.kept:
            self.kept[name] = make()
            with atomic_path(self._path) as part:
                part.write_text(json.dumps(self.kept, ensure_ascii=False), encoding="utf-8")
        return self.kept[name]


def played(folder: Path, *, seed: int, rounds: int, size: Size) -> dict[str, Any]:
    """``rounds`` rounds with a cycle after each and one more, as ``storyboard.trial`` tells them, without popularity."""
    folder.mkdir(parents=True, exist_ok=True)
    notes = Notes(folder / "notes.json")
    began = time.perf_counter() - notes.kept.get("seconds", 0.0)
    site = LoopSite(folder)
    site.start([sys.executable, "-m", "aigc_platform.supervisor", "--port", str(site.port)])
    try:
        password = notes.once("password", lambda: secrets.token_urlsafe(16))
        names = [*(f"creator{n}" for n in range(CREATORS)), "analyst"]
        site.python("-c", ACCOUNTS, password, *names)
        cookies = notes.once("viewers", lambda: _viewers(site, size.viewers))
        with httpx.Client(base_url=f"http://127.0.0.1:{site.port}/api/v1/", timeout=120.0) as client:
            run = VideoRun(client, notes, seed, size, _tokens(client, names, password), cookies)
            for round_ in range(1, rounds + 2):
                run.round(round_)
                if round_ <= rounds:
                    run.cycle(round_)
                notes.kept["seconds"] = time.perf_counter() - began
    finally:
        site.stop()
    return {**run.told(), "seed": seed, "seconds": time.perf_counter() - began}


def _viewers(site: LoopSite, count: int) -> list[str]:
    return site.python("manage.py", "simulate_viewers", "--tokens", str(count)).split()


def _tokens(client: httpx.Client, names: Sequence[str], password: str) -> dict[str, str]:
    found = {}
    for name in names:
        answer = client.post("token/", json={"username": name, "password": password})
        answer.raise_for_status()
        found[name] = answer.json()["token"]
    return found


@dataclass
class VideoRun:
    """One site's rounds; ``tokens`` by account, ``cookies`` (viewers,) signed."""

    client: httpx.Client
    notes: Notes
    seed: int
    size: Size
    tokens: Mapping[str, str]
    cookies: Sequence[str]

    def __post_init__(self) -> None:
        self.space: RecipeSpace = space_of()
        self.audience: Audience = audience_of("base", self.seed, self.space, self.size)
        self.oracle = Oracle(self.space, self.audience, self.seed)
        self.videos: dict[int, Made] = {}  # by the site's number
        self.rounds: dict[str, list[dict[str, Any]]] = {"loop": [], "frozen": [], "oracle": []}
        self.cycles: list[dict[str, Any]] = []

    def told(self) -> dict[str, Any]:
        return {kind: {"rounds": rounds, "cycles": self.cycles} for kind, rounds in self.rounds.items()}

    # --- making ------------------------------------------------------------------------------------------------------
    def round(self, round_: int) -> None:
        """Make, publish and watch a round's videos; what the audience would get from them on each site."""
        planned = [
            video
            for video, _ in briefs(
                self.space, self.audience, seed=self.seed, round_=round_, first=(round_ - 1) * self.size.videos,
                size=self.size,
            )
        ]  # fmt: skip
        jobs = {v.number: self.notes.once(f"job {v.number}", partial(self._asked, v)) for v in planned}
        made = []
        for video in planned:
            found = self.notes.once(
                f"video {video.number}", partial(self._finished, video, jobs[video.number])
            )
            one = self._made(video, found)
            self.videos[found["id"]] = one
            made.append(one)
        views = sum(
            self.notes.once(f"watched {round_} {viewer}", partial(self._watch, round_, viewer))
            for viewer in range(self.size.viewers)
        )
        best = [replace(video, recipe=self.oracle.best(video)) for video in planned]
        for kind, rows in (("loop", made), ("frozen", planned), ("oracle", best)):
            self.rounds[kind].append(
                {"true": self._true(rows), "views": views, **shape_of(rows, self.space, self.audience)}
            )

    def _asked(self, video: Made) -> dict[str, Any]:
        """Send a brief; the job's number and its creator."""
        creator = f"creator{video.number % CREATORS}"
        body: dict[str, Any] = {
            "language": video.language, "seconds": video.seconds, "quality": "draft", "seed": self.seed * 1000 + video.number,
        }  # fmt: skip
        if video.round == 1:
            body["recipe"] = video.recipe
        refused = ""
        for topic in _topics(video, self.seed):
            answer = self._call("POST", "jobs/", creator, json=body | {"topic": topic}, may=(201, 400))
            if answer.status_code == 201:
                return {"id": answer.json()["id"], "creator": creator}
            refused = answer.text
        raise RuntimeError(f"No topic of {video.category} was taken for {video.seconds:g} s: {refused}")

    def _finished(self, video: Made, job: Mapping[str, Any]) -> dict[str, Any]:
        """Wait for a job's video and publish it; its number, what it was made with, and what the policy said."""
        creator = str(job["creator"])
        ended = self._until(
            lambda: self._call("GET", f"jobs/{job['id']}/", creator).json(),
            lambda told: told["state"] not in ("queued", "running"),
            f"job {job['id']}",
        )
        if ended["state"] != "done":
            raise RuntimeError(f"Job {job['id']} is {ended['state']}: {ended.get('error')}")
        number = ended["video"]
        self._call("POST", f"videos/{number}/publish/", creator, json={"override": True}, may=(200, 202))
        shown = self._until(
            lambda: self._call("GET", f"videos/{number}/", creator).json(),
            lambda told: told["state"] == "published",
            f"video {number}",
        )
        return {
            "id": number, "recipe": shown["recipe"], "category": shown["category"], "seconds": shown["duration_seconds"],
            "policy": ended.get("policy"),
        }  # fmt: skip

    def _made(self, video: Made, found: Mapping[str, Any]) -> Made:
        policy = found["policy"] or {}
        predicted = policy.get("predicted")
        return replace(
            video, recipe=self._perceived(found["recipe"]), seconds=float(found["seconds"]), arm=policy.get("arm") or "none",
            version=int(policy.get("version") or 0), predicted=float("nan") if predicted is None else float(predicted),
        )  # fmt: skip

    def _perceived(self, recipe: Mapping[str, Any]) -> dict[str, Any]:
        """What a viewer sees and hears of a recipe: of each field the nearest option; of one without a choice the neutral one."""
        seen = {}
        for one in self.space.fields:
            place = one.code(recipe.get(one.name))
            seen[one.name] = one.options[place] if place >= 0 else NEUTRAL.get(one.name)
        return seen

    def _true(self, made: Sequence[Made]) -> float:
        """The mean reward of videos before everybody."""
        a = self.audience
        return float(np.mean([a.reward(a.shifts(v.recipe, v.category) + v.quality).mean() for v in made]))

    # --- watching ----------------------------------------------------------------------------------------------------
    def _watch(self, round_: int, viewer: int) -> int:
        """One sitting: pages of the feed until enough of the round's videos were met; how many videos were watched."""
        rng = np.random.default_rng([self.seed, round_, viewer, 2])
        start = datetime.fromisoformat(self.notes.once("clock", lambda: datetime.now(UTC).isoformat()))
        now = start + timedelta(hours=ROUND_HOURS * round_, seconds=float(rng.uniform(0, 1800)))
        session = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.seed} {round_} {viewer}"))
        met, watched = 0, 0
        for _ in range(PAGES_MOST):
            if met >= self.size.slots:
                break
            page = self._as_viewer(
                "GET", "feed/", viewer, now, params={"limit": PAGE, "session": session}
            ).json()
            events: list[dict[str, Any]] = []
            for item in page["items"]:
                video = self.videos[item["video"]]
                view = self._view(viewer, video, item["position"], rng)
                slot = {
                    "video": item["video"],
                    "request_id": page["request_id"],
                    "position": item["position"],
                }
                events += _events(slot, view, video.seconds, began=now)
                now += timedelta(seconds=float(view["watch_seconds"]) + LOOK_SECONDS)
                met += video.round == round_
                watched += 1
            if not events:
                break
            body = {"session": session, "sent": now.isoformat(), "events": events}
            receipt = self._as_viewer("POST", "events/", viewer, now, json=body).json()
            if receipt["rejected"]:
                raise RuntimeError(f"The site refused an event: {receipt['rejected'][0]}")
        return watched

    def _view(self, viewer: int, video: Made, slot: int, rng: np.random.Generator) -> dict[str, Any]:
        shift = self.audience.shifts(video.recipe, video.category)[viewer] + video.quality
        one = self.audience.watch(
            np.array([viewer]),
            np.array([shift]),
            seconds=np.array([video.seconds]),
            slot=np.array([slot]),
            rng=rng,
        )
        return {name: values[0].item() for name, values in one.items()}

    # --- optimizing --------------------------------------------------------------------------------------------------
    def cycle(self, round_: int) -> None:
        """Start a cycle and wait until it is on trial or has ended."""
        started = self.notes.once(
            f"cycle {round_}",
            lambda: self._call("POST", "cycles/", "analyst", json={}, may=(201,)).json()["id"],
        )
        ended = self.notes.once(
            f"cycle {round_} ended",
            lambda: self._until(
                lambda: self._call("GET", f"cycles/{started}/", "analyst").json(),
                lambda told: told["state"] not in ("queued", "running"),
                f"cycle {started}",
            ),
        )
        summaries = {step["name"]: step["summary"] for step in ended["steps"]}
        self.cycles.append({"number": round_, "state": ended["state"], "steps": summaries})

    # --- the API -----------------------------------------------------------------------------------------------------
    def _call(
        self, method: str, address: str, account: str, *, may: tuple[int, ...] = (200,), **more: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Token {self.tokens[account]}"}
        return _checked(self.client.request(method, address, headers=headers, **more), may)

    def _as_viewer(
        self, method: str, address: str, viewer: int, now: datetime, **more: Any
    ) -> httpx.Response:
        headers = {HEADER: now.isoformat(), "Cookie": f"{COOKIE}={self.cookies[viewer]}"}
        return _checked(self.client.request(method, address, headers=headers, **more), (200,))

    @staticmethod
    def _until(ask: Callable[[], Any], done: Callable[[Any], bool], what: str) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            told = ask()
            if done(told):
                return told
            if time.monotonic() > deadline:
                raise RuntimeError(f"{what} is still {told.get('state')} after {PATIENCE_SECONDS:.0f} s.")
            time.sleep(POLL_SECONDS)


def _checked(answer: httpx.Response, may: tuple[int, ...]) -> httpx.Response:
    if answer.status_code not in may:
        raise RuntimeError(
            f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {answer.text[:500]}"
        )
    return answer


def _topics(video: Made, seed: int) -> list[str]:
    """Titles of the bank's topics of the video's category, in an order of its own."""
    from generation.bank.reading import topics

    titles = [one.texts[video.language].title for one in topics() if one.category == video.category]
    rng = np.random.default_rng([seed, video.number, 8])
    return [titles[i] for i in rng.permutation(len(titles))[:TOPICS_TRIED]]


def _events(
    slot: Mapping[str, Any], view: Mapping[str, Any], seconds: float, *, began: datetime
) -> list[dict[str, Any]]:
    """What a player reports of one view: of a second time through only what makes a loop."""
    watched = min(float(view["watch_seconds"]), seconds * (1 + view["loops"]))
    ended = began + timedelta(seconds=watched)
    share = min(watched / seconds, 1.0)
    detail = {"loops": int(view["loops"]), "quartile": max(1, min(4, int(share * 4) or 1))}
    name = f"{slot['request_id']} {slot['position']}"

    def event(kind: str, when: datetime, **more: Any) -> dict[str, Any]:
        number = uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {kind}")
        return {"id": str(number), "type": kind, "client_time": when.isoformat(), **slot, **more}

    last = "complete" if view["completed"] else "skip" if view["skipped"] else "progress"
    told = [
        event("impression", began), event("play", began),
        event(last, ended, watch_ms=round(watched * 1000), detail=detail),
    ]  # fmt: skip
    kinds = {"like": "liked", "share": "shared", "follow": "followed", "not_interested": "refused"}
    return told + [event(kind, ended) for kind, field in kinds.items() if view[field]]
