"""Whatever is typed or sent: every form and endpoint answers within a second, none with 500, the API always in JSON."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache as cache_of_functions
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests import test_access
from tests.test_access import TABLE, address

world = test_access.world

MANY = 100_000
# shapes on which a pattern, a segmenter or a normaliser that was not given a limit takes its time
SHAPES = {
    "brackets": "(1)" * (MANY // 3),
    "digits": "1" * MANY,
    "signs": "-+" * (MANY // 2),
    "one word": "a" * MANY,
    "words": "ab " * (MANY // 3),
    "hanzi": "发" * MANY,
    "points": "1.2.3.4," * (MANY // 8),
    "addresses": "http://a.b/?" * (MANY // 12),
    "open": "((((" * (MANY // 4),
    "marks": "a\u0301" * (MANY // 2),
    "unseen": "\u202e\u200b" * (MANY // 2),
}
# small ones that a check took for something else
ODD = (
    "²",
    "٣",
    "1²",
    "９",
    "0x10",
    "1e9",
    "nan",
    "-1",
    "9" * 25,
    "9" * 5000,
    "\x00",
    "\u2028",
    "👍🏽",
    "🇩🇪",
    "a\x00b",
    "",
)
# the names of all fields of all forms and addresses: what does not know one passes it over
NAMES = (
    "topic points text text_name language aspect seconds voice speed mood music_level caption_style visual_style palette "
    "title description hashtags q tab category page limit offset state kind source name days token email password "
    "username login confirmation detail before scene op order render new-line new-narration voice-upload quality action "
    "address key minutes seed use verify winner learn early override severe session subject first_name next "
    "reason actions policy note since until mine scene-s1-line scene-s1-narration scene-s1-layout scene-s1-focus-x"
).split()
SLOWEST_SECONDS = 1.0  # of processor time, so that a busy machine does not count
UNASKED = (
    "admin/",  # Django's own
    "i18n/setlang/",
    "accounts/logout/",
    "jobs/<int:pk>/events",  # lasts as long as the job
    "dashboards/_dash/<path:path>",
    "jsi18n/",
)
# where texts reach a segmenter, a normaliser or a pattern: asked with every shape
READ = (
    "create/", "create/nearest", "titles/advice", "discover/", "account/", "account/token", "videos/<int:pk>/details",
    "jobs/<int:pk>/edit/save", "jobs/<int:pk>/edit/pictures", "library/", "writer/trial", "videos/<int:pk>/appeal",
)  # fmt: skip
READ_OPERATIONS = (
    "/api/v1/jobs/", "/api/v1/search/", "/api/v1/videos/{id}/comments/", "/api/v1/videos/{id}/report/",
    "/api/v1/jobs/{id}/storyboard/", "/api/v1/token/",
)  # fmt: skip
WHO = "administrator"  # who gets furthest
JSON = "application/json"
Asked = Callable[..., HttpResponse]


@pytest.fixture
def ask(world: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asked:
    """Ask as the administrator; the answer, with the processor's ``seconds`` in it. Nothing the request did stays."""
    sample = tmp_path / "voice.wav"
    sample.write_bytes(b"RIFF")
    monkeypatch.setattr("generation.web.views.create.voice_preview", lambda voice: sample)  # spoken elsewhere
    client: Client = world["client"]
    client.raise_request_exception = False

    def once(method: str, path: str, **request: Any) -> HttpResponse:
        client.cookies.clear()
        client.cookies[settings.SESSION_COOKIE_NAME] = world["sessions"][WHO]
        cache.clear()
        begun = time.thread_time()
        with transaction.atomic():
            answer: Any = client.generic(method.upper(), path, **request)
            transaction.set_rollback(True)
        answer.seconds = time.thread_time() - begun
        if answer.streaming:
            for close in answer._resource_closers:
                close()
        return answer

    def asked(method: str, path: str, **request: Any) -> HttpResponse:
        answer: Any = once(method, path, **request)
        if answer.seconds > SLOWEST_SECONDS:  # the first that needs a model or a table reads it
            return once(method, path, **request)
        return answer

    return asked


def wrong(answer: Any, what: str) -> list[str]:
    """What was wrong with an answer, in words; nothing for one that is as promised."""
    request, found = answer.wsgi_request, []
    place = f"{request.method} {request.path} with {what}"
    if answer.status_code >= 500 or answer.seconds > SLOWEST_SECONDS:
        found.append(f"{place}: {answer.status_code} after {answer.seconds:.1f} s")
    if request.path.startswith("/api/v1/") and answer.status_code >= 400:
        try:
            body = answer.json()
        except ValueError:
            return [*found, f"{place}: {answer.status_code} is not JSON"]
        if not {"code", "detail"} <= set(body):
            found.append(f"{place}: {body}")
    return found


