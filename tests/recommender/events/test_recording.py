"""POST events/: each event judged by itself, stored once, in the time it happened."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache, caches
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from core.counts import CountsCache
from generation.models import Video
from generation.services.tokens import token_create
from recommender.events.rollup import roll_up_chunk
from recommender.models import (
    EngagementEvent,
    EventArrival,
    FeedRequest,
    Follow,
    Impression,
    Like,
    NotInterested,
    VideoStat,
    Viewer,
    Viewing,
)
from recommender.viewers.identity import COOKIE, cookie_value
from tests import factories

MINUTE = timedelta(minutes=1)
EVENTS = "/api/v1/events/"
WATCHING = Client()  # one: a new one would look through all static files


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    caches["limits"].clear()


@pytest.fixture
def video(creator: User, media_root: Path) -> Video:
    return factories.video(creator, state="published", seconds=15.0)


class Phone:
    """A browser of one anonymous viewer, with a page of the feed that was served some time ago."""

    def __init__(self, *videos: Video, ago: timedelta = MINUTE) -> None:
        self.viewer = Viewer.objects.create(created=timezone.now() - timedelta(days=9))
        self.client = Client()
        self.client.cookies[COOKIE] = cookie_value(self.viewer)
        self.page = FeedRequest.objects.create(viewer=self.viewer, policy="newest")
        served = timezone.now() - ago
        for position, video in enumerate(videos):
            Impression.objects.create(
                request=self.page,
                viewer=self.viewer,
                video=video,
                position=position,
                source="newest",
                created=served,
            )

    def event(self, video: Video | None = None, position: int | None = None, **values: Any) -> dict[str, Any]:
        made: dict[str, Any] = {"id": str(uuid.uuid4()), "type": "play", "client_time": at()}
        if video is not None:
            made["video"] = video.pk
        if position is not None:
            made |= {"request_id": str(self.page.pk), "position": position}
        return {**made, **values}

    def send(self, *events: Any, status: int = 200, **values: Any) -> dict[str, Any]:
        body = {"session": "s1", "events": list(events), **values}
        answer = self.client.post("/api/v1/events/", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        told: dict[str, Any] = answer.json()
        return told

    def codes(self, *events: Any, **values: Any) -> list[str]:
        return [refusal["code"] for refusal in self.send(*events, **values)["rejected"]]


def at(ago: timedelta = timedelta()) -> str:
    return (timezone.now() - ago).isoformat()


def stored() -> EngagementEvent:
    return EngagementEvent.objects.get()


def test_a_batch_counts_accepted_duplicates_and_rejected_with_index_and_reason(video: Video) -> None:
    phone = Phone(video)
    good, other = phone.event(video, 0), phone.event(video, 0, type="like")
    told = phone.send(good, {**good}, "nonsense", other, phone.event(video, type="stare"))
    assert (told["accepted"], told["duplicates"]) == (2, 1)
    assert [(r["index"], r["code"]) for r in told["rejected"]] == [
        (2, "event_malformed"),
        (4, "event_type_unknown"),
    ]
    assert all(r["detail"].endswith(".") for r in told["rejected"])
    assert phone.send(good, other) == {"accepted": 0, "duplicates": 2, "rejected": []}
    assert EngagementEvent.objects.count() == 2


def test_what_is_stored_is_what_was_sent(video: Video) -> None:
    phone = Phone(video)
    detail = {
        "seconds": [1, 1, 2],
        "quartile": 1,
        "pauses": 0,
        "seeks": 1,
        "loops": 0,
        "hidden_ms": 5,
        "muted": True,
    }
    sent = phone.event(
        video, 0, type="progress", watch_ms=4000, detail=detail, client_time=at(5 * MINUTE / 60)
    )
    phone.send(sent)
    row = stored()
    assert (str(row.pk), row.viewer, row.video_id, row.session) == (sent["id"], phone.viewer, video.pk, "s1")
    assert (row.request_id, row.position, row.watch_ms, row.detail) == (phone.page.pk, 0, 4000, detail)
    assert (row.flags, row.counted) == ("", True)
    assert row.happened == datetime.fromisoformat(sent["client_time"])
    assert EventArrival.objects.get().events == [row.pk.hex]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "7"}, "event_id_invalid"),
        ({"id": None}, "event_id_invalid"),
        ({"id": 7}, "event_id_invalid"),
        ({"type": ["play"]}, "event_type_unknown"),
        ({"video": True}, "video_unknown"),
        ({"video": "1"}, "video_unknown"),
        ({"video": 10**40}, "video_unknown"),
        ({"video": 987_654}, "video_unknown"),
        ({"request_id": str(uuid.uuid4()), "position": 0}, "request_unknown"),
        ({"request_id": 5}, "request_unknown"),
        ({"position": 1}, "position_forged"),
        ({"position": 77}, "position_forged"),
        ({"position": True}, "position_forged"),
        ({"position": -1}, "position_forged"),
        ({"request_id": None, "position": 0}, "position_forged"),
        ({"watch_ms": -1}, "watch_impossible"),
        ({"watch_ms": 10**30}, "watch_impossible"),
        ({"watch_ms": "9"}, "event_malformed"),
        ({"watch_ms": True}, "event_malformed"),
        ({"watch_ms": 20_000}, "watch_impossible"),  # 15 s of video, once
        ({"client_time": None}, "time_invalid"),
        ({"client_time": 1_700_000_000}, "time_invalid"),
        ({"client_time": "2026-01-01T00:00:00"}, "time_invalid"),  # no time zone
        ({"client_time": "yesterday"}, "time_invalid"),
        ({"detail": []}, "detail_invalid"),
        ({"detail": {"mood": "good"}}, "detail_invalid"),
        ({"detail": {"seconds": [1] * 91}}, "detail_invalid"),
        ({"detail": {"seconds": [1] * 40}}, "detail_invalid"),  # longer than the video
        ({"detail": {"seconds": [True]}}, "detail_invalid"),
        ({"detail": {"quartile": 5}}, "detail_invalid"),
        ({"detail": {"muted": 1}}, "detail_invalid"),
    ],
)
def test_each_broken_rule_has_its_code(video: Video, change: dict[str, Any], code: str) -> None:
    phone = Phone(video, factories.video(video.owner, state="published"))
    good = phone.event(video, 0)
    told = phone.send({**phone.event(video, 0), **change}, good)
    assert [refusal["code"] for refusal in told["rejected"]] == [code], told
    assert told["accepted"] == 1


def test_another_viewers_page_is_not_mine(video: Video) -> None:
    mine, theirs = Phone(video), Phone(video)
    assert mine.codes(theirs.event(video, 0)) == ["request_unknown"]


def test_a_page_may_be_named_without_the_position(video: Video) -> None:
    phone = Phone(factories.video(video.owner, state="published"), video)
    phone.send(phone.event(video, request_id=str(phone.page.pk)))
    assert stored().position == 1


def test_a_video_taken_back_is_welcome_where_it_was_shown_and_unknown_elsewhere(video: Video) -> None:
    phone = Phone(video)
    Video.objects.filter(pk=video.pk).update(state="ready", visibility="private")
    told = phone.send(phone.event(video, 0), phone.event(video))
    assert told["accepted"] == 1
    assert [(r["index"], r["code"]) for r in told["rejected"]] == [(1, "video_unknown")]


@pytest.mark.parametrize("wrong", [timedelta(hours=-3), timedelta(hours=5), timedelta(days=4000)])
def test_a_wrong_clock_is_corrected_by_when_the_batch_was_sent(video: Video, wrong: timedelta) -> None:
    phone = Phone(video, ago=timedelta(hours=1))
    true = timezone.now() - 2 * MINUTE
    phone.send(
        phone.event(video, 0, client_time=(true + wrong).isoformat()),
        sent=(timezone.now() + wrong).isoformat(),
    )
    row = stored()
    assert abs(row.happened - true) < timedelta(seconds=2)
    assert row.flags == "skewed"


def test_late_and_out_of_order_events_keep_their_times(video: Video) -> None:
    phone = Phone(video, ago=timedelta(days=6))
    ages = [timedelta(days=5), timedelta(days=1), timedelta(days=3)]
    told = phone.send(*[phone.event(video, 0, client_time=at(age)) for age in ages], sent=at())
    assert told["accepted"] == 3
    happened = sorted(EngagementEvent.objects.values_list("happened", flat=True))
    for moment, age in zip(happened, sorted(ages, reverse=True)):
        assert abs(timezone.now() - age - moment) < MINUTE
    assert {row.flags for row in EngagementEvent.objects.all()} == {""}


def test_what_is_older_than_a_week_or_has_not_happened_is_refused(video: Video) -> None:
    phone = Phone(video)
    old, ahead = at(timedelta(days=7, hours=1)), at(-MINUTE)
    assert phone.codes(phone.event(video, client_time=old)) == ["too_old"]
    assert phone.codes(phone.event(video, client_time=ahead), sent=at()) == ["from_future"]
    assert phone.codes(phone.event(video, client_time=at(-timedelta(days=2)))) == ["from_future"]
    phone.send(phone.event(video, client_time=ahead))  # a clock that nothing corrects
    assert stored().happened <= timezone.now()
    assert "skewed" in stored().flags


def test_nobody_watches_longer_than_the_page_has_been_there(video: Video) -> None:
    phone = Phone(video, ago=timedelta(seconds=4))
    told = phone.send(
        phone.event(video, 0, watch_ms=5_000), phone.event(video, 0, watch_ms=9_000, type="progress")
    )
    assert [(r["index"], r["code"]) for r in told["rejected"]] == [(1, "watch_impossible")]


def test_loops_make_long_watching_possible(video: Video) -> None:
    phone = Phone(video)
    assert phone.send(phone.event(video, 0, watch_ms=44_000, detail={"loops": 2}))["accepted"] == 1


@pytest.mark.parametrize(
    ("values", "flag"),
    [
        ({"type": "complete", "watch_ms": 3_000}, "complete_unwatched"),
        ({"watch_ms": 2_000, "detail": {"seconds": [1] * 15}}, "seconds_unwatched"),
        ({"watch_ms": 14_000, "client_time": at(timedelta(seconds=58))}, "faster_than_time"),
        ({"type": "comment"}, "unbacked"),
    ],
)
def test_what_is_only_unlikely_is_kept_flagged_and_not_counted(
    video: Video, values: dict[str, Any], flag: str
) -> None:
    phone = Phone(video)
    if "client_time" in values:  # a moment after the page was served, not after the module was read
        values = {**values, "client_time": at(timedelta(seconds=58))}
    assert phone.send(phone.event(video, 0, **values))["accepted"] == 1
    assert (flag in stored().flags, stored().counted) == (True, False)


def test_watching_outside_a_page_is_held_against_its_sitting(video: Video) -> None:
    phone = Phone()
    phone.send(phone.event(video, client_time=at(timedelta(seconds=13))))
    phone.send(phone.event(video, type="complete", watch_ms=12_900))
    assert list(EngagementEvent.objects.values_list("flags", "counted")) == [("unrequested", True)] * 2
    phone.send(phone.event(video, type="complete", watch_ms=14_900), session="another")
    assert EngagementEvent.objects.filter(flags="unrequested,faster_than_time", counted=False).count() == 1


def test_a_creators_own_watching_is_not_counted(video: Video, client_of: Any) -> None:
    client = client_of(video.owner)
    answer = client.post(
        "/api/v1/events/",
        {"session": "s", "events": [Phone().event(video)]},
        content_type="application/json",
        headers={"Origin": "http://testserver"},
    )
    assert answer.json()["accepted"] == 1
    assert (stored().flags, stored().counted) == ("unrequested,own", False)


def test_likes_follows_and_refusals_become_state_once(video: Video) -> None:
    phone = Phone(video)
    like = phone.event(video, 0, type="like")
    told = phone.send(
        like,
        phone.event(video, 0, type="like"),
        phone.event(video, 0, type="follow"),
        phone.event(video, 0, type="not_interested"),
    )
    assert told["accepted"] == 4
    assert Like.objects.get().viewer == phone.viewer
    assert Follow.objects.get().creator == video.owner
    assert NotInterested.objects.get().video == video
    assert list(EngagementEvent.objects.filter(flags="repeated").values_list("type", "counted")) == [
        ("like", False)
    ]
    Like.objects.all().delete()
    phone.send(like)  # the same tap sent again does not undo the undoing
    assert not Like.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"events": []},
        {"session": "", "events": []},
        {"session": "x" * 37, "events": []},
        {"session": "a\x00b", "events": []},
        {"session": "\ud800", "events": []},
        {"session": "s", "events": {}},
        {"session": "s", "events": [], "sent": "now"},
        {"session": "s", "events": [{}] * 201},
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_whole(body: Any, db: None) -> None:
    answer = Client().post("/api/v1/events/", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "events_invalid")


@pytest.mark.parametrize(
    "body", [b"{", b'{"session": NaN}', b"[" * 100_000, b"\xff", b"1" * 5_000, b" " * 2_000_001]
)
def test_bytes_that_are_not_json_are_refused(body: bytes, db: None) -> None:
    answer = Client().post("/api/v1/events/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_a_beacon_of_plain_text_is_read(video: Video) -> None:
    phone = Phone(video)
    body = json.dumps({"session": "s", "events": [phone.event(video, 0)]})
    answer = phone.client.post("/api/v1/events/", body, content_type="text/plain;charset=UTF-8")
    assert answer.json()["accepted"] == 1


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**20, max_value=10**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.uuids().map(str)
    | st.datetimes().map(lambda moment: moment.isoformat() + "+00:00")
    | st.sampled_from(
        ["play", "complete", "\ud800", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
fields = ["id", "type", "video", "request_id", "position", "client_time", "watch_ms", "detail"]
almost = st.fixed_dictionaries({}, optional=dict.fromkeys(fields, json_values))


@effort(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(json_values | almost, max_size=5), almost, json_values)
def test_any_json_is_answered_and_never_loses_the_good_event(
    video: Video, junk: list[Any], change: dict[str, Any], sent: Any
) -> None:
    caches["limits"].clear()
    phone = Phone(video)
    good = phone.event(video, 0)
    told = phone.send(*junk, {**phone.event(video, 0), **change}, good)
    assert told["accepted"] + told["duplicates"] + len(told["rejected"]) == len(junk) + 2
    assert EngagementEvent.objects.filter(pk=good["id"]).exists()
    body = json.dumps({"session": "s", "events": [good], "sent": sent})
    answer = phone.client.post("/api/v1/events/", body, content_type="application/json")
    assert answer.status_code in (200, 400)


def test_more_than_the_limit_is_told_to_wait_and_loses_nothing(video: Video, settings: Any) -> None:
    settings.EVENTS_PER_MINUTE = 3
    phone, other = Phone(video), Phone(video)
    events = [phone.event(video, 0) for _ in range(4)]
    assert phone.send(*events[:3])["accepted"] == 3
    answer = phone.client.post(
        "/api/v1/events/", {"session": "s", "events": events[3:]}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert EngagementEvent.objects.count() == 3
    assert other.send(other.event(video, 0))["accepted"] == 1  # same address, another viewer
    settings.EVENTS_PER_MINUTE = 100
    assert phone.send(*events) == {"accepted": 1, "duplicates": 3, "rejected": []}


def test_an_address_brings_a_limited_number_of_new_browsers(db: None, settings: Any) -> None:
    settings.NEW_VIEWERS_PER_HOUR = 2

    def come(browser: Client, **values: Any) -> Any:
        body = {"session": "s", "events": []}
        return browser.post("/api/v1/events/", body, content_type="application/json", **values)

    known = Client()
    assert [come(known).status_code, come(Client()).status_code] == [200, 200]
    answer = come(Client())
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) > 0
    assert come(known).status_code == 200
    assert come(Client(REMOTE_ADDR="10.1.1.1")).status_code == 200
    settings.PROXIES = 1  # now the proxy's word counts, and only the last one
    assert come(Client(), headers={"X-Forwarded-For": "1.2.3.4, 127.0.0.1"}).status_code == 429
    assert come(Client(), headers={"X-Forwarded-For": "127.0.0.1, 1.2.3.4"}).status_code == 200


def test_a_batch_takes_a_fixed_number_of_queries(video: Video, django_assert_num_queries: Any) -> None:
    videos = [video, *[factories.video(video.owner, state="published") for _ in range(4)]]
    phone = Phone(*videos)
    events = [phone.event(one, place) for place, one in enumerate(videos) for _ in range(20)]
    with django_assert_num_queries(
        9
    ):  # viewer, videos, slots, begin, savepoint, insert, release, note, commit
        assert phone.send(*events)["accepted"] == 100


def test_a_program_with_a_token_tells_for_its_person(video: Video, viewer: User) -> None:
    token = token_create(user=viewer, name="phone", days=1)
    answer = Client().post(
        "/api/v1/events/",
        {"session": "s", "events": [Phone().event(video)]},
        content_type="application/json",
        headers={"Authorization": f"Token {token}"},
    )
    assert answer.json()["accepted"] == 1
    assert stored().viewer.user == viewer


def test_another_sites_page_cannot_speak_for_a_signed_in_person(video: Video, viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    body = {"session": "s", "events": [Phone().event(video)]}
    for origin, status in (("https://evil.example", 403), ("http://testserver", 200)):
        answer = client.post(
            "/api/v1/events/", body, content_type="application/json", headers={"Origin": origin}
        )
        assert answer.status_code == status


def test_nothing_counts_that_began_before_its_viewer_came(video: Video) -> None:
    phone = Phone(video, ago=timedelta(seconds=20))
    Viewer.objects.update(created=timezone.now() - timedelta(seconds=8))
    sent = [
        phone.event(video, 0, type="complete", watch_ms=14_900),
        phone.event(video, 0, client_time=at(timedelta(seconds=12))),
        phone.event(video, 0, type="like"),
        phone.event(video, 0, type="progress", watch_ms=8_000),
    ]
    assert phone.send(*sent)["accepted"] == 4
    rows = EngagementEvent.objects.in_bulk([uuid.UUID(one["id"]) for one in sent])
    found = [rows[uuid.UUID(one["id"])] for one in sent]
    assert [row.counted for row in found] == [False, False, True, True]
    assert [row.flags.split(",")[-1] == "before_viewer" for row in found[:2]] == [True, True]


def watches(viewer: Viewer, video: Video, *, address: str, session: str = "s") -> None:
    """The video from beginning to end, told in two batches, each sent twice, which changes nothing."""
    WATCHING.cookies[COOKIE] = cookie_value(viewer)
    told = [
        {"type": "play", "client_time": at(timedelta(seconds=20))},
        {"type": "progress", "client_time": at(timedelta(seconds=7)), "watch_ms": 8_000},
        {"type": "complete", "client_time": at(), "watch_ms": 14_900},
    ]
    events = [{**event, "video": video.pk, "id": str(uuid.uuid4())} for event in told]
    for some in (events[:2], events[2:]):
        body = {"session": session, "events": some}
        for _ in range(2):
            answer = WATCHING.post(EVENTS, body, content_type="application/json", REMOTE_ADDR=address)
            assert answer.json()["rejected"] == []


def long_known() -> Viewer:
    return Viewer.objects.create(created=timezone.now() - timedelta(days=9))


def warmth(video: Video) -> tuple[int, float]:
    """Views of the video, and how many of them its heat is made of."""
    while roll_up_chunk():
        pass
    stat = VideoStat.objects.get(video=video)
    return stat.views, stat.heat / (stat.reward_sum / stat.views)


@pytest.fixture
def three_make_trends(settings: Any) -> Any:
    cache.clear()
    settings.TREND_VIEWINGS = 3
    yield
    cache.clear()


def test_one_address_makes_no_trend_however_many_browsers_it_has_gathered_over_days(
    video: Video, three_make_trends: None
) -> None:
    for n in range(12):
        watches(long_known(), video, address="203.0.113.9" if n < 10 else f"198.51.100.{n}")
    assert warmth(video) == (12, pytest.approx(5, rel=0.01))  # three of the one, and two others


def test_one_browser_makes_no_trend_in_however_many_sittings(video: Video, three_make_trends: None) -> None:
    viewer = long_known()
    for n in range(6):
        watches(viewer, video, address="203.0.113.9", session=f"s{n}")
    assert warmth(video) == (6, pytest.approx(3, rel=0.01))
    crowded = EngagementEvent.objects.filter(flags__contains="crowded")
    assert {event.counted for event in crowded} == {True} and crowded.count() == 6


def test_an_address_has_a_share_in_the_trend_of_each_video(video: Video, three_make_trends: None) -> None:
    other = factories.video(video.owner, state="published", seconds=15.0)
    for n in range(4):
        watches(long_known(), (video, other)[n % 2], address="203.0.113.9")
    assert [warmth(video), warmth(other)] == [(2, pytest.approx(2, rel=0.01))] * 2


def test_what_is_kept_of_an_address_for_trends_names_neither_it_nor_what_it_watched(
    video: Video, three_make_trends: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[str, str]] = []
    admit = CountsCache.admit

    def noted(self: CountsCache, pairs: Any, **bounds: Any) -> list[bool]:
        kept.extend(pairs)
        return admit(self, pairs, **bounds)

    monkeypatch.setattr(CountsCache, "admit", noted)
    watches(long_known(), video, address="203.0.113.9")
    assert warmth(video)[0] == 1
    assert len(set(kept)) == 1 and all(len(word) == 32 for word in kept[0])
    assert Viewing.objects.get().pk.hex not in str(kept) and "203.0.113.9" not in str(kept)


def test_flagged_viewers_likes_are_not_on_screen(video: Video) -> None:
    likers = [Viewer.objects.create(flagged=flagged) for flagged in ("", "too_many_taps", "too_many_taps")]
    Like.objects.bulk_create(Like(viewer=liker, video=video) for liker in likers)
    shown = Client().get("/api/v1/feed/").json()["items"]
    assert [item["likes"] for item in shown] == [1]
    browser = Client()
    assert (
        browser.put(f"/api/v1/videos/{video.pk}/like/", content_type="application/json").json()["likes"] == 2
    )
