"""One's own data: seen, downloaded, begun anew, left out of the feed, and deleted so that nothing names the person."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from generation.models import AccessToken, GenerationJob, Upload, Video
from generation.moderation.services import report_file
from generation.services.tokens import token_create
from recommender.events import archive
from recommender.models import (
    Comment,
    EngagementEvent,
    Erasure,
    FeedRequest,
    Follow,
    Impression,
    Like,
    NotInterested,
    ShareLink,
    Viewer,
)
from recommender.privacy import erasure
from recommender.search.documents import video_index
from tests import factories
from tests.conftest import make_user
from tests.generation import boards

PASSWORD = "correct horse battery"  # of tests.conftest.make_user
MARK = "zqxmark"  # stands in everything the person wrote


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()
    caches["limits"].clear()


def event(viewer: Viewer, video: Video, **values: Any) -> EngagementEvent:
    now = timezone.now()
    return EngagementEvent.objects.create(
        **{
            "id": uuid.uuid4(),
            "viewer": viewer,
            "video": video,
            "type": "play",
            "session": "s",
            "happened": now,
            **values,
        }
    )


def live(viewer: Viewer, video: Video, user: User | None = None) -> None:
    """Everything a viewer can leave behind."""
    request = FeedRequest.objects.create(viewer=viewer, policy="newest")
    Impression.objects.create(request=request, viewer=viewer, video=video, position=0, source="newest")
    event(viewer, video, request=request, position=0)
    Like.objects.create(viewer=viewer, video=video)
    Follow.objects.create(viewer=viewer, creator=video.owner)
    NotInterested.objects.create(viewer=viewer, video=video)
    ShareLink.objects.create(viewer=viewer, video=video, token=uuid.uuid4().hex[:22])
    report_file(reporter=viewer.pk, counted=True, video=video, reason="spam", text=f"report {MARK}")
    if user:
        Comment.objects.create(author=user, video=video, text=f"comment {MARK}")


def act(client: Client, action: str, **values: Any) -> Any:
    return client.post("/account/privacy/", {"action": action, **values})


def rows_with(*needles: str) -> list[str]:
    """``table.column`` of every row of the whole database that holds one of the needles."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                found += [f"{table}.{c}" for c, v in zip(columns, row) if any(n in str(v) for n in needles)]
    return found


