"""Comments: their author sees them at once, others once they were screened, and never those that were rejected."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation.models import Video
from generation.moderation.models import Case, Screening
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.undoing import decision_undo
from recommender.models import Comment
from tests import factories


@pytest.fixture
def video(creator: User, media_root: Any) -> Video:
    return factories.video(creator, state="published")


def write(client: Client, video: Video, text: str) -> int:
    answer = client.post(
        f"/api/v1/videos/{video.pk}/comments/", {"text": text}, content_type="application/json",
        headers={"Origin": "http://testserver"},
    )  # fmt: skip
    assert answer.status_code == 201
    return int(answer.json()["id"])


def seen(client: Client, video: Video) -> list[int]:
    return [row["id"] for row in client.get(f"/api/v1/videos/{video.pk}/comments/").json()["results"]]


def test_others_see_a_comment_once_it_was_screened(
    screening: Any, video: Video, viewer: User, client_of: Any
) -> None:
    author = client_of(viewer)
    comment = write(author, video, "what a nice tent")
    assert (seen(author, video), seen(Client(), video)) == ([comment], [])
    screening()
    assert seen(Client(), video) == [comment]


def test_a_risky_comment_waits_for_a_person_and_comes_back_when_a_decision_is_undone(
    screening: Any, video: Video, viewer: User, moderator: User, client_of: Any
) -> None:
    author = client_of(viewer)
    comment = write(author, video, "you [hate:0.7]")
    screening()
    assert (seen(author, video), seen(Client(), video)) == ([comment], [])
    case = Case.objects.get(comment=comment)
    assert (case.creator, case.evidence[0]["text"]) == (viewer, "[hate:0.7]")
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("approve")])
    assert seen(Client(), video) == [comment]
    decision_undo(case=case, moderator=moderator)
    assert seen(Client(), video) == []
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("reject", "hate")])
    assert seen(Client(), video) == [] and video.is_shown


def test_a_reported_comment_that_is_rejected_is_gone_for_others(
    screening: Any, video: Video, viewer: User, moderator: User, settings: Any, client_of: Any
) -> None:
    settings.SCREENING = False  # it was written before there was any
    comment = write(client_of(viewer), video, "an old insult")
    settings.SCREENING = True
    body = {"reason": "hate", "comment": comment}
    answer = Client().post(
        f"/api/v1/videos/{video.pk}/report/", body, content_type="application/json",
        headers={"Origin": "http://testserver"},
    )  # fmt: skip
    assert answer.status_code == 201
    case = Case.objects.get(comment=comment)
    assert case.creator == viewer and "an old insult" in [piece["text"] for piece in case.evidence]
    case_decide(case=case, moderator=moderator, actions=[ActionAsked("reject", "hate")])
    assert seen(Client(), video) == []
    decision_undo(case=case, moderator=moderator)
    assert seen(Client(), video) == [comment]


def test_a_comment_that_goes_takes_its_screening_and_its_case_along(
    screening: Any, video: Video, viewer: User, client_of: Any
) -> None:
    comment = write(client_of(viewer), video, "you [hate:0.7]")
    screening()
    Comment.objects.get(pk=comment).delete()
    assert not Screening.objects.exists() and Case.objects.get().state == "withdrawn"
