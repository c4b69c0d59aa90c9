"""The dashboards in a real browser, under the site's own Content-Security-Policy: console errors fail the test."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from generation.models import Video
from recommender.models import Viewer
from tests import factories
from tests.analytics.watching import send, watched
from tests.e2e.test_accessibility import serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRAWN = ".js-plotly-plot .main-svg"


@pytest.fixture
def watched_video(creator: User) -> Video:
    scenes = [{"id": f"s{n}", "narration": f"Sentence {n}.", "seconds": 5.0} for n in (1, 2)]
    film = factories.video(
        creator, state="published", seconds=10.0, manifest={"storyboard": {"scenes": scenes}}
    )
    when = timezone.now() - timedelta(hours=20)
    viewers = [Viewer.objects.create() for _ in range(40)]
    send(*(watched(v, film, when, 10.0 if place < 10 else 2.0) for place, v in enumerate(viewers)))
    return film


def test_a_page_draws_narrows_and_has_no_serious_fault(
    open_as: Any, creator: User, watched_video: Video
) -> None:
    page = open_as(creator, width="phone", language="zh", theme="dark", bypass_csp=True)  # axe is evaluated
    page.route("**/media/**", lambda route: route.fulfill(status=200, body=b""))
    page.set_default_timeout(60_000)
    page.goto(f"/dashboards/videos/{watched_video.pk}/")
    page.wait_for_selector(DRAWN)
    assert serious(page) == []
    offers = page.locator(".modebar-btn").evaluate_all("all => all.map(b => b.dataset.title)")
    assert not [offer for offer in offers if "Share" in offer]  # to Plotly's cloud
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    with page.expect_response("**/_dash-update-component**"):
        page.select_option("[name=days]", "7")
    assert page.url.endswith("?days=7")
    page.wait_for_selector(DRAWN)


def test_charts_are_drawn_under_the_policy_and_follow_the_theme(
    open_as: Any, analyst: User, watched_video: Video
) -> None:
    page = open_as(analyst)
    page.set_default_timeout(60_000)
    page.goto("/dashboards/")
    page.wait_for_selector(DRAWN)
    color = "getComputedStyle(document.querySelector('.js-plotly-plot .xtick text')).fill"
    by_day = page.evaluate(color)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    for _ in range(150):  # the policy forbids what wait_for_function does
        if page.evaluate(color) != by_day:
            break
        page.wait_for_timeout(200)
    assert page.evaluate(color) != by_day
    with page.expect_navigation(url=f"**/dashboards/videos/{watched_video.pk}/**"):
        page.evaluate(
            """() => { const plot = [...document.querySelectorAll('.js-plotly-plot')].find(p => p.data?.[0]?.customdata);
                       plot.emit('plotly_click', {points: [{curveNumber: 0, pointNumber: 0, pointIndex: 0,
                         customdata: plot.data[0].customdata[0], x: 1, y: 1, data: plot.data[0]}]}); }"""
        )
