"""What a program's JSON may be: bounded in depth, without halves of characters that no answer could repeat."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions, parsers

DEEPEST = 64  # lists and objects in one another; no document of ours has ten
_SURROGATES = range(0xD800, 0xE000)


class BoundedJSONParser(parsers.JSONParser):
    """REST framework's, which also refuses NaN; what it would only stumble over later is refused here in words."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            value = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise _too_deep() from None
        check_value(value)
        return value


def check_value(value: Any) -> None:
    """Raises ``ParseError`` for a value that is nested beyond ``DEEPEST`` or holds a lone surrogate."""
    level = [value]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += [*one.keys(), *one.values()]
            elif isinstance(one, list):
                inner += one
            elif isinstance(one, str) and not one.isascii() and any(ord(sign) in _SURROGATES for sign in one):
                raise exceptions.ParseError(
                    "The JSON holds half a character (a lone surrogate such as \\ud800). Send whole characters."
                )
        if not inner:
            return
        level = inner
    raise _too_deep()


def _too_deep() -> exceptions.ParseError:
    return exceptions.ParseError(f"The JSON is nested more than {DEEPEST} deep. Send a flatter one.")
