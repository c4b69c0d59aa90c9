"""Comments over HTTP: threads of one level, who may write, read and delete, and nothing twice."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.models import Video
from generation.moderation.models import Report
from recommender.models import Comment, EngagementEvent
from tests import factories
from tests.recommender.social.test_social import delete, post


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def video(creator: User, media_root: Path) -> Video:
    return factories.video(creator, state="published")


def write(client: Client, video: Video, text: str, **more: Any) -> dict[str, Any]:
    answer = post(client, f"videos/{video.pk}/comments/", text=text, **more)
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def listed(client: Client, video: Video) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"/api/v1/videos/{video.pk}/comments/").json()
    return body


def test_an_answer_to_an_answer_joins_the_same_thread(
    video: Video, client_of: Any, viewer: User, creator: User
) -> None:
    vera, cora = client_of(viewer), client_of(creator)
    head = write(vera, video, "帐篷真好")
    answer = write(cora, video, "谢谢", parent=head["id"])
    write(vera, video, "不客气", parent=answer["id"])
    write(vera, video, "第二条")
    page = listed(Client(), video)
    assert page["count"] == 2
    assert [row["text"] for row in page["results"]] == ["第二条", "帐篷真好"]
    assert [row["text"] for row in page["results"][1]["replies"]] == ["谢谢", "不客气"]
    assert [row["mine"] for row in listed(vera, video)["results"]] == [True, True]
    assert page["results"][1]["author"] == "vera" and not page["results"][1]["mine"]
    assert EngagementEvent.objects.filter(type="comment").count() == 4


def test_a_comment_sent_again_with_its_event_id_is_the_same_comment(
    video: Video, client_of: Any, viewer: User
) -> None:
    client, event = client_of(viewer), str(uuid.uuid4())
    first = write(client, video, "hello", event_id=event)
    assert write(client, video, "hello", event_id=event)["id"] == first["id"]
    assert write(client, video, "hello")["id"] != first["id"]
    assert Comment.objects.count() == 2


@pytest.mark.parametrize("text", ["", "   ", "\u200b\n\x00", "x" * 501])
def test_a_blank_or_overlong_comment_is_refused_in_words(
    video: Video, client_of: Any, viewer: User, text: str
) -> None:
    answer = post(client_of(viewer), f"videos/{video.pk}/comments/", text=text)
    assert (answer.status_code, answer.json()["code"]) == (400, "comment_invalid")
    assert not Comment.objects.exists() and not EngagementEvent.objects.exists()


def test_writing_takes_an_account(video: Video) -> None:
    answer = post(Client(), f"videos/{video.pk}/comments/", text="hello")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_authenticated")


@pytest.mark.parametrize("parent", [987_654, 10**30, "elsewhere", "deleted"])
def test_an_answer_needs_a_comment_of_the_same_video(
    video: Video, client_of: Any, viewer: User, creator: User, parent: Any
) -> None:
    client = client_of(viewer)
    if parent == "elsewhere":
        parent = write(client, factories.video(creator, state="published"), "there")["id"]
    elif parent == "deleted":
        parent = write(client, video, "gone")["id"]
        delete(client, f"comments/{parent}/")
    answer = post(client, f"videos/{video.pk}/comments/", text="hello", parent=parent)
    assert (answer.status_code, answer.json()["code"]) == (400, "comment_invalid")


def test_author_owner_and_moderator_delete_and_nobody_else(
    video: Video, client_of: Any, viewer: User, creator: User, other_creator: User, moderator: User
) -> None:
    for who, expected in ((viewer, 204), (creator, 204), (moderator, 200), (other_creator, 403), (None, 403)):
        comment = write(client_of(viewer), video, "words")
        path = f"comments/{comment['id']}/" + ("?policy=hate" if who == moderator else "")
        assert delete(client_of(who), path).status_code == expected
        shown = next((r for r in listed(client_of(who), video)["results"] if r["id"] == comment["id"]), None)
        assert (shown is None) == (expected in (200, 204))
        assert shown is None or not shown["deletable"]
    assert delete(client_of(viewer), "comments/987654/").status_code == 404


def test_a_deleted_comment_keeps_its_place_only_while_it_is_answered(
    video: Video, client_of: Any, viewer: User, creator: User
) -> None:
    client = client_of(viewer)
    head = write(client, video, "head")
    answer = write(client_of(creator), video, "answer", parent=head["id"])
    delete(client, f"comments/{head['id']}/")
    row = listed(client, video)["results"][0]
    assert (row["text"], row["author"], row["author_id"], row["deleted"]) == ("", "", None, True)
    assert row["replies"][0]["text"] == "answer"
    assert Comment.objects.get(pk=head["id"]).text == ""
    delete(client_of(creator), f"comments/{answer['id']}/")
    assert listed(client, video) == {"count": 0, "next": None, "previous": None, "results": []}


def test_a_reported_comment_keeps_its_words_for_moderators_only(
    video: Video, client_of: Any, viewer: User
) -> None:
    client = client_of(viewer)
    comment = write(client, video, "insult")
    answer = post(Client(), f"videos/{video.pk}/report/", reason="hate", comment=comment["id"])
    assert answer.status_code == 201
    assert not EngagementEvent.objects.filter(type="report").exists()  # the video did nothing
    delete(client, f"comments/{comment['id']}/")
    assert Comment.objects.get(pk=comment["id"]).text == "insult" and Report.objects.exists()
    assert listed(Client(), video)["results"] == []


def test_a_report_of_a_comment_names_one_under_that_video(
    video: Video, client_of: Any, viewer: User, creator: User
) -> None:
    elsewhere = write(client_of(viewer), factories.video(creator, state="published"), "there")
    answer = post(Client(), f"videos/{video.pk}/report/", reason="hate", comment=elsewhere["id"])
    assert (answer.status_code, answer.json()["code"]) == (400, "report_invalid")
    assert post(Client(), f"videos/{video.pk}/report/", reason="hate", comment=98_765).status_code == 404


def test_comments_go_with_their_video_from_view(
    video: Video, client_of: Any, viewer: User, creator: User
) -> None:
    client = client_of(viewer)
    comment = write(client, video, "words")
    Video.objects.update(state="ready", published=None, visibility="private")
    assert client.get(f"/api/v1/videos/{video.pk}/comments/").status_code == 404
    assert delete(client_of(None), f"comments/{comment['id']}/").status_code == 403
    assert delete(client, f"comments/{comment['id']}/").status_code == 204  # still one's own


def test_a_page_of_comments_takes_as_many_queries_for_many_as_for_one(
    video: Video, viewer: User, creator: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            listed(Client(), video)
        return len(seen)

    head = Comment.objects.create(author=viewer, video=video, text="one")
    Comment.objects.create(author=creator, video=video, text="two", parent=head)
    few = queries()
    for number in range(10):
        head = Comment.objects.create(author=viewer, video=video, text=f"head {number}")
        Comment.objects.create(author=creator, video=video, text="answer", parent=head)
    assert queries() == few
