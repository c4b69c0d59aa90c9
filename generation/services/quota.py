"""What one creator may take of the site: bytes that are kept, videos that are made in a day.

An account that cannot sign in is not bounded: it is the command line's or the demonstration's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Sum

from core.counts import counts
from generation.errors import RendersSpent, StorageFull
from generation.models import Upload, Video

DAY = 86_400.0  # seconds


@dataclass(frozen=True)
class Usage:
    """``kept_bytes`` are of files sent and videos made, those in the bin among them; ``renders`` of the last day."""

    kept_bytes: int
    most_bytes: int
    renders: int
    most_renders: int


def usage_of(owner: User) -> Usage:
    return Usage(
        kept_bytes=_kept(owner),
        most_bytes=settings.CREATOR_BYTES,
        renders=counts().taken(_key(owner), seconds=DAY),
        most_renders=settings.CREATOR_RENDERS,
    )


def room_check(*, owner: User, size: int = 0) -> None:
    """Whether ``size`` bytes more may be kept. Raises ``StorageFull``."""
    if not owner.has_usable_password():
        return
    kept = _kept(owner)
    if kept + size > settings.CREATOR_BYTES:
        raise StorageFull(
            f"Your files and videos take {_megabytes(kept)} MB of the {_megabytes(settings.CREATOR_BYTES)} MB you may "
            "keep. Delete some; videos in the bin count until it is emptied.",
            values={"kept": _megabytes(kept), "most": _megabytes(settings.CREATOR_BYTES)},
        )


def render_take(*, owner: User) -> None:
    """One of the videos the owner may have made in a day. Raises ``RendersSpent``, and then takes none."""
    if not owner.has_usable_password():
        return
    wait = counts().take(_key(owner), most=settings.CREATOR_RENDERS, seconds=DAY)
    if wait:
        raise RendersSpent(
            f"At most {settings.CREATOR_RENDERS} videos of one creator are made in 24 hours. "
            f"The next can be in {math.ceil(wait / 60)} minutes.",
            wait_seconds=math.ceil(wait),
            most=settings.CREATOR_RENDERS,
        )


def _kept(owner: User) -> int:
    sent = Upload.objects.filter(owner=owner).aggregate(all=Sum("bytes"))["all"] or 0
    made = Video.objects.filter(owner=owner, upload=None).aggregate(all=Sum("bytes"))["all"] or 0
    return int(sent + made)


def _key(owner: User) -> str:
    return f"renders:{owner.pk}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f}"
