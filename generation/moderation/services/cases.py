"""Who holds a case: claims that expire, the next one to look at, notes, and what is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import CaseClaimed, CaseStateConflict, DecisionInvalid
from generation.moderation.models import Appeal, Case, CaseNote, Decision, Exposure, Statement
from generation.moderation.screening.closing import appeals_moot, case_withdraw, opinions_withdraw
from generation.moderation.selectors.cases import claim_holds, is_severe, ordered, pseudonym
from generation.moderation.selectors.people import break_due, cases_for, cases_unskipped
from generation.moderation.selectors.policies import SEVERE
from generation.moderation.services.golden import golden_serve
from generation.moderation.services.people import exposure_begin, exposure_end, moderator_of

NOTE_LENGTH = 2000
LOOKED_AT = 20  # of the most urgent cases: others take some at the same moment


def _free(user: User) -> Q:
    """Open and held by nobody else."""
    return Q(state=Case.State.OPEN) & (Q(claimed_by__isnull=True) | Q(claimed_by=user) | ~claim_holds())


@transaction.atomic
def case_claim(*, case: Case, moderator: User) -> Case:
    """Hold the case for ``settings.CLAIM_SECONDS``; claimed again by its holder it is held anew.

    One conditional UPDATE, so of two at once one gets it. Raises ``CaseClaimed`` or ``CaseStateConflict``.
    """
    now = timezone.now()
    mine = Case.objects.filter(pk=case.pk, claimed_by=moderator).exists()
    taken = Case.objects.filter(_free(moderator), pk=case.pk).update(
        claimed_by=moderator,
        claimed_at=F("claimed_at") if mine else now,
        claim_until=now + timedelta(seconds=settings.CLAIM_SECONDS),
    )
    found = Case.objects.select_related("policy", "video", "claimed_by__moderator").get(pk=case.pk)
    if not taken:
        raise _refusal(found)
    moderator_of(moderator)
    exposure_begin(user=moderator, case=found)
    if not mine:
        audit_append(actor=actor_of(moderator), action="case_claim", subject=f"case:{case.pk}")
    return found


def _refusal(case: Case) -> CaseClaimed | CaseStateConflict:
    if case.state != Case.State.OPEN:
        return CaseStateConflict(
            f"Only an open case can be taken; case {case.pk} is {case.state}. Take the next one.",
            values={"state": case.state},
        )
    return CaseClaimed(
        f"{pseudonym(case.claimed_by)} holds case {case.pk} until {case.claim_until:%H:%M:%S}. Take the next one.",
        values={"holder": pseudonym(case.claimed_by)},
    )


@transaction.atomic
def case_release(*, case: Case, moderator: User) -> Case:
    """Let go of a case without deciding it; letting go twice is the same as once."""
    gone = Case.objects.filter(pk=case.pk, claimed_by=moderator).update(
        claimed_by=None, claimed_at=None, claim_until=None
    )
    if gone:
        exposure_end(user=moderator, case=case)
        audit_append(actor=actor_of(moderator), action="case_release", subject=f"case:{case.pk}")
    return Case.objects.get(pk=case.pk)


def case_next(
    *, moderator: User, policy: str = "", language: str = "", severe: bool = True, order: str = ""
) -> Case | None:
    """Claim the most urgent case for the moderator, or the first in ``order``; ``None`` where there is none.

    Severe cases are left out once the exposure budget is spent, with ``severe`` false, and right after a severe one
    where another is there. Now and then it is one whose answer is known, which nobody can tell.
    """
    moderator_of(moderator)
    with_severe = severe and not break_due(moderator)
    if (golden := golden_serve(moderator=moderator, severe=with_severe)) is not None:
        return case_claim(case=golden, moderator=moderator)
    waiting = cases_unskipped(moderator, cases_for(moderator).filter(_free(moderator)))
    if policy:
        waiting = waiting.filter(policy__code=policy)
    if language:
        waiting = waiting.filter(language=language)
    lighter = waiting.filter(severity__lt=SEVERE)
    orders = [waiting] if with_severe else [lighter]
    if with_severe and _last_was_severe(moderator):
        orders = [lighter, waiting]
    for cases in orders:
        for case in ordered(cases, order)[:LOOKED_AT]:
            try:
                return case_claim(case=case, moderator=moderator)
            except (CaseClaimed, CaseStateConflict):
                continue  # somebody was quicker
    return None


def case_peek(*, moderator: User, after: Case, order: str = "") -> Case | None:
    """The case that would come next, claimed by nobody: so that a page can load its pictures ahead."""
    waiting = cases_unskipped(moderator, cases_for(moderator).filter(_free(moderator))).exclude(pk=after.pk)
    if break_due(moderator) or is_severe(after):
        waiting = waiting.filter(severity__lt=SEVERE)
    # some instead of one: for one alone SQLite sorts all that wait instead of following the ranks
    return next(iter(ordered(waiting.select_related("policy", "video"), order)[:LOOKED_AT]), None)


def _last_was_severe(moderator: User) -> bool:
    last = Exposure.objects.filter(moderator=moderator).order_by("-began", "-pk").first()
    return last is not None and last.severity >= SEVERE


def case_note(*, case: Case, author: User, text: str) -> CaseNote:
    """Write to the other moderators beside the case. Raises ``DecisionInvalid`` for an empty or overlong note."""
    words = text.strip()
    if not 0 < len(words) <= NOTE_LENGTH:
        raise DecisionInvalid(
            f"A note has 1 to {NOTE_LENGTH} characters, this has {len(words)}. Shorten it.", field="text"
        )
    note = CaseNote.objects.create(case=case, author=author, text=words)
    digest = hashlib.sha256(words.encode()).hexdigest()
    audit_append(
        actor=actor_of(author),
        action="case_note",
        subject=f"case:{case.pk}",
        data={"note": note.pk, "sha256": digest},
    )
    return note


@transaction.atomic
def cases_forget(*, video: int) -> None:
    """The video is about to be deleted for good: its open cases end, and what they quote of it goes."""
    case_withdraw(video=video, kinds=tuple(Case.Kind.values))
    for case in Case.objects.filter(video=video, state=Case.State.OPEN):  # those about its comments
        case_withdraw(comment=case.comment, kinds=tuple(Case.Kind.values))
    opinions_withdraw(Case.objects.filter(video=video))
    appeals_moot(Decision.objects.filter(case__video=video))
    Case.objects.filter(video=video).update(evidence=[], title="")
    Statement.objects.filter(video=video).update(text="")
    Appeal.objects.filter(video=video).update(text="")


@transaction.atomic
def person_forget(*, user: User) -> None:
    """An account is about to be deleted: what is quoted of it goes; decisions and the log keep numbers only."""
    Case.objects.filter(creator=user).update(evidence=[], title="")
    Statement.objects.filter(creator=user).update(text="")
    Appeal.objects.filter(creator=user).update(text="")


def cases_reach_set(*, reach: Mapping[int, int]) -> int:
    """Tell how many people have met each video: open cases move in the queue accordingly; how many did."""
    moved = 0
    for case in Case.objects.filter(state=Case.State.OPEN, video__in=reach):
        new = reach[case.video_id or 0]
        if new != case.reach:
            case.reach = new
            Case.objects.filter(pk=case.pk).update(reach=new, rank=case.rank_now())
            moved += 1
    return moved
