"""Finding language model servers: real sockets, real answers, and everything else that may listen on such a port."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from generation.script.servers import PORTS, ModelServer, servers_found

Get = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def listening(answer: Get) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):
                answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield http.server_port
    finally:
        http.shutdown()
        http.server_close()


def saying(content: bytes, status: int = 200, **headers: str) -> Get:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def models(*rows: dict[str, Any]) -> Get:
    return saying(json.dumps({"object": "list", "data": list(rows)}).encode())


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)
    models({"id": "late"})(handler)


def test_every_server_is_found_with_its_models_and_named_by_what_it_says_of_itself() -> None:
    ollama = models({"id": "qwen3:8b", "owned_by": "library"}, {"id": "gemma3:4b", "owned_by": "library"})
    with listening(ollama) as first, listening(models({"id": "own", "owned_by": "me"})) as second:
        found = servers_found({first: "vLLM", second: "llama.cpp"})
    assert found == [
        ModelServer("Ollama", f"http://127.0.0.1:{first}/v1", ("qwen3:8b", "gemma3:4b")),
        ModelServer("llama.cpp", f"http://127.0.0.1:{second}/v1", ("own",)),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        saying(b"<!doctype html><title>Lumen</title>"),
        saying(b"not found", 404),
        saying(b"", 302, Location="http://127.0.0.1:1/v1/models"),
        saying(b"[" * 100_000),
        saying(b'{"data": [7, {"id": null}, {"id": "a\\u0000b"}, {"id": ""}]}'),
        saying(b'{"data": {"id": "x"}}'),
        saying(b" " * 600_000),
        saying(b"\xff\xfe"),
    ],
    ids=["site", "404", "redirect", "deep", "no names", "no list", "large", "bytes"],
)
def test_what_is_no_list_of_models_is_no_server(answer: Get) -> None:
    with listening(answer) as port:
        assert servers_found({port: "vLLM"}) == []


def test_ports_are_asked_at_the_same_time_and_a_silent_one_holds_nobody_up_for_long() -> None:
    with listening(slow) as one, listening(slow) as two, listening(models({"id": "quick"})) as three:
        began = time.monotonic()
        found = servers_found({one: "vLLM", two: "Jan", three: "Ollama"}, seconds=0.4)
        assert time.monotonic() - began < 1.2
    assert [server.models for server in found] == [("quick",)]


def test_the_sites_own_port_is_not_asked() -> None:
    asked: list[str] = []

    def noted(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        models({"id": "x"})(handler)

    with listening(noted) as port:
        assert servers_found({port: "vLLM"}, without=[port]) == []
        assert asked == []
        assert servers_found({port: "vLLM"}) and asked == ["/v1/models"]


def test_the_ports_of_the_four_servers_people_have_are_asked() -> None:
    assert {11434: "Ollama", 1234: "LM Studio", 8000: "vLLM", 8080: "llama.cpp"}.items() <= PORTS.items()
