"""What can be asked of a text: control tokens by name and value (Keskar et al. 2019, "CTRL").

A token is written ``<|name:value|>``. The vocabulary holds all of them from the start, so that what is learned later needs
no new tokenizer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from generation.ml.language_model.errors import ControlUnknown

CATEGORIES = 48  # slots; which category has which is the caller's, in order of its own file
VALUES: dict[str, tuple[str, ...]] = {
    "language": ("zh", "en"),
    "kind": ("title", "hook", "closing", "point"),
    "form": ("question", "number", "statement", "imperative", "exclamation", "quote"),
    "hook": ("question", "number", "contrast", "story", "warning"),
    "length": ("short", "medium", "long"),
    "reward": tuple(str(decile) for decile in range(10)),
    "category": tuple(str(slot) for slot in range(CATEGORIES)),
}
CONTROL_TOKENS = tuple(f"<|{name}:{value}|>" for name, values in VALUES.items() for value in values)
_LENGTHS = {"zh": (8, 14), "en": (6, 10)}  # hanzi or words up to which a text is short, medium


def control_tokens(asked: Mapping[str, str | int]) -> list[str]:
    """The tokens for ``{"language": "zh", "reward": 9}``, in the order of the table. Raises ``ControlUnknown``."""
    unknown = sorted(set(asked) - set(VALUES))
    if unknown:
        raise ControlUnknown(f"A control is one of {', '.join(VALUES)}; {', '.join(unknown)} is not.")
    for name, value in asked.items():
        if str(value) not in VALUES[name]:
            raise ControlUnknown(f"{name} is one of {', '.join(VALUES[name])}; {value} is not.")
    return [f"<|{name}:{asked[name]}|>" for name in VALUES if name in asked]


def length_of(text: str, language: str) -> str:
    """short, medium or long."""
    count = len(text.split()) if language == "en" else len(text)
    short, medium = _LENGTHS[language]
    return "short" if count <= short else "medium" if count <= medium else "long"


def form_of_title(text: str, language: str) -> str:
    """How a title speaks: question, number, quote, exclamation, imperative or statement; the first that fits."""
    if re.search(r"[?？]", text) or re.match(_ASKS[language], text, re.IGNORECASE):
        return "question"
    if re.search(r"\d|[两三四五六七八九十]个", text):
        return "number"
    if re.search(r"[“\"「]", text):
        return "quote"
    if re.search(r"[!！]", text):
        return "exclamation"
    return "imperative" if re.match(_ORDERS[language], text, re.IGNORECASE) else "statement"


_ASKS = {
    "zh": r".*(吗|呢|为什么|怎么|什么|哪|如何|多少|几)",
    "en": r"(why|how|what|who|when|where|which|is|are|do|does|can|should|will)\b",
}
_ORDERS = {
    "zh": r"(别|不要|快|请|来|学会|记住)",
    "en": r"(stop|don't|never|always|try|make|keep|use|learn)\b",
}
