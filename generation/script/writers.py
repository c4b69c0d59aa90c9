"""Scripts by language models: a local ``transformers`` folder, or an endpoint that speaks the OpenAI chat protocol.

Both ask for one JSON object and treat the answer as hostile data (see ``proposals``). A refused answer is asked for
again with the reason; after the last attempt ``ScriptWriterFailed`` says in words what was wrong.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.endpoints import Endpoint
from generation.errors import ScriptWriterFailed
from generation.script.brief import Brief
from generation.script.proposals import ProposalRefused, instructions, proposal_of, script_of
from generation.script.script import Script
from generation.storyboard import HookKind

_LEAST_TOKENS = 200  # no script is shorter
ATTEMPTS = 3  # answers asked for, each with the fault of the one before
Message = dict[str, str]


def _written(
    ask: Callable[[list[Message], int], str],
    brief: Brief,
    *,
    seed: int,
    rate: float,
    hook_kind: HookKind | None,
    writer: str,
) -> Script:
    """Ask until an answer passes. ``ask`` gets the conversation and a seed that differs with each attempt."""
    messages: list[Message] = [
        {"role": "user", "content": instructions(brief, rate=rate, hook_kind=hook_kind)}
    ]
    fault = ""
    for attempt in range(ATTEMPTS):
        answer = ask(
            messages if not fault else [*messages, _complaint(fault)], (seed + 7919 * attempt) % 2**31
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

    def __init__(self, folder: str, *, max_new_tokens: int = 900, timeout_seconds: float = 300.0) -> None:
        self._folder = Path(folder) if folder else None
        self._max_new_tokens = max_new_tokens
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def write(self, brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None = None) -> Script:
        """See ``ScriptWriter``. Raises ``ScriptWriterFailed``."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            name = self._folder.name if self._folder else ""
            return _written(
                self._ask, brief, seed=seed, rate=rate, hook_kind=hook_kind, writer=f"transformers:{name}"
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


class EndpointWriter:
    """Any server with ``POST {url}/chat/completions``: vLLM, Ollama, llama.cpp, or a paid service."""

    def __init__(
        self,
        url: str,
        name: str,
        api_key: str = "",
        timeout_seconds: float = 30.0,
        *,
        backoff_seconds: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = name
        self._endpoint = Endpoint(
            url,
            api_key,
            name="script endpoint",
            setting="AIGC_SCRIPT_",
            instead="use the topic bank",
            error=ScriptWriterFailed,
            max_bytes=MAX_RESPONSE_BYTES,
            timeout_seconds=timeout_seconds,
            backoff_seconds=backoff_seconds,
            sleep=sleep,
        )

    def write(self, brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None = None) -> Script:
        """See ``ScriptWriter``. Raises ``ScriptWriterFailed``."""
        self._endpoint.check()
        if not self._name:
            raise ScriptWriterFailed("The script endpoint needs a model name. Set AIGC_SCRIPT_NAME.")
        return _written(
            self._ask, brief, seed=seed, rate=rate, hook_kind=hook_kind, writer=f"endpoint:{self._name}"
        )

    def _ask(self, messages: list[Message], seed: int) -> str:
        body: dict[str, Any] = {
            "model": self._name,
            "messages": messages,
            "temperature": 0.7,
            "seed": seed,
            "max_tokens": 2000,
            "response_format": {"type": "json_object"},
        }
        status, content = self._endpoint.post("/chat/completions", body)
        if status == 400:  # an older server
            del body["response_format"]
            status, content = self._endpoint.post("/chat/completions", body)
        self._endpoint.check_status(status, wanted="a script")
        return _content_of(content)


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