def page_requests(world: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(route, method, path) of everything that is no body of the API."""
    for route, methods in TABLE.items():
        for method, statuses in methods.items():
            if set(statuses) == {405} or route.startswith(UNASKED):
                continue
            if method == "get" or not route.startswith("api/"):
                yield route, method, address(route, world)


def page_asked(ask: Asked, method: str, path: str, shape: str) -> Any:
    """All fields at once hold the shape, cut so that all of them are read."""
    if method == "get":
        query = urlencode({name: shape[: 50_000 // len(NAMES)] for name in NAMES})
        return ask(method, f"{path}{'&' if '?' in path else '?'}{query}")
    most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // len(NAMES) - 200
    texts = shape.encode("utf-8", "replace")[:most].decode("utf-8", "ignore").encode()
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + texts + b"\r\n"
        for name in NAMES
    ]
    body = b"".join(parts) + b"--x--\r\n"
    return ask(method, path, data=body, content_type="multipart/form-data; boundary=x")


@cache_of_functions
def operations() -> list[tuple[str, str, Any]]:
    """(path, method, schema of its JSON body or None) of every operation of the API."""
    schema = SchemaGenerator().get_schema(public=True)
    parts = schema["components"]["schemas"]

    def resolved(part: Any) -> Any:
        if isinstance(part, list):
            return [resolved(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return resolved(parts[part["$ref"].rpartition("/")[2]])
        return {name: resolved(one) for name, one in part.items()}

    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
            found.append((path, method, resolved(body) if body else None))
    return found


def filled(schema: Any, text: str, *, everywhere: bool) -> Any:
    """A body of the schema's form whose texts are ``text``; ``everywhere``: whatever should stand there."""
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return filled(schema[choice][0], text, everywhere=everywhere)
    kind = schema.get("type")
    if kind == "object":
        return {
            name: filled(part, text, everywhere=everywhere)
            for name, part in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [filled(schema["items"], text, everywhere=everywhere)]
    if everywhere:
        return text
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 10, "number": 10.0, "boolean": False}.get(kind, text)


def operation_asked(
    ask: Asked,
    world: dict[str, Any],
    path: str,
    method: str,
    body: str,
    **more: Any,
) -> Any:
    for gap in re.findall(r"\{(\w+)\}", path):
        room = path.split("{")[0].rstrip("/").rpartition("/")[2]
        known = {
            "jobs": "job",
            "uploads": "upload",
            "videos": "public",
            "cases": "case",
            "creators": "creator",
        }
        known |= {"experiments": "experiment", "models": "ranker", "cycles": "cycle", "comments": "comment"}
        value = {"code": "hate", "number": 1}.get(gap, world.get(known.get(room, ""), 1))
        path = path.replace(f"{{{gap}}}", str(value), 1)
    return ask(method, path, data=body, content_type=JSON, **more)


# --- pages ----------------------------------------------------------------------------------------------------------
def test_every_address_answers_a_text_of_any_size_and_shape(world: dict[str, Any], ask: Asked) -> None:
    found: list[str] = []
    turn = itertools.cycle(SHAPES)
    for route, method, path in page_requests(world):
        for what in SHAPES if route in READ else [next(turn)]:
            found += wrong(page_asked(ask, method, path, SHAPES[what]), what)
    assert not found, "\n".join(found)


def test_what_only_looks_like_a_number_is_no_fault_of_the_site(world: dict[str, Any], ask: Asked) -> None:
    found: list[str] = []
    turn = itertools.cycle(ODD)
    for route, method, path in page_requests(world):
        for odd in ODD if route in READ else [next(turn)]:
            found += wrong(page_asked(ask, method, path, odd), repr(odd)[:30])
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_every_address_answers_every_text(world: dict[str, Any], ask: Asked) -> None:
    found: list[str] = []
    for _route, method, path in page_requests(world):
        for what, shape in {**SHAPES, **{repr(odd)[:30]: odd for odd in ODD}}.items():
            found += wrong(page_asked(ask, method, path, shape), what)
    assert not found, "\n".join(found)


# --- programs -------------------------------------------------------------------------------------------------------
def test_every_operation_answers_any_body(world: dict[str, Any], ask: Asked) -> None:
    found: list[str] = []
    turn, odd_turn = itertools.cycle(SHAPES), itertools.cycle(ODD)
    for path, method, schema in operations():
        if schema is None:
            continue
        for what in SHAPES if path in READ_OPERATIONS else [next(turn)]:
            body = json.dumps(filled(schema, SHAPES[what], everywhere=False))
            found += wrong(operation_asked(ask, world, path, method, body), what)
        for odd in ODD if path in READ_OPERATIONS else [next(odd_turn)]:
            for everywhere in (True, False):
                body = json.dumps(filled(schema, odd, everywhere=everywhere))
                found += wrong(operation_asked(ask, world, path, method, body), repr(odd)[:30])
        # half a character in every field, which no answer could repeat
        body = json.dumps(filled(schema, "\ud800", everywhere=True))
        found += wrong(operation_asked(ask, world, path, method, body), "a lone surrogate")
        for what, body in (
            ("depth", "[" * 5000 + "]" * 5000),
            ("depth", '{"recipe": ' * 900 + "1" + "}" * 900),
        ):
            found += wrong(operation_asked(ask, world, path, method, body), what)
        for what in ("null", "[]", '""', "1", "[[]]", '{"a": NaN}', "\x00"):
            found += wrong(operation_asked(ask, world, path, method, what), what)
    assert not found, "\n".join(found)


def test_hostile_headers_are_no_fault_of_the_site(world: dict[str, Any], ask: Asked) -> None:
    found: list[str] = []
    headers = {
        "Range": [
            "bytes=" + "9" * 5000 + "-",
            "bytes=-" + "9" * 19,
            "bytes=٣-٤",
            "bytes=9-1",
            "bytes=-0",
            "x",
        ],
        "Origin": ["http://[", "null", "http://[::1", "x" * 5000, "http://testserver:٣"],
        "Accept-Language": ["zh-" * 2000, "²", ";q=nan", "*"],
        "Authorization": ["Token", "Token a b", "Token \xff", "Token " + "a" * 9000, "Basic ٣"],
        "X-Forwarded-For": ["²", "[", "1:2:3", "," * 5000],
        "X-Simulated-Time": ["9" * 5000, "9999-12-31T23:59:59+00:00", "٣"],
        "Cookie": ["viewer=²; sessionid=" + "x" * 4000, "=;=;", "csrftoken=" + "é" * 40],
        "HX-Current-URL": ["http://[", "²"],
        "If-Modified-Since": ["Mon, 99 Foo 99999999999 00:00:00 GMT", "²"],
    }
    events = json.dumps({"session": "s", "events": []})
    for name, values in headers.items():
        for value in values:
            for method, path, body in (
                ("get", f"/media/{world['file']}", ""),
                ("get", "/api/v1/feed/", ""),
                ("put", f"/api/v1/videos/{world['public']}/like/", "{}"),
                ("post", "/api/v1/events/", events),
                ("get", "/discover/", ""),
            ):
                more = {"headers": {name: value}, "data": body, "content_type": JSON}
                found += wrong(ask(method, path, **more), f"{name}: {value[:30]!r}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/nowhere/", 404), ("/api/v1/jobs/" + "9" * 5000 + "/", 404), (f"/api/v1/jobs/{10**30}/", 404)],
)
def test_an_address_of_the_api_that_is_none_says_so_in_json(ask: Asked, path: str, status: int) -> None:
    answer = ask("get", path)
    assert answer.status_code == status and answer.json()["code"] == "not_found"  # type: ignore[attr-defined]


