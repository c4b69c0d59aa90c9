"""Rates of the API: they know who asks, they let through what they say and no more, and what they counted stays counted."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache, caches
from django.core.wsgi import get_wsgi_application
from django.test import Client, RequestFactory

from core.counts import CountsCache
from generation.media.pictures.illustrations import names_in
from tests import factories

ROOT = Path(__file__).resolve().parents[1]
TOKENS = 10  # a minute
VISITOR = Client()  # one: a new one would look through all static files


@pytest.fixture(autouse=True)
def fresh_counts() -> Any:
    cache.clear()
    yield
    cache.clear()


def ask(forwarded: str = "") -> int:
    """A try at the token address that is counted before anything is read of it: 400, or 429 when it was one too many."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    answer = VISITOR.post("/api/v1/token/", "{}", content_type="application/json", headers=headers)
    return int(answer.status_code)


def test_a_forged_address_is_no_new_client(db):
    assert [ask(f"203.0.113.{n}") for n in range(TOKENS + 3)] == [400] * TOKENS + [429] * 3


def test_behind_a_proxy_each_client_has_its_own_rate_and_only_the_proxy_says_who_it_is(db, settings):
    settings.PROXIES = 1
    assert [ask(f"203.0.113.{n}, 192.0.2.1") for n in range(TOKENS + 3)] == [400] * TOKENS + [429] * 3
    assert ask("192.0.2.1, 192.0.2.2") == 400


@pytest.mark.parametrize(
    ("method", "path", "place"),
    [
        ("get", "/api/v1/search/?q=tent", "recommender.web.api.search.ScopeThrottle"),
        ("put", "/api/v1/videos/{video}/like/", "recommender.web.api.social.WriteThrottle"),
        ("post", "/api/v1/videos/{video}/report/", "recommender.web.api.social.WriteThrottle"),
        ("patch", "/api/v1/me/", "recommender.web.api.me.WriteThrottle"),
    ],
)
def test_anonymous_rates_hold_against_a_changing_header(creator, monkeypatch, method, path, place):
    monkeypatch.setattr(f"{place}.THROTTLE_RATES", dict.fromkeys(("search", "social", "reports"), "3/min"))
    address = path.format(video=factories.video(creator, state="published").pk)
    body = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
    answers = []
    for n in range(5):
        VISITOR.cookies.clear()
        headers = {"X-Forwarded-For": f"203.0.113.{n}"}
        answers.append(getattr(VISITOR, method)(address, **body, headers=headers))
    assert [answer.status_code == 429 for answer in answers] == [False] * 3 + [True] * 2
    assert answers[-1].json()["code"] == "throttled"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_forty_at_once_get_no_more_than_the_rate(db):
    together = threading.Barrier(40)
    application = get_wsgi_application()

    def one(_: int) -> int:
        request = RequestFactory().post("/api/v1/token/", "{}", content_type="application/json")
        said: list[str] = []
        together.wait()
        b"".join(application(request.environ, lambda status, headers: said.append(status)))
        return int(said[0].split()[0])

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(one, range(40)))
    assert sorted(answers) == [400] * TOKENS + [429] * 30


def test_drawings_however_many_are_looked_at_take_no_count_away(db, monkeypatch):
    for kept in caches.all(initialized_only=False):
        monkeypatch.setattr(kept, "_max_entries", 12)  # as if each shelf were nearly full
    monkeypatch.setattr(
        "generation.web.views.about.rasterize", lambda *_: np.zeros((2, 2, 4), dtype=np.uint8)
    )  # what is drawn does not matter here
    for _ in range(TOKENS):
        ask()
    for name in sorted(names_in("noto"))[:60]:
        assert VISITOR.get(f"/pictures/noto/{name}.png").status_code == 200
    assert ask() == 429


