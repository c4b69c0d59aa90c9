"""What the site makes: jobs, their stages, versions of the generators and what training them came to."""

from __future__ import annotations

from statistics import median

import pandas as pd
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from analytics.models import SiteHour
from analytics.selectors.frames import framed
from analytics.selectors.scope import Scope
from core.languages import LANGUAGE_NAMES
from generation.models import GenerationJob, JobStage, ModelVersion, TrainingRun, Video
from generation.moderation.models import Report

STAGES_LOOKED_AT = 500
ROWS = 200
DONE, FAILED = GenerationJob.State.DONE, GenerationJob.State.FAILED


def states() -> pd.DataFrame:
    """``state`` (its value) and ``jobs``, every state of the table."""
    counts = dict(GenerationJob.objects.order_by().values_list("state").annotate(jobs=Count("pk")))
    rows = [(value, counts.get(value, 0)) for value in GenerationJob.State.values]
    return pd.DataFrame(rows, columns=["state", "jobs"])


def failures(scope: Scope) -> pd.DataFrame:
    """``code`` and ``jobs`` that failed with it in the period."""
    rows = GenerationJob.objects.filter(state=FAILED, created__gte=scope.since, created__lt=scope.until)
    found = rows.order_by().values(code=F("error_code")).annotate(jobs=Count("pk")).order_by("-jobs")
    return framed(found, ["code"], ["jobs"]).astype({"jobs": int})


def stage_seconds() -> pd.DataFrame:
    """``stage``, median ``seconds`` and ``runs`` over the newest finished runs of each stage."""
    rows = []
    for name in dict.fromkeys(JobStage.objects.order_by("order").values_list("name", flat=True).distinct()):
        done = JobStage.objects.filter(name=name, state=JobStage.State.DONE, ended__isnull=False)
        seconds = [s.seconds for s in done.order_by("-ended")[:STAGES_LOOKED_AT] if s.seconds is not None]
        if seconds:
            rows.append((name, round(median(seconds), 3), len(seconds)))
    return pd.DataFrame(rows, columns=["stage", "seconds", "runs"])


def languages() -> pd.DataFrame:
    """``language`` and ``videos``, those in no bin."""
    found = (
        Video.objects.filter(deleted__isnull=True).order_by().values_list("language").annotate(n=Count("pk"))
    )
    rows = [(LANGUAGE_NAMES.get(code, code or "–"), n) for code, n in found]  # type: ignore[call-overload]
    return pd.DataFrame(rows, columns=["language", "videos"])


def output(scope: Scope) -> pd.DataFrame:
    """``day``, videos ``made`` and ``published`` on it."""
    when = {"gte": scope.since, "lt": scope.until}
    frames = []
    for column, moment in (("made", "created"), ("published", "published")):
        rows = Video.objects.filter(
            **{f"{moment}__{bound}": value for bound, value in when.items()}
        ).order_by()
        if scope.owner:
            rows = rows.filter(owner=scope.owner)
        found = rows.values(day=TruncDate(moment)).annotate(n=Count("pk")).values_list("day", "n")
        frames.append(pd.Series(dict(found), name=column, dtype=float))
    every = pd.date_range(scope.first_day, scope.last_day, freq="D")
    whole = pd.concat(frames, axis=1)
    whole.index = pd.to_datetime(whole.index)
    return whole.reindex(every).fillna(0).rename_axis("day").reset_index()


def sums(scope: Scope) -> dict[str, float]:
    """What the metrics of production and moderation are made of."""
    made = Video.objects.filter(created__gte=scope.since, created__lt=scope.until)
    public = Video.objects.filter(published__gte=scope.since, published__lt=scope.until)
    ended = GenerationJob.objects.filter(ended__gte=scope.since, ended__lt=scope.until)
    stages = JobStage.objects.filter(ended__gte=scope.since, ended__lt=scope.until, started__isnull=False)
    hours = SiteHour.objects.filter(
        hour__gte=scope.since, hour__lt=scope.until, simulated__in=scope.simulated
    )
    watched = hours.aggregate(seconds=Sum("watch_seconds"), impressions=Sum("impressions"))
    reports = Report.objects.filter(created__gte=scope.since, created__lt=scope.until, counted=True)
    return {
        "published": public.count(),
        "creators": public.values("owner").distinct().count(),
        "failed": ended.filter(state=FAILED).count(),
        "ended": ended.filter(Q(state=FAILED) | Q(state=DONE)).count(),
        "stage_seconds": sum(
            (last - first).total_seconds()
            for first, last in stages.values_list("started", "ended")
            if first and last
        ),
        "watch_hours": float(watched["seconds"] or 0) / 3600,
        "impressions": float(watched["impressions"] or 0),
        "reports": reports.count(),
        "held": made.filter(state=Video.State.HELD).count(),
        "made": made.count(),
    }


def versions(kind: str = "") -> pd.DataFrame:
    """The registry, newest first: id, kind, state, when trained and promoted, its parent, and its metrics as columns."""
    rows = ModelVersion.objects.filter(kind=kind) if kind else ModelVersion.objects.all()
    found = []
    for row in rows.order_by("-created")[:ROWS]:
        own = row.metrics.get(
            "new", row.metrics.get("candidate", row.metrics)
        )  # a ranker's beside its rivals'
        numbers = (
            {k: v for k, v in own.items() if isinstance(v, int | float)} if isinstance(own, dict) else {}
        )
        found.append(
            {
                "version": row.pk, "kind": row.kind, "state": row.state, "created": row.created,
                "promoted": row.promoted, "parent": row.parent_id, **numbers,
            }
        )  # fmt: skip
    return pd.DataFrame(found)


def trainings() -> pd.DataFrame:
    """Training runs, newest first: run, kind, state, its version, when it began and how long it took (s)."""
    rows = [
        {
            "run": run.pk, "kind": run.kind, "state": run.state, "version": run.version_id, "created": run.created,
            "seconds": (run.ended - run.created).total_seconds() if run.ended else None, "error": run.error_code,
        }
        for run in TrainingRun.objects.order_by("-created")[:ROWS]
    ]  # fmt: skip
    return pd.DataFrame(rows)
