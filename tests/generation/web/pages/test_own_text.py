"""A text of one's own on the pages and through the API: typed or as a file, refused at its field, shown beside its scenes."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from core import media_files
from generation.edits import apply, read_edits
from generation.jobs.worker import job_take
from generation.models import GenerationJob
from generation.storyboard import Storyboard
from tests import factories
from tests.generation.documents.texts import POTATO, TEA
from tests.generation.media.ingest.documents import docx, pdf
from tests.generation.web.pages.test_create import BRIEF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]
ENGLISH = {**BRIEF, "topic": "", "language": "en", "seconds": "20", "action": "script"}


def test_a_pasted_text_becomes_a_script_that_shows_where_each_scene_came_from(
    client_of: Any, creator: User
) -> None:
    client = client_of(creator)
    assert client.post(reverse("create"), {**ENGLISH, "text": POTATO}).status_code == 302
    job = GenerationJob.objects.get()
    assert (job.topic, job.text_name) == ("The Humble Potato", "")
    job_take(job.pk)
    document = job.storyboards.get().document
    sources = [scene["source"] for scene in document["scenes"] if scene["source"]]
    assert len(sources) >= 3 and all(source in POTATO for source in sources)
    for page in ("job", "editor"):
        shown = client.get(reverse(page, args=[job.pk])).content.decode()
        assert all(escape(source) in shown for source in sources), page
    # an older document knows no source; and what a person wrote is not said to come from the text
    old = [{name: value for name, value in scene.items() if name != "source"} for scene in document["scenes"]]
    assert not any(scene.source for scene in Storyboard.from_json(document | {"scenes": old}).scenes)
    board = Storyboard.from_json(document)
    told = next(scene for scene in board.scenes if scene.number == 1)
    for words, source in ((told.narration.rstrip("."), told.source), ("Potatoes come from Mars.", "")):
        edit = read_edits([{"op": "scene", "scene": told.id, "narration": words}])
        changed = apply(board, edit, files={})
        assert next(scene for scene in changed.scenes if scene.id == told.id).source == source


def test_the_same_text_and_seed_make_the_same_script_again(client_of: Any, creator: User) -> None:
    boards = []
    for _ in range(2):
        client_of(creator).post(
            "/api/v1/jobs/",
            {"text": TEA, "language": "zh", "seconds": 20, "seed": 5, "stop_after_script": True},
            content_type="application/json",
        )
        job = GenerationJob.objects.latest("pk")
        job_take(job.pk)
        boards.append(job.storyboards.get().document)
    assert boards[0] == boards[1]


def test_a_file_is_read_into_the_form_and_stays_there_when_something_else_is_wrong(
    client_of: Any, creator: User
) -> None:
    client = client_of(creator)
    content = docx([("Title", "茶的历史"), ("", TEA)])
    found = client.post(reverse("create-text"), {"document": SimpleUploadedFile("茶.docx", content)})
    assert (found.status_code, found.json()["language"], found.json()["name"]) == (200, "zh", "茶.docx")
    assert "茶起源于中国西南地区" in found.json()["text"]
    page = client.post(reverse("create"), {**ENGLISH, "document": SimpleUploadedFile("茶.docx", content)})
    shown = page.content.decode()
    assert page.status_code == 422 and not GenerationJob.objects.exists()
    assert "This text is Chinese, and the video was to be English." in shown
    assert "茶起源于中国西南地区" in shown and 'value="茶.docx"' in shown and 'data-language="zh"' in shown


def test_a_document_sent_before_fills_the_form_of_its_owner_alone(
    client_of: Any, creator: User, other_creator: User
) -> None:
    row = factories.upload(
        creator,
        kind="document",
        state="ready",
        file="uploads/9/a.txt",
        original_name="茶.md",
        features={"language": "zh"},
    )
    place = media_files.absolute(row.file)
    place.parent.mkdir(parents=True)
    place.write_text(TEA, encoding="utf-8")
    address = f"{reverse('create')}?document={row.pk}"
    page = client_of(creator).get(address).content.decode()
    assert "茶起源于中国西南地区" in page and 'value="茶.md"' in page
    assert f'href="{address}"' in client_of(creator).get(reverse("upload")).content.decode()
    for user, wrong in ((other_creator, address), (creator, f"{reverse('create')}?document=²")):
        page = client_of(user).get(wrong)
        assert page.status_code == 200 and "茶起源于中国西南地区" not in page.content.decode()


def test_a_bad_file_and_a_missing_one_are_refused_in_the_readers_language(
    client_of: Any, creator: User
) -> None:
    client = client_of(creator)
    scan = SimpleUploadedFile("a.pdf", pdf([[], []]))
    chinese = {"headers": {"Accept-Language": "zh-hans"}}
    found = client.post(reverse("create-text"), {"document": scan}, **chinese)
    assert (found.status_code, found.json()["code"]) == (422, "document_scanned")
    assert found.json()["detail"].startswith("这个 PDF 里只有页面的图片")
    assert client.post(reverse("create-text")).status_code == 422
    page = client.post(reverse("create"), {**ENGLISH, "topic": ""}).content.decode()
    assert "Write what the video is about, or give a text of your own below." in page
    both = {**ENGLISH, "text": POTATO, "points": "A point of mine"}
    page = client.post(reverse("create"), both, **chinese).content.decode()
    assert "视频要么讲要点，要么讲一段文字" in page
    assert "A point of mine" in page and escape(POTATO.split("\n")[2][:60]) in page
