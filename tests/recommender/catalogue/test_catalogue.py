"""The catalogue in memory: what changed is taken over, what left goes, and a step equals reading everything anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from generation.models import Video
from recommender.catalogue import Snapshot
from recommender.catalogue import reader as reading
from recommender.catalogue.columns import STATS
from recommender.catalogue.reader import Reader
from recommender.models import FeedRequest, Impression, VideoStat, VideoVector, Viewer
from tests.conftest import make_user
from tests.recommender.feed.test_feed import place, videos_made


@pytest.fixture
def owners(db: None) -> list[User]:
    return [make_user(f"creator{i}", "viewer", "creator") for i in range(3)]


def told(snapshot: Snapshot) -> dict[int, Any]:
    """What the snapshot says of each living video, by id."""
    columns, rows = snapshot.columns, np.flatnonzero(snapshot.columns.alive)
    return {
        int(columns.ids[row]): (
            int(columns.creators[row]), snapshot.category_name(int(row)), round(float(columns.published[row]), 3),
            columns.stats[:, row].round(4).tolist(), columns.heat[:, row].round(6).tolist(), int(columns.hashes[row]),
            int(snapshot.explored[row]),
        )
        for row in rows
    }  # fmt: skip


def test_a_step_ends_where_reading_everything_would(
    owners: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SWEEP_SECONDS", 0.0)
    first = videos_made(owners, 10)
    place(first)
    reader = Reader()
    snapshot = reader.everything()
    fresh = videos_made(owners, 3, published=timedelta(seconds=1))
    place(videos_made(owners, 1, published=timedelta(days=300)))  # dated back, so only the sweep finds it
    place(fresh)
    VideoStat.objects.create(video=first[2], views=7, reward_sum=5.0, heat=3.0, heat_at=timezone.now())
    VideoStat.objects.create(video=first[2], simulated=True, views=9, reward_sum=1.0)
    Video.objects.filter(pk=first[0].pk).update(state="ready", published=None, visibility="private")
    viewer = Viewer.objects.create()
    request = FeedRequest.objects.create(viewer=viewer, policy="x")
    Impression.objects.create(request=request, viewer=viewer, video=fresh[0], position=0, source="explore")
    VideoVector.objects.filter(video=first[3]).update(phash="00000000000000ff", updated=timezone.now())
    stepped = reader.step(snapshot)
    anew = Reader().everything()
    assert told(stepped) == told(anew)
    ids = np.array(sorted(told(anew)))
    one, two = (s.nearest.vectors(s.rows_of(ids)) for s in (stepped, anew))
    assert (one * two).sum(axis=1).min() > 0.99  # centers move a little as a catalogue grows
    assert first[0].pk not in told(stepped) and fresh[0].pk in told(stepped)
    assert stepped.explored[stepped.rows_of(np.array([fresh[0].pk]))[0]] == 1
    row = stepped.rows_of(np.array([first[2].pk]))[0]
    views = stepped.columns.stats[:, row, STATS.index("views")]
    assert views.tolist() == [7.0, 16.0]
    assert told(reader.step(stepped)) == told(stepped)


def test_the_former_snapshot_stays_as_it_was_while_a_new_one_is_made(owners: list[User]) -> None:
    first = videos_made(owners, 5)
    reader = Reader()
    old = reader.everything()
    before = (old.columns.ids.copy(), old.columns.stats.copy(), old.trending[0].copy())
    videos_made(owners, 1, published=timedelta(seconds=1))
    VideoStat.objects.create(video=first[0], views=5, reward_sum=4, heat=1, heat_at=timezone.now())
    new = reader.step(old)
    assert len(new) == 6 and len(old) == 5
    after = (old.columns.ids, old.columns.stats, old.trending[0])
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_video_taken_back_and_published_again_lives_again(
    owners: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SWEEP_SECONDS", 0.0)
    video = videos_made(owners, 2)[0]
    reader = Reader()
    snapshot = reader.everything()
    Video.objects.filter(pk=video.pk).update(state="ready", published=None, visibility="private")
    snapshot = reader.step(snapshot)
    assert video.pk not in told(snapshot)
    Video.objects.filter(pk=video.pk).update(state="published", published=timezone.now(), visibility="public")
    snapshot = reader.step(snapshot)
    assert video.pk in told(snapshot) and len(snapshot) == 2


def test_rows_are_found_by_id_and_by_creator_newest_first(owners: list[User]) -> None:
    videos = videos_made(owners, 9)
    snapshot = Reader().everything()
    rows = snapshot.rows_of(np.array([videos[4].pk, 10**9]))
    assert snapshot.columns.ids[rows[0]] == videos[4].pk and rows[1] == -1
    own = snapshot.rows_by(owners[1].pk)
    assert [int(pk) for pk in snapshot.columns.ids[own]] == [
        v.pk for v in videos if v.owner_id == owners[1].pk
    ]


def test_an_empty_site_is_a_catalogue_of_nothing(db: None) -> None:
    reader = Reader()
    snapshot = reader.step(reader.everything())
    assert len(snapshot) == 0 and len(snapshot.newest) == len(snapshot.pool) == 0
