"""Reports: whose count, what three of them do to a video, and how they follow their viewers and comments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from generation.models import Video
from generation.moderation.errors import ReportInvalid
from generation.moderation.models import Report
from generation.moderation.services import report_file, reports_move, reports_weigh
from generation.services.videos import video_publish, video_set_visibility, video_unpublish
from recommender.catalogue import refresher
from recommender.events import rollup
from recommender.feed.page import feed_page
from recommender.models import Comment, Viewer
from recommender.privacy.decisions import account_remove, viewer_erase
from recommender.social import reactions
from recommender.viewers.identity import COOKIE, cookie_value
from recommender.viewers.merging import viewer_merge
from tests import factories


@pytest.fixture
def video(creator: User, media_root: Path, var_dir: Path) -> Video:
    return factories.video(creator, state="published")


def reported(video: Video, *viewers: Viewer, comment: Comment | None = None) -> None:
    for viewer in viewers:
        reactions.report_file(viewer=viewer, video=video, reason="spam", comment=comment)


def viewers(count: int, **values: Any) -> list[Viewer]:
    return [Viewer.objects.create(**values) for _ in range(count)]


def visibility(video: Video) -> str:
    video.refresh_from_db()
    return video.visibility


def test_three_viewers_demote_a_video_and_two_do_not(video: Video) -> None:
    one, two, three = viewers(3)
    reported(video, one, two, one, two)  # again and again is once
    assert visibility(video) == "public"
    reported(video, three)
    assert (visibility(video), video.visibility_reason, video.state) == ("demoted", "reports", "published")


def test_reports_over_http_demote_as_well(video: Video) -> None:
    for viewer in viewers(3):
        client = Client()
        client.cookies[COOKIE] = cookie_value(viewer)
        answer = client.post(
            f"/api/v1/videos/{video.pk}/report/", {"reason": "hate"}, content_type="application/json",
            headers={"Origin": "http://testserver"},
        )  # fmt: skip
        assert answer.status_code == 201
    assert visibility(video) == "demoted"


def test_viewers_that_are_flagged_count_nothing_and_simulated_ones_count(video: Video) -> None:
    reported(video, *viewers(5, flagged="too_fast"))
    assert visibility(video) == "public"
    reported(video, *viewers(3, simulated=True))
    assert visibility(video) == "demoted"


def test_what_comments_say_is_not_the_videos_doing(video: Video, viewer: User) -> None:
    comment = Comment.objects.create(author=viewer, video=video, text="insult")
    reported(video, *viewers(4), comment=comment)
    assert visibility(video) == "public" and Report.objects.filter(comment=comment.pk).count() == 4


def test_a_reporter_who_turns_out_to_be_a_bot_counts_no_more(video: Video) -> None:
    people = viewers(3)
    reported(video, *people)
    rollup._withdraw({people[0].pk: "too_fast"}, [])
    assert visibility(video) == "public"
    assert Report.objects.filter(counted=False).get().reporter == people[0].pk


def test_a_reporter_who_deletes_their_data_takes_their_report_along(video: Video) -> None:
    people = viewers(3)
    reported(video, *people)
    viewer_erase(viewer=people[0], confirmation="delete")
    assert visibility(video) == "public" and Report.objects.count() == 2


def test_an_account_that_goes_leaves_no_report_by_it_or_about_its_comments(
    video: Video, viewer: User
) -> None:
    comment = Comment.objects.create(author=viewer, video=video, text="insult")
    mine, other = Viewer.objects.create(user=viewer), Viewer.objects.create()
    reported(video, mine)
    reported(video, other, comment=comment)
    account_remove(user=viewer)
    assert not Report.objects.exists()


def test_an_account_that_an_administrator_deletes_leaves_none_either(video: Video, viewer: User) -> None:
    reported(video, Viewer.objects.create(user=viewer))
    viewer.delete()
    assert not Report.objects.exists()


def test_two_reporters_who_are_one_person_count_once(video: Video, viewer: User) -> None:
    mine, browser, other = viewers(3)
    mine.user = viewer
    mine.save()
    reported(video, mine, browser, other)
    assert visibility(video) == "demoted"
    viewer_merge(anonymous=browser, user=viewer)
    assert sorted(Report.objects.values_list("reporter", flat=True)) == sorted([mine.pk, other.pk])
    assert visibility(video) == "public"


def test_reports_of_a_browser_count_as_those_of_the_account_they_join(video: Video, viewer: User) -> None:
    bot = Viewer.objects.create(flagged="too_fast")
    Viewer.objects.create(user=viewer)
    reported(video, bot, *viewers(2))
    assert visibility(video) == "public"
    viewer_merge(anonymous=bot, user=viewer)
    assert visibility(video) == "demoted"


def test_what_the_account_said_about_a_comment_stays_and_the_browsers_goes(
    video: Video, viewer: User
) -> None:
    comment = Comment.objects.create(author=viewer, video=video, text="insult")
    for reporter, words in ((1, "browser"), (2, "account")):
        report_file(
            reporter=reporter, counted=True, video=video, reason="hate", text=words, comment=comment.pk
        )
    report_file(reporter=1, counted=True, video=video, reason="hate")
    reports_move(reporter=1, to=2, counted=True)
    rows = Report.objects.values_list("reporter", "comment", "text")
    assert set(rows) == {(2, comment.pk, "account"), (2, None, "")}


def test_taking_a_video_back_does_not_wash_off_its_reports(video: Video) -> None:
    reported(video, *viewers(3))
    video = video_unpublish(video=video)
    assert visibility(video) == "private"
    assert video_publish(video=video).visibility == "demoted"


def test_the_rule_takes_back_only_what_it_did_itself(video: Video) -> None:
    people = viewers(4)
    video_set_visibility(video=video, visibility="demoted", reason="policy:spam")
    reported(video, *people)
    Report.objects.all().delete()
    reports_weigh([video.pk])
    assert (visibility(video), video.visibility_reason) == ("demoted", "policy:spam")
    video_set_visibility(video=video, visibility="removed", reason="policy:hate")
    for viewer in people:
        report_file(reporter=viewer.pk, counted=True, video=video, reason="hate")
    assert visibility(video) == "removed"


def test_the_newest_demotion_leaves_a_page_that_was_ranked_before_it(
    creator: User, media_root: Path, settings: Any
) -> None:
    settings.FEED_REFRESH_SECONDS = 0
    films = [factories.video(creator, state="published", published=timezone.now()) for _ in range(2)]
    with refresher.held():
        reported(films[0], *viewers(3))
        page = feed_page(viewer=Viewer.objects.create(), limit=5)
    assert [slot.video.pk for slot in page.slots] == [films[1].pk]


def test_the_reports_about_a_comment_go_with_its_row(video: Video, viewer: User) -> None:
    comment = Comment.objects.create(author=viewer, video=video, text="insult")
    reported(video, Viewer.objects.create(), comment=comment)
    comment.delete()
    assert not Report.objects.exists()


def test_a_report_that_says_too_much_is_told_by_how_much(video: Video) -> None:
    with pytest.raises(ReportInvalid, match="at most 500 characters, this has 501"):
        report_file(reporter=1, counted=True, video=video, reason="spam", text="x" * 501)
    assert not Report.objects.exists()


def test_a_moderator_takes_down_a_published_video_that_nobody_complained_about(
    client_of: Any, moderator: User, creator: User, media_root: Any
) -> None:
    """A report of their own opens the case, which they claim and decide."""
    video = factories.video(creator, state="published")
    client = client_of(moderator)
    told = client.post(
        f"/api/v1/videos/{video.pk}/report/", {"reason": "hate"}, content_type="application/json"
    )
    assert told.status_code == 201
    (case,) = client.get("/api/v1/cases/?state=open").json()
    assert client.post(f"/api/v1/cases/{case['id']}/claim/").status_code == 200
    decision = {"action": "reject", "policy": case["policy"], "note": "seen by chance"}
    answer = client.post(f"/api/v1/cases/{case['id']}/decisions/", decision, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert client_of(None).get(f"/api/v1/videos/{video.pk}/").status_code == 404
    assert client_of(None).get(f"/media/{video.file}").status_code == 404
