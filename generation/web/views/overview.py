"""What the platform made, for analysts. Straight from the tables."""

from __future__ import annotations

from statistics import median
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.languages import LANGUAGE_NAMES
from core.roles import ADMINISTRATOR, ANALYST
from core.web import role_required
from generation.models import GenerationJob, JobStage, Video
from generation.selectors import videos_shown
from generation.web.choices import STAGES

STAGES_LOOKED_AT = 500


@role_required(ANALYST, ADMINISTRATOR)
@require_safe
def dashboards(request: HttpRequest) -> HttpResponse:
    jobs = GenerationJob.objects.order_by()
    live = Video.objects.filter(deleted__isnull=True).order_by()
    states = dict(jobs.values_list("state").annotate(number=Count("pk")))
    context = {
        "now": timezone.now(),
        "states": _bars([(str(label), states.get(value, 0)) for value, label in GenerationJob.State.choices]),
        "stages": _stage_seconds(),
        "failures": list(
            jobs.filter(state=GenerationJob.State.FAILED)
            .values("error_code")
            .annotate(number=Count("pk"))
            .order_by("-number")
        ),
        "languages": _bars(
            [
                (LANGUAGE_NAMES.get(code, code or "–"), n)
                for code, n in live.values_list("language").annotate(n=Count("pk"))
            ]
        ),
        "videos": live.count(),
        "published": videos_shown().count(),
        "held": live.filter(state=Video.State.HELD).count(),
        "jobs": jobs.count(),
    }
    return render(request, "overview/dashboards.html", context)


def _bars(pairs: list[tuple[str, int]]) -> list[dict[str, Any]]:
    most = max((number for _label, number in pairs), default=0) or 1
    return [{"label": label, "number": number, "share": number / most} for label, number in pairs]


def _stage_seconds() -> list[dict[str, Any]]:
    """Median and count of each stage's duration over the newest finished stages."""
    rows: list[dict[str, Any]] = []
    for name, label in STAGES.items():
        done = JobStage.objects.filter(name=name, state=JobStage.State.DONE, ended__isnull=False).order_by(
            "-ended"
        )
        seconds = [stage.seconds for stage in done[:STAGES_LOOKED_AT] if stage.seconds is not None]
        if seconds:
            rows.append({"label": label, "median": median(seconds), "number": len(seconds)})
    longest = max((row["median"] for row in rows), default=0.0) or 1.0
    return [{**row, "share": row["median"] / longest} for row in rows]
