"""The language model for scripts: an administrator finds one, tries it, and says for which topics it writes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import PlatformError
from core.roles import ADMINISTRATOR
from core.web import role_required, text_language
from generation.models import WriterChoice, WriterTrial
from generation.script.servers import servers_found
from generation.selectors import trial_latest
from generation.services.writer import (
    model_files,
    trial_request,
    writer_choose_file,
    writer_choose_server,
    writer_forget,
    writer_use,
)
from generation.web.error_texts import error_text, failure_text, tell_error
from generation.web.forms import ServerForm, TrialForm
from generation.writing import SiteModel, site_model

CHECKS = {
    "language": gettext_lazy("Language"),
    "length": gettext_lazy("Length"),
    "repetition": gettext_lazy("Repetition"),
    "topic": gettext_lazy("About the topic"),
}


@role_required(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def writer(request: HttpRequest) -> HttpResponse:
    """The page; a POST chooses a server by the form."""
    model = site_model()
    form = ServerForm(request.POST or None, initial=_initial(model))
    if request.method == "POST" and form.is_valid():
        try:
            writer_choose_server(**form.cleaned_data)
            messages.success(request, _("Chosen. Try it, then say what it should write."))
            return redirect("writer")
        except PlatformError as error:
            form.add_error(error.field if error.field in form.fields else None, error_text(error))
    context = {
        "model": model,
        "uses": WriterChoice.Use.choices,
        "form": form,
        "files": model_files(),
        **_trial(),
    }
    return render(request, "writer/writer.html", context, status=422 if form.errors else 200)


def _initial(model: SiteModel) -> dict[str, Any]:
    choice = model.choice
    if choice is None or choice.kind != WriterChoice.Kind.ENDPOINT:
        return {}
    return {"address": choice.address, "name": choice.name}


@role_required(ADMINISTRATOR)
@require_safe
def servers(request: HttpRequest) -> HttpResponse:
    """What runs on this machine, asked for by the page once it stands."""
    own = request.get_port()
    found = servers_found(without=[int(own)] if own.isascii() and own.isdecimal() and len(own) < 6 else [])
    return render(request, "writer/_servers.html", {"servers": found, "model": site_model()})


@role_required(ADMINISTRATOR)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Choose what the page offers: a model of a server that was found, or one of the models folder."""
    offered = {found.name: found.path for found in model_files()}
    try:
        if (name := request.POST.get("file")) is not None:
            writer_choose_file(path=offered[name])
        else:
            writer_choose_server(address=request.POST.get("address", ""), name=request.POST.get("name", ""))
    except KeyError:
        messages.error(request, _("This model is no longer there. Reload the page."))
    except PlatformError as error:
        tell_error(request, error)
    else:
        messages.success(request, _("Chosen. Try it, then say what it should write."))
    return redirect("writer")


@role_required(ADMINISTRATOR)
@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """Say for which topics the model writes, or take the choice away."""
    try:
        if request.POST.get("use") == "forget":
            writer_forget()
            messages.success(request, _("Taken away, with its key. The topic bank writes."))
        else:
            model = writer_use(use=request.POST.get("use", ""))
            messages.success(request, _use_text(model))
    except PlatformError as error:
        tell_error(request, error)
    return redirect("writer")


def _use_text(model: SiteModel) -> str:
    if model.writes_all:
        return _("%(name)s writes all topics now.") % {"name": model.name}
    if model.writes:
        return _("%(name)s writes what the bank cannot answer now.") % {"name": model.name}
    return _("The topic bank writes.")


@role_required(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """Begin a trial (POST), or show how far the newest one is: the fragment that asks for itself again until it has ended."""
    refused = ""
    form = TrialForm(request.POST or None)
    if request.method == "POST":
        try:
            if form.is_valid():
                trial_request(**form.cleaned_data)
            else:
                refused = " ".join(str(text) for texts in form.errors.values() for text in texts)
        except PlatformError as error:
            refused = error_text(error)
        if not request.htmx:  # type: ignore[attr-defined]
            if refused:
                messages.error(request, refused)
            return redirect("writer")
    return render(request, "writer/_trial.html", {**_trial(), "refused": refused})


def _trial() -> dict[str, Any]:
    """The newest trial with its words, and a form for the next."""
    row = trial_latest()
    first = {"language": text_language(), "topic": _("Why the sea looks blue"), "seconds": 20}
    if row is None:
        return {"trial": None, "trial_form": TrialForm(initial=first)}
    again = {"language": row.language, "topic": row.topic, "seconds": int(row.seconds)}
    return {
        "trial": row,
        "trial_form": TrialForm(initial=again),
        "trial_live": row.state in (WriterTrial.State.QUEUED, WriterTrial.State.RUNNING),
        "trial_seconds": ((row.ended or timezone.now()) - row.started).total_seconds()
        if row.started
        else 0.0,
        "trial_error": failure_text(row.error_code, row.error) if row.error_code else "",
        "trial_checks": [
            {"label": CHECKS.get(check["name"], check["name"]), **check}
            for check in row.result.get("checks", [])
        ],
    }
