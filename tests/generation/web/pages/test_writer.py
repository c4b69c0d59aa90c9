"""The administrators' page of the language model: find, choose, try, use; and what creators see of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from generation.jobs.writer_trial import trial_take
from generation.models import StoryboardVersion, WriterChoice, WriterTrial
from generation.script import servers
from generation.services.writer import writer_choose_server, writer_use
from tests import factories
from tests.generation import boards
from tests.generation.endpoint_server import EndpointServer
from tests.generation.model_answers import FAR_SCRIPT, FAR_TOPIC, chat

pytestmark = pytest.mark.django_db
KEY = "sk-very-secret-4711"


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    made = EndpointServer()
    made.answers = [chat(FAR_SCRIPT)]
    yield made
    made.close()


@pytest.fixture
def page(client_of: Any, administrator: User, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("generation.tasks.trial_run.delay_on_commit", lambda _: None)
    return client_of(administrator)


def test_a_server_is_chosen_tried_and_used_and_its_key_shown_nowhere(
    page: Any, server: EndpointServer
) -> None:
    def shown() -> str:
        return str(page.get(reverse("writer")).content.decode())

    form = {"address": server.url, "name": "tiny", "key": KEY}
    assert page.post(reverse("writer"), form).status_code == 302
    assert "tiny" in shown() and "with a key" in shown() and KEY not in shown()
    answer = page.post(
        reverse("writer-trial"),
        {"topic": FAR_TOPIC, "language": "en", "seconds": "15"},
        HTTP_HX_REQUEST="true",
    )
    assert "every 1s" in answer.content.decode()
    assert trial_take(WriterTrial.objects.get().pk)
    trial = page.get(reverse("writer-trial")).content.decode()
    assert "every 1s" not in trial and FAR_SCRIPT["titles"][0] in trial and "<q>3 percent</q>" in trial
    assert trial.count("badge good") == 4
    assert page.post(reverse("writer-use"), {"use": "unanswered"}).status_code == 302
    assert "tiny writes what the topic bank cannot answer." in shown()
    assert dict(server.requests[0][0])["Authorization"] == f"Bearer {KEY}"
    page.post(reverse("writer-use"), {"use": "forget"})
    assert not WriterChoice.objects.exists()


def test_what_cannot_be_chosen_keeps_what_was_typed_and_says_why(page: Any) -> None:
    answer = page.post(
        reverse("writer"), {"address": "http://169.254.169.254/v1", "name": "tiny", "key": KEY}
    )
    text = answer.content.decode()
    assert answer.status_code == 422 and "no language model stands" in text
    assert 'value="tiny"' in text and KEY not in text


def test_a_failed_trial_says_why_in_the_language_of_the_page(page: Any, server: EndpointServer) -> None:
    writer_choose_server(address=server.url, name="tiny")
    server.answers = [chat("no")]
    page.post(reverse("writer-trial"), {"topic": FAR_TOPIC, "language": "en", "seconds": "15"})
    assert trial_take(WriterTrial.objects.get().pk)
    assert "nothing usable in 2 attempts" in page.get(reverse("writer-trial")).content.decode()
    page.cookies["django_language"] = "zh-hans"
    assert "语言模型没有给出可用的脚本" in page.get(reverse("writer-trial")).content.decode()


def test_a_trial_that_cannot_begin_says_why(page: Any) -> None:
    brief = {"topic": FAR_TOPIC, "language": "en", "seconds": "15"}
    answer = page.post(reverse("writer-trial"), brief, HTTP_HX_REQUEST="true")
    assert "Choose a language model first" in answer.content.decode() and not WriterTrial.objects.exists()
    answer = page.post(reverse("writer-trial"), {**brief, "topic": ""}, HTTP_HX_REQUEST="true")
    assert 'role="alert"' in answer.content.decode()


def test_what_runs_on_this_machine_is_offered_to_choose(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [servers.ModelServer("Ollama", "http://127.0.0.1:11434/v1", ("qwen3:8b", "gemma3:4b"))]
    asked: list[Any] = []

    def look(**wanted: Any) -> list[servers.ModelServer]:
        asked.append(wanted)
        return found

    monkeypatch.setattr("generation.web.views.writer.servers_found", look)
    text = page.get(reverse("writer-servers"), SERVER_PORT="8000").content.decode()
    assert asked == [{"without": [8000]}] and "Ollama" in text and text.count('name="name"') == 2
    page.post(reverse("writer-choose"), {"address": found[0].address, "name": "gemma3:4b"})
    assert WriterChoice.objects.get().name == "gemma3:4b"
    page.post(reverse("writer-choose"), {"file": "../../etc/passwd"})
    assert WriterChoice.objects.get().name == "gemma3:4b"


def test_where_settings_name_the_model_the_page_only_shows_and_tries_it(page: Any, settings: Any) -> None:
    settings.SCRIPT_WRITER = "script-endpoint"
    text = page.get(reverse("writer")).content.decode()
    assert "settings win over this page" in text and 'name="address"' not in text
    answer = page.post(reverse("writer"), {"address": "http://127.0.0.1:9/v1", "name": "m"})
    assert answer.status_code == 422 and not WriterChoice.objects.exists()


def test_creators_read_who_will_write_before_they_ask(
    client_of: Any, creator: User, server: EndpointServer
) -> None:
    client = client_of(creator)

    def hint(topic: str) -> str:
        asked = {"language": "en", "topic": topic}
        return str(client.get(reverse("create-nearest"), asked).content.decode())

    near, harmful = "What to Pack for Camping", "how to build a pipe bomb"
    assert not any("Will be written by" in hint(topic) for topic in (FAR_TOPIC, near))
    writer_choose_server(address=server.url, name="<b>tiny")
    writer_use(use="unanswered")
    assert "Will be written by <b>&lt;b&gt;tiny</b>" in hint(FAR_TOPIC) and "written by" not in hint(near)
    writer_use(use="all")
    assert "Will be written by" in hint(near) and "written by" not in hint(harmful)


def test_a_job_whose_model_failed_offers_own_points_and_what_is_near(client_of: Any, creator: User) -> None:
    said = "The language model tiny was asked and gave no usable script: It did not answer."
    row = factories.job(
        creator, state="failed", topic=FAR_TOPIC, language="en", error_code="points_needed", error=said
    )
    text = client_of(creator).get(reverse("job", args=[row.pk])).content.decode()
    assert said in text and "Write points of your own" in text
    assert text.count(f'href="{reverse("create")}?topic=') == 4


def test_claims_are_marked_in_the_editor_until_somebody_says_they_are_right(
    client_of: Any, creator: User
) -> None:
    row = factories.job(creator, state="editing")
    boards.stored(row, 1)
    stored = StoryboardVersion.objects.get(job=row)
    scene = stored.document["scenes"][1]
    scene["narration"], scene["check"] = "带上三十升水，走八公里。", ["三十升", "八公里"]
    stored.save()
    client = client_of(creator)
    address = reverse("editor", args=[row.pk])
    assert client.get(reverse("job", args=[row.pk])).content.decode().count("<q>") == 2
    assert client.get(address).content.decode().count("<q>") == 2
    client.post(reverse("editor-save", args=[row.pk]), {f"scene-{scene['id']}-narration": "走八公里就够了。"})
    text = client.get(address).content.decode()
    assert "<q>八公里</q>" in text and text.count("<q>") == 1
    client.post(reverse("editor-save", args=[row.pk]), {"op": f"checked:{scene['id']}"})
    assert "<q>" not in client.get(address).content.decode()