# --- the cache below -------------------------------------------------------------------------------------------------
TAKING = """
import sys
import django
from django.conf import settings
settings.configure()
from core.counts import CountsCache
kept = CountsCache(sys.argv[1], {})
print(sum(kept.take("k", most=30, seconds=600) == 0.0 for _ in range(20)), kept.incr("n", 20) if not kept.add("n", 20) else 20)
"""


def test_processes_count_together_and_a_restart_forgets_nothing(tmp_path):
    command = [sys.executable, "-c", TAKING, str(tmp_path / "counts.sqlite3")]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate(timeout=60)[0].split() for process in running]
    assert sum(int(taken) for taken, _ in said) == 30
    assert sorted(int(total) for _, total in said) == [20, 40, 60, 80]
    again = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    assert again.stdout.split() == ["0", "100"]


def test_no_stretch_of_the_length_holds_more_than_the_rate(tmp_path, monkeypatch):
    """Not only the minutes of the clock: a burst at the end of one and at the beginning of the next is one burst."""
    now = [1_000_000.0]
    monkeypatch.setattr("core.counts.time.time", lambda: now[0])
    kept, taken = CountsCache(tmp_path / "counts.sqlite3", {}), []
    rng = np.random.default_rng(7)
    for step in rng.exponential(4.0, 600):
        now[0] += float(step)
        room_in = kept.take("k", most=5, seconds=60)
        if room_in == 0.0:
            taken.append(now[0])
        else:
            assert room_in == pytest.approx(taken[-5] + 60 - now[0])  # and it says when there is room
    assert len(taken) > 100
    assert all(later - earlier >= 60 for earlier, later in zip(taken, taken[5:], strict=False))


def test_what_is_kept_ends_with_its_time_and_not_before(tmp_path, monkeypatch):
    now = [1_000_000.0]
    monkeypatch.setattr("core.counts.time.time", lambda: now[0])
    kept = CountsCache(tmp_path / "counts.sqlite3", {"TIMEOUT": 50})
    for n in range(5000):
        kept.set(f"k{n}", [n, 0.5], timeout=100)
    assert all(kept.get(f"k{n}") == [n, 0.5] for n in range(0, 5000, 97))
    assert not kept.add("k1", 1) and kept.add("new", 1)
    assert (kept.incr("new", 4), kept.decr("new"), kept.get("new")) == (5, 4, 4)
    now[0] += 60
    assert kept.get("new", "gone") == "gone" and kept.add("new", 2, timeout=None)
    with pytest.raises(ValueError, match="never"):
        kept.incr("never")
    assert kept.touch("k2", 1000) and not kept.touch("never")
    now[0] += 60
    assert (kept.get("k1"), kept.get("k2"), kept.get("new")) == (None, [2, 0.5], 2)
    assert kept.delete("k2") and not kept.delete("k2") and not kept.has_key("k2")
    kept.clear()
    assert kept.get("new") is None
    assert json.loads(json.dumps(kept.get_many(["new"]))) == {}


def test_the_first_members_of_a_window_are_admitted_and_stay_so():
    counts = cache_of_counts()
    asked = [("a", "1"), ("a", "2"), ("b", "1"), ("a", "3"), ("a", "1")]
    assert counts.admit(asked, most=2, seconds=60) == [True, True, True, False, True]
    assert counts.admit([("a", "2"), ("a", "4"), ("b", "2")], most=2, seconds=60) == [True, False, True]
    assert counts.admit([("a", "5")], most=0, seconds=60) == [False]


def test_a_window_that_is_over_admits_others():
    counts = cache_of_counts()
    assert counts.admit([("a", "1")], most=1, seconds=0.05) == [True]
    time.sleep(0.06)
    assert counts.admit([("a", "2"), ("a", "1")], most=1, seconds=60) == [True, False]


def test_side_by_side_no_more_are_admitted_than_there_is_room():
    counts = cache_of_counts()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: counts.admit([("a", str(n))], most=5, seconds=60)[0], range(40)))
    assert sum(found) == 5


def cache_of_counts() -> CountsCache:
    found = caches["default"]
    assert isinstance(found, CountsCache)
    return found
