"""Scripts by language models: a local ``transformers`` folder, a GGUF file, or an endpoint of the OpenAI chat protocol.

All ask for one JSON object and treat the answer as hostile data (see ``proposals``). A refused answer is asked for
again with the reason; after the last attempt ``ScriptWriterFailed`` says in words what was wrong.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.endpoints import Endpoint
from generation.errors import ScriptWriterFailed
from generation.script.brief import Brief
from generation.script.proposals import (
    ProposalRefused,
    answer_schema,
    instructions,
    proposal_of,
    script_of,
)
from generation.script.script import Script
from generation.storyboard import HookKind

_LEAST_TOKENS = 200  # no script is shorter
ATTEMPTS = 2  # answers asked for, the second with the fault of the first
_MOST_TOKENS = 2000  # of an answer
Message = dict[str, str]
Schema = dict[str, Any]


@dataclass(frozen=True)
class Attempt:
    """That an answer is asked for now: which of how many, and what was wrong with the one before ("" for the first)."""

    number: int
    most: int
    fault: str


Tell = Callable[[Attempt], None]


def _written(
    ask: Callable[[list[Message], Schema, int], str],
    brief: Brief,
    *,
    seed: int,
    rate: float,
    hook_kind: HookKind | None,
    writer: str,
    tell: Tell | None = None,
) -> Script:
    """Ask until an answer passes. ``ask`` gets the conversation, the answer's schema and a seed that differs each time."""
    messages: list[Message] = [
        {"role": "user", "content": instructions(brief, rate=rate, hook_kind=hook_kind)}
    ]
    schema = answer_schema(brief, hook_kind)
    fault = ""
    for attempt in range(ATTEMPTS):
        if tell:
            tell(Attempt(attempt + 1, ATTEMPTS, fault))
        answer = ask(
            messages if not fault else [*messages, _complaint(fault)],
            schema,
            (seed + 7919 * attempt) % 2**31,
        )
        try:
            return script_of(proposal_of(answer, brief.language), brief, seed=seed, rate=rate, writer=writer)
        except ProposalRefused as refusal:
            fault = str(refusal)
    raise ScriptWriterFailed(
        f"The script writer {writer} gave nothing usable in {ATTEMPTS} attempts; last: {fault} "
        "Try again, choose another model, or use the topic bank."
    )


def _complaint(fault: str) -> Message:
    return {
        "role": "user",
        "content": f"Your last answer was refused: {fault} Answer again with the whole JSON object.",
    }


