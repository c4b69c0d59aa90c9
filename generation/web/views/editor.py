"""The editor: the storyboard as a form that saves itself, one scene a card."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import PlatformError
from core.web import found
from generation.errors import StoryboardInvalid
from generation.media.pictures import search
from generation.media.scenes import PALETTES
from generation.media.speech import SAMPLE_RATE_HZ, synthesize, voices
from generation.models import GenerationJob, Storyboard, Upload
from generation.selectors import job_for, storyboard_current, upload_for, uploads_for
from generation.services.jobs import job_render
from generation.services.storyboards import storyboard_edit, storyboard_undo
from generation.web.choices import CAPTION_STYLES, LAYOUTS, MOODS, MUSIC_LEVELS, SPEEDS
from generation.web.error_texts import error_text, tell_error
from generation.web.views.create import palette_colors
from generation.web.views.editing import applied, layouts_for, operated
from generation.web.views.estimates import seconds_per_second
from generation.web.views.sounds import wav

FOUND_MAX = 24


def _board(job: GenerationJob) -> Storyboard:
    row = storyboard_current(job)
    if row is None:
        raise Http404
    return row


@login_required
@require_safe
def editor(request: HttpRequest, pk: int) -> HttpResponse:
    job = found(job_for, request.user, pk)
    if storyboard_current(job) is None:
        messages.info(request, _("The script is not written yet. This page shows how far it is."))
        return redirect("job", pk)
    return render(request, "editor/editor.html", _context(request, job, _board(job)))


def _context(request: HttpRequest, job: GenerationJob, row: Storyboard) -> dict[str, Any]:
    document = row.document
    voice = document["voice"]["name"]
    scenes = [
        {
            **scene,
            "place": place,
            "first": scene["pictures"][0] if scene["pictures"] else None,
            "swaps": _swaps(scene),
            "layouts": [(name, LAYOUTS[name]) for name in layouts_for(scene)],
        }
        for place, scene in enumerate(document["scenes"], 1)
    ]
    posters = {
        upload.pk: upload
        for upload in uploads_for(request.user).filter(
            pk__in=[s["media"]["upload"] for s in scenes if s["media"]]
        )
    }
    for scene in scenes:
        scene["upload"] = posters.get(scene["media"]["upload"]) if scene["media"] else None
    return {
        "job": job,
        "row": row,
        "board": document,
        "scenes": scenes,
        "locked": job.state in (GenerationJob.State.QUEUED, GenerationJob.State.RUNNING),
        "can_undo": job.storyboards.count() > 1,
        "voices": voices(document["language"]),
        "voice": voice,
        "palettes": [palette_colors(palette) for palette in PALETTES.values()],
        "moods": MOODS.items(),
        "caption_styles": CAPTION_STYLES.items(),
        "music_levels": _levels(MUSIC_LEVELS, document["music"]["level"]),
        "speeds": _levels(SPEEDS, document["voice"]["speed"]),
        "recordings": uploads_for(request.user).filter(kind=Upload.Kind.AUDIO, state=Upload.State.READY),
        "draft_seconds": seconds_per_second("draft") * document["target_seconds"],
        "full_seconds": seconds_per_second("full") * document["target_seconds"],
    }


def _levels(named: dict[str, Any], value: float) -> list[tuple[str, Any, bool]]:
    """(value, name, chosen) with the named step nearest to ``value`` chosen."""
    nearest = min(named, key=lambda step: abs(float(step) - value))
    return [(step, name, step == nearest) for step, name in named.items()]


def _swaps(scene: dict[str, Any]) -> list[tuple[str, str]]:
    first = scene["pictures"][0] if scene["pictures"] else None
    pairs = [entry.partition(":") for entry in (first["alternatives"] if first else [])]
    return [(set_name, name) for set_name, _sep, name in pairs if name][:5]


@login_required
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the form; with ``op`` also do one thing to a scene; with ``render`` go on to making the video."""
    job = found(job_for, request.user, pk)
    row = _board(job)
    form = request.POST.dict()
    _split_own_voice(form)
    said = ""
    try:
        document = _with_recording(applied(row.document, form), form, request)
        if operation := form.get("op", ""):
            document, said = operated(
                document, operation, form, lambda number: found(upload_for, request.user, number)
            )
        if document != row.document:
            row = storyboard_edit(job=job, document=document, note=said or _("Edited"))
        if form.get("render") in ("draft", "full"):
            job_render(job=job, quality=form["render"])
            return _go(request, reverse("job", args=[pk]))
    except (PlatformError, ObjectDoesNotExist) as error:
        text = error_text(error) if isinstance(error, PlatformError) else str(error)
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(text, status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, text)
        return redirect("editor", pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("editor", pk)
    context = _context(request, job, row) | {"said": said}
    return render(request, "editor/_scenes.html" if operation else "editor/_saved.html", context)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)


