"""The editor: the storyboard as a form that saves itself, one scene a card."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import PlatformError
from core.throttles import rate_take
from core.web import found
from generation.edits import AnyEdit, UseMedia, layouts_for
from generation.errors import SceneUnknown
from generation.media.pictures import search
from generation.media.scenes import PALETTES, named
from generation.media.speech import VoiceEntry, voice_found, voices
from generation.models import GenerationJob, StoryboardVersion, Upload
from generation.selectors import (
    job_for,
    preview_for,
    preview_sound,
    seconds_per_second,
    storyboard_current,
    upload_for,
    uploads_for,
)
from generation.services.awaited import line_spoken, preview_request
from generation.services.jobs import job_render
from generation.services.storyboards import storyboard_apply, storyboard_undo
from generation.storyboard import Storyboard
from generation.web.authentication import person_of
from generation.web.choices import CAPTION_STYLES, LAYOUTS, MOODS, MUSIC_LEVELS, SPEEDS
from generation.web.error_texts import error_text, tell_error
from generation.web.views.create import palette_colors
from generation.web.views.editing import form_edits, note_of, operation_edit

FOUND_MAX = 24


def _board(job: GenerationJob) -> StoryboardVersion:
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


def _voices(board: Storyboard) -> list[VoiceEntry]:
    """Those on offer, and the one that speaks now if it no longer is."""
    offered = list(voices(board.language))
    speaking = voice_found(board.voice.name)
    return offered if speaking is None or speaking in offered else [*offered, speaking]


def _context(request: HttpRequest, job: GenerationJob, row: StoryboardVersion) -> dict[str, Any]:
    document = row.document
    board = Storyboard.from_json(document)
    voice = board.voice.name
    scenes = [
        {
            **scene,
            "place": place,
            "first": scene["pictures"][0] if scene["pictures"] else None,
            "swaps": _swaps(scene),
            "layouts": [(name, LAYOUTS[name]) for name in layouts_for(typed)],
        }
        for place, (scene, typed) in enumerate(zip(document["scenes"], board.scenes, strict=True), 1)
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
        "voices": _voices(board),
        "voice": voice,
        "palettes": [
            palette_colors(named(name)) for name in dict.fromkeys((*PALETTES, document["look"]["palette"]))
        ],
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
    operation, said = form.get("op", ""), ""
    try:
        board = Storyboard.from_json(row.document)
        edits = form_edits(board, form)
        if operation:
            edit = operation_edit(board, operation, form)
            said = note_of(board, edit, _file_name(request, edit))
            edits.append(edit)
        row = storyboard_apply(job=job, edits=edits, note=said or _("Edited"))
        if form.get("render") in ("draft", "full"):
            job_render(job=job, quality=form["render"])
            return _go(request, reverse("job", args=[pk]))
    except PlatformError as error:
        text = error_text(error)
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(text, status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, text)
        return redirect("editor", pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("editor", pk)
    context = _context(request, job, row) | {"said": said}
    return render(request, "editor/_scenes.html" if operation else "editor/_saved.html", context)


def _file_name(request: HttpRequest, edit: AnyEdit) -> str:
    """The name of the file an edit takes; somebody else's is a 404."""
    if not isinstance(edit, UseMedia):
        return ""
    return found(upload_for, request.user, edit.upload).original_name


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
    """Have the scene's narration spoken as it stands in the form, by the voice chosen there: 202 with where to fetch it."""
    job = found(job_for, request.user, pk)
    form = request.POST.dict()
    _split_own_voice(form)
    try:
        board = Storyboard.from_json(_board(job).document)
        line = line_spoken(board, scene=scene, edits=form_edits(board, form))
        rate_take(request, "narrations")
        row = preview_request(job=job, line=line)
    except SceneUnknown as error:
        raise Http404 from error
    except PlatformError as error:
        return _refused(error)
    address = reverse("narration-sound", args=[row.key])
    return JsonResponse({"address": address}, status=202, headers={"Location": address})


@never_cache
@require_safe
def narration_sound(request: HttpRequest, key: str) -> HttpResponse | FileResponse:
    """The spoken line, for its creator's page and programs: 202 until it is spoken, then WAV, or why it cannot be."""
    row = found(preview_for, person_of(request), key)
    if row.is_live:
        return HttpResponse(status=202, headers={"Retry-After": "1"})
    if row.error_code:
        return _refused(PlatformError(row.error, code=row.error_code, values=row.error_values))
    place = preview_sound(row)
    if not place.is_file():
        raise Http404
    return FileResponse(place.open("rb"), content_type="audio/wav")


def _refused(error: PlatformError) -> HttpResponse:
    """The failure as a sentence for the page to show."""
    status = error.status if error.status in (429, 503) else 409
    answer = HttpResponse(error_text(error), status=status, content_type="text/plain; charset=utf-8")
    if (wait := getattr(error, "wait_seconds", None)) is not None:
        answer["Retry-After"] = str(wait)
    return answer
