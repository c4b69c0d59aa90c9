"""Counting in English: decimals without a whole, and amounts that stand before their noun."""

from __future__ import annotations

import re

from generation.language.numerals.english import one_by_one
from generation.language.numerals.english import quantity as _full_quantity

# "a $5 million deal": an amount before its noun stands in the singular.
_ONE_BEFORE = re.compile(
    r"\b(?:an?|the|this|that|each|every|another|one|his|her|its|our|your|their|my|new|big|huge|small|whole|first|second|single|massive|entire|two|three|four|five|six|seven|eight|nine|ten|dozen|many|several)\s$",
    re.IGNORECASE,
)

_NOUN_AFTER = re.compile(
    r"[\s-](?!(?:in|of|for|to|and|or|per|is|was|are|were|at|on|from|with|by|a|an|the|each|more|less|off|into|out|they|we|he|she|it|you|i|that|which"
    r"|as|than|but|if|when|who|has|had|have|will|can|every|before|after|plus|up|down|over|under|back|now|today|so|not|only|about|between)\b)[a-z]{2,}"
)


def quantity(number: str) -> str:
    return f"point {one_by_one(number)}" if number.startswith(".") else _full_quantity(number)


def attributive(before: str, after: str) -> bool:
    return bool(_ONE_BEFORE.search(before) and _NOUN_AFTER.match(after))