def _split_own_voice(form: dict[str, str]) -> None:
    """``own:12`` in the voice field means the creator's recording number 12."""
    name, _sep, number = form.get("voice", "").partition(":")
    if name == "own":
        form["voice"], form["voice-upload"] = "own", number


def _with_recording(document: dict[str, Any], form: dict[str, str], request: HttpRequest) -> dict[str, Any]:
    number = form.get("voice-upload", "")
    if number.isdecimal():
        upload = found(upload_for, request.user, int(number))
        if upload.kind != Upload.Kind.AUDIO or upload.state != Upload.State.READY:
            raise StoryboardInvalid(_("Only a voice-over that passed its check can be the voice."))
        document["voice"]["upload"] = upload.pk
    return document


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    job = found(job_for, request.user, pk)
    try:
        storyboard_undo(job=job)
        messages.success(request, _("Went back one step."))
    except PlatformError as error:
        tell_error(request, error)
    return redirect("editor", pk)


@login_required
@require_safe
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Drawings for a scene: those the words suggest, or what is searched for."""
    job = found(job_for, request.user, pk)
    document = _board(job).document
    scene = next((s for s in document["scenes"] if s["id"] == request.GET.get("scene")), None)
    if scene is None:
        raise Http404
    text = request.GET.get("q", "").strip()[:80]
    results = search(
        text or scene["picture_words"] or scene["line"], language=document["language"], k=FOUND_MAX
    )
    context = {"job": job, "scene": scene, "q": text, "results": results}
    return render(request, "editor/_pictures.html", context)


@login_required
@require_safe
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """The creator's own clips and images for a scene."""
    job = found(job_for, request.user, pk)
    document = _board(job).document
    scene = next((s for s in document["scenes"] if s["id"] == request.GET.get("scene")), None)
    if scene is None:
        raise Http404
    ready = uploads_for(request.user).filter(
        kind__in=(Upload.Kind.CLIP, Upload.Kind.IMAGE), state=Upload.State.READY
    )
    return render(request, "editor/_files.html", {"job": job, "scene": scene, "uploads": ready[:60]})


@login_required
@require_POST
def narration(request: HttpRequest, pk: int, scene: str) -> HttpResponse:
    """The scene's narration as it stands in the form, spoken by the voice chosen there."""
    job = found(job_for, request.user, pk)
    document = applied(_board(job).document, request.POST.dict())
    row = next((s for s in document["scenes"] if s["id"] == scene), None)
    if row is None:
        raise Http404
    voice = document["voice"]
    known = {v.id for v in voices(document["language"])}
    try:
        if voice["name"] not in known:
            raise StoryboardInvalid(_("Choose one of the platform’s voices to hear the narration."))
        spoken = synthesize(
            row["narration"], language=document["language"], voice=voice["name"], speed=voice["speed"]
        )
    except PlatformError as error:
        return HttpResponse(error_text(error), status=409, content_type="text/plain; charset=utf-8")
    sound = io.BytesIO()
    wav(sound, spoken.samples, SAMPLE_RATE_HZ)
    return HttpResponse(sound.getvalue(), content_type="audio/wav", headers={"Cache-Control": "no-store"})
