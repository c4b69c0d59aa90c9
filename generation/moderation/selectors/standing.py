"""How a creator stands: the strikes in force and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone

from generation.moderation.models import Strike

WARNED, REVIEWED, PAUSED = (
    1,
    2,
    4,
)  # points from which: told; a person looks at everything; nothing is published


@dataclass(frozen=True)
class CreatorStanding:
    """``points`` of strikes in force, and when the next of them expires."""

    points: int
    next_expiry: datetime | None

    @property
    def level(self) -> str:
        """good, warned, reviewed or paused."""
        if self.points >= PAUSED:
            return "paused"
        if self.points >= REVIEWED:
            return "reviewed"
        return "warned" if self.points >= WARNED else "good"

    @property
    def is_reviewed(self) -> bool:
        return self.points >= REVIEWED

    @property
    def is_paused(self) -> bool:
        return self.points >= PAUSED


def strikes_in_force(creator: AbstractBaseUser, *, now: datetime | None = None) -> QuerySet[Strike]:
    """Neither expired nor revoked, the next to expire first."""
    rows = Strike.objects.filter(
        creator_id=creator.pk, revoked__isnull=True, expires__gt=now or timezone.now()
    )
    return rows.select_related("policy", "decision").order_by("expires")


def standing_of_creator(creator: AbstractBaseUser, *, now: datetime | None = None) -> CreatorStanding:
    rows = list(strikes_in_force(creator, now=now))
    return CreatorStanding(sum(row.points for row in rows), rows[0].expires if rows else None)
