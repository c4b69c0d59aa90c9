"""Events noted by the server itself, and the note that tells the roll-up of them."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from recommender.events.recording import event_from_server, events_record
from recommender.events.store import Event, _insert_beside_others, durable
from recommender.models import EngagementEvent, EventArrival, FeedRequest, Impression, Viewer
from tests import factories


def test_an_event_of_the_server_is_stored_once_with_a_note_for_the_roll_up(
    creator: User, media_root: Path
) -> None:
    viewer, video = Viewer.objects.create(), factories.video(creator, state="published")
    pk = uuid.uuid4()
    assert event_from_server(viewer=viewer, type="like", video_id=video.pk, event_id=pk)
    assert not event_from_server(viewer=viewer, type="like", video_id=video.pk, event_id=pk)
    assert EngagementEvent.objects.get().pk == pk
    assert EventArrival.objects.get().events == [pk.hex]


def test_a_slot_that_was_served_is_kept_and_another_viewers_is_left_out(
    creator: User, media_root: Path
) -> None:
    viewer, other = Viewer.objects.create(), Viewer.objects.create()
    video = factories.video(creator, state="published")
    page = FeedRequest.objects.create(viewer=viewer, policy="newest")
    Impression.objects.create(request=page, viewer=viewer, video=video, position=3, source="newest")
    event_from_server(viewer=viewer, type="like", video_id=video.pk, request_id=page.pk, position=3)
    event_from_server(viewer=other, type="like", video_id=video.pk, request_id=page.pk, position=3)
    mine = EngagementEvent.objects.get(viewer=viewer)
    theirs = EngagementEvent.objects.get(viewer=other)
    assert (mine.request_id, mine.position, mine.flags) == (page.pk, 3, "")
    assert (theirs.request_id, theirs.position, theirs.flags) == (None, None, "slot_unverified")


@pytest.mark.django_db(transaction=True)
def test_identical_batches_that_race_count_each_event_once_in_total(creator: User, media_root: Path) -> None:
    video, viewer = factories.video(creator, state="published"), Viewer.objects.create()
    batch = [
        {
            "id": str(uuid.uuid4()),
            "type": "play",
            "video": video.pk,
            "client_time": timezone.now().isoformat(),
        }
        for _ in range(40)
    ]
    barrier, receipts = threading.Barrier(5), []

    def send(part: int) -> None:
        barrier.wait()
        some = batch[part * 2 :] + batch[: part * 2]
        receipts.append(events_record(viewer=viewer, session="s", events=some))
        connection.close()

    threads = [threading.Thread(target=send, args=(part,)) for part in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(receipt.accepted for receipt in receipts) == 40
    assert sum(receipt.duplicates for receipt in receipts) == 160
    noted = [pk for note in EventArrival.objects.all() for pk in note.events]
    assert sorted(noted) == sorted(pk.hex for pk in EngagementEvent.objects.values_list("pk", flat=True))


def test_other_databases_let_the_conflict_decide(creator: User, media_root: Path) -> None:
    """The statement for databases with several writers, run here."""
    video, viewer = factories.video(creator, state="published"), Viewer.objects.create()
    now = timezone.now()
    events = [Event(uuid.uuid4().hex, viewer.pk, "play", video.pk, "s", now, now) for _ in range(5)]
    assert _insert_beside_others(events[:3]) == {event.id for event in events[:3]}
    assert _insert_beside_others(events) == {event.id for event in events[3:]}
    assert EngagementEvent.objects.filter(counted=True, detail={}, happened=now).count() == 5


def synchronous() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_only_a_transaction_of_events_waits_for_the_disk(settings: Any) -> None:
    normal, full = 1, 2
    assert synchronous() == normal
    with durable():
        assert synchronous() == full
    assert synchronous() == normal
    with pytest.raises(ValueError), durable():
        raise ValueError
    assert synchronous() == normal
    settings.EVENTS_SYNC = False
    with durable():
        assert synchronous() == normal
