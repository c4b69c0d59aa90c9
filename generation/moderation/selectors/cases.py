"""Reads of the queue: its pages, its counts, what lies beside a case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from generation.models import Video
from generation.moderation.models import Case, Decision, Moderator, Policy, Screening, Strike
from generation.moderation.selectors.people import cases_for
from generation.moderation.selectors.policies import SEVERE
from generation.moderation.selectors.words import captions_of, script_of, transcript_of

STATES = ("open", "decided", "all")
ORDERS = ("", "uncertain")  # by urgency; or first those whose risk lies nearest a line of their policy
COUNTS_KEPT_SECONDS = 4
SOON = timedelta(hours=2)
SIMILAR, DUPLICATES = 5, 20


def claim_holds(now: datetime | None = None) -> Q:
    """A claim that is still good: not over, and not promised for longer than a claim may be (a clock that went wrong)."""
    now = now or timezone.now()
    return Q(claim_until__gt=now, claim_until__lte=now + 2 * timedelta(seconds=settings.CLAIM_SECONDS))


def is_claimed(case: Case, now: datetime | None = None) -> bool:
    """The same rule for a row that was read."""
    now = now or timezone.now()
    longest = now + 2 * timedelta(seconds=settings.CLAIM_SECONDS)
    until = case.claim_until
    return case.claimed_by_id is not None and until is not None and now < until <= longest


def cases_queue(
    user: User,
    *,
    state: str = "open",
    policy: str = "",
    kind: str = "",
    language: str = "",
    mine: bool = False,
    order: str = "",
) -> QuerySet[Case]:
    """The cases the user may take, most urgent first or as ``order`` says; decided ones newest first."""
    cases = cases_for(user).select_related("policy", "claimed_by__moderator", "video")
    if state == "decided":
        cases = cases.filter(state=Case.State.DECIDED).order_by("-decided")
    elif state == "open":
        cases = ordered(cases.filter(state=Case.State.OPEN), order)
    if policy:
        cases = cases.filter(policy__in=list(Policy.objects.filter(code=policy).values_list("pk", flat=True)))
    if kind:
        shown_as = (Case.Kind.SCREENING, *Case.HIDDEN) if kind == Case.Kind.SCREENING else (kind,)
        cases = cases.filter(kind__in=shown_as)
    if language:
        cases = cases.filter(language=language)
    if mine:
        cases = cases.filter(claim_holds(), claimed_by=user)
    return cases


def ordered(cases: QuerySet[Case], order: str) -> QuerySet[Case]:
    """Open cases in one of ``ORDERS``; each lies in an index."""
    return cases.order_by("margin", "pk") if order == "uncertain" else cases.order_by("-rank", "pk")


def kind_shown(case: Case) -> str:
    """What a moderator is told: a case that only measures looks like any other."""
    return Case.Kind.SCREENING.value if case.is_hidden else case.kind


def sla_state(case: Case, now: datetime | None = None) -> str:
    """late, soon (within two hours) or good."""
    left = case.due - (now or timezone.now())
    return "late" if left < timedelta(0) else "soon" if left < SOON else "good"


def cases_counted(user: User) -> dict[str, Any]:
    """How much waits for this user: open, by policy, late, claimed, own; kept for a few seconds."""
    key = f"cases-counted-{user.pk}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        now = timezone.now()
        waiting = cases_for(user).filter(state=Case.State.OPEN).order_by()
        late = Count("pk", filter=Q(due__lt=now))
        rows = list(waiting.values("policy").annotate(open=Count("pk"), late=late))
        held = list(
            waiting.filter(claim_holds(now), claimed_by__isnull=False).values_list("claimed_by", flat=True)
        )
        codes = dict(Policy.objects.values_list("pk", "code"))
        kept = {
            "open": sum(row["open"] for row in rows),
            "late": sum(row["late"] for row in rows),
            "claimed": len(held),
            "mine": held.count(user.pk),
            "by_policy": {codes[row["policy"]]: row["open"] for row in rows},
        }
        cache.set(key, kept, COUNTS_KEPT_SECONDS)
    return kept


def similar_decided(case: Case, user: User) -> QuerySet[Case]:
    """Decided cases under the same policy in the same language, nearest in risk, newest first among those.

    What the demonstration decided is a precedent for the demonstration alone.
    """
    decided = cases_for(user).filter(
        state=Case.State.DECIDED,
        policy=case.policy_id,
        kind__in=(*Case.PROPER, Case.Kind.APPEAL),
        simulated=case.simulated,
    )
    near = decided.filter(risk__gte=case.risk - 0.15, risk__lte=case.risk + 0.15).exclude(pk=case.pk)
    if case.language:
        near = near.filter(language=case.language)
    near = near.exclude(video=case.video_id)  # what was decided about the same is not whispered
    return near.exclude(video__isnull=True).select_related("policy", "video").order_by("-decided")[:SIMILAR]


def near_duplicates(case: Case, user: User) -> QuerySet[Case]:
    """Other open cases of the same file, or by the same creator under the same policy: what may be decided together."""
    same_file = (
        Video.objects.filter(sha256=case.video.sha256).order_by() if case.video else Video.objects.none()
    )
    waiting = Case.objects.filter(state=Case.State.OPEN).order_by()
    files = list(
        waiting.filter(video__in=list(same_file.values_list("pk", flat=True)[:DUPLICATES])).values_list(
            "pk", flat=True
        )[:DUPLICATES]
    )
    mine = (
        waiting.filter(creator=case.creator_id, policy=case.policy_id) if case.creator_id else waiting.none()
    )
    near = {*files, *mine.values_list("pk", flat=True)[:DUPLICATES]} - {case.pk}
    rows = cases_for(user).filter(pk__in=near)  # by number: else all of the queue is walked through by rank
    return rows.select_related("policy", "video").order_by("-rank")[:DUPLICATES]


def creator_context(case: Case) -> dict[str, Any]:
    """What is known of the creator's past here, in numbers; decisions of the demonstration stand beside its own only.

    ``strikes`` are all that are in force, since the next one adds to them.
    """
    if case.creator_id is None:
        return {}
    decided = Case.objects.filter(
        creator=case.creator_id, state=Case.State.DECIDED, simulated=case.simulated
    ).exclude(kind__in=Case.HIDDEN)
    now = timezone.now()
    return {
        "videos": Video.objects.filter(owner=case.creator_id).count(),
        "cases": decided.count(),
        "rejected": decided.filter(outcome=Decision.Action.REJECT).count(),
        "strikes": Strike.objects.filter(
            creator=case.creator_id, revoked__isnull=True, expires__gt=now
        ).count(),
        "joined": case.creator.date_joined if case.creator else None,
    }


def decisions_of(case: Case) -> QuerySet[Decision]:
    """Everything that was done to the case, in order."""
    return case.decisions.select_related("policy", "moderator__moderator", "undone_by").order_by("number")


def pseudonym(user: User | None) -> str:
    """Under which name a moderator appears to others; "" for the machine."""
    if user is None:
        return ""
    kept: Moderator | None = getattr(user, "moderator", None)
    return kept.pseudonym if kept else "moderator"


def is_severe(case: Case) -> bool:
    return case.severity >= SEVERE


def screenings_to_do(now: datetime | None = None) -> QuerySet[Screening]:
    """Screenings a worker may take, and those whose waiting is over; oldest first."""
    again = Q(state=Screening.State.WAITING, retry_at__lte=now or timezone.now())
    return (Screening.claimable() | Screening.objects.filter(again)).order_by("created")


def comments_not_shown() -> QuerySet[Screening]:
    """Screenings whose comment others do not see: not screened yet, looked at by a person, or rejected."""
    return Screening.objects.filter(comment__isnull=False, cleared=False).order_by()


def words_of(case: Case) -> dict[str, str]:
    """What is said in the video, to be read before anything is played: transcript and script."""
    if case.video is None:
        return {"transcript": "", "script": ""}
    heard = transcript_of(case.video) or captions_of(case.video)
    return {"transcript": heard, "script": script_of(case.video)}


def videos_in_queue() -> QuerySet[Case, int | None]:
    """The ids of videos with an open case, for those who know how many people have met them."""
    waiting = Case.objects.filter(state=Case.State.OPEN, video__isnull=False, kind__in=Case.PROPER)
    return waiting.order_by().values_list("video", flat=True)
