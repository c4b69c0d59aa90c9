"""Who writes the scripts of this site: the topic bank, with the language model of the settings or of the administrators' page.

The settings win: where AIGC_SCRIPT_WRITER names a language model, the page shows it and changes nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings

from core.sealing import opened
from generation import generators
from generation.generators import ScriptWriter
from generation.models import WriterChoice
from generation.script.chosen import ChosenWriter
from generation.script.writers import CALLS, EndpointWriter, GgufWriter, TransformersWriter

KEY_PURPOSE = "writer key"
BANK = "script"  # the alias of the topic bank in settings.GENERATORS
Source = Literal["", "settings", "page"]

_LOCAL_SECONDS = 300.0  # in which this machine's processor writes an answer; a server far away needs less

_lock = threading.Lock()
_kept: dict[str, tuple[Any, ScriptWriter]] = {}  # the one model in use, which may hold a gigabyte


@dataclass(frozen=True)
class SiteModel:
    """The site's language model: its ``name`` for people, what it is for, and who says so ("" is nobody: there is none)."""

    name: str = ""
    use: str = WriterChoice.Use.OFF
    source: Source = ""
    choice: WriterChoice | None = field(default=None, compare=False)

    @property
    def writes(self) -> bool:
        return self.use != WriterChoice.Use.OFF

    @property
    def writes_all(self) -> bool:
        return self.use == WriterChoice.Use.ALL


def site_model() -> SiteModel:
    """What is chosen now; one query."""
    alias = settings.SCRIPT_WRITER
    if alias != BANK:
        options = settings.GENERATORS["script"].get(alias, {}).get("OPTIONS", {})
        place = options.get("name") or options.get("path") or options.get("folder") or alias
        return SiteModel(str(place).rstrip("/").rpartition("/")[2], settings.SCRIPT_SCOPE, "settings")
    choice = WriterChoice.objects.filter(pk=WriterChoice.ROW).first()
    if choice is None:
        return SiteModel()
    return SiteModel(choice.name, choice.use, "page", choice)


def script_writer() -> ScriptWriter:
    """The writer of the site's jobs. Raises ``BackendUnknown`` or ``SecretUnreadable``."""
    model = site_model()
    if not model.writes:
        return generators.script_writer(settings.GENERATORS, BANK)
    return ChosenWriter(model_writer(model), name=model.name, everything=model.writes_all)


def model_writer(model: SiteModel, *, calls: int | None = None) -> Any:
    """The language model itself; what takes memory is loaded once a process. ``calls`` bounds those to a server for an answer.

    Raises ``BackendUnknown`` or ``SecretUnreadable``.
    """
    if model.choice is None:
        return generators.script_writer(settings.GENERATORS, settings.SCRIPT_WRITER)
    choice = model.choice
    if calls is not None and choice.kind == WriterChoice.Kind.ENDPOINT:
        return _built(choice, calls=calls)
    mark = (choice.kind, choice.address, choice.name, choice.path, choice.sealed_key)
    with _lock:
        known = _kept.get("page")
        if known is None or known[0] != mark:
            if known is not None and isinstance(known[1], GgufWriter):
                known[1].close()  # before the next one is loaded
            _kept.clear()
            _kept["page"] = known = (mark, _built(choice))
        return known[1]


def _built(choice: WriterChoice, *, calls: int | None = None) -> ScriptWriter:
    timeout: float = settings.SCRIPT_TIMEOUT_SECONDS
    if choice.kind == WriterChoice.Kind.GGUF:
        return GgufWriter(
            choice.path,
            threads=settings.SCRIPT_THREADS,
            timeout_seconds=max(timeout, _LOCAL_SECONDS),
            setting="",
        )
    if choice.kind == WriterChoice.Kind.FOLDER:
        return TransformersWriter(choice.path, timeout_seconds=timeout)
    key = opened(choice.sealed_key, purpose=KEY_PURPOSE)
    return EndpointWriter(choice.address, choice.name, key, timeout, setting="", calls=calls or CALLS)
