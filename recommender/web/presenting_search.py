"""A found video in the shape that clients and pages read, with the true reason why it was found."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from recommender.search import Hit
from recommender.web.presenting import video_fields


def why(hit: Hit) -> str:
    """Why this video was found, in the reader's language."""
    if hit.words:
        return _("Says {words}").format(words=_quoted(hit.words))
    if hit.translated:
        return _("Says {words}, which means the same").format(words=_quoted(hit.translated))
    return _("Similar in meaning")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"“{word}”" for word in words[:4])


def hit_answer(hit: Hit) -> dict[str, Any]:
    """``video_fields`` with score, reason and the stretch of text that answers."""
    return {
        **video_fields(hit.video),
        "score": round(hit.score, 5),
        "why": why(hit),
        "why_code": "words" if hit.words else "translation" if hit.translated else "meaning",
        "words": [*hit.words, *hit.translated],
        "snippet": [{"text": part.text, "marked": part.marked} for part in hit.snippet],
    }
