"""Which language model servers run on this machine: the well-known ports of loopback, asked for their models, all at once."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

# port → what usually listens there; a server that says who it is is believed before its port
PORTS: dict[int, str] = {
    11434: "Ollama",
    1234: "LM Studio",
    8000: "vLLM",
    8080: "llama.cpp",
    8001: "vLLM",
    8081: "llama.cpp",
    5000: "text-generation-webui",
    5001: "KoboldCpp",
    1337: "Jan",
    4891: "GPT4All",
    30000: "SGLang",
}
PROBE_SECONDS = 1.0
MODELS_MAX = 50
_MAX_BYTES = 500_000
_NAME_LETTERS = 200
# ``owned_by`` of a model, as each server fills it in
_OWNERS = {
    "library": "Ollama",
    "organization_owner": "LM Studio",
    "vllm": "vLLM",
    "llamacpp": "llama.cpp",
    "koboldcpp": "KoboldCpp",
    "sglang": "SGLang",
}


@dataclass(frozen=True)
class ModelServer:
    """A server that answered: what it is, its OpenAI-compatible address, and its models' names in its own order."""

    product: str
    address: str
    models: tuple[str, ...]


def servers_found(
    ports: Mapping[int, str] = PORTS, *, without: Collection[int] = (), seconds: float = PROBE_SECONDS
) -> list[ModelServer]:
    """The servers at ``ports`` of this machine, in their order, within about ``seconds``.

    Ports ``without`` are not asked: this site's own, which would wait for itself. Whatever answers with anything but a
    list of models, such as another web site, is no model server.
    """
    asked = [(port, product) for port, product in ports.items() if port not in without]
    if not asked:
        return []
    with ThreadPoolExecutor(max_workers=len(asked)) as pool:
        found = pool.map(lambda pair: _probe(*pair, seconds=seconds), asked)
        return [server for server in found if server is not None]


def _probe(port: int, product: str, *, seconds: float) -> ModelServer | None:
    address = f"http://127.0.0.1:{port}/v1"
    data = _models_answer(address, seconds=seconds)
    rows = data.get("data") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        return None
    models = [row for row in rows[:MODELS_MAX] if isinstance(row, dict) and _is_name(row.get("id"))]
    if not models:
        return None
    owner = models[0].get("owned_by")
    names = dict.fromkeys(row["id"] for row in models)
    return ModelServer(
        _OWNERS.get(owner, product) if isinstance(owner, str) else product, address, tuple(names)
    )


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _NAME_LETTERS and value.isprintable()


def _models_answer(address: str, *, seconds: float) -> Any:
    """The JSON at ``address``/models; ``None`` where there is none in time, or too much of it. No proxy, no redirect."""
    until = time.monotonic() + seconds
    received = bytearray()
    try:
        with (
            httpx.Client(timeout=seconds, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", f"{address}/models", headers={"Accept-Encoding": "identity"}) as response,
        ):
            if response.status_code != 200:
                return None
            for chunk in response.iter_raw():
                received += chunk
                if len(received) > _MAX_BYTES or time.monotonic() > until:
                    return None
        return json.loads(received)
    except (httpx.HTTPError, ValueError, RecursionError):
        return None
