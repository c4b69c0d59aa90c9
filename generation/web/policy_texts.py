"""What the recipe policy chose for a job, and why, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.media.scenes import PALETTES
from generation.models import GenerationJob
from generation.web.choices import CAPTION_STYLES, HOOKS, MOODS

FIELDS: dict[str, Any] = {
    "hook": gettext_lazy("Opening"),
    "palette": gettext_lazy("Colors"),
    "caption_style": gettext_lazy("Captions"),
    "mood": gettext_lazy("Mood"),
    "tempo": gettext_lazy("Tempo"),
    "music_level": gettext_lazy("Loudness of the music"),
    "voice": gettext_lazy("Voice"),
    "speed": gettext_lazy("Pace of the voice"),
}
NAMES: dict[str, dict[str, Any]] = {"hook": HOOKS, "caption_style": CAPTION_STYLES, "mood": MOODS}


def field_text(name: str) -> str:
    return str(FIELDS.get(name, name))


def option_text(field: str, option: Any) -> str:
    """An option as people read it; names of palettes and voices, and numbers, stay as they are."""
    if field == "palette" and str(option) not in PALETTES:
        return _("Colors of its own")
    known = NAMES.get(field, {}).get(str(option))
    if known is not None:
        return str(known)
    return (
        _("%(beats)s beats a minute") % {"beats": f"{float(option):g}"} if field == "tempo" else str(option)
    )


def policy_rows(job: GenerationJob) -> list[dict[str, str]]:
    """One row for each choice of the policy: field, option, why. Empty where no policy had a say."""
    reasons = job.policy.get("reasons", {})
    return [
        {"field": field_text(name), "option": option_text(name, value), "why": _why(reasons.get(name, {}))}
        for name, value in job.policy.get("values", {}).items()
    ]


def _why(reason: dict[str, Any]) -> str:
    if reason.get("kind") == "generated":
        return _("Proposed by a generator that learned from the palettes viewers stayed with.")
    if reason.get("kind") == "explored":
        return _("Drawn to learn whether it is liked.")
    if "effect" not in reason:
        return _("Goes with the other choices.")
    values = {"effect": f"{100 * reason['effect']:+.1f}", "low": f"{100 * reason['low']:+.1f}", "high": f"{100 * reason['high']:+.1f}"}  # fmt: skip
    if reason["low"] > 0:
        return _("Viewers held on longer: %(effect)s points of reward (%(low)s to %(high)s).") % values
    return _("Nothing sure is known yet: %(effect)s points of reward (%(low)s to %(high)s).") % values
