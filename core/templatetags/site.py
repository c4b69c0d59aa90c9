"""Template helpers: icons, addresses of media and pictures, times and sizes in words."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.web import UNDO_PREFIX

register = template.Library()


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    text = (settings.BASE_DIR / "static" / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()
    return text.replace("<svg ", '<svg class="icon" aria-hidden="true" focusable="false" ', 1)


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon ``static/icons/NAME.svg`` inline, so that it takes the text's color; decorative for screen readers."""
    return mark_safe(_drawing(name))  # noqa: S308 - our own file, no user text in it


@register.filter
def media(path: str) -> str:
    """The address of a file under MEDIA_ROOT; empty for an empty path."""
    return reverse("media-file", kwargs={"path": path}) if path else ""


@register.simple_tag
def picture_url(set_name: str, name: str) -> str:
    return reverse("picture", kwargs={"set_name": set_name, "name": name})


@register.filter
def clock(seconds: float | None) -> str:
    """``75.2`` → ``1:15``."""
    whole = round(seconds or 0)
    return f"{whole // 60}:{whole % 60:02d}"


@register.filter
def about_seconds(seconds: float | None) -> str:
    """``"9 s"``, ``"2 min"``; empty for ``None``."""
    if seconds is None:
        return ""
    if seconds < 90:
        return _("%(number)d s") % {"number": max(round(seconds), 1)}
    return _("%(number)d min") % {"number": round(seconds / 60)}


@register.filter
def tenths(seconds: float | None) -> str:
    """``"2.3 s"``; empty for ``None``."""
    return "" if seconds is None else _("%(number)s s") % {"number": f"{seconds:.1f}"}


@register.filter
def percent(share: float | None) -> str:
    return f"{round((share or 0) * 100)} %"


@register.filter
def megabytes(count: int | None) -> str:
    """Bytes as people say them, decimal units."""
    size = float(count or 0)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in ("B", "kB") or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.2f} GB"


@register.filter
def key_of(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, ``None`` when absent."""
    return mapping.get(key) if isinstance(mapping, dict) else None


@register.filter
def undo_video(message: Message) -> str:
    """The video a toast offers to bring back; empty for other messages."""
    tags = message.extra_tags or ""
    return tags.removeprefix(UNDO_PREFIX) if tags.startswith(UNDO_PREFIX) else ""


@register.simple_tag
def video_count(number: int) -> str:
    return ngettext("%(number)d video", "%(number)d videos", number) % {"number": number}


@register.simple_tag(takes_context=True)
def replace_query(context: Any, **values: Any) -> str:
    """The current query string with some keys replaced; an empty value removes its key."""
    query = context["request"].GET.copy()
    for name, value in values.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def current(context: Any, *names: str) -> SafeString | str:
    """``aria-current="page"`` when the page shown is one of the named views."""
    match = getattr(context.get("request"), "resolver_match", None)
    return format_html(' aria-current="{}"', "page") if match and match.view_name in names else ""


@register.filter
def percentage(share: float | None) -> str:
    """``0.5`` → ``50.0``, for widths in drawings."""
    return f"{(share or 0) * 100:.1f}"
