"""Moderators' own affairs: their pseudonym, what they may see, how they want to see it, what they have met."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import DecisionInvalid
from generation.moderation.models import Case, Exposure, Moderator, Policy
from generation.moderation.selectors.people import EXPOSURE_CAP_SECONDS

BIRDS = (
    "Avocet Bittern Bunting Curlew Dipper Dunlin Eider Fulmar Gannet Godwit Goldeneye Grebe Harrier Heron Hoopoe "
    "Kestrel Kite Knot Lapwing Linnet Merlin Nightjar Nuthatch Oriole Osprey Ouzel Petrel Pipit Plover Pochard "
    "Redstart Ruff Sanderling Serin Shrike Siskin Skylark Snipe Starling Stint Stonechat Swift Tern Turnstone Twite "
    "Wagtail Warbler Waxwing Wheatear Whimbrel Wigeon Wryneck"
).split()
WELLNESS = {"blur": True, "grey": True, "mute": True, "half_speed": False, "reduced": False, "warn": True}


def moderator_of(user: User) -> Moderator:
    """What is kept of the person as a moderator; made with a pseudonym the first time."""
    kept = Moderator.objects.filter(user=user).first()
    while kept is None:
        name = f"{secrets.choice(BIRDS)} {secrets.randbelow(90) + 10}"
        if not Moderator.objects.filter(pseudonym=name).exists():
            kept, _ = Moderator.objects.get_or_create(user=user, defaults={"pseudonym": name})
    user._moderator = kept  # type: ignore[attr-defined]
    return kept


def wellness_of(user: User) -> dict[str, bool]:
    """How severe material is shown to the person: the site's way, and over it their own."""
    return WELLNESS | {
        name: bool(value) for name, value in moderator_of(user).wellness.items() if name in WELLNESS
    }


def wellness_set(*, user: User, choices: Mapping[str, Any] | list[Any]) -> dict[str, bool]:
    """Keep the person's own choices; ``None`` goes back to the site's way. Raises ``DecisionInvalid`` for one that does not exist."""
    if not isinstance(choices, Mapping):
        raise DecisionInvalid("Ways of showing are an object of names and true or false.", field="wellness")
    unknown = sorted(set(choices) - set(WELLNESS))
    if unknown:
        raise DecisionInvalid(
            f"Ways of showing are {', '.join(WELLNESS)}; there is no {unknown[0]!r}.", field="wellness"
        )
    kept = moderator_of(user)
    own = {**kept.wellness, **choices}
    kept.wellness = {name: bool(value) for name, value in own.items() if value is not None}
    kept.save(update_fields=["wellness"])
    return wellness_of(user)


@transaction.atomic
def moderator_access_set(
    *,
    user: User,
    by: User,
    granted: Iterable[str],
    only_granted: bool = False,
    senior: bool = False,
    exposure_budget_seconds: int | None = None,
) -> Moderator:
    """Say which policies the moderator sees beside those open to all, and whether they are senior."""
    kept = moderator_of(user)
    codes = sorted(set(granted))
    kept.granted.set(Policy.objects.filter(code__in=codes))
    kept.only_granted, kept.senior = only_granted, senior
    kept.exposure_budget_seconds = exposure_budget_seconds
    kept.save()
    audit_append(
        actor=actor_of(by),
        action="moderator_access",
        subject=actor_of(user),
        data={
            "granted": codes,
            "only_granted": only_granted,
            "senior": senior,
            "budget": exposure_budget_seconds,
        },
    )
    return kept


def exposure_begin(*, user: User, case: Case) -> None:
    """The case is before the moderator from now on."""
    Exposure.objects.get_or_create(
        moderator=user, case=case, ended=False, defaults={"severity": case.severity}
    )


def exposure_end(*, user: User, case: Case) -> float:
    """It is no longer; the seconds it was, with a bound for a page left open."""
    row = Exposure.objects.filter(moderator=user, case=case, ended=False).first()
    if row is None:
        return 0.0
    row.seconds = min(max((timezone.now() - row.began).total_seconds(), 0.0), EXPOSURE_CAP_SECONDS)
    row.ended = True
    row.save(update_fields=["seconds", "ended"])
    return row.seconds
