"""``./run writer``: the same choice and the same trial from the command line."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.sealing import opened
from generation.models import WriterChoice
from generation.script.servers import ModelServer
from generation.writing import KEY_PURPOSE, site_model
from tests.generation.endpoint_server import EndpointServer, raw
from tests.generation.model_answers import FAR_SCRIPT, FAR_TOPIC

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> list[ModelServer]:
    """What runs on this machine, whatever does."""
    found: list[ModelServer] = []
    monkeypatch.setattr("generation.management.commands.writer.servers_found", lambda **_: found)
    monkeypatch.setattr("generation.tasks.trial_run.delay_on_commit", lambda _: None)
    return found


def said(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command("writer", *words, stdout=out, **options)
    return out.getvalue()


def test_without_options_it_lists_what_runs_here_and_what_is_chosen(machine: list[ModelServer]) -> None:
    assert "No language model server answers" in said()
    machine.append(ModelServer("Ollama", "http://127.0.0.1:11434/v1", ("qwen3:8b", "gemma3:4b")))
    told = said()
    assert "Ollama at http://127.0.0.1:11434/v1\n  qwen3:8b\n  gemma3:4b" in told
    assert "The topic bank writes every script." in told


def test_a_server_is_chosen_tried_and_used_in_one_line(
    server: EndpointServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret-4711")
    words = ("--address", server.url, "--model", "tiny", "--key-from-env", "MY_KEY")
    told = said(*words, "--try", FAR_TOPIC, "--seconds", "15", "--use", "unanswered")
    assert FAR_SCRIPT["titles"][0] in told and "check this: 3 percent" in told and "topic ok" in told
    assert "Chosen: tiny; it writes: unanswered" in told and "4711" not in told
    assert opened(WriterChoice.objects.get().sealed_key, purpose=KEY_PURPOSE) == "sk-very-secret-4711"
    assert "it writes: off" in said("--use", "off") and not site_model().writes


def test_a_trial_that_fails_ends_in_its_sentence(server: EndpointServer) -> None:
    server.answers = [raw(b"", 403)]
    with pytest.raises(CommandError, match="refused the key"):
        said("--address", server.url, "--model", "tiny", "--try", FAR_TOPIC, "--use", "all")
    assert not site_model().writes


def test_the_only_model_of_a_server_needs_no_name(machine: list[ModelServer]) -> None:
    machine.append(ModelServer("llama.cpp", "http://127.0.0.1:8080/v1", ("only",)))
    assert "Chosen: only" in said("--address", "http://127.0.0.1:8080/v1")
    machine[0] = ModelServer("Ollama", "http://127.0.0.1:8080/v1", ("a", "b"))
    with pytest.raises(CommandError, match="It lists a, b"):
        said("--address", "http://127.0.0.1:8080/v1")


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("--model", "m"), "--address"),
        (
            ("--address", "http://127.0.0.1:9/v1", "--model", "m", "--key-from-env", "NO_SUCH_KEY"),
            "NO_SUCH_KEY",
        ),
        (("--address", "http://169.254.169.254/v1", "--model", "m"), "no language model stands"),
        (("--gguf", "none.gguf"), "not there"),
        (("--try", "coffee"), "Choose a language model first"),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple[str, ...], wrong: str) -> None:
    with pytest.raises(CommandError, match=wrong):
        said(*words)
