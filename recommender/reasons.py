"""Why a video is shown, in the reader's language; the codes are what the ranking recorded."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def sentence(reason: dict[str, Any]) -> str:
    """The sentence for a recorded reason ``{code, …}``."""
    code = reason.get("code", "")
    if code == "newest":
        return _("It is new.")
    raise ValueError(f"No sentence for reason {code!r}; add one to recommender/reasons.py.")
