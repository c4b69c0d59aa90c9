"""From a topic or a text to a job: the form, the nearest topic while typing, a preview, a sample of each voice."""

from __future__ import annotations

import random
from typing import Any

from django.contrib.auth.models import User
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.bodies import takes_files
from core.errors import PlatformError
from core.languages import LANGUAGES, Language
from core.roles import CREATOR
from core.throttles import rate_take
from core.web import known_language, role_required, signed_in, text_language
from generation.bank.reading import topic_with, topics
from generation.documents.checks import MAX_TEXT_LETTERS
from generation.errors import LengthUnfit, TopicTooFar, UploadRejected
from generation.language.words import segment_zh
from generation.media.pictures import search
from generation.media.scenes import PALETTES, Palette, palette_for
from generation.media.scenes.palettes import LEARNED
from generation.media.speech import voice_preview, voices
from generation.models import Upload
from generation.script.allowed import brief_allowed
from generation.script.brief import MAX_TOPIC_LETTERS
from generation.script.matching import answering, nearest_topics
from generation.script.planner import NEAREST_NAMED
from generation.selectors import job_alike, job_title, palettes_offered, seconds_per_second, uploads_for
from generation.services.jobs import job_request
from generation.services.uploads import document_read, document_text_of
from generation.web.error_texts import error_text
from generation.web.forms import BriefForm
from generation.writing import site_model

EXAMPLES = 6
PREVIEW_LINES = 3
PREVIEW_LETTERS = 42


