"""Names of the days of the week."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS_ABBR


def weekdays() -> dict[int, str]:
    """1 Monday – 7 Sunday, in the reader's language."""
    return {place + 1: str(name) for place, name in WEEKDAYS_ABBR.items()}
