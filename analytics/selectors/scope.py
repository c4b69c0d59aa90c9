"""Whose numbers a reader may see, over which time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from core.roles import ADMINISTRATOR, ANALYST, has_role
from generation.models import Video

HOUR = timedelta(hours=1)
PERIODS = (1, 7, 28, 90)  # days


@dataclass(frozen=True)
class Scope:
    """Viewings that began in [since, until), both full UTC hours, of all videos or of some."""

    since: datetime
    until: datetime
    owner: int | None = None
    video: int | None = None
    category: str = ""
    language: str = ""
    simulated: tuple[bool, ...] = (False,)

    @property
    def days(self) -> int:
        return max(1, round((self.until - self.since) / timedelta(days=1)))

    @property
    def hourly(self) -> bool:
        """Whether a chart over time shows hours rather than days."""
        return self.days <= 2

    @property
    def whole(self) -> bool:
        """All videos of the site."""
        return self.owner is None and self.video is None and not (self.category or self.language)

    @property
    def first_day(self) -> date:
        return self.since.astimezone(UTC).date()

    @property
    def last_day(self) -> date:
        return (self.until - timedelta(microseconds=1)).astimezone(UTC).date()

    def before(self) -> Scope:
        """The same over the time of equal length that went before."""
        return replace(self, since=self.since - (self.until - self.since), until=self.since)


def scope_of(days: int, *, now: datetime | None = None, **narrowed: Any) -> Scope:
    """The last ``days`` days: whole UTC days, the present one up to now; for one day, the last 24 full hours."""
    now = now or timezone.now()
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    since = until - 24 * HOUR
    if days > 1:
        since = until.replace(hour=0) - timedelta(days=days - 1)
        if until.hour == 0:
            since -= timedelta(days=1)
    return Scope(since, until, simulated=audiences(), **narrowed)


def audiences() -> tuple[bool, ...]:
    """Real viewers; simulated ones beside them only where the site is a demonstration (AIGC_FEED_SIMULATED)."""
    return (False, True) if settings.FEED_SIMULATED else (False,)


def sees_all(user: User | AnonymousUser) -> bool:
    return has_role(user, ANALYST, ADMINISTRATOR)


def video_watched(user: User | AnonymousUser, pk: int) -> Video:
    """A video whose numbers the user may see: their own, or any for an analyst. Raises ``Video.DoesNotExist``."""
    videos = Video.objects.select_related("owner", "job").filter(deleted__isnull=True)
    if not sees_all(user):
        videos = videos.filter(owner=user.pk) if user.pk else videos.none()
    return videos.get(pk=pk)


def creator_watched(user: User | AnonymousUser, pk: int) -> User:
    """A creator whose numbers the user may see. Raises ``User.DoesNotExist``."""
    creators = User.objects.filter(is_active=True)
    if not sees_all(user):
        creators = creators.filter(pk=user.pk) if user.pk else creators.none()
    return creators.get(pk=pk)
