"""Whether numbers and signs are arithmetic: 5-3=2 is neither a score nor a range."""

from __future__ import annotations

import re

_RESULT = re.compile(
    r"(?:\s?[-+×*÷/]\s?[0-9.,]*[0-9])*\s?(?:=|等于|是多少|得多少|等于几|得几|equals\b|makes\b|is\s[0-9])"
)
_ASKED = re.compile(
    r"(?:=\s?(?:[0-9.,]+\s?[-+×*÷/]\s?)*|计算|口算|算一?算|what(?:'s|’s| is)\s|[Cc]ompute\s|[Cc]alculate\s)\s?$",
    re.IGNORECASE,
)


def is_sum(written: str, before: str, after: str) -> bool:
    """Whether ``written``, two numbers with a hyphen, is a difference among ``before`` and ``after``."""
    return "-" in written and bool(
        _RESULT.match(after) or _ASKED.search(before) or re.search(r"[0-9]\s?[+×÷]\s?$", before)
    )
