"""The feed in a browser: what is watched, skipped and liked becomes the right rows; nothing sent is lost or doubled."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from generation.models import Video
from generation.moderation.models import Report
from recommender.models import (
    Comment,
    EngagementEvent,
    Follow,
    Impression,
    Like,
    NotInterested,
    Viewer,
)
from tests.e2e.conftest import QUIET
from tests.e2e.films import published
from tests.e2e.test_accessibility import serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=20_000)

# Films run in real time. Twelve seconds are the shortest round length whose 30 % (3.6 s), below which leaving is skipping,
# still lie above the 3 s that always are; a quarter is 3 s.
SECONDS = 12.0
SKIP_MS = 3600


@pytest.fixture
def films(creator: User, other_creator: User) -> list[Video]:
    owners = (creator, other_creator)
    return [
        published(owners[place % 2], f"Film {place}", seconds=SECONDS, hashtags=["露营"])
        for place in range(4)
    ]


@pytest.fixture
def unwatched(browser: Any, live_server: Any) -> Any:
    """A page whose console is not watched: a browser reports every broken connection there."""
    context = browser.new_context(base_url=live_server.url, locale="en-US")
    yield context.new_page()
    context.close()


def opened(page: Page, path: str = "/") -> Page:
    page.goto(path)
    expect(page.locator("body[data-ready]")).to_be_attached()
    expect(front(page)).to_be_visible()
    return page


def hurried(page: Page) -> Page:
    """From its next document on, the page sends what it holds twice a second, not every five: the same way, sooner."""
    page.add_init_script(
        "const every = setInterval;"
        " window.setInterval = (act, ms, ...more) => every(act, ms === 5000 ? 500 : ms, ...more);"
    )
    return page


def front(page: Page) -> Any:
    return page.locator("[data-slide]:not([inert])")


def played(page: Page, seconds: float) -> None:
    """Wait until the film in front has come to ``seconds``."""
    page.wait_for_function(
        "s => { const film = document.querySelector('[data-slide]:not([inert]) video');"
        " return film && film.currentTime >= s; }",
        arg=seconds,
        timeout=60_000,
    )


def title(page: Page) -> str:
    return front(page).locator("h2").inner_text()


def go_on(page: Page, key: str = "ArrowDown") -> None:
    before = title(page)
    page.keyboard.press(key)
    expect(front(page).locator("h2")).not_to_have_text(before)


def until(found: Callable[[], Any], *, page: Page | None = None, seconds: float = 20.0) -> Any:
    """The first true value of ``found``; fails after ``seconds``. With ``page``, its routes go on answering."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        if page is None:
            time.sleep(0.1)
        else:
            page.wait_for_timeout(100)
    raise AssertionError(f"{found} stayed {found()!r}")


def faults(page: Page) -> list[str]:
    """What axe finds once everything has come to rest."""
    page.evaluate(RESTED)
    return serious(page)


