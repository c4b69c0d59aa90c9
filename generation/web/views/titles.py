"""What is said of a title while it is typed; nothing of it is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.roles import CREATOR
from core.throttles import rate_take
from core.web import known_language, role_required
from generation.services.titles import title_advice

LONGEST = 120  # characters, as a video's title


@role_required(CREATOR)
@require_POST
def advice(request: HttpRequest) -> HttpResponse:
    """A piece of the page below the title's field; 429 when somebody asks oftener than people type."""
    rate_take(request, "titles")
    title = request.POST.get("title", "").strip()[:LONGEST]
    language = known_language(request.POST.get("language"))
    context: dict[str, Any] = {"title": title, "title_language": language}
    if title:
        found = title_advice(title=title, language=language)
        context |= {
            "advice": found,
            "band": None if found.place is None else _band(found.place, found.low, found.high),
            "hypotheses": [_sentences()[code] for code in found.hypotheses],
        }
    return render(request, "titles/_advice.html", context)


def _band(place: float, low: float | None, high: float | None) -> dict[str, int]:
    return {"place": round(100 * place), "low": round(100 * (low or 0)), "high": round(100 * (high or 0))}


def _sentences() -> dict[str, str]:
    """Each hypothesis as something to try."""
    return {
        "shorter": _("Say it shorter: cut what the picture shows anyway."),
        "benefit": _("Say what the viewer gets."),
        "number": _("Name a number: how many, how long, how much."),
        "question": _("Ask the question that the video answers."),
        "contrast": _("Put the contrast first: what people believe, and what is so."),
        "viewer": _("Speak to the viewer: “you”, “how to”."),
        "person": _("Name a person whom it happens to."),
    }
