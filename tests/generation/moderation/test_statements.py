"""Commenters hear reasons and appeal as creators do; what reports do by themselves comes with reasons as well."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.models import Video
from generation.moderation.models import (
    Appeal,
    AuditEntry,
    Case,
    Decision,
    Report,
    SecondOpinion,
    Statement,
    Strike,
)
from generation.moderation.screening.demotion import demotions_untold
from generation.moderation.screening.opening import case_open
from generation.moderation.selectors.creators import statements_new
from generation.moderation.selectors.quality import quality_of_the_machine
from generation.moderation.services import report_file, reports_discount
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.undoing import decision_undo
from generation.services.videos import video_unpublish
from recommender.models import Comment
from tests import factories
from tests.generation.moderation.conftest import visible

SCHEMA = json.loads((Path(__file__).parent / "dsa_statement.schema.json").read_text(encoding="utf-8"))


def decide(case: Case, moderator: User, action: str, policy: str = "") -> None:
    case_decide(case=case, moderator=moderator, actions=[ActionAsked(action, policy)])


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, body, content_type="application/json", headers={"Origin": "http://testserver"})


def seen(client: Client, video: Video) -> list[int]:
    return [row["id"] for row in client.get(f"/api/v1/videos/{video.pk}/comments/").json()["results"]]


@pytest.fixture
def video(creator: User, media_root: Path) -> Video:
    return factories.video(creator, state="published", title="A tent", language="en")


@pytest.fixture
def risky(screening: Any, video: Video, viewer: User, client_of: Any) -> Case:
    """The open case about a comment that a viewer wrote."""
    answer = post(client_of(viewer), f"/api/v1/videos/{video.pk}/comments/", {"text": "you [hate:0.7]"})
    assert answer.status_code == 201
    screening()
    return Case.objects.get(comment=answer.json()["id"])


def test_the_comment_of_an_author_who_is_gone_is_decided_and_addresses_nobody(
    video: Video, creator: User, moderator: User
) -> None:
    """Least of all the video's owner, who did not write it."""
    case = case_open(video=video, kind="screening", risks={"hate": 0.7}, comment=7, creator=None)
    decide(case, moderator, "reject", "hate")
    assert Case.objects.get().outcome == "reject"
    assert Statement.objects.get().creator is None and not Strike.objects.exists()
    assert statements_new(creator).count() == 0


# --- commenters ------------------------------------------------------------------------------------------------------
def test_a_commenter_reads_why_appeals_to_somebody_else_and_wins(
    risky: Case, video: Video, viewer: User, moderator: User, second_moderator: User, client_of: Any
) -> None:
    decide(risky, moderator, "reject", "hate")
    client = client_of(viewer)
    [told] = client.get("/api/v1/statements/").json()
    assert (told["comment"], told["video"], told["is_new"], told["may_appeal"]) == (
        risky.comment, video.pk, True, True,
    )  # fmt: skip
    assert "Your comment under “A tent”" in told["text"] and "[hate:0.7]" in told["text"]
    page = client.get(f"/statements/{told['id']}/").content.decode()
    assert "you [hate:0.7]" in page and "Why do you disagree?" in page
    assert not client.get("/api/v1/statements/").json()[0]["is_new"], "looked at, it is read"
    client.post(f"/statements/{told['id']}/appeal", {"text": "I quoted somebody."})
    assert client_of(moderator).get("/api/v1/cases/").json() == [], "who decided does not see it"
    [line] = client_of(second_moderator).get("/api/v1/cases/").json()
    assert (line["kind"], line["comment"]) == ("appeal", risky.comment)
    desk = client_of(second_moderator).get(f"/moderation/cases/{line['id']}/").content.decode()
    assert "I quoted somebody." in desk
    decide(Case.objects.get(pk=line["id"]), second_moderator, "approve")
    assert seen(Client(), video) == [risky.comment] and Strike.objects.get().revoked is not None
    [after] = client.get("/api/v1/statements/").json()
    assert (after["is_new"], after["appeal"]["state"], after["withdrawn"] is None) == (
        True, "overturned", False,
    )  # fmt: skip
    answered = client.get(f"/statements/{told['id']}/").content.decode()
    assert "The decision was overturned" in answered and not statements_new(viewer).exists()


