"""Read ``AIGC_*`` variables once: cast, default, unit and a one-line reason each; plain Python.

``VARIABLES`` collects what was read, so that docs/settings.md can be checked against the code.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    reason: str


VARIABLES: dict[str, Variable] = {}


class SettingInvalid(Exception):
    """A variable has a value its setting cannot take."""


def read(name: str, default: T, reason: str, cast: Callable[[str], T]) -> T:
    """The variable's value through ``cast``, or ``default``.

    Raises ``SettingInvalid`` naming the variable, its value and what was expected.
    """
    shown = ",".join(default) if isinstance(default, list) else str(default)
    VARIABLES[name] = Variable(name, shown, reason)
    raw = os.environ.get(name)
    if raw is None or raw == "":
        return default
    try:
        return cast(raw)
    except ValueError as error:
        raise SettingInvalid(f"{name} must be {cast.__name__}, got {raw!r}. It sets: {reason}") from error


def boolean(raw: str) -> bool:
    lowered = raw.strip().lower()
    if lowered in ("1", "true", "yes", "on"):
        return True
    if lowered in ("0", "false", "no", "off"):
        return False
    raise ValueError(raw)


def one_of(*allowed: str) -> Callable[[str], str]:
    """A cast that takes nothing but the ``allowed`` words."""

    def chosen(raw: str) -> str:
        if raw not in allowed:
            raise ValueError(raw)
        return raw

    chosen.__name__ = " or ".join(allowed)
    return chosen


def names(raw: str) -> list[str]:
    return [part.strip() for part in raw.split(",") if part.strip()]


class Mask(int):
    """Rights in octal digits, as ``umask`` and ``chmod`` take them."""

    def __new__(cls, digits: str) -> Mask:
        return super().__new__(cls, digits, 8)

    def __str__(self) -> str:
        return f"{self:03o}"