@takes_files("DOCUMENT_MAX_BYTES", CREATOR)
@role_required(CREATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    language = text_language()
    form = BriefForm(
        request.POST or None,
        request.FILES or None,
        initial={
            "language": language,
            "topic": request.GET.get("topic", ""),
            **_sent_before(request),
        },
    )
    near: list[Any] = []
    needed = 0  # seconds that the points or the text would take
    written = ""  # the language of a text that was to be in another
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        action = request.POST.get("action", "draft")
        try:
            rate_take(request, "jobs")
            if data["document"]:
                _read_into(form, request)
            job = job_request(
                owner=signed_in(request),
                topic=data["topic"],
                language=data["language"],
                seconds=data["seconds"],
                aspect=data["aspect"],
                quality="full" if action == "full" else "draft",
                points=data["points"],
                text=data["text"],
                text_name=data["text_name"] if data["text"] else "",
                recipe=form.recipe(),
                stop_after_script=action == "script",
            )
            return redirect("job", job.pk)
        except TopicTooFar as error:
            near = list(error.nearest)
            form.add_error("points", _too_far(data["topic"]))
        except LengthUnfit as error:
            needed = error.seconds_needed
            form.add_error("text" if data["text"] else "points", error_text(error))
        except UploadRejected as error:
            form.add_error("document", error_text(error))
        except PlatformError as error:
            if error.code == "text_language_differs":
                written = error.values["written"]
            form.add_error(error.field if error.field in form.fields else None, error_text(error))
    topic = str(form["topic"].value() or "")
    context = {
        "form": form,
        "near": near,
        "needed": needed,
        "written": written,
        "text_most": MAX_TEXT_LETTERS,
        "examples": _examples(language),
        "voices": {code: voices(code) for code in LANGUAGES},
        "palettes": [palette_colors(palette) for palette in PALETTES.values()],
        "learned": LEARNED in palettes_offered(),
        "draft_ratio": seconds_per_second("draft"),
        "full_ratio": seconds_per_second("full"),
        **_suggestion(topic, known_language(form["language"].value()), signed_in(request)),
    }
    return render(request, "create/create.html", context, status=422 if form.errors else 200)


def _sent_before(request: HttpRequest) -> dict[str, str]:
    """Text, name and language of the creator's document that the address names; nothing where it names none."""
    number = request.GET.get("document", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return {}
    row = (
        uploads_for(request.user)
        .filter(kind=Upload.Kind.DOCUMENT, state=Upload.State.READY, pk=number)
        .first()
    )
    if row is None:
        return {}
    text = document_text_of(row)
    return {"text": text, "text_name": row.original_name, "language": row.features.get("language", "en")}


def _read_into(form: BriefForm, request: HttpRequest) -> None:
    """The text of the chosen file takes the place of the typed one, in the page too. Raises ``PlatformError``."""
    file = form.cleaned_data["document"]
    text, _facts = document_read(owner=signed_in(request), file=file)
    form.cleaned_data |= {"text": text, "text_name": file.name or ""}
    shown = request.POST.copy()
    shown["text"], shown["text_name"] = text, file.name or ""
    form.data = shown


@takes_files("DOCUMENT_MAX_BYTES", CREATOR)
@role_required(CREATOR)
@require_POST
def text_of(request: HttpRequest) -> JsonResponse:
    """What a chosen file says, for the form to show before anything is asked for; nothing is kept."""
    file = request.FILES.get("document")
    if file is None:
        return JsonResponse({"code": "invalid", "detail": _("Choose a file.")}, status=422)
    try:
        rate_take(request, "uploads")
        text, facts = document_read(owner=signed_in(request), file=file)
    except PlatformError as error:
        return JsonResponse({"code": error.code, "detail": error_text(error)}, status=422)
    return JsonResponse({"text": text, "language": facts["language"], "name": file.name})


def _too_far(topic: str) -> str:
    return _(
        "Our topic bank has nothing on “%(topic)s”. Write a few points of your own, one a line, or take a topic that is near:"
    ) % {"topic": topic}


def _examples(language: str) -> list[str]:
    """A few titles of the bank, each of another category, other ones at every visit."""
    by_category: dict[str, list[str]] = {}
    for topic in topics():
        by_category.setdefault(topic.category, []).append(topic.texts[language].title)
    chosen = random.sample(sorted(by_category), min(EXAMPLES, len(by_category)))
    return [random.choice(by_category[category]) for category in chosen]


def palette_colors(palette: Palette) -> dict[str, Any]:
    """The palette's gradient, ink and marker as CSS colors."""

    def code(color: tuple[int, int, int]) -> str:
        return "#{:02x}{:02x}{:02x}".format(*color)

    return {
        "name": palette.name,
        "ground": [code(color) for color in palette.ground],
        "ink": code(palette.ink),
        "marker": code(palette.marker),
        "on_marker": code(palette.on_marker),
    }


def _suggestion(text: str, language: Language, user: User) -> dict[str, Any]:
    """The nearest topic to ``text`` with its first lines and drawings; an example of the bank for no text.

    What the ``user`` has already made on it is told with it.

    Of a text that is too long for a topic, only as much is read as a topic may have: the form has refused the rest.
    """
    text = text[:MAX_TOPIC_LETTERS].strip()
    refusal = brief_allowed(text, language) if text else None
    match = answering(text, language) if len(text) >= 2 and refusal is None else None
    offers = (
        nearest_topics(text, language=language, k=NEAREST_NAMED) if len(text) >= 2 and match is None else []
    )
    shown = topic_with(match.topic_id) if match else None
    near = shown is not None
    example = shown or next((t for t in topics() if t.category == "outdoors"), topics()[0])
    words = example.texts[language]
    rows = [(row.line, row.picture) for row in (words.hooks[0], *words.points)[:PREVIEW_LINES]]
    if text and not near:
        # Of a topic the bank does not know only its drawing can be foretold.
        rows = [(text, text)]
    lines = []
    for line, picture in rows:
        found = search(picture, language=language, k=1)
        lines.append({"line": line, "word": picture, "picture": found[0] if found else None})
    model = site_model() if text and refusal is None else None
    earlier = None
    if len(text) >= 2:
        earlier = job_alike(user, topic=match.topic_id if match else "", text=text, language=language)
    return {
        "earlier": earlier,
        "earlier_title": job_title(earlier) if earlier else "",
        "match": match,
        "written_by": model.name if model and (model.writes_all or (offers and model.writes)) else "",
        "is_near": near,
        "offers": offers,
        "is_likely": bool(offers) and offers[0].is_likely,
        "refusal": _(refusal.sentence) if refusal else "",
        "typed": text,
        "point_count": len(words.points),
        "lines": lines,
        "preview_words": _words(text[:PREVIEW_LETTERS] or words.title, language),
        "preview_mood": example.mood,
        "preview_colors": palette_colors(palette_for(example.category, example.mood, 1)),
        "preview_language": language,
    }


def _words(title: str, language: Language) -> list[str]:
    """``title`` in pieces between which a line may break: words."""
    if language == "en":
        return [f"{word} " for word in title.split()]
    words: list[str] = []
    for word in segment_zh(title):
        # Punctuation stays with the word before it: no line begins with a comma.
        if words and not word[0].isalnum():
            words[-1] += word
        else:
            words.append(word)
    return words


@role_required(CREATOR)
@require_safe
def nearest(request: HttpRequest) -> HttpResponse:
    """The hint under the topic and, out of band, the preview beside the form."""
    language = known_language(request.GET.get("language"))
    return render(
        request,
        "create/_nearest.html",
        _suggestion(request.GET.get("topic", ""), language, signed_in(request)),
    )


@require_safe
@cache_control(public=True, max_age=86400)
def voice_sample(request: HttpRequest, voice: str) -> HttpResponse | FileResponse:
    """A short sentence spoken by one voice."""
    known = {v.id for language in LANGUAGES for v in voices(language)}
    if voice not in known:
        raise Http404
    path = voice_preview(voice)
    kinds = {".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".wav": "audio/wav"}
    return FileResponse(path.open("rb"), content_type=kinds[path.suffix])
