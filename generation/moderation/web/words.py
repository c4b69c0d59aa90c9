"""What codes and sentences of the machine are called on pages: scorers, outcomes, entries of the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.moderation.models import Decision, Screening

Words = str | Promise

SCORERS: dict[str, Words] = {
    "text_terms": gettext_lazy("Term lists"),
    "text_classifier": gettext_lazy("Text classifier"),
    "known_hashes": gettext_lazy("Known files"),
    "flashes": gettext_lazy("Flashes"),
    "open_nsfw": gettext_lazy("Nudity (open_nsfw)"),
    "picture_classifier": gettext_lazy("Picture classifier"),
    "nudenet": gettext_lazy("Nudity (NudeNet)"),
    "loudness": gettext_lazy("Loudness"),
    "account": gettext_lazy("Account"),
    "discriminator": gettext_lazy("Unlike our own pictures (discriminator)"),
}
# what scorers say of themselves where they have no word; as they write it, so that what is stored can be told in any language
DETAILS: dict[str, Words] = {
    "No text classifier is registered; the term lists decide alone.": gettext_lazy(
        "No text classifier is registered; the term lists decide alone."
    ),
    "The registered classifier has not learned to read this language.": gettext_lazy(
        "The registered classifier has not learned to read this language."
    ),
    "NudeNet is not installed (pip install nudenet); open_nsfw decides alone.": gettext_lazy(
        "NudeNet is not installed (pip install nudenet); open_nsfw decides alone."
    ),
    "No picture classifier is registered yet.": gettext_lazy("No picture classifier is registered yet."),
    "No discriminator is trained yet.": gettext_lazy("No discriminator is trained yet."),
    "The discriminator in production cannot be read; export or train it again.": gettext_lazy(
        "The discriminator in production cannot be read; export or train it again."
    ),
    "Nothing is known of the account.": gettext_lazy("Nothing is known of the account."),
}
ENTRIES: dict[str, Words] = {
    "appeal": gettext_lazy("appealed"),
    "blocklist_add": gettext_lazy("known file listed"),
    "blocklist_remove": gettext_lazy("known file taken off the list"),
    "calibration": gettext_lazy("risk calibrated"),
    "case_claim": gettext_lazy("case taken"),
    "case_join": gettext_lazy("joined the open case"),
    "case_merge": gettext_lazy("case joined to another"),
    "case_note": gettext_lazy("note written"),
    "case_open": gettext_lazy("case opened"),
    "case_release": gettext_lazy("case let go"),
    "case_reopen": gettext_lazy("case open again"),
    "case_withdraw": gettext_lazy("case no longer needed"),
    "demote": gettext_lazy("no longer recommended, by reports"),
    "golden_mark": gettext_lazy("kept as a known answer"),
    "golden_unmark": gettext_lazy("no longer a known answer"),
    "learn": gettext_lazy("classifier learns from decisions"),
    "moderator_access": gettext_lazy("moderator’s access changed"),
    "opinion_ask": gettext_lazy("second opinion asked for"),
    "policy_activate": gettext_lazy("policy acts"),
    "policy_discard": gettext_lazy("policy draft discarded"),
    "policy_draft": gettext_lazy("policy drafted"),
    "policy_replay": gettext_lazy("policy replayed"),
    "policy_shadow": gettext_lazy("policy runs in shadow"),
    "screened": gettext_lazy("screened"),
    "screening_waits": gettext_lazy("screening waits"),
    "simulated_past": gettext_lazy("the demonstration’s past filled in"),
    "strike": gettext_lazy("strike given"),
    "undo": gettext_lazy("decision undone"),
}


VERDICTS: dict[str, Words] = {
    "approve": gettext_lazy("let pass"),
    "queue": gettext_lazy("a person looks"),
    "hold": gettext_lazy("held"),
}


def verdict_name(verdict: str) -> Words:
    """What a policy says to a risk."""
    return VERDICTS.get(verdict, verdict)


def scorer_name(code: str) -> Words:
    """The code itself for a scorer that the settings name."""
    return SCORERS.get(code, code)


def detail_told(detail: str) -> Words:
    """What a scorer said of itself in the page's language; what a program raised stays as it is."""
    return DETAILS.get(detail, detail)


def entry_name(action: str) -> Words:
    """What an entry of the log says was done."""
    if action.startswith("decide_"):
        name = action.removeprefix("decide_")
        label = Decision.Action(name).label if name in Decision.Action.values else name
        return _("decided: %(action)s") % {"action": label}
    return ENTRIES.get(action, action)


def move_told(move: str) -> str:
    """``approved → held`` of a replay in the page's words."""
    names = dict(Screening.Outcome.choices)
    return " → ".join(str(names.get(one, one)) for one in move.split(" → "))


def waiting_told(screening: Screening) -> str:
    """Why the screening waits, in the page's language, by the signals that are kept with it."""
    failed = {_named(one) for one in _without_word(screening.signals)}
    if screening.reason == "scorer_failed" and failed:
        return _("No word from: %(names)s.") % {"names": ", ".join(sorted(failed))}
    if screening.reason == "worker_died":
        return _("The programs that screened it ended too early.")
    return screening.detail


def _named(signal: dict[str, Any]) -> str:
    return str(scorer_name(str(signal["scorer"])))


def _without_word(signals: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in signals if one.get("required") and one["state"] != "scored"]
