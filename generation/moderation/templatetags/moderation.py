"""What other rooms' pages show of moderation, and places on a timeline."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from generation.moderation.models import Decision

register = template.Library()


@register.simple_tag
def share_of(part: float, whole: float, width: int) -> str:
    """Where ``part`` of ``whole`` lies on a line of ``width`` units, for drawings: never off its ends."""
    share = min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0
    return f"{share * width:.1f}"


@register.filter
def action_name(action: str) -> str | Promise:
    """What an action is called; the word itself for one that is none."""
    return Decision.Action(action).label if action in Decision.Action.values else action
