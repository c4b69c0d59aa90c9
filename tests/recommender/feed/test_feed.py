"""The feed as a viewer meets it: nothing twice, a reaction counts at once, every reason true, every slot on record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.language.embedding import DIMENSIONS
from generation.models import GenerationJob, Video
from recommender.catalogue import refresher
from recommender.feed import Page, feed_page
from recommender.ml.content import media
from recommender.ml.content.centering import bank_centers
from recommender.ml.engagement.features import FEATURES
from recommender.models import (
    EngagementEvent,
    Follow,
    Impression,
    Like,
    NotInterested,
    VideoStat,
    VideoVector,
    Viewer,
    Viewing,
)
from recommender.social.reactions import report_file
from recommender.web import reason_texts
from tests.conftest import make_user

SUBJECTS, PER_SUBJECT, LONG_AGO = 5, 8, timedelta(days=40)


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def videos_made(owners: list[User], count: int, *, published: timedelta = LONG_AGO) -> list[Video]:
    jobs = GenerationJob.objects.bulk_create(
        GenerationJob(owner=owners[i % len(owners)], topic="t", language="en", seconds=15, state="done")
        for i in range(count)
    )
    return Video.objects.bulk_create(
        Video(
            owner=job.owner, job=job, title=f"Video {job.pk}", language="en", aspect="9:16", seconds=15,
            category=f"subject{i % SUBJECTS}", width=360, height=640, sha256="0" * 64, file=f"videos/{job.pk}.mp4",
            state="published", visibility="public", published=timezone.now() - published - timedelta(minutes=i),
        )
        for i, job in enumerate(jobs)
    )  # fmt: skip


def place(videos: list[Video]) -> None:
    """Content vectors in one cluster a category."""
    noise = np.random.default_rng(1)
    centers = np.linalg.qr(noise.standard_normal((DIMENSIONS, SUBJECTS)))[0].T
    rows = []
    for video in videos:
        row = (
            bank_centers()["en"] + centers[int(video.category[-1])] + 0.04 * noise.standard_normal(DIMENSIONS)
        )
        rows.append(
            VideoVector(
                video=video, version="test", text=row.astype(np.float16).tobytes(),
                media=np.zeros(media.DIMENSIONS, np.float16).tobytes(),
            )
        )  # fmt: skip
    VideoVector.objects.bulk_create(rows)


@pytest.fixture
def site(db: None) -> list[Video]:
    owners = [make_user(f"creator{i}", "viewer", "creator") for i in range(8)]
    videos = videos_made(owners, SUBJECTS * PER_SUBJECT)
    place(videos)
    VideoStat.objects.bulk_create(
        VideoStat(
            video=video,
            impressions=300,
            plays=290,
            views=250,
            reward_sum=125.0,
            heat=1 + i,
            heat_at=timezone.now(),
        )
        for i, video in enumerate(videos)
    )
    return videos


@pytest.fixture
def viewer(db: None) -> Viewer:
    return Viewer.objects.create()


def page_for(viewer: Viewer, limit: int = 10, **values: Any) -> Page:
    return feed_page(viewer=viewer, limit=limit, rng=rng(), **values)


def did(viewer: Viewer, video: Video, kind: str, **values: Any) -> None:
    now = timezone.now()
    EngagementEvent.objects.create(id=uuid4(), viewer=viewer, video=video, type=kind, happened=now, **values)


def shown(page: Page) -> list[int]:
    return [slot.video.pk for slot in page.slots]


# --- what is shown ----------------------------------------------------------------------------------------------------
def test_the_first_page_of_a_stranger_is_spread_over_the_subjects(site: list[Video], viewer: Viewer) -> None:
    page = page_for(viewer, 5)
    assert len({slot.video.category for slot in page.slots}) >= SUBJECTS - 1  # a slot may explore
    assert page.request.policy == "prior-blend-cold"


def test_nothing_comes_twice_and_at_the_end_nothing_is_left(site: list[Video], viewer: Viewer) -> None:
    seen: list[int] = []
    while page := shown(page_for(viewer, 30)):
        seen += page
    assert sorted(seen) == sorted(video.pk for video in site)


def test_a_slot_nobody_confirmed_may_come_again_after_half_an_hour_and_a_seen_one_never(
    site: list[Video], viewer: Viewer
) -> None:
    then = timezone.now() - timedelta(minutes=40)
    first = shown(page_for(viewer, 30, now=then)) + shown(page_for(viewer, 30, now=then))
    assert len(first) == len(site)
    did(viewer, Video.objects.get(pk=first[0]), "impression")
    again = shown(page_for(viewer, 30)) + shown(page_for(viewer, 30))
    assert sorted(again) == sorted(first[1:])


def test_liking_one_subject_fills_the_next_page_with_it_and_says_why(
    site: list[Video], viewer: Viewer
) -> None:
    liked = next(video for video in site if video.category == "subject2")
    Like.objects.create(viewer=viewer, video=liked)
    did(viewer, liked, "complete", watch_ms=15_000)
    page = page_for(viewer, 6)
    categories = [slot.video.category for slot in page.slots]
    assert categories[0] == "subject2" and categories.count("subject2") >= 2
    first = page.slots[0]
    assert first.source == "content"
    assert first.reason == {"code": "because_liked", "video": liked.pk, "title": liked.title}
    assert reason_texts.sentence(first.reason) == f"Because you liked “{liked.title}”."


def test_skipping_a_subject_pushes_it_down(site: list[Video], viewer: Viewer) -> None:
    for video in [video for video in site if video.category == "subject1"][:3]:
        did(viewer, video, "skip", watch_ms=600)
    liked = next(video for video in site if video.category == "subject3")
    did(viewer, liked, "complete", watch_ms=15_000)
    categories = [slot.video.category for slot in page_for(viewer, 5).slots]
    assert "subject1" not in categories


def test_a_video_or_creator_that_was_turned_away_stays_away(site: list[Video], viewer: Viewer) -> None:
    NotInterested.objects.create(viewer=viewer, video=site[0], scope="video")
    NotInterested.objects.create(viewer=viewer, video=site[1], scope="creator")
    everything = shown(page_for(viewer, 30)) + shown(page_for(viewer, 30))
    assert site[0].pk not in everything
    assert not {video.pk for video in site if video.owner_id == site[1].owner_id} & set(everything)


def test_at_most_two_of_a_creator_stand_on_a_page(site: list[Video], viewer: Viewer) -> None:
    owners = [slot.video.owner_id for slot in page_for(viewer, 10).slots]
    assert max(owners.count(owner) for owner in owners) <= 2


def test_a_followed_creator_leads_with_that_reason(site: list[Video], viewer: Viewer) -> None:
    owner = site[3].owner
    Follow.objects.create(viewer=viewer, creator=owner)
    fresh = videos_made([owner], 1, published=timedelta(minutes=5))
    place(fresh)
    liked = next(video for video in site if video.owner_id == owner.pk)
    did(viewer, liked, "complete", watch_ms=15_000)
    slots = {slot.video.pk: slot for slot in page_for(viewer, 10).slots}
    said = [slot.reason for slot in slots.values() if slot.source == "followed"]
    assert fresh[0].pk in slots
    assert all(reason == {"code": "follows", "creator": owner.username} for reason in said)


def test_an_unpublished_video_vanishes_at_once_even_while_the_catalogue_still_holds_it(
    site: list[Video], viewer: Viewer
) -> None:
    with refresher.held():
        Video.objects.filter(pk__in=[video.pk for video in site[5:]]).update(
            state="ready", published=None, visibility="private"
        )
        page = page_for(viewer, 30)
    assert set(shown(page)) <= {video.pk for video in site[:5]}
    assert [slot.position for slot in page.slots] == list(range(len(page.slots)))


def test_what_several_viewers_reported_waits_for_a_moderator(site: list[Video], viewer: Viewer) -> None:
    for _ in range(3):
        report_file(viewer=Viewer.objects.create(), video=site[0], reason="spam")
    assert site[0].pk not in shown(page_for(viewer, 30)) + shown(page_for(viewer, 30))


def test_new_videos_get_impressions_and_no_more_than_their_share(site: list[Video]) -> None:
    new = videos_made([site[0].owner], 2, published=timedelta(hours=1))
    place(new)
    sources = []
    for seed in range(60):
        page = feed_page(viewer=Viewer.objects.create(), limit=5, rng=np.random.default_rng(seed))
        sources += [slot for slot in page.slots if slot.source == "explore"]
    assert {video.pk for video in new} & {slot.video.pk for slot in sources}
    assert 0 < len(sources) < 0.3 * 60 * 5
    assert all(0 < slot.propensity < 1 for slot in sources)


# --- privacy ----------------------------------------------------------------------------------------------------------
def test_without_personalization_nothing_the_viewer_did_matters_and_the_page_says_so(
    site: list[Video], viewer: Viewer
) -> None:
    with refresher.held():
        plain = shown(feed_page(viewer=Viewer.objects.create(personalized=False), limit=6, rng=rng()))
        viewer.personalized = False
        viewer.save()
        for video in site[-3:]:
            Like.objects.create(viewer=viewer, video=video)
        Follow.objects.create(viewer=viewer, creator=site[0].owner)
        page = feed_page(viewer=viewer, limit=6, rng=rng())
    assert shown(page) == plain
    assert page.request.policy.endswith("impersonal")
    assert all(slot.reason["personalized"] is False for slot in page.slots)
    assert "not personalized" in reason_texts.sentence(page.slots[0].reason)


def test_after_a_reset_the_past_makes_no_taste_but_is_not_shown_again(
    site: list[Video], viewer: Viewer
) -> None:
    liked = [video for video in site if video.category == "subject2"][:3]
    for video in liked:
        Like.objects.create(viewer=viewer, video=video)
        did(viewer, video, "complete", watch_ms=15_000)
    viewer.reset = timezone.now()
    viewer.save()
    page = page_for(viewer, 5)
    assert page.request.policy == "prior-blend-cold"
    assert not {video.pk for video in liked} & set(shown(page))


# --- the record -------------------------------------------------------------------------------------------------------
def test_each_slot_is_recorded_with_source_reason_propensity_and_features(
    site: list[Video], viewer: Viewer
) -> None:
    did(viewer, site[0], "complete", watch_ms=15_000)
    page = page_for(viewer, 8, session="s1")
    rows = list(Impression.objects.filter(request=page.request.pk).order_by("position"))
    assert [row.video_id for row in rows] == shown(page)
    for row, slot in zip(rows, page.slots, strict=True):
        assert (row.source, row.reason, row.propensity) == (slot.source, slot.reason, slot.propensity)
        assert 0 < row.propensity <= 1 and len(row.features) == len(FEATURES)
        assert row.best_score is not None and (row.best_score == row.score) >= (row.source != "explore")
        assert reason_texts.sentence(row.reason)
    kept = page.request
    kept.refresh_from_db()
    assert (kept.session, kept.viewer_id, kept.policy) == ("s1", viewer.pk, "prior-blend")


def test_a_page_takes_the_same_few_queries_however_much_there_is(site: list[Video], viewer: Viewer) -> None:
    client = Client()
    client.get("/api/v1/feed/")  # the cookie

    def queries() -> int:
        with (
            refresher.held(),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            assert client.get("/api/v1/feed/?limit=5").json()["items"]
        return len([q for q in seen.captured_queries if "SAVEPOINT" not in q["sql"]])

    few = queries()
    known = Viewer.objects.filter(requests__isnull=False).distinct().get()
    for video in site[:12]:
        did(known, video, "complete", watch_ms=15_000)
        Like.objects.create(viewer=known, video=video)
        Viewing.objects.create(id=uuid4(), viewer=known, video=video, started=timezone.now(), reward=0.9)
    assert queries() == few <= 6


def test_the_answer_holds_what_the_player_needs(site: list[Video]) -> None:
    client = Client()
    Like.objects.bulk_create(Like(viewer=Viewer.objects.create(), video=video) for video in site)
    item = client.get("/api/v1/feed/?limit=1").json()["items"][0]
    video = Video.objects.get(pk=item["video"])
    assert item["file_url"] == f"/media/{video.file}" and item["page_url"] == f"/videos/{video.pk}/"
    assert (item["likes"], item["liked"], item["following"], item["comments"]) == (1, False, False, 0)
    assert item["creator"] == video.owner.username and item["reason"] and item["reason_code"]


def test_simulated_viewers_totals_rank_for_simulated_viewers_only(site: list[Video], settings: Any) -> None:
    hot = site[0]
    VideoStat.objects.create(
        video=hot,
        simulated=True,
        impressions=900,
        views=900,
        reward_sum=880.0,
        heat=1e6,
        heat_at=timezone.now(),
    )
    snapshot = refresher.current()
    row = snapshot.rows_of(np.array([hot.pk]))[0]
    assert snapshot.trending[1][0] == row and snapshot.trending[0][0] != row


@pytest.mark.parametrize(
    "code", ["because_liked", "because_watched", "also_watched", "taste", "follows", "popular_category", "popular",
             "new", "new_video", "exploring", "unseen"],
)  # fmt: skip
def test_every_code_has_a_sentence(code: str) -> None:
    said = reason_texts.sentence({"code": code, "title": "A", "creator": "B", "category": "C", "video": 1})
    assert said.endswith((".", "。"))


def test_an_empty_site_answers_with_an_empty_page(db: None, media_root: Path) -> None:
    assert Client().get("/api/v1/feed/").json()["items"] == []
