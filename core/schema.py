"""JSON schemas of documents, as parts of the API's own OpenAPI 3.0 schema."""

from __future__ import annotations

from typing import Any

NULL = {"type": "null"}


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """``schema`` with each ``$ref`` to its own ``$defs`` replaced by what it names, in the words OpenAPI 3.0 knows.

    No definition may hold itself.
    """
    definitions = schema.get("$defs", {})

    def resolve(part: Any) -> Any:
        if isinstance(part, list):
            return [resolve(entry) for entry in part]
        if not isinstance(part, dict):
            return part
        if name := part.get("$ref"):
            return resolve(definitions[name.rpartition("/")[2]])
        dropped = ("$defs", "discriminator", "additionalProperties")
        plain = {key: resolve(value) for key, value in part.items() if key not in dropped}
        return _worded_for_3_0(plain)

    whole: dict[str, Any] = resolve(schema)
    return whole


def _worded_for_3_0(part: dict[str, Any]) -> dict[str, Any]:
    if NULL in part.get("anyOf", []):
        others = [entry for entry in part.pop("anyOf") if entry != NULL]
        part |= {**(others[0] if len(others) == 1 else {"anyOf": others}), "nullable": True}
        if part.get("default", 0) is None:
            del part["default"]
    if "const" in part:
        part["enum"] = [part.pop("const")]
    if "prefixItems" in part:
        part["items"] = part.pop("prefixItems")[0]  # our tuples hold one kind each
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if not isinstance(part.get(name, True), bool):
            part |= {bound: part[name], name: True}
    return part
