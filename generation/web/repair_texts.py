"""What was put right by itself, in plain words of the page's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.web import text_language
from generation.media.speech import voice_found
from generation.stages.check import NAMES

OUTCOMES = {
    "tried": pgettext_lazy("repair", "Under way"),
    "helped": pgettext_lazy("repair", "Helped"),
    "no_help": pgettext_lazy("repair", "Did not help"),
    "suggested": pgettext_lazy("repair", "Your turn"),
}
_SUGGESTIONS = {
    "number_in_words": gettext_lazy("Write the number in words, or leave it out."),
    "name_in_words": gettext_lazy("Write the name as it is said, or use a word of the language."),
    "simpler_words": gettext_lazy("Use a shorter sentence or simpler words."),
}


def repair_text(repair: dict[str, Any]) -> str:
    """One sentence: what had failed, and what was done about it."""
    detail = repair["detail"]
    match repair["action"]:
        case "spoken_faster":
            return _("The voice takes longer than planned: it speaks %(percent)s %% faster.") % _pace(detail)
        case "spoken_slower":
            return _("The voice takes less time than planned: it speaks %(percent)s %% slower.") % _pace(
                detail
            )
        case "sentence_left_out":
            return _("The voice takes longer than planned: scene %(scene)s says a sentence less.") % detail
        case "sentence_added":
            return _("The voice takes less time than planned: scene %(scene)s says a sentence more.") % detail
        case "point_left_out":
            return _("The voice takes much longer than planned: the last point is left out.")
        case "limited_lower":
            return _("The sound peaks too high by %(over_db)s dB: it is limited lower.") % detail
        case "read_otherwise":
            return _read_otherwise(detail)
        case "other_voice":
            return _other_voice(detail)
        case "line_named":
            told = _("Scene %(scene)s is not understood: “%(line)s” was heard as “%(heard)s”.") % detail
            return f"{told} {_SUGGESTIONS[detail['suggestion']]}"
    failed = {"check": _(NAMES.get(repair["check"], repair["check"]))}
    if repair["action"] == "arranged_again":
        return _("%(check)s: the pictures are arranged otherwise.") % failed
    return _("%(check)s: the scenes are laid out plainly.") % failed


def _pace(detail: dict[str, Any]) -> dict[str, int]:
    return {"percent": abs(round(100 * (detail["pace"] - 1)))}


def _read_otherwise(detail: dict[str, Any]) -> str:
    if not detail["scenes"]:
        return _("A line was misheard: no other way to say it is understood better.")
    scenes = ", ".join(str(scene) for scene in detail["scenes"])
    if not detail["said"]:
        return _("Scene %(scenes)s was misheard: it is said more slowly.") % {"scenes": scenes}
    return _("Scene %(scenes)s was misheard: it is said otherwise (%(said)s).") % {
        "scenes": scenes,
        "said": "; ".join(detail["said"]),
    }


def _voice(name: str) -> str:
    voice = voice_found(name)
    return name if voice is None else voice.name_zh if text_language() == "zh" else voice.name_en


def _other_voice(detail: dict[str, Any]) -> str:
    if "to" not in detail:
        return _("A line was misheard: no other voice of this kind is understood better.")
    names = {"old": _voice(detail["from"]), "new": _voice(detail["to"])}
    return _("A line was misheard: %(new)s speaks instead of %(old)s.") % names
