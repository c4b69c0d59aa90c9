"""What pydantic finds wrong with a document, as one sentence of ours: which field, the rule, the value."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

_QUOTED = re.compile("'([^']*)'")
_TYPES = {
    "int_type": "int",
    "float_type": "float",
    "string_type": "str",
    "bool_type": "bool",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object",
    "dataclass_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


def first_problem(error: ValidationError, root: str, *, tagged: bool = False) -> tuple[str, str]:
    """(field, sentence) of the first thing wrong: ``("scenes[0].seconds", "storyboard.scenes[0].seconds must be …")``.

    ``tagged`` says that the document is a list of a tagged union, whose tag pydantic puts into the path.
    """
    found = error.errors(include_url=False)[0]
    kind, value, facts = found["type"], found.get("input"), found.get("ctx", {})
    loc = list(found["loc"])
    if tagged and len(loc) > 1:
        del loc[1]
    if kind in ("missing", "missing_argument"):
        field = _path(loc[:-1])
        return _path(loc), f"{_joined(root, field)} lacks a required field: {loc[-1]}."
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return _path(loc), f"{_joined(root, _path(loc[:-1]))} has an unknown field {str(loc[-1])!r}."
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        loc.append("op")
        value = facts.get("tag", "nothing")
    field = _path(loc)
    return field, f"{_joined(root, field)} {_rule(kind, value, facts, found['msg'])}."


def _rule(kind: str, value: Any, facts: dict[str, Any], message: str) -> str:
    if kind == "literal_error":
        allowed = ", ".join(_QUOTED.findall(facts["expected"]))
        return f"must be one of {allowed}, got {_shown(value)}"
    if kind == "union_tag_invalid":
        return f"must be one of {', '.join(_QUOTED.findall(facts['expected_tags']))}, got {_shown(value)}"
    if kind == "union_tag_not_found":
        return "is missing: it names the operation"
    if kind == "finite_number":
        return f"must be a finite number, got {_shown(value)}"
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        words = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}
        name = next(iter(facts))
        return f"must be {words[name]} {facts[name]:g}, got {_shown(value)}"
    if kind in ("too_short", "too_long"):
        return f"has {facts['actual_length']} entries, which does not go"
    if kind == "string_too_long":
        return f"must have at most {facts['max_length']} characters"
    if kind == "string_too_short":
        return f"must have at least {facts['min_length']} characters"
    if kind in _TYPES:
        shown = (
            _shown(value)
            if kind.split("_")[0] in ("int", "float", "string", "bool")
            else type(value).__name__
        )
        return f"must be {_TYPES[kind]}, got {shown}"
    return f"is not what it must be ({message.rstrip('.')})"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _path(loc: list[int | str]) -> str:
    path = ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _joined(root: str, field: str) -> str:
    return f"{root}.{field}" if field and not field.startswith("[") else f"{root}{field}"
