"""What there is to learn from: snapshots with their origin, and what cleaning did to them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.roles import ADMINISTRATOR, ANALYST
from core.web import role_required
from generation.collection.snapshots import DataSnapshot
from generation.services.datasets import snapshots_all

SHOWN = 20
REASONS = {
    "no_title": _("No title"),
    "language_unknown": _("Neither Chinese nor English"),
    "too_short": _("Too short"),
    "too_long": _("Too long"),
    "unsafe": _("Unsafe"),
    "duplicate": _("The same as another"),
    "near_duplicate": _("Nearly the same as another"),
    "unreadable": _("Cannot be read"),
}


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def datasets(request: HttpRequest) -> HttpResponse:
    return render(request, "versions/datasets.html", {"rows": [_row(one) for one in snapshots_all()[:SHOWN]]})


def _row(snapshot: DataSnapshot) -> dict[str, Any]:
    """A snapshot for its card: shares are of the rows before cleaning, heights of the tallest bar."""
    report = snapshot.manifest["report"]
    tallest = max((count for _, count in report["lengths"]), default=1)
    return {
        "snapshot": snapshot,
        "report": report,
        "steps": [
            {
                **step,
                "label": REASONS.get(step["reason"], step["reason"]),
                "share": step["removed"] / report["before"],
            }
            for step in report["steps"]
        ],
        "bars": [
            {
                "length": length,
                "count": count,
                "height": 100 * count / tallest,
                "top": 100 - 100 * count / tallest,
            }
            for length, count in report["lengths"][:40]
        ],
        "unit": _("letters") if report["languages"] else _("pixels, the shorter side"),
    }