def test_even_what_nobody_foresaw_is_json_to_a_program(ask: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.web.api.feed.feed_page", lambda **_: 1 / 0)
    answer = ask("get", "/api/v1/feed/")
    assert answer.status_code == 500 and answer.json()["code"] == "internal_error"  # type: ignore[attr-defined]
    assert ask("get", "/nowhere/")["Content-Type"].startswith("text/html")


@pytest.mark.slow
@pytest.mark.parametrize("who", ["anonymous", "viewer", "owner", "moderator", "analyst", "administrator"])
def test_no_input_that_the_schema_suggests_is_a_fault(world: dict[str, Any], who: str) -> None:
    """Every operation, ten inputs that its schema allows and ten that it does not."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given
    from hypothesis import settings as limits
    from hypothesis.errors import Unsatisfiable
    from schemathesis import GenerationMode
    from schemathesis.errors import SchemathesisError

    client: Client = world["client"]
    client.raise_request_exception = False
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    quick = limits(
        max_examples=10, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    found: set[str] = set()

    def judged(label: str, case: Any) -> None:
        client.cookies.clear()
        if session := world["sessions"][who]:
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        cache.clear()
        ready = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
        kind = str(ready.headers.get("Content-Type", JSON))
        with transaction.atomic():
            answer: Any = client.generic(
                ready.method or "GET", ready.path_url, data=ready.body or b"", content_type=kind
            )
            transaction.set_rollback(True)
        if answer.streaming:
            for close in answer._resource_closers:
                close()
        if answer.status_code >= 500:
            found.add(f"{label}: {answer.status_code} for {ready.path_url[:200]} {str(ready.body)[:200]}")

    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            with suppress(SchemathesisError, Unsatisfiable):  # nothing about it can be wrong
                cases = operation.as_strategy(generation_mode=mode).map(partial(judged, operation.label))
                quick(given(cases)(lambda _: None))()
    assert not found, "\n".join(sorted(found))
