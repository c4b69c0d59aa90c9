"""Under a video on its own page, and on its creator's: the same comments, reports and links as in the feed."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from generation.moderation.models import Report, Statement
from recommender.models import Comment, Follow, Like
from tests.e2e.films import published
from tests.e2e.test_feed import faults, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write(page: Page, text: str) -> None:
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_comments_under_a_video_are_written_answered_and_deleted(
    open_as: Any, creator: User, viewer: User
) -> None:
    film = published(creator, "A film")
    Comment.objects.create(author=creator, video=film, text="Welcome")
    page = open_as(viewer)
    page.goto(f"/videos/{film.pk}/")
    comments = page.get_by_role("region", name="Comments")
    expect(comments.get_by_text("Welcome")).to_be_visible()
    write(page, "好看！")
    expect(comments.get_by_text("好看！")).to_be_visible()
    expect(page.get_by_role("link", name="Comments 2")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value("")
    mine = comments.locator("[data-comment]", has_text="好看！").first
    mine.get_by_role("button", name="Reply").click()
    expect(comments.get_by_text("Answer to")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_be_focused()
    write(page, "真的")
    expect(mine.get_by_text("真的")).to_be_visible()
    expect(comments.get_by_text("Answer to")).to_be_hidden()
    assert Comment.objects.get(text="真的").parent == Comment.objects.get(text="好看！")
    assert not faults(page)
    remove = mine.get_by_role("button", name="Delete", exact=True).first
    remove.click()
    mine.get_by_role("button", name="Delete for good?").click()
    expect(comments.get_by_text("This comment was deleted.")).to_be_visible()  # its answer keeps its place
    expect(comments.get_by_text("真的")).to_be_visible()
    expect(page.get_by_role("link", name="Comments 2")).to_be_visible()


@pytest.mark.parametrize(("width", "language"), [("desktop", "en"), ("phone", "zh")])
def test_a_moderator_takes_a_comment_down_by_one_key_and_takes_it_back(
    open_as: Any, creator: User, viewer: User, moderator: User, width: str, language: str
) -> None:
    film = published(creator, "A film")
    Comment.objects.create(author=viewer, video=film, text="an insult")
    page = open_as(moderator, width=width, language=language)
    page.goto(f"/videos/{film.pk}/")
    row = page.locator("[data-comment]", has_text="an insult")
    row.get_by_role("button", name="移除" if language == "zh" else "Take down").click()
    dialog = page.locator("#by-policy")
    expect(dialog.get_by_role("button").first).to_be_focused()
    assert not faults(page)
    page.keyboard.press("1")
    expect(row).to_have_count(0)
    statement = Statement.objects.get()
    assert statement.creator == viewer and statement.withdrawn is None
    page.locator(".toast").get_by_role("button", name="撤销" if language == "zh" else "Undo").click()
    expect(row).to_have_count(1)
    statement.refresh_from_db()
    assert statement.withdrawn is not None


def test_a_comment_sent_again_after_a_broken_line_is_the_same_comment(
    browser: Any, live_server: Any, client_of: Any, creator: User, viewer: User
) -> None:
    film = published(creator, "A film")
    context = browser.new_context(base_url=live_server.url, locale="en-US")
    session = client_of(viewer).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/videos/{film.pk}/")
    expect(page.get_by_text("No comments yet")).to_be_visible()
    sent: list[str] = []

    def lose_the_answer(route: Any) -> None:
        if route.request.method == "POST" and not sent:
            sent.append(route.fetch().text())
            route.abort()
        else:
            route.continue_()

    page.route("**/comments/", lose_the_answer)
    write(page, "Twice?")
    expect(page.get_by_role("alert").get_by_text("The server cannot be reached.")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value("Twice?")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("Your comment")).to_have_value("")
    expect(page.get_by_text("Twice?")).to_have_count(1)
    assert Comment.objects.count() == 1
    context.close()


def test_a_video_is_liked_shared_and_reported_and_its_creator_followed(
    open_as: Any, creator: User, viewer: User
) -> None:
    film = published(creator, "A film")
    page = open_as(viewer, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/videos/{film.pk}/")
    page.get_by_role("button", name="Like").click()
    expect(page.get_by_role("button", name="Like 1")).to_have_attribute("aria-pressed", "true")
    until(lambda: Like.objects.filter(video=film).exists())
    page.get_by_role("button", name="Share").click()
    expect(page.locator(".toast")).to_contain_text("The link is copied.")
    assert "/s/" in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Report").first.click()
    sheet = page.get_by_role("dialog", name="Report")
    expect(sheet.get_by_text("A moderator will look at this video.")).to_be_visible()
    sheet.get_by_label("Spam or fraud").check()
    sheet.get_by_role("button", name="Send the report").click()
    expect(page.locator(".toast").last).to_contain_text("Thank you. A moderator will look at it.")
    assert Report.objects.get().video == film

    page.goto(f"/creators/{creator.pk}/")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-part=followers]")).to_have_text("1")
    until(lambda: Follow.objects.filter(creator=creator).exists())
    page.get_by_role("button", name="Share").click()
    expect(page.locator(".toast")).to_contain_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
