"""Events noted by the server itself, and the note that tells the roll-up of them."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.contrib.auth.models import User

from recommender.models import EngagementEvent, EventArrival, FeedRequest, Impression, Viewer
from recommender.services.events import event_from_server
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
