"""Failures of creation in the language of the page: as messages, in forms, beside a job or an upload."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import PlatformError
from core.web import text_language
from generation.edits import SCENES_MAX
from generation.errors import UploadRejected
from generation.media.ingest.refusals import REFUSALS, filled


def error_text(error: PlatformError) -> str:
    """The failure in the viewer's language: a sentence for its code, else the error's own words."""
    code = (error.rule or error.code) if isinstance(error, UploadRejected) else error.code
    return failure_text(code, str(error), error.values)


def failure_text(code: str, detail: str, values: Mapping[str, str] | None = None) -> str:
    """A stored failure in the viewer's language. English readers get the full detail, which names values.

    ``values`` are what the sentence of a refused upload was filled with; where one is lacking, ``detail`` is shown.
    """
    if text_language() == "en":
        return detail
    if code in REFUSALS:
        try:
            return filled(
                _(REFUSALS[code]), {name: _(value) for name, value in (values or {}).items() if value}
            )
        except KeyError:
            return detail
    sentences = {
        "limit_reached": _(
            "You have as many videos in the making as allowed. Wait for one to finish or cancel one."
        ),
        "job_state_conflict": _("The state of this job has changed meanwhile. Look at it again."),
        "publishing_paused": _(
            "Nothing of yours is published for now: too many videos broke the rules. Each decision can be appealed."
        ),
        "too_few_decisions": _("People have not decided enough yet to learn from. Decide more cases first."),
        "video_state_conflict": _("The state of this video does not allow that."),
        "storyboard_invalid": _("The change was refused because the script would no longer be complete."),
        "scene_unknown": _("This scene is no longer there. Reload the page."),
        "scenes_too_many": _("A video has at most %(most)d scenes.") % {"most": SCENES_MAX},
        "scenes_too_few": _("A video needs at least one scene."),
        "scene_words_missing": _("A new scene needs a line for the screen and a sentence to say."),
        "file_unusable": _("Only a clip or an image that passed its check can take a scene."),
        "voice_unusable": _("Only a voice-over that passed its check can be the voice."),
        "voice_silent": _("Choose one of the platform’s voices to hear the narration."),
        "storyboard_changed": _("The script was changed elsewhere meanwhile. Reload the page."),
        "body_too_large": _("What was sent is too large for this place. Send less."),
        "not_authenticated": _("Sign in before you send a file."),
        "role_missing": _("Only creators make videos and send files. Ask an administrator for the role."),
        "busy": _("Others are being served here right now. Try again in a few seconds."),
        "database_busy": _("The database is busy for too long. Try again in a moment."),
        "disk_full": _("The disk is full. Free some space and try again."),
        "media_folder_unwritable": _("The media folder cannot be written. Tell an administrator."),
        "asset_missing": _(
            "A model or picture is missing on this machine. Start ./run again, which fetches it."
        ),
        "worker_died": _("The process that did this died more than once. It is not tried again."),
        "narration_impossible": _("The chosen voice cannot speak this text."),
        "media_unreadable": _("The media file cannot be read."),
        "version_state_conflict": _("The state of this version does not allow that."),
        "version_simulated": _("It learned from simulated decisions, so it judges nobody."),
        "number_too_large": _(
            "We know fewer points on this than you asked for. Ask for fewer, or write the points yourself."
        ),
        "training_busy": _("Another training of this kind is under way."),
        "training_invalid": _("This training cannot be done as asked."),
        "training_ended": _("The training has ended already."),
        "learned_palettes_missing": _(
            "Learned colors were asked for, and no generator of palettes serves any more. Choose colors by name."
        ),
        "training_died": _("The process of the training ended before it was done."),
        "writer_invalid": _("This language model cannot be chosen."),
        "writer_fixed": _("The settings of the site say which language model writes."),
        "secret_unreadable": _("A kept key can no longer be read. Enter it again."),
        "script_writer_failed": _("The language model gave no usable script."),
        "token_unknown": _("This token is not one of yours, or it has ended already. Reload the page."),
        "address_link_ended": _(
            "This link was used already or is too old. Ask for another on the account page."
        ),
        "too_little_data": _("There is too little data to learn from yet."),
        "points_needed": _("Our topic bank has nothing on this. Add points of your own."),
    }
    if code == "throttled" and values:
        return _("That was too often. Try again in %(wait)s s.") % dict(values)
    if code == "storage_full" and values:
        return _(
            "Your files and videos take %(kept)s MB of the %(most)s MB you may keep. Delete some; videos in the bin count "
            "until it is emptied."
        ) % dict(values)
    if code == "renders_spent" and values:
        return _(
            "At most %(most)s videos of one creator are made in 24 hours. The next can be in %(minutes)s minutes."
        ) % dict(values)
    if code == "token_limit" and values:
        return _("An account has at most %(most)s tokens. Revoke one first.") % dict(values)
    if told := _text_sentence(code, values or {}):
        return told
    if code == "points_too_long" and values:
        return _(
            "These %(points)s points need about %(needed)s seconds, %(seconds)s were asked. "
            "Make the video %(needed)s seconds long, or shorten the points."
        ) % dict(values)
    if code == "points_too_short" and values:
        return _(
            "These points fill about %(needed)s of the %(seconds)s seconds asked. "
            "Write more points, or make the video %(needed)s seconds long."
        ) % dict(values)
    if code == "brief_refused":
        return _(detail)
    known = sentences.get(code)
    return f"{known}（{detail}）" if known and detail else known or detail


def _text_sentence(code: str, values: Mapping[str, str]) -> str:
    """What is wrong with a text of one's own; "" for another code, or where a value is lacking."""
    sentences = {
        "text_and_points": _("A video is made from points or from a text. Leave one of them out."),
        "text_and_document": _("A video is made from one text. Send either the text or the file."),
        "document_unusable": _("Only a document of yours that passed its check can be told."),
        "text_wordless": _("There are no words in this text. Paste another."),
        "text_untitled": _("No topic can be taken from this text. Write what it is about."),
        "text_language_unknown": _(
            "This text is neither Chinese nor English, the two languages that are read. Paste a translation."
        ),
        "text_unusable": _("The sentences of this text repeat one another. Paste another part of it."),
        "text_sentences_too_long": _(
            "The sentences of this text are too long to be said in one video. Shorten them."
        ),
        "text_too_long": _(
            "The text has %(count)s characters; at most %(most)s are taken. Cut it to the part you want told."
        ),
        "text_too_short": _(
            "The text has %(count)s sentences that can be told; at least %(least)s are needed. Add whole sentences to it."
        ),
        "text_too_little": _(
            "All that can be told of this text fills about %(fits)s of the %(seconds)s seconds asked. Paste a longer text."
        ),
        "text_too_thin": _(
            "All that can be told of this text fills about %(needed)s of the %(seconds)s seconds asked. "
            "Make the video %(needed)s seconds long, or paste a longer text."
        ),
        "text_too_dense": _(
            "Two sentences of this text take about %(needed)s seconds, %(seconds)s were asked. "
            "Make the video %(needed)s seconds long, or shorten the sentences."
        ),
    }
    if code == "text_language_differs":
        if values.get("written") == "zh":
            return _(
                "This text is Chinese, and the video was to be English. Choose Chinese as the language, or paste a text in English."
            )
        return _(
            "This text is English, and the video was to be Chinese. Choose English as the language, or paste a text in Chinese."
        )
    try:
        return sentences[code] % dict(values) if code in sentences else ""
    except KeyError:
        return ""


def tell_error(request: HttpRequest, error: PlatformError) -> None:
    messages.error(request, error_text(error))
