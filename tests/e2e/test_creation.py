"""The way of a creator through the site, in a browser: brief → script → editor → video → feed."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from playwright.sync_api import Page, expect

from generation.jobs import worker as work
from generation.models import GenerationJob, Video
from tests.generation.web.pages.boards import document, edited

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE_MS = 180_000


class Worker(threading.Thread):
    """Takes one job in this process, as a Celery worker would in its own."""

    def __init__(self, pk: int) -> None:
        super().__init__(name=f"worker-{pk}")
        self.pk = pk
        self.start()

    def run(self) -> None:
        try:
            work.job_take(self.pk)
        finally:
            connection.close()


def newest_job(page: Page) -> int:
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    return int(page.url.rstrip("/").rsplit("/", 1)[-1])


def test_a_topic_becomes_a_published_video_on_a_phone(open_as: Any, creator: User, var_dir: Any) -> None:
    page = open_as(creator, width="phone", language="zh", theme="dark")
    page.goto("/create/")
    page.get_by_label("话题").fill("周末露营必备清单")
    expect(page.locator("#nearest")).to_contain_text("题库里的题目")
    expect(page.locator("#preview")).to_contain_text("画面来自")
    page.get_by_label("时长").fill("10")
    expect(page.locator("#estimate")).to_contain_text("草稿约")
    page.get_by_role("button", name="生成草稿").click()
    pk = newest_job(page)
    expect(page.locator("[data-times]")).to_have_text("马上轮到你")
    worker = Worker(pk)
    # the page follows by itself: the stages, then the player
    expect(page.locator('[data-stage="script"][data-state="done"]')).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("video")).to_be_visible(timeout=PATIENCE_MS)
    worker.join()
    video = Video.objects.get(job_id=pk)
    page.get_by_role("link", name="详情").click()
    page.get_by_role("button", name="发布" if video.state == "ready" else "仍然发布").click()
    expect(page.locator(".toast")).to_contain_text("已发布")
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    assert abs(page.evaluate("document.querySelector('video').duration") - video.seconds) < 0.3
    page.goto("/")
    expect(page.get_by_role("link", name=video.title)).to_be_visible()


def test_the_editor_saves_by_itself_swaps_moves_and_undoes(open_as: Any, creator: User) -> None:
    row = edited(creator)
    page = open_as(creator)
    page.goto(f"/jobs/{row.pk}/edit/")
    page.get_by_label("Said by the voice").first.fill("带好帐篷再出发。")
    expect(page.locator("#saved")).to_contain_text("version 2")
    page.locator(".swaps button").first.click()
    expect(page.locator(".because").first).to_have_text("your choice")
    page.get_by_role("button", name="Move scene 1 down").click()
    expect(page.get_by_label("Line on the screen").first).to_have_value("第2行")
    scenes = document(row)["scenes"]
    assert [s["id"] for s in scenes] == ["s2", "s1", "s3"] and scenes[1]["narration"] == "带好帐篷再出发。"
    assert scenes[1]["pictures"][0]["name"] == "fire"
    page.get_by_role("button", name="Search").first.click()
    page.get_by_label("Search drawings").fill("雪山")
    expect(page.locator("#picture-results button").first).to_be_visible()
    page.locator("#picture-results button").first.click()
    expect(page.locator("dialog")).not_to_be_visible()
    expect(page.locator(".because").first).to_have_text("your choice")
    page.reload()
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator(".toast")).to_contain_text("Went back one step.")
    assert document(row)["scenes"][0]["pictures"][0]["name"] == "tent"


def test_a_scene_is_dragged_to_another_place(open_as: Any, creator: User) -> None:
    row = edited(creator)
    page = open_as(creator)
    page.goto(f"/jobs/{row.pk}/edit/")
    grip = page.locator("[data-grip]").first.bounding_box()
    second = page.locator("[data-scene]").nth(1).bounding_box()
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, second["y"] + second["height"] * 0.6, steps=8)
    page.mouse.up()
    expect(page.locator("#saved")).to_contain_text("version 2")
    assert [s["id"] for s in document(row)["scenes"]] == ["s2", "s1", "s3"]


def test_the_keyboard_plays_and_mutes_a_video(open_as: Any, creator: User) -> None:
    from tests import factories

    row = factories.video(creator)
    page = open_as(creator)
    page.goto(f"/videos/{row.pk}/")
    muted = "document.querySelector('video').muted"
    before = page.evaluate(muted)
    page.keyboard.press("m")
    assert page.evaluate(muted) is not before
    page.get_by_text("Title, description, hashtags").click()
    page.get_by_label("Title", exact=True).press("m")  # typing is not a command
    assert page.evaluate(muted) is not before


def test_theme_and_language_are_remembered(open_as: Any, creator: User) -> None:
    page = open_as(creator)
    page.goto("/library/")
    page.get_by_label("Your menu").click()
    page.get_by_role("button", name="Dark").click()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="作品库")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_first_tab_stop_skips_to_the_content(open_as: Any) -> None:
    page = open_as(None)
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_without_streams_the_job_page_asks_for_snapshots(open_as: Any, creator: User) -> None:
    from tests import factories

    row = factories.job(creator)
    page = open_as(creator)
    page.add_init_script("delete window.EventSource")
    page.goto(f"/jobs/{row.pk}/")
    expect(page.locator("[data-times]")).to_have_text("Next in line")
    GenerationJob.objects.filter(pk=row.pk).update(state="cancelled")
    expect(page.get_by_role("button", name="Try again")).to_be_visible(timeout=10_000)


def test_a_file_is_sent_with_its_own_line(open_as: Any, creator: User, tmp_path: Any) -> None:
    clip = tmp_path / "holiday.mp4"
    clip.write_bytes(b"\0" * 4000)
    page = open_as(creator)
    page.goto("/upload/")
    page.locator("#id_file").set_input_files(str(clip))
    expect(page.locator("#files li").first).to_contain_text("Waiting for the check")
    assert creator.uploads.get().original_name == "holiday.mp4"
