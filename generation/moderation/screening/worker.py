"""A worker takes a screening: asks the scorers, weighs what they said, and lets the video out, queues it or holds it.

What was said is written after every scorer, so a worker that takes over after a kill asks only those that had not
answered. The end is one transaction: the row, the video's visibility and the case; it is made by the holder of the lease
alone, so it happens once.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.errors import PlatformError
from core.leases import Lease, lease_owner_new, row_claim
from generation.models import Video
from generation.moderation.audit import MACHINE, audit_append
from generation.moderation.models import Case, Screening
from generation.moderation.screening import combination
from generation.moderation.screening.checks import automatic_check
from generation.moderation.screening.items import item_of, revision_of
from generation.moderation.screening.opening import case_open, evidence_of
from generation.moderation.screening.scoring import signals_asked
from generation.moderation.screening.suite import scorers_asked
from generation.moderation.screening.weighing import reports_weigh
from generation.moderation.selectors.policies import calibrations_active, policies_acting, policies_in_shadow
from generation.moderation.selectors.standing import standing_of_creator
from generation.visibility import REVIEW, is_pending, video_set_visibility

log = logging.getLogger(__name__)

OTHER, STRIKES = "other", "strikes"
PASSED = "passed"  # the reason a video has that the screening let out
RETRY_MOST_SECONDS = 3600.0
State, Outcome = Screening.State, Screening.Outcome


class ScreeningStopped(PlatformError):
    """A required scorer has no word, so nothing is decided."""

    code = "scorer_failed"


class ScreeningLease(Lease[Screening]):
    """The lease of a screening: a failure of any kind is a reason to wait and to ask again."""

    after_fault = "it is tried again."

    def end_failed(self, error: PlatformError) -> None:
        screening_wait(self, reason=error.code, detail=str(error))


def screening_take(pk: int) -> None:
    """Screen what the row is about if it is free to take; it ends done, waiting with a reason, or withdrawn."""
    owner = lease_owner_new()
    _again(pk)
    if not row_claim(Screening, pk, owner, started=timezone.now()):
        return
    screening = Screening.objects.get(pk=pk)
    lease = ScreeningLease(screening, owner)
    lease.work(lambda: _screen(screening, lease))


def _again(pk: int) -> None:
    """A row whose waiting is over is free to take."""
    due = Screening.objects.filter(pk=pk, state=State.WAITING, retry_at__lte=timezone.now())
    due.update(state=State.QUEUED, reason="", detail="", attempts=0)


def _screen(screening: Screening, lease: ScreeningLease) -> None:
    if screening.attempts > settings.JOB_ATTEMPTS:
        raise ScreeningStopped(
            f"{screening.attempts - 1} workers died while screening this; it is tried again later.",
            code="worker_died",
        )
    signals = _asked(screening, lease)
    failed = [one for one in signals if one["required"] and one["state"] != "scored"]
    if failed:
        names = ", ".join(sorted({one["scorer"] for one in failed}))
        details = "; ".join(one["detail"] for one in failed if one["detail"])
        raise ScreeningStopped(f"No word from {names}. {details}".strip(), code="scorer_failed")
    screening_end(screening, lease, signals)


def _asked(screening: Screening, lease: ScreeningLease) -> list[dict[str, Any]]:
    """What every scorer says; those that answered before the worker died are not asked again."""
    kept = [one for one in screening.signals if one["state"] == "scored"]
    answered = {one["entry"] for one in kept}
    signals = list(kept)
    item = item_of(screening)
    for asked in scorers_asked():
        if asked.name in answered:
            continue
        lease.beat()
        signals += signals_asked(asked, item, beat=lease.beat)
        lease.update(signals=signals)
    return signals


# --- ends ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def screening_end(screening: Screening, lease: ScreeningLease, signals: list[dict[str, Any]]) -> None:
    """Weigh the signals and act on the verdict, all or nothing. Raises ``LeaseLost`` when it is another worker's."""
    video = Video.objects.select_for_update().select_related("owner").get(pk=screening.video_id)
    if screening.comment is None and screening.revision != revision_of(video):
        _start_again(lease, revision_of(video))  # what was looked at is not what is there now
        return
    judged = judge(signals)
    _strikes_weighed(judged, video)
    outcome = judged["outcome"]
    held_by = judged.pop("reason")
    lease.update(
        state=State.DONE, lease_until=None, ended=timezone.now(), signals=signals, reason=held_by,
        detail="", cleared=outcome == Outcome.APPROVED, **judged,
    )  # fmt: skip
    screening.refresh_from_db()
    audit_append(
        actor=MACHINE,
        action="screened",
        subject=f"video:{video.pk}",
        data={
            "screening": screening.pk, "comment": screening.comment, "why": screening.why, "outcome": outcome,
            "risks": screening.risks, "versions": screening.versions,
        },
    )  # fmt: skip
    if outcome == Outcome.APPROVED:
        _let_out(screening, video)
    else:
        _to_a_person(screening, video)