class TransformersWriter:
    """A causal language model from a local folder: safetensors only, none of its code run, never fetched.

    Loaded at the first script, on the CPU; one script is written at a time.
    """

    hears_attempts = True  # ``write`` takes ``tell``

    def __init__(self, folder: str, *, max_new_tokens: int = 900, timeout_seconds: float = 300.0) -> None:
        self._folder = Path(folder) if folder else None
        self._max_new_tokens = max_new_tokens
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def write(
        self,
        brief: Brief,
        *,
        seed: int,
        rate: float,
        hook_kind: HookKind | None = None,
        tell: Tell | None = None,
    ) -> Script:
        """See ``ScriptWriter``; ``tell`` hears of each attempt. Raises ``ScriptWriterFailed``."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            name = f"transformers:{self._folder.name if self._folder else ''}"
            return _written(
                lambda messages, _schema, seed: self._ask(messages, seed),
                brief,
                seed=seed,
                rate=rate,
                hook_kind=hook_kind,
                writer=name,
                tell=tell,
            )

    def _load(self) -> tuple[Any, Any]:
        folder = self._folder
        if folder is None:
            raise ScriptWriterFailed(
                "No folder is set for the local script writer. Set AIGC_SCRIPT_FOLDER to one."
            )
        if not (folder / "config.json").is_file():
            raise ScriptWriterFailed(
                f"The folder {folder.name!r} holds no transformers model: config.json is missing."
            )
        if not any(folder.glob("*.safetensors")):
            raise ScriptWriterFailed(
                f"The model in {folder.name!r} has no .safetensors weights; other formats can run code and are not read. "
                "Convert it with save_pretrained."
            )
        from transformers import AutoModelForCausalLM, AutoTokenizer  # takes seconds: only for who needs it

        try:
            safe = {"local_files_only": True, "trust_remote_code": False}
            tokenizer = AutoTokenizer.from_pretrained(str(folder), **safe)
            model: Any = AutoModelForCausalLM.from_pretrained(str(folder), use_safetensors=True, **safe)
        except Exception as error:  # transformers raises a dozen kinds for a broken folder
            raise ScriptWriterFailed(
                f"The model in {folder.name!r} cannot be loaded ({type(error).__name__}). "
                "It must be a causal language model with its tokenizer that needs no code of its own."
            ) from error
        return tokenizer, model.eval()

    def _ask(self, messages: list[Message], seed: int) -> str:
        import torch

        assert self._loaded is not None
        tokenizer, model = self._loaded
        if getattr(tokenizer, "chat_template", None):
            prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        else:
            prompt = "\n\n".join(message["content"] for message in messages) + "\n\n"
        encoded = tokenizer(
            prompt, return_tensors="pt", add_special_tokens=not getattr(tokenizer, "chat_template", None)
        )
        taken = int(encoded["input_ids"].shape[1])
        window = getattr(model.config, "max_position_embeddings", None) or taken + self._max_new_tokens
        room = min(self._max_new_tokens, window - taken)
        if room < min(_LEAST_TOKENS, self._max_new_tokens):
            raise ScriptWriterFailed(
                f"The local model reads at most {window} tokens; the brief alone takes {taken}. Use one with a longer context."
            )
        with torch.random.fork_rng(devices=[]), torch.inference_mode():
            torch.manual_seed(seed)
            made = model.generate(
                **{key: value for key, value in encoded.items() if key in ("input_ids", "attention_mask")},
                max_new_tokens=room,
                max_time=self._timeout_seconds,
                do_sample=True,
                temperature=0.7,
                top_p=0.9,
                pad_token_id=tokenizer.pad_token_id
                if tokenizer.pad_token_id is not None
                else tokenizer.eos_token_id,
            )
        return str(tokenizer.decode(made[0, taken:], skip_special_tokens=True))


MAX_RESPONSE_BYTES = 1_000_000
_LOAD_SECONDS = 180.0  # in which a GGUF file is loaded, from a cold disk too
_IDLE_SECONDS = 600.0  # after which its process is ended
CALLS = 3  # of a server that does not answer
_FORMS = ("json_schema", "json_object", "")  # of ``response_format``, strictest first
_FORM_REFUSED = (400, 422)  # how servers say that they know no such form


class EndpointWriter:
    """Any server with ``POST {url}/chat/completions``: vLLM, Ollama, LM Studio, llama.cpp, or a paid service.

    The answer's shape is asked for in the strictest way that the server takes: by its JSON schema, as JSON, in words only.
    ``setting`` is what begins the names of the settings that hold these arguments, "" where a person typed them into a
    page; then the address is ``guarded`` too. An answer is asked for in as many ``calls`` when the server gives none.
    """

    hears_attempts = True  # ``write`` takes ``tell``

    def __init__(
        self,
        url: str,
        name: str,
        api_key: str = "",
        timeout_seconds: float = 120.0,
        *,
        setting: str = "AIGC_SCRIPT_",
        calls: int = CALLS,
        backoff_seconds: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = name
        self._setting = setting
        self._forms = list(_FORMS)  # those this server may take, strictest first
        self._endpoint = Endpoint(
            url,
            api_key,
            name="script endpoint",
            setting=setting,
            guarded=not setting,
            tries=calls,
            instead="use the topic bank",
            error=ScriptWriterFailed,
            max_bytes=MAX_RESPONSE_BYTES,
            timeout_seconds=timeout_seconds,
            backoff_seconds=backoff_seconds,
            sleep=sleep,
        )

    def write(
        self,
        brief: Brief,
        *,
        seed: int,
        rate: float,
        hook_kind: HookKind | None = None,
        tell: Tell | None = None,
    ) -> Script:
        """See ``ScriptWriter``; ``tell`` hears of each attempt. Raises ``ScriptWriterFailed``."""
        self._endpoint.check()
        if not self._name:
            named = f"Set {self._setting}NAME." if self._setting else "Choose one."
            raise ScriptWriterFailed(f"The script endpoint needs a model name. {named}")
        return _written(
            self.ask,
            brief,
            seed=seed,
            rate=rate,
            hook_kind=hook_kind,
            writer=f"endpoint:{self._name}",
            tell=tell,
        )

    def ask(self, messages: list[Message], schema: Schema, seed: int) -> str:
        """The text that the server answers to a conversation, unread. Raises ``ScriptWriterFailed``."""
        while True:
            form = self._forms[0]
            body = {
                "model": self._name,
                "messages": messages,
                "temperature": 0.7,
                "seed": seed,
                "max_tokens": _MOST_TOKENS,
                **_response_format(form, schema),
            }
            status, content = self._endpoint.post("/chat/completions", body)
            if status not in _FORM_REFUSED or len(self._forms) == 1:
                break
            self._forms.remove(form)  # an older server
        self._endpoint.check_status(status, wanted="a script")
        return _content_of(content)


def _response_format(form: str, schema: Schema) -> dict[str, Any]:
    if form == "json_schema":
        told = {"name": "script", "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": told}}
    return {"response_format": {"type": "json_object"}} if form == "json_object" else {}


def _content_of(content: bytes) -> str:
    """The text a model answered. Raises ``ScriptWriterFailed`` for what is not a chat completion."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise ScriptWriterFailed("The script endpoint's answer is not JSON.") from None
    try:
        text = data["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise ScriptWriterFailed("The script endpoint's answer is not a chat completion.") from None
    if not isinstance(text, str):
        raise ScriptWriterFailed("The script endpoint's answer holds no text.")
    return text


class GgufWriter:
    """A GGUF file that llama.cpp runs on this machine (``xllamacpp``, an optional package), held to the answer's schema.

    It runs in a process of its own (``gguf_engine``), started at the first script and ended when it has been idle for ten
    minutes. One script is written at a time, on ``threads`` threads of the CPU, so that a site of two cores goes on
    answering. ``setting`` names the setting that holds the path, "" where a person chose it on a page.
    """

    hears_attempts = True  # ``write`` takes ``tell``

    def __init__(
        self,
        path: str,
        *,
        threads: int = 1,
        timeout_seconds: float = 300.0,
        setting: str = "AIGC_SCRIPT_GGUF",
    ) -> None:
        self._path = Path(path) if path else None
        self._threads = threads
        self._timeout_seconds = timeout_seconds
        self._setting = setting
        self._lock = threading.Lock()
        self._engine: subprocess.Popen[str] | None = None
        self._endpoint: EndpointWriter | None = None
        self._idle: threading.Timer | None = None

    def write(
        self,
        brief: Brief,
        *,
        seed: int,
        rate: float,
        hook_kind: HookKind | None = None,
        tell: Tell | None = None,
    ) -> Script:
        """See ``ScriptWriter``; ``tell`` hears of each attempt. Raises ``ScriptWriterFailed``."""
        with self._lock:
            endpoint = self._running()
            try:
                return _written(
                    endpoint.ask,
                    brief,
                    seed=seed,
                    rate=rate,
                    hook_kind=hook_kind,
                    writer=f"gguf:{self._path.name if self._path else ''}",
                    tell=tell,
                )
            finally:
                self._idle = threading.Timer(_IDLE_SECONDS, self.close)
                self._idle.daemon = True
                self._idle.start()

    def close(self) -> None:
        """End the engine, whose memory comes back; the next script starts it again."""
        with self._lock:
            self._end()

    def _running(self) -> EndpointWriter:
        """The engine's endpoint; started when it does not run."""
        if self._idle is not None:
            self._idle.cancel()
        if self._endpoint is not None and self._engine is not None and self._engine.poll() is None:
            return self._endpoint
        self._end()
        path = self._checked()
        key = secrets.token_urlsafe(24)
        options = ["--threads", str(self._threads)]
        engine = subprocess.Popen(
            [sys.executable, "-m", "generation.script.gguf_engine", str(path), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[2],
            text=True,
        )
        self._engine = engine
        address = _said_by(engine, key)
        if not address:
            self._end()
            raise ScriptWriterFailed(
                f"The file {path.name!r} cannot be loaded. It may be damaged, newer than the package, or too large for the memory."
            )
        self._endpoint = EndpointWriter(address, path.name, key, self._timeout_seconds, calls=1)
        return self._endpoint

    def _checked(self) -> Path:
        path = self._path
        if path is None:
            raise ScriptWriterFailed(
                f"No GGUF file is set for the script writer. Set {self._setting or 'a file'}."
            )
        if fault := not_gguf(path):
            raise ScriptWriterFailed(fault)
        if find_spec("xllamacpp") is None:
            raise ScriptWriterFailed(
                "A GGUF file needs the package xllamacpp: pip install -r requirements-gguf.txt into .venv, then start again."
            )
        return path

    def _end(self) -> None:
        engine, self._engine, self._endpoint = self._engine, None, None
        if engine is not None:
            engine.kill()
            engine.wait()
            for stream in (engine.stdin, engine.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()


def _said_by(engine: subprocess.Popen[str], key: str) -> str:
    """The engine's address, once its model is loaded; "" when it ended instead or takes too long."""
    assert engine.stdin is not None and engine.stdout is not None
    patience = threading.Timer(_LOAD_SECONDS, engine.kill)
    patience.start()
    try:
        engine.stdin.write(f"{key}\n")
        engine.stdin.flush()
        return engine.stdout.readline().strip()
    except OSError:
        return ""
    finally:
        patience.cancel()


def not_gguf(path: Path) -> str:
    """Why ``path`` holds no model in the GGUF format, as a sentence; "" when it may."""
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError:
        return f"The file {path.name!r} is not there or cannot be read."
    return "" if magic == b"GGUF" else f"The file {path.name!r} is no GGUF file."
