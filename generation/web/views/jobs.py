"""One job: its page, its live progress, and what its creator may do with it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import PlatformError
from core.web import found, known_language
from generation.models import GenerationJob
from generation.script.matching import TopicMatch, nearest_topics
from generation.script.planner import NEAREST_NAMED
from generation.selectors import job_for, job_repeated, job_snapshot, job_title, storyboard_current
from generation.services.jobs import job_cancel, job_render, job_retry
from generation.web.choices import HOOKS, MOODS, STAGES
from generation.web.error_texts import failure_text, tell_error
from generation.web.policy_texts import policy_rows
from generation.web.repair_texts import OUTCOMES, repair_text

STREAM_SECONDS = 60.0
STREAMS_MAX = 8
LOOK_EVERY_SECONDS = 0.5
COMMENT_EVERY_SECONDS = 10.0
_streams = threading.BoundedSemaphore(STREAMS_MAX)


@login_required
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(job_for, request.user, pk)
    shown = page_snapshot(row)
    earlier = job_repeated(row)
    storyboard = storyboard_current(row)
    board = storyboard.document if storyboard else None
    context = {
        "earlier": earlier,
        "earlier_title": job_title(earlier) if earlier else "",
        "job": row,
        "snapshot": shown,
        "video": getattr(row, "video", None),
        "storyboard": storyboard,
        "board": board,
        "claims": [claim for scene in (board or {}).get("scenes", []) for claim in scene.get("check", [])],
        "fallback": next((s["detail"].get("fallback") for s in shown["stages"] if s["name"] == "script"), ""),
        "near": _near(row),
        "policy": policy_rows(row),
    }
    return render(request, "jobs/job.html", context)


def _near(row: GenerationJob) -> list[TopicMatch]:
    """What the bank has near a topic that nobody could write."""
    if row.error_code != "points_needed":
        return []
    return nearest_topics(row.topic, language=known_language(row.language), k=NEAREST_NAMED)


def page_snapshot(row: GenerationJob) -> dict[str, Any]:
    """``job_snapshot`` with the words a page shows beside its numbers."""
    shown = job_snapshot(row)
    for stage in shown["stages"]:
        stage["title"] = str(STAGES.get(stage["name"], stage["name"]))
        stage["text"] = detail_text(stage["detail"])
        if stage["name"] == "render" and stage["state"] == "running":
            stage["text"] = _frames_text(row, stage["progress"])
    for repair in shown["repairs"]:
        repair["text"], repair["outcome_text"] = repair_text(repair), str(OUTCOMES[repair["outcome"]])
    shown["state_text"] = row.get_state_display()
    if shown["error"]:
        shown["error"]["detail"] = failure_text(shown["error"]["code"], shown["error"]["detail"])
    return shown


def _frames_text(row: GenerationJob, progress: float) -> str:
    """How many of the frames are drawn; the voice stage's storyboard says how many there will be."""
    board = next((s.result.get("board") for s in row.stages.all() if s.name == "voice"), None)
    if not board:
        return ""
    total = round(sum(scene["seconds"] for scene in board["scenes"]) * board["fps"])
    return _("frame %(frame)s of %(frames)s") % {"frame": round(total * progress), "frames": total}


def detail_text(detail: dict[str, Any]) -> str:
    """What a stage found or is at, in a few words; empty when it says nothing yet."""
    parts: list[str] = []
    if detail.get("writer") not in (None, "bank"):
        parts.append(_("written by %(name)s") % {"name": detail["writer"].partition(":")[2]})
    if "scenes" in detail:
        parts.append(_("%(count)s scenes") % {"count": detail["scenes"]})
    if detail.get("hook") in HOOKS:
        parts.append(str(HOOKS[detail["hook"]]))
    if detail.get("check"):
        parts.append(_("claims to check: %(count)s") % {"count": detail["check"]})
    if "words" in detail:
        parts.append(_("%(count)s words, timed") % {"count": detail["words"]})
    if detail.get("mood") in MOODS:
        parts.append(str(MOODS[detail["mood"]]))
    if detail.get("tempo"):
        parts.append(_("%(count)s bpm") % {"count": round(detail["tempo"])})
    if "frames" in detail:
        parts.append(_("%(count)s frames") % {"count": detail["frames"]})
    if "passed" in detail:
        parts.append(_("everything in order") if detail["passed"] else _("found problems"))
    return " · ".join(parts)


@login_required
@require_safe
def snapshot(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as the stream's last event, for browsers or proxies without event streams."""
    return JsonResponse(page_snapshot(found(job_for, request.user, pk)))


class SnapshotStream:
    """Server-sent events of one job for at most a minute; holds one of the process's few streams until closed."""

    def __init__(self, user: Any, pk: int) -> None:
        self._lines = self._events(user, pk)
        self._closed = threading.Lock()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._lines)

    def close(self) -> None:
        """Give the stream's place back, once; also when nobody ever read from it."""
        if self._closed.acquire(blocking=False):
            self._lines.close()
            _streams.release()

    @staticmethod
    def _events(user: Any, pk: int) -> Generator[bytes, None, None]:
        started = said = time.monotonic()
        last = ""
        yield b"retry: 1500\n\n"
        while time.monotonic() - started < STREAM_SECONDS:
            shown = page_snapshot(job_for(user, pk))
            ended = shown["state"] in (*GenerationJob.ENDED, GenerationJob.State.EDITING)
            # Elapsed time runs on in the browser; only what changes otherwise is worth an event.
            text = json.dumps({k: v for k, v in shown.items() if k != "elapsed_seconds"}, default=str)
            if text != last:
                last, said = text, time.monotonic()
                yield f"event: job\ndata: {json.dumps(shown, default=str)}\n\n".encode()
            elif time.monotonic() - said > COMMENT_EVERY_SECONDS:
                said = time.monotonic()
                yield b": still here\n\n"
            if ended:
                return
            time.sleep(LOOK_EVERY_SECONDS)


@login_required
@require_safe
def events(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    found(job_for, request.user, pk)
    if not _streams.acquire(blocking=False):
        busy = JsonResponse(
            {"code": "streams_busy", "detail": "All live streams are taken; ask for snapshots."}, status=503
        )
        busy["Retry-After"] = "5"
        return busy
    response = StreamingHttpResponse(SnapshotStream(request.user, pk), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(job_for, request.user, pk)
    try:
        job_cancel(job=row)
        messages.success(request, _("Cancelled. You can take it up again from this page."))
    except PlatformError as error:
        tell_error(request, error)
    return redirect("job", pk)


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    row = found(job_for, request.user, pk)
    try:
        job_retry(job=row)
    except PlatformError as error:
        tell_error(request, error)
    return redirect("job", pk)


@login_required
@require_POST
def render_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the video from the newest script, as a draft or in full quality."""
    row = found(job_for, request.user, pk)
    quality = request.POST.get("quality")
    try:
        job_render(job=row, quality=quality if quality in ("draft", "full") else None)
    except PlatformError as error:
        tell_error(request, error)
    return redirect("job", pk)