def test_what_a_commenter_is_told_is_nobody_elses(
    risky: Case,
    video: Video,
    viewer: User,
    creator: User,
    moderator: User,
    administrator: User,
    client_of: Any,
) -> None:
    decide(risky, moderator, "reject", "hate")
    statement = Statement.objects.get()
    assert statement.creator == viewer
    assert client_of(creator).get(f"/api/v1/videos/{video.pk}/statements/").json() == []
    assert "Why something was done" not in client_of(creator).get(f"/videos/{video.pk}/").content.decode()
    for other in (creator, moderator, administrator):
        assert client_of(other).get(f"/statements/{statement.pk}/").status_code == 404
        assert client_of(other).post(f"/statements/{statement.pk}/appeal", {"text": "x"}).status_code == 404
    assert not Appeal.objects.exists() and Statement.objects.get().read is None


def test_the_menu_counts_what_was_not_read(
    risky: Case, viewer: User, moderator: User, client_of: Any
) -> None:
    client = client_of(viewer)
    assert "(1 unread)" not in client.get("/account/").content.decode()
    decide(risky, moderator, "reject", "hate")
    assert "Your menu (1 unread)" in client.get("/account/").content.decode()
    assert "(1 未读)" in client.get("/statements/", headers={"accept-language": "zh-hans"}).content.decode()
    client.get(f"/statements/{Statement.objects.get().pk}/")
    assert "(1 unread)" not in client.get("/account/").content.decode()


def test_a_comment_that_is_gone_takes_its_words_and_its_appeal_along(
    risky: Case, viewer: User, moderator: User, client_of: Any
) -> None:
    decide(risky, moderator, "reject", "hate")
    statement = Statement.objects.get()
    answer = post(client_of(viewer), f"/api/v1/statements/{statement.pk}/appeal/", {"text": "my own words"})
    assert answer.status_code == 201
    Comment.objects.get(pk=risky.comment).delete()
    statement.refresh_from_db()
    appeal = Appeal.objects.get()
    assert (statement.text, appeal.text, appeal.state) == ("", "", "moot")
    assert Case.objects.get(kind="appeal").state == "withdrawn"


def test_nobody_appeals_about_a_comment_that_is_gone(
    risky: Case, viewer: User, moderator: User, client_of: Any
) -> None:
    decide(risky, moderator, "reject", "hate")
    statement = Statement.objects.get()
    Comment.objects.get(pk=risky.comment).delete()
    statement.refresh_from_db()
    assert statement.withdrawn is not None
    answer = post(client_of(viewer), f"/api/v1/statements/{statement.pk}/appeal/", {"text": "my own words"})
    assert (answer.status_code, answer.json()["code"]) == (409, "appeal_state_conflict")
    assert not Appeal.objects.exists() and not Case.objects.filter(kind="appeal").exists()


def test_a_list_of_statements_asks_no_more_often_the_longer_it_is(
    screening: Any, video: Video, viewer: User, moderator: User, client_of: Any
) -> None:
    client, asked = client_of(viewer), []
    for text in ("one [hate:0.7]", "two [hate:0.7]", "three [hate:0.7]"):
        post(client, f"/api/v1/videos/{video.pk}/comments/", {"text": text})
        screening()
        decide(Case.objects.get(state="open"), moderator, "reject", "hate")
        with CaptureQueriesContext(connection) as queries:
            rows = client.get("/api/v1/statements/").json()
        asked.append(len(queries))
        assert all(row["may_appeal"] for row in rows)
    assert len(rows) == 3 and asked[1] == asked[2]


# --- second opinions on comments -------------------------------------------------------------------------------------
def test_a_second_opinion_on_a_comment_that_differs_is_adjudicated(
    risky: Case, video: Video, moderator: User, second_moderator: User, administrator: User, settings: Any
) -> None:
    settings.SECOND_OPINION_SHARE = 1.0
    decide(risky, moderator, "reject", "hate")
    opinion = SecondOpinion.objects.get()
    assert opinion.hidden.comment == risky.comment
    decide(opinion.hidden, second_moderator, "approve")
    assert seen(Client(), video) == [], "an opinion is not a decision"
    opinion.refresh_from_db()
    assert opinion.adjudication is not None and opinion.adjudication.comment == risky.comment
    decide(opinion.adjudication, administrator, "approve")
    assert seen(Client(), video) == [risky.comment] and Statement.objects.get().withdrawn is not None