def references(**wanted: set[int]) -> list[str]:
    """``Model.field`` of every foreign key that points to one of the given people or viewers."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            target = field.related_model
            if target in (User, Viewer):
                pks = wanted["users"] if target is User else wanted["viewers"]
                if model._base_manager.filter(**{f"{field.name}__in": pks}).exists():
                    found.append(f"{model.__name__}.{field.name}")
    return found


@pytest.fixture
def person(db: None, media_root: Path, var_dir: Path, client_of: Any) -> User:
    """A creator with a life on the site: things they made, wrote, liked, and were part of."""
    user = make_user(f"vera{MARK}", "viewer", "creator")
    User.objects.filter(pk=user.pk).update(first_name=f"Vera {MARK}")
    user.refresh_from_db()
    other = make_user("cora", "viewer", "creator")
    theirs = factories.video(other, state="published")
    former = Viewer.objects.create()
    viewer = Viewer.objects.create(user=user, former=[former.pk])
    ShareLink.objects.create(viewer=former, video=theirs, token="kept-by-an-emptied-one")
    live(viewer, theirs, user)
    # what they made: a video with files, a draft, a running job, an upload
    done = factories.job(user, state="done", topic=f"topic {MARK}")
    boards.stored(done, 1)
    mine = factories.video(user, job=done, state="published", title=f"title {MARK}")
    video_index(mine.pk)
    factories.job(user, topic=f"waiting {MARK}")
    factories.upload(user, original_name=f"{MARK}.mp4", file=f"uploads/{user.pk}/a.mp4")
    for place in (
        media_root / "uploads" / str(user.pk) / "a.mp4",
        var_dir / "jobs" / str(done.pk) / "voice.wav",
    ):
        place.parent.mkdir(parents=True)
        place.write_bytes(b"x")
    # what others did with it
    stranger = Viewer.objects.create()
    live(stranger, mine)
    request = FeedRequest.objects.create(viewer=stranger, policy="newest")
    reason = {"code": "because_liked", "video": mine.pk, "title": mine.title}
    Impression.objects.create(
        request=request, viewer=stranger, video=theirs, position=0, source="content", reason=reason
    )
    head = Comment.objects.create(author=user, video=theirs, text=f"head {MARK}")
    Comment.objects.create(author=other, video=theirs, text="an answer", parent=head)
    token_create(user=user, name=f"{MARK} phone", days=1)
    EmailAddress.objects.create(user=user, email=user.email)
    AccessAttempt.objects.create(username=user.username, failures_since_start=1)
    client_of(user)  # a second browser
    return user


def test_after_deletion_no_row_and_no_file_refers_to_the_person(
    person: User, client_of: Any, media_root: Path, var_dir: Path
) -> None:
    pk, viewers = person.pk, {Viewer.objects.get(user=person).pk, *Viewer.objects.get(user=person).former}
    assert len(rows_with(MARK)) > 10
    client = client_of(person)
    answer = act(client, "delete", password=PASSWORD, confirmation=person.username)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert rows_with(MARK) == []
    assert references(users={pk}, viewers=viewers) == []
    assert not any(s.get_decoded().get("_auth_user_id") == str(pk) for s in Session.objects.all())
    assert not list(media_root.glob(f"*/{pk}")) and not list((var_dir / "jobs").glob("*"))
    assert client.get("/account/").status_code == 302  # signed out
    # what others said and watched is theirs
    head = Comment.objects.get(parent__isnull=True)
    assert (head.author, head.text, head.deleted is not None) == (None, "", True)
    assert Comment.objects.get(parent=head).text == "an answer"
    assert User.objects.get().username == "cora" and Video.objects.count() == 1
    # numbers of the deleted stay until no late file can come, and go then
    assert Erasure.objects.get().owner == pk
    late = media_root / "videos" / str(pk) / "late.mp4"
    late.parent.mkdir(parents=True)
    late.write_bytes(b"x")
    Erasure.objects.update(created=timezone.now() - timedelta(minutes=6))
    assert erasure.erasures_finish() == 0
    assert not late.exists() and not Erasure.objects.exists()


def test_the_page_of_a_video_shows_the_empty_place_of_a_deleted_person(person: User, client_of: Any) -> None:
    act(client_of(person), "delete", password=PASSWORD, confirmation=person.username)
    video = Video.objects.get()
    row = Client().get(f"/api/v1/videos/{video.pk}/comments/").json()["results"][0]
    assert (row["author"], row["text"], row["deleted"], len(row["replies"])) == ("", "", True, 1)


def test_running_work_is_cancelled_before_its_rows_go(
    person: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    running = factories.job(
        person, state="running", lease_owner="w", lease_until=timezone.now() + timedelta(seconds=60)
    )
    monkeypatch.setattr("generation.services.erasure.WAIT_SECONDS", 0.2)

    def nap(seconds: float) -> None:
        asked.append(GenerationJob.objects.get(pk=running.pk).cancel_requested)
        GenerationJob.objects.filter(pk=running.pk).update(state="cancelled")  # as its worker would

    monkeypatch.setattr("generation.services.erasure.time.sleep", nap)
    act(client_of(person), "delete", password=PASSWORD, confirmation=person.username)
    assert asked == [True]
    assert not GenerationJob.objects.filter(owner_id=person.pk).exists()


@pytest.mark.parametrize(
    ("password", "confirmation", "sentence"),
    [
        ("wrong", None, "This is not your password"),
        (PASSWORD, "vera", "exactly as it is shown"),
        ("", "", "exactly as it is shown"),
    ],
)
def test_a_deletion_takes_the_password_and_the_name_and_else_nothing_goes(
    person: User, client_of: Any, password: str, confirmation: str | None, sentence: str
) -> None:
    typed = person.username if confirmation is None else confirmation
    answer = act(client_of(person), "delete", password=password, confirmation=typed)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert Video.objects.count() == 2 and Upload.objects.count() == 1


def test_a_password_cannot_be_tried_for_long(person: User, client_of: Any) -> None:
    client = client_of(person)
    answers = [act(client, "delete", password=f"p{n}", confirmation=person.username) for n in range(7)]
    assert "Too many tries" in answers[-1].content.decode() and "Too many" not in answers[-2].content.decode()
    assert User.objects.filter(pk=person.pk).exists()


def test_the_only_administrator_stays(administrator: User, client_of: Any, media_root: Path) -> None:
    client = client_of(administrator)
    answer = act(client, "delete", password=PASSWORD, confirmation="ada")
    assert answer.status_code == 422 and "only administrator" in answer.content.decode()
    make_user("second", "administrator")
    assert act(client, "delete", password=PASSWORD, confirmation="ada").status_code == 302


def test_a_browser_without_an_account_sees_and_deletes_what_it_left(
    creator: User, media_root: Path, var_dir: Path
) -> None:
    video = factories.video(creator, state="published")
    client = Client()
    client.put(f"/api/v1/videos/{video.pk}/like/", {}, content_type="application/json")
    viewer = Viewer.objects.get()
    assert "Delete this browser" in client.get("/account/privacy/").content.decode()
    assert act(client, "delete", confirmation="yes").status_code == 422
    answer = act(client, "delete", confirmation=" Delete ")
    assert answer.status_code == 302 and answer.cookies["viewer"].value == ""
    assert references(users=set(), viewers={viewer.pk}) == []
    assert not Erasure.objects.exists()
    assert client.get(f"/api/v1/videos/{video.pk}/comments/").status_code == 200


def test_the_archive_forgets_too_and_the_download_holds_it_before(
    creator: User, viewer: User, media_root: Path, var_dir: Path, client_of: Any, settings: Any
) -> None:
    video = factories.video(creator, state="published")
    me, other = Viewer.objects.create(user=viewer), Viewer.objects.create()
    old = timezone.now() - timedelta(days=settings.EVENT_DAYS + 3)
    mine, theirs = (event(one, video, happened=old, received=old) for one in (me, other))
    archive.archive()
    assert not EngagementEvent.objects.exists()
    client = client_of(viewer)
    data = json.loads(b"".join(client.get("/api/v1/me/data/").streaming_content))
    assert [row["id"] for row in data["events"]] == [str(mine.pk)]
    assert data["events"][0]["viewer_id"] == me.pk and data["events"][0]["video_id"] == video.pk
    act(client, "delete", password=PASSWORD, confirmation="vera")
    assert [row["id"] for row in archive.archived_events([me.pk, other.pk])] == [str(theirs.pk)]


def test_the_download_holds_everything_of_the_viewer_and_nothing_of_others(
    person: User, client_of: Any
) -> None:
    answer = client_of(person).get("/api/v1/me/data/")
    text = b"".join(answer.streaming_content).decode()
    data = json.loads(text)
    assert "attachment" in answer["Content-Disposition"]
    assert data["account"]["username"] == person.username
    for name, count in {
        "events": 1, "impressions": 1, "likes": 1, "follows": 1, "not_interested": 1, "share_links": 1,
        "reports": 1, "comments": 2, "videos": 1, "jobs": 2, "storyboards": 1, "uploads": 1, "viewers": 2,
    }.items():  # fmt: skip
        assert len(data[name]) == count, name
    secrets = [str(Viewer.objects.get(user=person).key), person.password, AccessToken.objects.get().digest]
    assert not [secret for secret in secrets if secret in text]
    assert "an answer" not in text


def test_a_stranger_downloads_an_empty_document_and_is_not_recorded(db: None) -> None:
    data = json.loads(b"".join(Client().get("/api/v1/me/data/").streaming_content))
    assert data["account"] is None and data["events"] == [] and data["viewers"] == []
    assert not Viewer.objects.exists()


def test_a_reset_can_be_undone_to_the_moment_it_stood_at(
    creator: User, client_of: Any, media_root: Path
) -> None:
    client = client_of(creator)
    before = timezone.now() - timedelta(days=3)
    viewer = Viewer.objects.create(user=creator, reset=before)
    act(client, "reset")
    viewer.refresh_from_db()
    assert viewer.reset is not None and viewer.reset > before
    act(client, "undo")
    viewer.refresh_from_db()
    assert viewer.reset == before
    act(client, "undo")  # nothing left to undo
    viewer.refresh_from_db()
    assert viewer.reset == before


def test_personalization_is_turned_off_and_on_by_page_and_program(db: None) -> None:
    client = Client()
    assert client.get("/api/v1/me/").json() == {"personalized": True, "reset": None, "signed_in": False}
    act(client, "personalize")
    assert client.get("/api/v1/me/").json()["personalized"] is False
    answer = client.patch("/api/v1/me/", {"personalized": True}, content_type="application/json")
    assert answer.json()["personalized"] is True
    assert client.post("/api/v1/me/reset/").json()["reset"] is not None
    assert Viewer.objects.count() == 1


def test_history_shows_only_what_is_still_before_viewers(
    creator: User, viewer: User, client_of: Any, media_root: Path
) -> None:
    shown, hidden = (
        factories.video(creator, state="published", title=title) for title in ("still here", "taken back")
    )
    me = Viewer.objects.create(user=viewer)
    for video in (shown, hidden):
        Like.objects.create(viewer=me, video=video)
        Comment.objects.create(author=viewer, video=video, text="words")
    Video.objects.filter(pk=hidden.pk).update(state="ready", published=None, visibility="private")
    page = client_of(viewer).get("/account/privacy/").content.decode()
    assert "still here" in page and "taken back" not in page.replace("a video that was taken back", "")


def test_an_unknown_action_changes_nothing(db: None) -> None:
    assert act(Client(), "sell").status_code == 422
    assert not Viewer.objects.exists()
