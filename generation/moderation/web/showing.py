"""How material is shown to a moderator so that they stay well: the way of its policy's severity, and over it their own."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from generation.moderation.models import Case, PolicyVersion
from generation.moderation.services.people import WELLNESS, moderator_of

Severity = PolicyVersion.Severity
# By severity of the policy; below HIGH everything is shown as it is.
WAYS = {
    int(Severity.HIGH): {"blur": True, "mute": True},
    int(Severity.SEVERE): WELLNESS,
}

LABELS = [
    ("blur", _("Blurred until you look at it")),
    ("grey", _("Without color")),
    ("mute", _("Without sound")),
    ("half_speed", _("At half speed")),
    ("reduced", _("With little detail")),
    ("warn", _("A warning first")),
]


def showing_of(case: Case, user: User) -> dict[str, bool]:
    """Blur, grey, mute, half_speed, reduced and warn for this case, for this person."""
    kept = moderator_of(user)
    own = {name: bool(value) for name, value in kept.wellness.items() if name in WELLNESS}
    return dict.fromkeys(WELLNESS, False) | WAYS.get(case.severity, {}) | own