def test_comments_that_the_machine_let_pass_are_looked_at_in_a_sample(
    screening: Any, video: Video, viewer: User, moderator: User, settings: Any, client_of: Any
) -> None:
    settings.AUTOMATIC_CHECK_SHARE = 1.0
    post(client_of(viewer), f"/api/v1/videos/{video.pk}/comments/", {"text": "what a nice tent"})
    screening()
    hidden = Case.objects.get(kind="second")
    assert hidden.creator == viewer and hidden.comment is not None
    decide(hidden, moderator, "approve")
    assert quality_of_the_machine() == {"passed": 1, "looked_at": 1, "wrong": 0, "accuracy": 1.0}


# --- what reports do by themselves -----------------------------------------------------------------------------------
def reported(video: Video, *reporters: int) -> None:
    for reporter in reporters:
        report_file(reporter=reporter, counted=True, video=video, reason="hate")


def test_a_demotion_by_reports_comes_with_reasons_as_the_eu_database_takes_them(
    video: Video, creator: User, client_of: Any
) -> None:
    reported(video, 1, 2)
    assert not Statement.objects.exists()
    reported(video, 3)
    assert visible(video) == ("demoted", "reports")
    statement = Statement.objects.get()
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(
        statement.fields
    )
    assert {
        name: statement.fields[name]
        for name in ("decision_visibility", "automated_decision", "automated_detection", "source_type")
    } == {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DEMOTED"],
        "automated_decision": "AUTOMATED_DECISION_FULLY",
        "automated_detection": "No",
        "source_type": "SOURCE_ARTICLE_16",
    }
    page = client_of(creator).get(f"/videos/{video.pk}/").content.decode()
    assert "is recommended to nobody for now" in page and "Decided automatically." in page
    assert AuditEntry.objects.filter(action="demote").count() == 1
    reported(video, 4)
    assert Statement.objects.count() == 1, "the same demotion is told once"


def as_before_statements() -> None:
    """What a version of the site that gave no reasons for demotions left: no decision, no statement."""
    Statement.objects.all().delete()
    Decision.objects.all().delete()


def test_what_reports_demoted_before_reasons_were_given_is_told_once(
    video: Video, creator: User, client_of: Any
) -> None:
    reported(video, 1, 2, 3)
    fine = factories.video(creator, state="published")
    reported(fine, 1)
    as_before_statements()
    assert list(demotions_untold()) == [video]
    for said in (
        "Statements written or no longer needed: 1, still owed: 0.",
        "written or no longer needed: 0",
    ):
        out = StringIO()
        call_command("statements_owed", stdout=out)
        assert said in out.getvalue()
    statement = Statement.objects.get()
    assert (statement.video, statement.creator, statement.withdrawn) == (video, creator, None)
    assert visible(video) == ("demoted", "reports") and visible(fine)[0] == "public"
    page = client_of(creator).get(f"/videos/{video.pk}/").content.decode()
    assert "is recommended to nobody for now" in page


def test_a_demotion_that_its_reports_no_longer_carry_ends_in_place_of_being_told(video: Video) -> None:
    reported(video, 1, 2, 3)
    as_before_statements()
    Report.objects.filter(reporter=2).update(counted=False)
    call_command("statements_owed", verbosity=0)
    assert visible(video)[0] == "public" and not Statement.objects.exists()


@pytest.mark.parametrize("end", ["bots", "found fine", "taken back"])
def test_the_reasons_go_when_the_demotion_goes(video: Video, moderator: User, end: str) -> None:
    reported(video, 1, 2, 3)
    if end == "bots":
        reports_discount(reporter=2)
    elif end == "found fine":
        decide(Case.objects.get(), moderator, "approve")
    else:
        video_unpublish(video=video)
    assert Statement.objects.get().withdrawn is not None


def test_a_moderators_word_replaces_the_rules_and_an_undo_brings_them_back(
    video: Video, moderator: User
) -> None:
    reported(video, 1, 2, 3)
    case = Case.objects.get()
    decide(case, moderator, "reject", "hate")
    rule, word = Statement.objects.order_by("pk")
    assert rule.withdrawn is not None and word.withdrawn is None
    decision_undo(case=case, moderator=moderator)
    rule.refresh_from_db()
    word.refresh_from_db()
    assert visible(video) == ("demoted", "reports")
    assert rule.withdrawn is None and word.withdrawn is not None
    assert Decision.objects.filter(action="demote").count() == 1