# Two frames, in which what was just done starts to move, then the end of all that moves for a while.
RESTED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const moves = (a) => a.playState === "running" && a.effect.getComputedTiming().endTime !== Infinity;
  Promise.allSettled(document.getAnimations().filter(moves).map((a) => a.finished)).then(() => done());
})))"""


def events(kind: str, video: Video | None = None) -> list[EngagementEvent]:
    rows = EngagementEvent.objects.filter(type=kind).order_by("happened")
    return list(rows.filter(video=video) if video else rows)


@pytest.mark.parametrize(("width", "language"), [("phone", "zh"), ("desktop", "en")])
def test_watching_skipping_and_liking_become_rows(
    open_as: Any, films: list[Video], width: str, language: str
) -> None:
    page = opened(hurried(open_as(None, width=width, language=language, theme="dark")))
    watched = Video.objects.get(title=title(page))
    played(page, 3.8)  # past the 30 % below which leaving is skipping
    page.keyboard.press("l")
    until(lambda: Like.objects.filter(video=watched).exists())
    go_on(page)
    skipped = Video.objects.get(title=title(page))
    played(page, 0.5)
    go_on(page, "j")
    left = until(lambda: events("skip", skipped) or events("progress", skipped))[-1]
    # on a busy machine the key may come late; the rule is the same
    assert left.watch_ms >= 300 and (left.type == "skip") == (left.watch_ms < SKIP_MS), left.watch_ms
    assert left.detail["seconds"][0] == 1
    progress = until(lambda: [e for e in events("progress", watched) if (e.watch_ms or 0) > 3100])[-1]
    assert progress.watch_ms < 12_000 and progress.detail["quartile"] >= 1
    assert progress.detail["seconds"][:3] == [1] * 3 and progress.detail["seconds"][-1] == 0
    assert abs(sum(progress.detail["seconds"]) - progress.watch_ms / 1000) <= 2
    assert events("progress", watched)[0].detail["quartile"] == 1
    assert len(events("play", watched)) == len(events("impression", watched)) == 1
    assert len(events("like")) == 1 and not events("skip", watched)
    for event in EngagementEvent.objects.all():
        slot = Impression.objects.get(request=event.request_id, position=event.position)
        assert slot.video_id == event.video_id and slot.viewer_id == event.viewer_id
        assert event.counted and not event.flags, (event, event.flags)
    assert Viewer.objects.count() == 1
    assert len(set(EngagementEvent.objects.values_list("session", flat=True))) == 1


def test_a_film_watched_to_its_end_is_complete_and_loops(open_as: Any, creator: User) -> None:
    short = published(creator, "Short", seconds=4.0)
    page = opened(hurried(open_as(None)))
    complete = until(lambda: events("complete", short))[0]
    assert 3600 <= complete.watch_ms <= 4100 and complete.detail["seconds"] == [1, 1, 1, 1]
    played(page, 1.0)
    page.keyboard.press("ArrowDown")
    last = until(lambda: [e for e in events("progress", short) if e.detail.get("loops")])[-1]
    assert last.detail["loops"] == 1 and last.watch_ms > 4600 and last.detail["seconds"][0] == 2
    assert not events("skip")


def test_what_failed_to_send_is_sent_once_when_the_net_is_back(unwatched: Page, films: list[Video]) -> None:
    page = opened(hurried(unwatched))
    refused: list[str] = []
    answers: list[int] = []

    def lost_on_the_way_back(route: Any) -> None:
        # the server stores the batch, and the browser never hears of it
        answers.append(route.fetch().status)
        refused.append(route.request.post_data)
        route.abort()

    page.route("**/api/v1/events/", lost_on_the_way_back, times=1)
    played(page, 0.8)
    until(lambda: answers and EngagementEvent.objects.exists(), page=page)
    stored = set(EngagementEvent.objects.values_list("pk", flat=True))
    played(page, 3.1)
    until(lambda: len(events("progress")) >= 2, page=page, seconds=40)
    assert refused and stored <= set(EngagementEvent.objects.values_list("pk", flat=True))
    assert len(events("impression")) == len(events("play")) == 1
    until(lambda: page.evaluate("Object.keys(localStorage).filter(k => k.includes('events.')).length") == 0)


def test_an_event_that_spoils_its_batch_is_given_up_alone(unwatched: Page, films: list[Video]) -> None:
    page = unwatched

    def spoiled(route: Any) -> None:
        kinds = [event["type"] for event in route.request.post_data_json["events"]]
        if "impression" in kinds:
            route.fulfill(status=400, json={"code": "invalid", "detail": "No."})
        else:
            route.continue_()

    page.route("**/api/v1/events/", spoiled)
    opened(page)
    until(lambda: events("play"), page=page)
    until(
        lambda: page.evaluate("Object.keys(localStorage).filter(k => k.includes('events.')).length") == 0,
        page=page,
    )
    assert not events("impression")


def test_leaving_the_page_loses_nothing_and_coming_back_doubles_nothing(
    open_as: Any, films: list[Video]
) -> None:
    page = opened(open_as(None))
    first = Video.objects.get(title=title(page))
    played(page, 1.0)
    page.goto("/verify/")  # within the five seconds in which nothing is sent yet
    skip = until(lambda: events("skip", first))[0]
    assert 800 <= skip.watch_ms < SKIP_MS
    opened(hurried(page))
    until(lambda: page.evaluate("Object.keys(localStorage).filter(k => k.includes('events.')).length") == 0)
    assert len(events("skip", first)) == len(events("play", first)) == len(events("impression", first)) == 1
    assert title(page) != first.title


def test_a_hidden_tab_is_not_watched(open_as: Any, films: list[Video]) -> None:
    page = opened(hurried(open_as(None)))
    film = Video.objects.get(title=title(page))
    played(page, 1.0)
    hide = (
        "h => { Object.defineProperty(document, 'hidden', {value: h, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    page.evaluate(hide, True)
    assert page.evaluate("document.querySelector('[data-slide]:not([inert]) video').paused")
    page.wait_for_timeout(1500)
    page.evaluate(hide, False)
    played(page, 3.3)
    quarter = until(lambda: [e for e in events("progress", film) if e.detail.get("quartile") == 1])[0]
    assert 2900 <= quarter.watch_ms < 6000 and quarter.detail["hidden_ms"] >= 1200


def test_a_jump_is_no_watching(open_as: Any, creator: User) -> None:
    long = published(creator, "Long", seconds=40.0)
    page = opened(hurried(open_as(None)))
    played(page, 0.5)
    front(page).get_by_role("slider").fill("700")
    played(page, 29.0)
    page.keyboard.press("ArrowDown")
    skip = until(lambda: events("skip", long))[0]
    assert skip.watch_ms < 12_000 and skip.detail["seeks"] == 1
    assert skip.detail["seconds"][0] == skip.detail["seconds"][28] == 1
    assert skip.detail["seconds"][12:27] == [0] * 15


def test_one_turn_of_the_wheel_is_one_video_however_long_it_rolls_on(
    open_as: Any, films: list[Video]
) -> None:
    page = opened(open_as(None))
    turns = page.evaluate("""async () => {
      const { Wheel } = await import("/static/js/feed/wheel.js");
      const moves = (deltas, gap = 16, start = 0) => {
        const wheel = new Wheel();
        return deltas.map((delta, place) => wheel.turn(delta, start + place * gap)).filter(Boolean);
      };
      const inertia = Array.from({length: 70}, (_, place) => 90 * 0.94 ** place);
      const again = [...inertia.slice(0, 45), ...inertia];
      return [moves(inertia), moves(again), moves([120, 120], 300), moves([-100]), moves([2, 1, 1], 200), moves([8, 9, 9])];
    }""")
    assert turns == [[1], [1, 1], [1, 1], [-1], [], [1]]
    page.locator("[data-deck]").evaluate(
        "deck => { for (const deltaY of [60, 50, 40, 30, 20, 10])"
        " deck.dispatchEvent(new WheelEvent('wheel', {deltaY, cancelable: true, bubbles: true})); }"
    )
    expect(page.locator("[data-slide]").nth(1)).not_to_have_attribute("inert", "")
    page.wait_for_timeout(800)
    assert page.evaluate("[...document.querySelectorAll('[data-slide]')].findIndex(s => !s.inert)") == 1


def test_a_swipe_brings_the_next_film_and_a_hard_one_no_more_than_one(
    open_as: Any, films: list[Video]
) -> None:
    page = opened(open_as(None, width="phone", has_touch=True, is_mobile=True))
    touch = page.context.new_cdp_session(page)
    place = "() => [...document.querySelectorAll('[data-slide]')].findIndex(s => !s.inert)"

    def swipe(start: float, stop: float) -> None:
        for step in range(7):
            kind = "touchMove" if step else "touchStart"
            point = {"x": 180, "y": start + (stop - start) * step / 6}
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(1200)

    swipe(720, 60)
    assert page.evaluate(place) == 1
    far = "() => [...document.querySelectorAll('.slide')].map(s => s.hasAttribute('data-far'))"
    assert page.evaluate(far) == [False, False, False, True, True]  # no swipe can come to rest there
    swipe(160, 740)
    assert page.evaluate(place) == 0


def test_the_focus_goes_along_with_the_film(open_as: Any, films: list[Video]) -> None:
    page = opened(open_as(None))
    front(page).get_by_role("button", name="Share").focus()
    go_on(page)
    expect(front(page).get_by_role("button", name="Share")).to_be_focused()


def test_a_refused_sound_starts_silent_and_comes_with_the_first_touch(
    browser: Any, live_server: Any, films: list[Video]
) -> None:
    # a browser of its own: the others may sound without being asked
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    strict = browser.browser_type.launch(
        executable_path=path, args=[flag for flag in QUIET if not flag.startswith("--autoplay")]
    )
    page = opened(strict.new_page(base_url=live_server.url, locale="en-US"))
    played(page, 0.2)
    state = "() => { const f = document.querySelector('[data-slide]:not([inert]) video'); return [f.paused, f.muted]; }"
    assert page.evaluate(state) == [False, True]
    front(page).get_by_text("Tap for sound").click()
    assert page.evaluate(state) == [False, False]
    expect(front(page).get_by_text("Tap for sound")).to_be_hidden()
    strict.close()


def test_keys_and_taps_pause_mute_and_like(open_as: Any, films: list[Video]) -> None:
    page = opened(open_as(None))
    state = "() => { const f = document.querySelector('[data-slide]:not([inert]) video'); return [f.paused, f.muted]; }"
    played(page, 0.3)
    assert page.evaluate(state) == [False, False]
    page.keyboard.press("Space")
    assert page.evaluate(state) == [True, False]
    expect(front(page).get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("m")
    picture = front(page).locator("[data-part=picture]")
    picture.click(position={"x": 150, "y": 200})
    page.wait_for_function("() => !document.querySelector('[data-slide]:not([inert]) video').paused")
    assert page.evaluate(state) == [False, True]
    like = front(page).get_by_role("button", name="Like")
    expect(like).to_have_attribute("aria-pressed", "false")
    picture.dblclick(position={"x": 150, "y": 200})
    expect(like).to_have_attribute("aria-pressed", "true")
    picture.dblclick(position={"x": 150, "y": 200})  # twice tapped again is liked still
    until(lambda: Like.objects.count() == 1)
    assert page.evaluate(state) == [False, True]
    like.click()
    until(lambda: Like.objects.count() == 0)
    opened(page)
    played(page, 0.1)
    assert page.evaluate(state)[1] is True, "a muted browser stays muted"


def test_captions_are_shown_when_asked_for_and_remembered(open_as: Any, films: list[Video]) -> None:
    page = opened(open_as(None))
    words = front(page).locator("[data-part=caption]")
    expect(words).to_be_hidden()  # our own films carry theirs in the picture
    page.keyboard.press("c")
    expect(words).to_have_text("Words of the film")
    go_on(page)
    expect(front(page).locator("[data-part=caption]")).to_have_text("Words of the film")
    expect(front(page).get_by_role("button", name="Captions")).to_have_attribute("aria-pressed", "true")


def test_comments_are_written_answered_and_deleted(open_as: Any, films: list[Video], viewer: User) -> None:
    page = opened(open_as(viewer, width="phone"))
    front(page).get_by_role("button", name="Comments").click()
    drawer = page.get_by_role("dialog", name="Comments")
    expect(drawer.get_by_text("No comments yet")).to_be_visible()
    drawer.get_by_label("Your comment").fill("好看！")
    drawer.get_by_role("button", name="Send").click()
    expect(drawer.get_by_text("好看！")).to_be_visible()
    drawer.get_by_role("button", name="Reply").click()
    drawer.get_by_label("Your comment").fill("真的")
    drawer.get_by_label("Your comment").press("Enter")
    expect(drawer.get_by_text("真的")).to_be_visible()
    first = Comment.objects.get(text="好看！")
    assert Comment.objects.get(text="真的").parent_id == first.pk
    assert not faults(page)
    remove = drawer.get_by_role("button", name="Delete", exact=True).last
    remove.click()
    drawer.get_by_role("button", name="Delete for good?").click()
    expect(drawer.get_by_text("真的")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(front(page).get_by_role("button", name="Comments 1")).to_be_visible()


def test_somebody_without_an_account_reads_comments_and_is_led_to_sign_in(
    open_as: Any, films: list[Video], viewer: User
) -> None:
    for film in films:
        Comment.objects.create(author=viewer, video=film, text=f"Seen {film.title}")
    page = opened(open_as(None))
    front(page).get_by_role("button", name="Comments").click()
    drawer = page.get_by_role("dialog", name="Comments")
    expect(drawer.get_by_text(f"Seen {title(page)}")).to_be_visible()
    expect(drawer.get_by_role("link", name="Sign in to comment")).to_be_visible()
    go_on(page)  # beside the video the drawer stays, with the next one's comments
    expect(drawer.get_by_text(f"Seen {title(page)}")).to_be_visible()
    assert not faults(page)


def test_share_report_follow_and_the_reason(open_as: Any, films: list[Video], viewer: User) -> None:
    page = opened(open_as(viewer, permissions=["clipboard-read", "clipboard-write"]))
    film = Video.objects.get(title=title(page))
    front(page).get_by_role("button", name="Share").click()
    expect(page.locator(".toast")).to_contain_text("The link is copied.")
    assert "/s/" in page.evaluate("navigator.clipboard.readText()")
    front(page).get_by_role("button", name="Follow").click()
    until(lambda: Follow.objects.filter(creator=film.owner).exists())
    assert page.get_by_role("button", name="Following").first.is_visible()
    front(page).get_by_role("button", name="Why this video?").click()
    why = page.get_by_role("dialog", name="Why this video?")
    expect(why.locator("[data-part=reason]")).not_to_be_empty()
    assert not faults(page)
    why.get_by_role("button", name="Good").click()
    front(page).get_by_role("button", name="More").click()
    page.get_by_role("button", name="Report").click()
    report = page.get_by_role("dialog", name="Report")
    report.get_by_role("button", name="Send the report").click()
    expect(report.get_by_text("Choose what is wrong.")).to_be_visible()
    report.get_by_label("Spam or fraud").check()
    assert not faults(page)
    report.get_by_role("button", name="Send the report").click()
    expect(page.locator(".toast").last).to_contain_text("A moderator will look at it.")
    assert Report.objects.get().video == film
    assert {e.type for e in EngagementEvent.objects.all()} >= {"share", "follow", "report"}


def test_not_interested_goes_on_and_is_undone(open_as: Any, films: list[Video]) -> None:
    page = opened(open_as(None))
    film = Video.objects.get(title=title(page))
    front(page).get_by_role("button", name="More").click()
    page.get_by_role("button", name="Not interested").click()
    expect(front(page).locator("h2")).not_to_have_text(film.title)
    assert until(lambda: NotInterested.objects.filter(video=film).exists())
    page.get_by_role("button", name="Undo").click()
    expect(front(page).locator("h2")).to_have_text(film.title)
    until(lambda: not NotInterested.objects.exists())


def test_the_end_says_so_and_shows_every_film_once(open_as: Any, films: list[Video]) -> None:
    page = opened(open_as(None))
    shown = [title(page)]
    page.keyboard.press("l")  # a reaction: what comes later is asked for anew, nothing is lost
    for _ in films[1:]:
        go_on(page)
        shown.append(title(page))
    assert sorted(shown) == [film.title for film in films]
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", name="You have seen everything")).to_be_in_viewport()
    assert not faults(page)


def test_a_reload_shows_what_was_not_seen_yet(open_as: Any, films: list[Video]) -> None:
    page = opened(open_as(None))
    first = title(page)
    page.wait_for_timeout(600)
    opened(page)
    shown = {title(page)}
    for _ in films[2:]:
        go_on(page)
        shown.add(title(page))
    assert shown == {film.title for film in films} - {first}


def test_an_empty_site_leads_to_the_first_video(open_as: Any) -> None:
    page = open_as(None, width="phone")
    page.goto("/")
    expect(page.get_by_role("heading", name="Nothing published yet")).to_be_visible()
    expect(page.get_by_role("link", name="Make a video")).to_be_visible()
    assert not faults(page)


def test_without_a_net_the_feed_waits_and_goes_on(unwatched: Page, creator: User) -> None:
    for place in range(9):
        published(creator, f"Film {place}", seconds=3.0)
    page = opened(unwatched)
    broken = True
    page.route("**/api/v1/feed/**", lambda route: route.abort() if broken else route.continue_())
    page.locator("[data-deck]").evaluate(
        "deck => deck.scrollTo({top: deck.scrollHeight, behavior: 'instant'})"
    )
    expect(page.get_by_role("heading", name="The next videos could not be loaded")).to_be_visible()
    broken = False
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-slide]")).to_have_count(9)


def test_a_film_that_cannot_be_played_offers_the_next(unwatched: Page, films: list[Video]) -> None:
    page = unwatched
    page.route("**/*.mp4", lambda route: route.fulfill(status=200, content_type="video/mp4", body="no film"))
    opened(page)
    expect(front(page).get_by_text("This video cannot be played.")).to_be_visible()
    before = title(page)
    front(page).get_by_role("button", name="Next video").click()
    expect(front(page).locator("h2")).not_to_have_text(before)


@pytest.mark.parametrize(
    ("width", "language", "theme"), [("phone", "en", "light"), ("desktop", "zh", "dark")]
)
def test_the_feed_has_no_serious_fault_and_one_film_in_the_tab_order(
    open_as: Any, films: list[Video], width: str, language: str, theme: str
) -> None:
    page = opened(open_as(None, width=width, language=language, theme=theme, bypass_csp=True))
    played(page, 0.3)
    assert not faults(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("[data-slide][inert]").count() == 3
    assert page.locator("[aria-live][data-announce]").inner_text().startswith(title(page))
    assert page.locator("video[src]").count() <= 2  # this one and the next


def test_without_scripts_there_is_a_plain_list(browser: Any, live_server: Any, films: list[Video]) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/")
    expect(page.locator(".plain-list video")).to_have_count(4)
    expect(page.locator(".feed")).to_be_hidden()
    context.close()
