"""Template helpers of creation: why a job or an upload failed, and what a voice is called."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from core.web import text_language
from generation.media.ingest.refusals import NOTES
from generation.media.provenance import says_ai as labels_say_ai
from generation.media.speech import voice_found
from generation.models import GenerationJob, Upload
from generation.web.error_texts import failure_text

register = template.Library()


@register.filter
def job_error(job: GenerationJob) -> str:
    return failure_text(job.error_code, job.error)


@register.filter
def upload_error(upload: Upload) -> str:
    return failure_text(upload.error_code, upload.error, upload.error_values)


@register.filter
def says_ai(upload: Upload) -> bool:
    """Whether the file came with a label that says AI made it or a part of it."""
    return labels_say_ai(upload.labels)


@register.filter
def upload_notes(upload: Upload) -> list[str]:
    """What was done so that the file could be taken, in the viewer's words."""
    return [_(NOTES[note]) for note in upload.features.get("notes", []) if note in NOTES]


@register.filter
def voice_name(name: str) -> str:
    """The voice as people call it in their language; ``none`` and ``own`` in words."""
    if name == "none":
        return _("No voice")
    voice = voice_found(name)
    if voice is None:
        return _("Own recording")
    return voice.name_zh if text_language() == "zh" else voice.name_en
