"""What readers can narrow a page to."""

from __future__ import annotations

from generation.models import Video


def categories() -> list[str]:
    """Categories of published videos, by name."""
    found = Video.objects.filter(published__isnull=False).exclude(category="").order_by("category")
    return list(found.values_list("category", flat=True).distinct())
