"""A real llama.cpp server with a real model: slow, and only where package and file are present.

What is proven is the path, not the poetry: the model is held to the schema, its answer is checked, and a bad one ends in a
sentence. The small model is not good enough to write for people.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from core.languages import Language
from generation.errors import ScriptWriterFailed
from generation.script.brief import Brief
from generation.script.proposals import answer_schema, instructions
from generation.script.script import Script
from generation.script.writers import Attempt, EndpointWriter, GgufWriter

pytestmark = pytest.mark.slow
MODEL = Path(os.environ.get("LUMEN_TEST_GGUF", ""))
RATES = {"zh": 4.6, "en": 2.7}
TOPICS: dict[Language, str] = {"zh": "海水为什么看起来是蓝的", "en": "why the sea looks blue"}


@pytest.fixture(scope="module")
def writer() -> Iterator[GgufWriter]:
    if not MODEL.is_file():
        pytest.skip("No model file; tests/generation/writer/tiny_model.py says how to get it.")
    if find_spec("xllamacpp") is None:
        pytest.skip("pip install -r requirements-gguf.txt")
    made = GgufWriter(str(MODEL), threads=1, timeout_seconds=900.0)  # a busy machine takes its time
    yield made
    made.close()


def _told(write: Any, language: Language) -> tuple[Script | None, str]:
    """The script, or what was wrong with the second answer."""
    brief = Brief.checked(topic=TOPICS[language], language=language, seconds=20)
    attempts: list[Attempt] = []
    try:
        return write(brief, seed=5, rate=RATES[language], tell=attempts.append), ""
    except ScriptWriterFailed as failure:
        assert len(attempts) == 2 and attempts[1].fault
        return None, str(failure)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_it_writes_passes_the_checks_or_ends_in_a_sentence(
    writer: GgufWriter, language: Language
) -> None:
    script, failure = _told(writer.write, language)
    if script is None:
        assert "nothing usable in 2 attempts; last: " in failure
    else:
        assert script.writer == f"gguf:{MODEL.name}" and 3 <= len(script.scenes) <= 10


def test_its_engine_is_a_llama_server_held_to_the_schema_that_answers_nobody_without_its_key(
    writer: GgufWriter,
) -> None:
    brief = Brief.checked(topic=TOPICS["en"], language="en", seconds=10)
    endpoint = writer._running()
    asked = [{"role": "user", "content": instructions(brief, rate=2.7, hook_kind=None)}]
    answer = endpoint.ask(asked, answer_schema(brief, None), 5)
    assert not list(Draft202012Validator(answer_schema(brief, None)).iter_errors(json.loads(answer)))
    assert endpoint._forms[0] == "json_schema"  # it took the strictest form
    address = endpoint._endpoint._url
    assert address.startswith("http://127.0.0.1:")
    with pytest.raises(ScriptWriterFailed, match="refused the key"):
        EndpointWriter(address, "tiny", "wrong", setting="").write(brief, seed=5, rate=2.7)


def test_an_engine_that_was_killed_is_started_again_and_one_that_is_closed_is_gone(
    writer: GgufWriter,
) -> None:
    writer._running()
    first = writer._engine
    assert first is not None
    first.kill()
    first.wait()
    writer._running()
    second = writer._engine
    assert second is not None and second.pid != first.pid and second.poll() is None
    writer.close()
    assert second.poll() is not None