def test_an_appeal_against_a_demotion_is_looked_at_with_its_reports(
    video: Video, creator: User, moderator: User, client_of: Any
) -> None:
    reported(video, 1, 2, 3)
    first = Case.objects.get()
    answer = post(client_of(creator), f"/api/v1/videos/{video.pk}/appeal/", {"text": "It is all true."})
    assert answer.status_code == 201
    first.refresh_from_db()
    review = Case.objects.get(kind="appeal")
    assert (first.state, first.merged_into, review.reports_count) == ("merged", review, 3)
    decide(review, moderator, "approve")
    assert visible(video) == ("public", "moderator") and Appeal.objects.get().state == "overturned"
    assert set(Report.objects.values_list("outcome", flat=True)) == {"dismissed"}
    reported(video, 4)
    assert visible(video)[0] == "public", "what was looked at demotes no more"
    decision_undo(case=review, moderator=moderator)
    assert visible(video) == ("demoted", "reports") and Appeal.objects.get().state == "open"
    decide(review, moderator, "reject", "hate")
    assert visible(video)[0] == "removed" and Appeal.objects.get().state == "upheld"
    assert [row.withdrawn is None for row in Statement.objects.order_by("pk")] == [False, True]


def test_an_administrator_files_no_appeal_in_a_creators_name(
    case_of: Any, moderator: User, administrator: User, client_of: Any
) -> None:
    case = case_of("[hate:0.6]")
    decide(case, moderator, "reject", "hate")
    client = client_of(administrator)
    page = client.get(f"/videos/{case.video_id}/").content.decode()
    assert "Why something was done" in page and "Why do you disagree?" not in page
    assert client.post(f"/videos/{case.video_id}/appeal", {"text": "x"}).status_code == 404
    assert post(client, f"/api/v1/videos/{case.video_id}/appeal/", {"text": "x"}).status_code == 404
    assert not Appeal.objects.exists() and Statement.objects.get().read is None


@pytest.mark.parametrize("another", [False, True])
def test_reports_are_seen_again_when_the_demotion_ends_before_its_appeal_is_looked_at(
    video: Video, creator: User, moderator: User, client_of: Any, another: bool
) -> None:
    reported(video, 1, 2, 3)
    first = Case.objects.get()
    post(client_of(creator), f"/api/v1/videos/{video.pk}/appeal/", {"text": "It is all true."})
    if another:  # it opens a case of its own
        report_file(reporter=5, counted=True, video=video, reason="hate")
        reports_discount(reporter=1)
    reports_discount(reporter=2)
    assert visible(video)[0] == "public" and Appeal.objects.get().state == "moot"
    assert Case.objects.get(kind="appeal").state == "withdrawn"
    case = Case.objects.get(state="open")
    assert (case.pk == first.pk) is not another
    assert set(case.reports.values_list("reporter", flat=True)) == ({1, 2, 3, 5} if another else {1, 2, 3})
    assert case.reports_count == case.reports.count()
    first.refresh_from_db()
    assert first.merged_into == (case if another else None)
    decide(case, moderator, "approve")
    assert set(Report.objects.filter(counted=True).values_list("outcome", flat=True)) == {"dismissed"}


def test_a_new_demotion_after_a_moot_appeal_is_told_anew_and_can_be_appealed(
    video: Video, creator: User, client_of: Any
) -> None:
    reported(video, 1, 2, 3)
    post(client_of(creator), f"/api/v1/videos/{video.pk}/appeal/", {"text": "It is all true."})
    reports_discount(reporter=2)
    reported(video, 4)
    assert visible(video) == ("demoted", "reports")
    old, new = Statement.objects.order_by("pk")
    assert old.withdrawn is not None and new.withdrawn is None
    reported(video, 5)
    assert Statement.objects.count() == 2, "the same demotion is told once"
    answer = post(client_of(creator), f"/api/v1/statements/{new.pk}/appeal/", {"text": "It is still true."})
    assert answer.status_code == 201
    assert set(Appeal.objects.values_list("state", flat=True)) == {"moot", "open"}
