"""Who may see which cases, and how much a moderator has met lately."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from core.roles import ADMINISTRATOR, MODERATOR, has_role
from generation.moderation.models import Case, CaseSkip, Exposure, Moderator, Policy
from generation.moderation.selectors.policies import SEVERE
from generation.selectors import AnyUser

FOR_ALL = (*Case.PROPER, Case.Kind.GOLDEN)
EXPOSURE_HOUR = timedelta(hours=1)
EXPOSURE_CAP_SECONDS = 300.0  # what is left open over lunch was not looked at all that time


def moderator_kept(user: User) -> Moderator | None:
    """What is kept of the person as a moderator; read once a request."""
    if not hasattr(user, "_moderator"):
        user._moderator = Moderator.objects.filter(user=user).first()  # type: ignore[attr-defined]
    kept: Moderator | None = user._moderator  # type: ignore[attr-defined]
    return kept


def is_senior(user: AnyUser) -> bool:
    """Whether they take what is escalated, adjudicate, and undo other people's decisions."""
    if has_role(user, ADMINISTRATOR):
        return True
    kept = moderator_kept(user) if isinstance(user, User) else None
    return bool(kept and kept.senior and has_role(user, MODERATOR))


def policies_seen_by(user: AnyUser) -> QuerySet[Policy]:
    """The policies whose cases the user may see; an administrator sees all."""
    policies = Policy.objects.all()
    if not has_role(user, MODERATOR, ADMINISTRATOR) or not isinstance(user, User):
        return policies.none()
    if has_role(user, ADMINISTRATOR):
        return policies
    kept = moderator_kept(user)
    granted = Q(pk__in=kept.granted.values("pk")) if kept else Q(pk__in=())
    if kept and kept.only_granted:
        return policies.filter(granted)
    return policies.filter(Q(restricted=False) | granted)


def cases_for(user: AnyUser) -> QuerySet[Case]:
    """Every case the user may reach: by policy, by rank, none about their own, none where another must look."""
    seen = {policy.pk for policy in policies_seen_by(user)}
    if not seen or not isinstance(user, User):
        return Case.objects.none()
    cases = Case.objects.filter(Q(only_for__isnull=True) | Q(only_for=user))
    unseen = set(Policy.objects.values_list("pk", flat=True)) - seen
    if (
        unseen
    ):  # said so, not as what is seen: else a database reads policy by policy and sorts, instead of by rank
        cases = cases.exclude(policy__in=unseen)
    cases = cases.exclude(kind=Case.Kind.GOLDEN, only_for__isnull=True)
    barred = Case.not_for.through.objects.filter(case=OuterRef("pk"), user=user)
    cases = cases.filter(
        Q(kind__in=FOR_ALL) | ~Exists(barred)
    )  # nobody is barred from those, so nobody looks it up
    if not has_role(user, ADMINISTRATOR):  # who may be all there is on a small site
        cases = cases.exclude(creator=user)
    if not is_senior(user):
        cases = cases.filter(escalated=False).exclude(kind=Case.Kind.ADJUDICATION)
    return cases


def case_for(user: AnyUser, pk: int) -> Case:
    """Raises ``Case.DoesNotExist`` for one the user may not reach."""
    rows = cases_for(user).select_related(
        "policy", "video", "video__owner", "screening", "claimed_by", "creator"
    )
    return rows.get(pk=pk)


def cases_unskipped(user: User, cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.exclude(Exists(CaseSkip.objects.filter(case=OuterRef("pk"), moderator=user)))


def exposure_seconds(user: User, *, now: datetime | None = None) -> float:
    """Seconds of severe material in the last hour, what is open at the moment included."""
    now = now or timezone.now()
    rows = Exposure.objects.filter(moderator=user, severity__gte=SEVERE, began__gt=now - EXPOSURE_HOUR)
    done = rows.filter(ended=True).aggregate(all=Sum("seconds"))["all"] or 0.0
    begun = rows.filter(ended=False).values_list("began", flat=True)
    return float(done) + sum(min(max((now - at).total_seconds(), 0.0), EXPOSURE_CAP_SECONDS) for at in begun)


def exposure_budget(user: User) -> int:
    """The person's own bound, else the site's, in seconds an hour."""
    kept = moderator_kept(user)
    own = kept.exposure_budget_seconds if kept else None
    return settings.EXPOSURE_BUDGET_SECONDS if own is None else own


def break_due(user: User) -> bool:
    """Whether so much severe material was met within the hour that a break is offered."""
    return exposure_seconds(user) >= exposure_budget(user)
