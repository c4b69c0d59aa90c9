"""An alias of ``settings.GENERATORS`` → a generator object, made once a process."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from generation.errors import BackendUnknown
from generation.script.script import ScriptWriter


@cache
def generator(alias: str) -> Any:
    """The object that ``alias`` names. Raises ``BackendUnknown`` listing the known ones."""
    try:
        entry = cast(dict[str, Any], settings.GENERATORS)[alias]
    except KeyError:
        known = ", ".join(sorted(settings.GENERATORS))
        raise BackendUnknown(f"No generator is called {alias!r}; settings.GENERATORS has {known}.") from None
    return import_string(entry["BACKEND"])(**entry["OPTIONS"])


def script_writer() -> ScriptWriter:
    """The writer that AIGC_SCRIPT_WRITER names."""
    return cast(ScriptWriter, generator(settings.SCRIPT_WRITER))
