"""What other rooms' pages show of moderation: how a video and its creator stand; the ways between its own pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.roles import ADMINISTRATOR, has_role
from core.templatetags.site import about_seconds
from generation.models import Video
from generation.moderation.models import Decision
from generation.moderation.selectors.creators import statements_new
from generation.moderation.selectors.people import is_senior
from generation.moderation.web.telling import creator_told, video_told
from generation.moderation.web.words import entry_name, move_told, scorer_name, verdict_name

register = template.Library()


@register.inclusion_tag("moderation/_nav.html", takes_context=True)
def moderation_nav(context: Any) -> dict[str, Any]:
    request = context["request"]
    return {
        "request": request,
        "is_senior": is_senior(request.user),
        "is_administrator": has_role(request.user, ADMINISTRATOR),
    }


@register.inclusion_tag("moderation/_standing.html", takes_context=True)
def video_standing(context: Any, video: Video) -> dict[str, Any]:
    """For the owner: screening, reasons, appeal."""
    return video_told(video, context["request"].user) | {"csrf_token": context["csrf_token"]}


@register.inclusion_tag("moderation/_strikes.html", takes_context=True)
def creator_strikes(context: Any) -> dict[str, Any]:
    """For the signed-in person: strikes, what follows, what was decided."""
    return creator_told(context["request"].user)


@register.simple_tag(takes_context=True)
def statements_unread(context: Any) -> int:
    """How many statements of reasons, or answers to appeals, the signed-in person has not read; 0 for others."""
    user = getattr(context.get("request"), "user", None)
    return statements_new(user).count() if user is not None and user.is_authenticated else 0


@register.simple_tag
def share_of(part: float, whole: float, width: int) -> str:
    """Where ``part`` of ``whole`` lies on a line of ``width`` units, for drawings: never off its ends."""
    share = min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0
    return f"{share * width:.1f}"


@register.filter
def action_name(action: str) -> str | Promise:
    """What an action is called; the word itself for one that is none."""
    return Decision.Action(action).label if action in Decision.Action.values else action


register.filter("entry_name", entry_name)
register.filter("move_told", move_told)
register.filter("scorer_name", scorer_name)
register.filter("verdict_name", verdict_name)


@register.filter
def figure(value: float | None) -> str:
    """A measured number to three places, – where nothing was measured."""
    return "–" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


@register.filter
def hours_told(hours: float | None) -> str:
    """0.2 → 12 min, 5.25 → 5.2 hours, – where nothing was measured."""
    if hours is None:
        return "–"
    if hours < 1.5:
        return about_seconds(hours * 3600.0)
    return _("%(number)s hours") % {"number": f"{hours:.1f}"}


@register.filter
def share(value: float | None) -> str:
    """0.254 → 25.4 %, – where nothing was measured."""
    return "–" if value is None else f"{value * 100:.1f} %"