def _start_again(lease: ScreeningLease, revision: str) -> None:
    lease.update(
        state=State.QUEUED, revision=revision, signals=[], attempts=0, lease_owner="", lease_until=None
    )


def _strikes_weighed(judged: dict[str, Any], video: Video) -> None:
    """What a creator with strikes publishes is looked at by a person, whatever the machine says."""
    if judged["outcome"] == Outcome.APPROVED and standing_of_creator(video.owner).is_reviewed:
        judged.update(outcome=Outcome.QUEUED, reason=STRIKES)


def judge(signals: list[dict[str, Any]]) -> dict[str, Any]:
    """Risks, verdicts by the acting policies and by those in shadow, the outcome and the policy that decided."""
    risks = combination.risks_of(signals, calibrations_active())
    acting, shadow = policies_acting(), policies_in_shadow()
    for code in set(risks) - set(acting):  # what no policy stands for is nobody's but the last one's
        risks[OTHER] = max(risks.get(OTHER, 0.0), risks.pop(code))
    verdicts = {code: combination.verdict_of(risks.get(code, 0.0), row) for code, row in acting.items()}
    strict = [code for code, verdict in verdicts.items() if verdict != "approve"]
    worst = max(
        strict, key=lambda code: (verdicts[code] == "hold", acting[code].severity, risks[code]), default=""
    )
    return {
        "risks": risks,
        "verdicts": verdicts,
        "versions": {code: row.number for code, row in acting.items()},
        "shadow": {
            code: {"version": row.number, "verdict": combination.verdict_of(risks.get(code, 0.0), row)}
            for code, row in shadow.items()
        },
        "outcome": combination.outcome_of(verdicts.values()),
        "reason": worst,
    }


def _let_out(screening: Screening, video: Video) -> None:
    """Nothing was found: what waited only for this is public now."""
    if screening.comment is None and is_pending(video) and not _looked_at(video):
        video_set_visibility(video=video, visibility=Video.Visibility.PUBLIC, reason=PASSED)
        reports_weigh([video.pk])
    automatic_check(screening, video)


def _looked_at(video: Video) -> bool:
    """A person has the video before them already: their word is waited for."""
    return Case.objects.filter(
        video=video, comment__isnull=True, state=Case.State.OPEN, kind__in=Case.PROPER
    ).exists()


def _to_a_person(screening: Screening, video: Video) -> None:
    """Held is taken from viewers at once, queued is looked at as it stands; what waits goes on waiting."""
    if screening.comment is None:
        shown_and_held = video.is_shown and screening.outcome == Outcome.HELD
        if is_pending(video) or shown_and_held:
            video_set_visibility(
                video=video, visibility=Video.Visibility.PRIVATE, reason=REVIEW, keep_time=True
            )
    case_open(
        video=video,
        kind=Case.Kind.SCREENING,
        risks=screening.risks,
        evidence=evidence_of(screening.signals),
        reason=f"{screening.why}:{screening.outcome}",
        screening=screening,
        comment=screening.comment,
        creator=screening.author,
        revision=screening.revision,
        policy="" if screening.reason == STRIKES else screening.reason,
    )


@transaction.atomic
def screening_wait(lease: ScreeningLease, *, reason: str, detail: str) -> None:
    """Leave the row waiting with its reason; after some failures a person is asked as well."""
    row = lease.own().select_for_update().first()
    if row is None:
        return
    failures = row.failures + 1
    delay = min(settings.SCREENING_RETRY_SECONDS * 2 ** (failures - 1), RETRY_MOST_SECONDS)
    lease.own().update(
        state=State.WAITING, reason=reason, detail=detail, failures=failures, lease_until=None,
        retry_at=timezone.now() + timedelta(seconds=delay),
    )  # fmt: skip
    audit_append(
        actor=MACHINE,
        action="screening_waits",
        subject=f"video:{row.video_id}",
        data={"screening": row.pk, "reason": reason, "failures": failures},
    )
    if failures == settings.SCREENING_TRIES:
        case_open(
            video=Video.objects.select_related("owner").get(pk=row.video_id),
            kind=Case.Kind.SCREENING,
            risks=combination.risks_of(row.signals, calibrations_active()),
            evidence=evidence_of(row.signals),
            reason=f"unscreened:{reason}",
            screening=row,
            comment=row.comment,
            creator=row.author,
            revision=row.revision,
        )
