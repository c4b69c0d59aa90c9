"""The storyboard over HTTP: read, edited by typed operations, undone; the editor page does the same through the same service."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from tests import factories
from tests.generation.web.pages.boards import document, edited

pytestmark = pytest.mark.django_db


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def patch(user: User, pk: int, *operations: dict[str, Any], **more: Any) -> Any:
    return api(user).patch(
        f"/api/v1/jobs/{pk}/storyboard/", {"operations": list(operations), **more}, format="json"
    )


def test_a_program_reads_edits_and_undoes_what_the_editor_shows(creator: User) -> None:
    row = edited(creator)
    answer = api(creator).get(f"/api/v1/jobs/{row.pk}/storyboard/").json()
    assert (answer["version"], answer["editable"]) == (1, True)
    assert answer["document"]["title"] == "周末露营必备清单"
    answer = patch(
        creator,
        row.pk,
        {"op": "title", "title": "定稿"},
        {"op": "move", "scene": "s3", "to": 0},
        version=1,
        note="from a program",
    )
    assert answer.status_code == 200
    assert [scene["id"] for scene in document(row)["scenes"]] == ["s3", "s1", "s2"]
    assert [v["note"] for v in answer.json()["versions"]] == ["from a program", "script"]
    answer = api(creator).post(f"/api/v1/jobs/{row.pk}/storyboard/undo/")
    assert answer.json()["version"] == 1 and document(row)["title"] == "周末露营必备清单"
    assert api(creator).post(f"/api/v1/jobs/{row.pk}/storyboard/undo/").status_code == 409


def test_edits_are_applied_all_or_none(creator: User) -> None:
    row = edited(creator)
    answer = patch(creator, row.pk, {"op": "title", "title": "halb"}, {"op": "copy", "scene": "s9"})
    assert (answer.status_code, answer.json()["code"]) == (400, "scene_unknown")
    assert row.storyboards.count() == 1


def test_edits_for_an_older_version_are_refused(creator: User) -> None:
    row = edited(creator)
    assert patch(creator, row.pk, {"op": "title", "title": "eins"}, version=1).status_code == 200
    answer = patch(creator, row.pk, {"op": "title", "title": "zwei"}, version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "storyboard_changed")


def test_edits_that_change_nothing_add_no_version(creator: User) -> None:
    row = edited(creator)
    assert patch(creator, row.pk, {"op": "title", "title": "周末露营必备清单"}).json()["version"] == 1


def test_nothing_is_edited_while_the_video_is_made(creator: User) -> None:
    row = edited(creator, state="running")
    answer = patch(creator, row.pk, {"op": "title", "title": "zu spät"})
    assert (answer.status_code, answer.json()["code"]) == (409, "job_state_conflict")
    assert api(creator).get(f"/api/v1/jobs/{row.pk}/storyboard/").json()["editable"] is False


def test_somebody_elses_files_and_scripts_stay_theirs(creator: User, other_creator: User) -> None:
    row = edited(creator)
    foreign = factories.upload(other_creator, kind="image", state="ready", file="uploads/b.jpg")
    sound = factories.upload(creator, kind="audio", state="ready", file="uploads/c.wav")
    for upload in (foreign, sound):
        answer = patch(creator, row.pk, {"op": "media", "scene": "s1", "upload": upload.pk})
        assert (answer.status_code, answer.json()["code"]) == (400, "file_unusable")
    answer = patch(creator, row.pk, {"op": "voice", "name": "own", "upload": foreign.pk})
    assert (answer.status_code, answer.json()["code"]) == (400, "voice_unusable")
    assert patch(other_creator, row.pk, {"op": "title", "title": "meins"}).status_code == 404
    assert patch(creator, row.pk, {"op": "voice", "name": "own", "upload": sound.pk}).status_code == 200


def test_a_job_without_a_script_has_no_storyboard(creator: User) -> None:
    row = factories.job(creator)
    assert api(creator).get(f"/api/v1/jobs/{row.pk}/storyboard/").status_code == 404
    assert patch(creator, row.pk, {"op": "title", "title": "x"}).status_code == 409
