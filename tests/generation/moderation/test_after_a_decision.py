"""What follows a decision: reasons, strikes, appeals, and what reporters hear."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation.models import Video
from generation.moderation.errors import PublishingPaused
from generation.moderation.models import Appeal, Case, Report, Statement, Strike
from generation.moderation.selectors.reports import reporter_weights, reports_resolved
from generation.moderation.selectors.standing import standing_of_creator
from generation.moderation.services import report_file, reports_told
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.decisions import case_decide
from generation.moderation.services.undoing import decision_undo
from generation.services.videos import video_publish
from recommender.models import Viewer
from recommender.viewers.identity import COOKIE, cookie_value
from tests import factories
from tests.generation.moderation.conftest import visible

SCHEMA = json.loads((Path(__file__).parent / "dsa_statement.schema.json").read_text(encoding="utf-8"))


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def decide(case: Case, moderator: User, *actions: tuple[str, str]) -> None:
    case_decide(case=case, moderator=moderator, actions=[ActionAsked(*one) for one in actions])


# --- reasons ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("policy", ["hate", "sexual", "violence", "self_harm", "fraud", "copyright", "other"])
@pytest.mark.parametrize("action", ["reject", "age_limit", "blur"])
def test_a_statement_has_the_fields_of_the_eu_database(
    case_of: Any, moderator: User, policy: str, action: str
) -> None:
    case = case_of("[hate:0.6]")
    decide(case, moderator, (action, policy))
    fields = Statement.objects.get(video=case.video).fields
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(fields)
    assert fields["automated_detection"] == "Yes"
    assert fields["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"


def test_the_schema_refuses_what_the_database_would(case_of: Any, moderator: User) -> None:
    case = case_of("[hate:0.6]")
    decide(case, moderator, ("reject", "hate"))
    fields = Statement.objects.get().fields
    for broken in (
        {**fields, "category": "STATEMENT_CATEGORY_TASTE"},
        {**fields, "content_date": "yesterday"},
        {**fields, "surprise": 1},
        {name: value for name, value in fields.items() if name != "puid"},
        {name: value for name, value in fields.items() if not name.startswith("incompatible")},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(
                broken
            )


@pytest.mark.parametrize(("language", "words"), [("zh", "仇恨或侮辱"), ("en", "Hate or insult")])
def test_the_creator_reads_the_reasons_in_the_videos_language(
    case_of: Any, moderator: User, creator: User, client_of: Any, language: str, words: str
) -> None:
    case = case_of("bad [hate:0.6]", language=language)
    body = {"action": "reject", "policy": "hate", "seconds": 4.5}
    post(client_of(moderator), f"cases/{case.pk}/decisions/", body)
    [told] = client_of(creator).get(f"/api/v1/videos/{case.video.pk}/statements/").json()
    assert words in told["text"] and "4.5" in told["text"] and "[hate:0.6]" in told["text"]
    assert told["language"] == language
    assert creator.username not in json.dumps(told["fields"]), (
        "the database takes nothing that names a person"
    )


def test_statements_leave_as_one_request_to_the_eu_database(
    case_of: Any, moderator: User, administrator: User, client_of: Any
) -> None:
    decide(case_of("[hate:0.6]"), moderator, ("reject", "hate"))
    answer = client_of(administrator).get("/api/v1/moderation/statements/").json()
    assert len(answer["statements"]) == 1 and len({one["puid"] for one in answer["statements"]}) == 1


# --- strikes ---------------------------------------------------------------------------------------------------------
def test_strikes_add_up_pause_publishing_and_expire(
    case_of: Any, moderator: User, creator: User, screening: Any
) -> None:
    decide(case_of("[fraud:0.6]"), moderator, ("reject", "fraud"))
    assert standing_of_creator(creator).level == "warned"
    decide(case_of("[fraud:0.6] two"), moderator, ("reject", "fraud"))
    assert standing_of_creator(creator).level == "reviewed"
    harmless = video_publish(video=factories.video(creator))
    screening()
    assert visible(harmless) == ("private", "review"), "a person looks at everything now"
    decide(Case.objects.get(video=harmless), moderator, ("reject", "violence"))
    assert standing_of_creator(creator).level == "paused"
    draft = factories.video(creator)
    with pytest.raises(PublishingPaused, match="strike points"):
        video_publish(video=draft)
    assert visible(draft) == ("private", "")
    Strike.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert standing_of_creator(creator).level == "good"
    video_publish(video=draft)
    screening()
    assert visible(draft) == ("public", "passed")


# --- appeals ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def rejected(case_of: Any, moderator: User) -> Video:
    case = case_of("[hate:0.6]")
    decide(case, moderator, ("reject", "hate"))
    video: Video = case.video
    return video


def test_a_creator_appeals_to_another_moderator_and_wins(
    rejected: Video, creator: User, moderator: User, second_moderator: User, client_of: Any
) -> None:
    answer = post(client_of(creator), f"videos/{rejected.pk}/appeal/", {"text": "I quoted it to oppose it."})
    assert (answer.status_code, answer.json()["state"]) == (201, "open")
    assert client_of(moderator).get("/api/v1/cases/").json() == [], "who decided does not see it"
    [line] = client_of(second_moderator).get("/api/v1/cases/").json()
    assert (line["kind"], line["evidence"][0]["text"]) == ("appeal", "I quoted it to oppose it.")
    assert (
        post(client_of(moderator), f"cases/{line['id']}/decisions/", {"action": "reject"}).status_code == 404
    )
    post(client_of(second_moderator), f"cases/{line['id']}/decisions/", {"action": "approve"})
    assert visible(rejected) == ("public", "moderator")
    assert Appeal.objects.get().state == "overturned"
    assert standing_of_creator(creator).level == "good"
    assert Statement.objects.get().withdrawn is not None
    public = Client().get(f"/api/v1/videos/{rejected.pk}/")
    assert public.status_code == 200


def test_an_appeal_that_fails_changes_nothing_and_is_the_last(
    rejected: Video, creator: User, second_moderator: User, client_of: Any
) -> None:
    client = client_of(creator)
    post(client, f"videos/{rejected.pk}/appeal/", {"text": "no"})
    again = post(client, f"videos/{rejected.pk}/appeal/", {"text": "no"})
    assert (again.status_code, again.json()["code"]) == (409, "appeal_state_conflict")
    review = Case.objects.get(kind="appeal")
    decide(review, second_moderator, ("reject", "hate"))
    assert (visible(rejected)[0], Appeal.objects.get().state) == ("removed", "upheld")
    assert Statement.objects.count() == 1 and Strike.objects.count() == 1
    decision_undo(case=review, moderator=second_moderator)
    assert Appeal.objects.get().state == "open"
    decide(review, second_moderator, ("approve", ""))
    assert (visible(rejected)[0], Appeal.objects.get().state) == ("public", "overturned")
    decision_undo(case=review, moderator=second_moderator)
    assert (visible(rejected)[0], Strike.objects.get().revoked) == ("removed", None)


def test_a_decision_that_is_undone_makes_its_appeal_moot(
    rejected: Video, creator: User, moderator: User, client_of: Any
) -> None:
    post(client_of(creator), f"videos/{rejected.pk}/appeal/", {"text": "please"})
    decision_undo(case=Case.objects.get(kind="screening"), moderator=moderator)
    assert Appeal.objects.get().state == "moot"
    assert Case.objects.get(kind="appeal").state == "withdrawn"


def test_nothing_is_appealed_that_was_not_decided(
    creator: User, other_creator: User, rejected: Video, client_of: Any, media_root: Path
) -> None:
    free = factories.video(creator, state="published")
    answer = post(client_of(creator), f"videos/{free.pk}/appeal/", {"text": "why?"})
    assert (answer.status_code, answer.json()["code"]) == (409, "appeal_state_conflict")
    assert post(client_of(creator), f"videos/{rejected.pk}/appeal/", {"text": "  "}).status_code == 400
    assert post(client_of(other_creator), f"videos/{rejected.pk}/appeal/", {"text": "x"}).status_code == 404


# --- reports ---------------------------------------------------------------------------------------------------------
def reported(video: Video, *reporters: int, reason: str = "hate", **more: Any) -> None:
    for reporter in reporters:
        report_file(reporter=reporter, counted=True, video=video, reason=reason, **more)


def test_reports_join_one_case_and_reporters_hear_the_result(
    creator: User, moderator: User, media_root: Path
) -> None:
    video = factories.video(creator, state="published")
    reported(video, 1, seconds=2.5)
    reported(video, 2, reason="spam", text="scam")
    case = Case.objects.get(video=video)
    assert (case.kind, case.reports_count, case.reports.count()) == ("report", 2, 2)
    assert set(case.risks) == {"hate", "fraud"} and visible(video) == ("public", "")
    assert {piece.get("seconds") for piece in case.evidence} == {2.5, None}
    before = case.risk
    reported(video, 3)
    case.refresh_from_db()
    assert case.risk > before and visible(video) == ("demoted", "reports")
    decide(case, moderator, ("reject", "hate"))
    assert {row.outcome for row in reports_resolved(1)} == {"upheld"} and reports_told(reporter=1) == 1
    decision_undo(case=case, moderator=moderator)
    assert visible(video) == ("demoted", "reports") and not reports_resolved(1).exists()
    decide(case, moderator, ("approve", ""))
    assert visible(video) == ("public", "moderator")
    assert {row.outcome for row in reports_resolved(1)} == {"dismissed"}
    reported(video, 4)
    assert Case.objects.filter(video=video, state="open").count() == 1 and visible(video)[0] == "public"


def test_serial_false_reporters_weigh_less(creator: User, moderator: User, media_root: Path) -> None:
    for number in range(6):
        video = factories.video(creator, state="published", title=str(number))
        reported(video, 7, 8)
        decide(Case.objects.get(video=video), moderator, ("approve", ""))
    assert reporter_weights([7, 9]) == {7: pytest.approx(1 / 3), 9: 1.0}
    video = factories.video(creator, state="published")
    reported(video, 7, 8, 9)
    assert visible(video) == ("public", "")
    reported(video, 10, 11)
    assert visible(video) == ("demoted", "reports")


def test_how_many_reports_demote_is_up_to_the_policy(creator: User, media_root: Path) -> None:
    from generation.moderation.models import PolicyVersion

    PolicyVersion.objects.filter(policy__code="fraud").update(reports_demote=1)
    PolicyVersion.objects.filter(policy__code="hate").update(reports_demote=5)
    one, five = (factories.video(creator, state="published") for _ in range(2))
    reported(one, 1, reason="spam")
    reported(five, 1, 2, 3, 4)
    assert (visible(one)[0], visible(five)[0]) == ("demoted", "public")
    reported(five, 5)
    assert visible(five)[0] == "demoted"


def test_a_report_opens_nothing_for_a_bot(creator: User, media_root: Path) -> None:
    video = factories.video(creator, state="published")
    report_file(reporter=1, counted=False, video=video, reason="hate")
    assert Report.objects.count() == 1 and not Case.objects.exists()


def test_a_viewer_reads_over_http_what_came_of_a_report(
    creator: User, moderator: User, media_root: Path
) -> None:
    video, viewer, client = factories.video(creator, state="published"), Viewer.objects.create(), Client()
    client.cookies[COOKIE] = cookie_value(viewer)
    here = {"Origin": "http://testserver"}
    sent = {"reason": "hate", "seconds": 4.0}
    answer = client.post(
        f"/api/v1/videos/{video.pk}/report/", sent, content_type="application/json", headers=here
    )
    assert answer.status_code == 201
    [mine] = client.get("/api/v1/me/reports/").json()
    assert (mine["video"], mine["outcome"]) == (video.pk, "open")
    decide(Case.objects.get(), moderator, ("approve", ""))
    [mine] = client.post("/api/v1/me/reports/", headers=here).json()
    assert mine["outcome"] == "dismissed" and mine["told"] is not None
    assert Client().get("/api/v1/me/reports/").json() == []


def test_a_creator_takes_their_reasons_along_and_leaves_no_words_behind(
    rejected: Video, creator: User, client_of: Any, var_dir: Path
) -> None:
    client = client_of(creator)
    post(client, f"videos/{rejected.pk}/appeal/", {"text": "mine"})
    answer = client.get("/api/v1/me/data/")
    told = json.loads(b"".join(answer.streaming_content))
    assert [len(told[name]) for name in ("statements", "strikes", "appeals")] == [1, 1, 1]
    rejected.delete()
    assert Statement.objects.get().text == "" and Appeal.objects.get().text == ""
    assert {(case.title, str(case.evidence), case.state) for case in Case.objects.all()} == {
        ("", "[]", "decided"),
        ("", "[]", "withdrawn"),
    }
