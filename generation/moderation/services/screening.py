"""What is published, edited or written is screened before others see it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from generation.models import Video
from generation.moderation import tasks
from generation.moderation.errors import PublishingPaused
from generation.moderation.models import Case, Screening
from generation.moderation.screening.closing import case_withdraw, screenings_withdraw
from generation.moderation.screening.demotion import demotion_told
from generation.moderation.screening.items import comment_revision, revision_of
from generation.moderation.screening.weighing import reports_weigh
from generation.moderation.selectors.policies import policies_acting
from generation.moderation.selectors.standing import standing_of_creator
from generation.visibility import SCREENING, is_pending, video_set_visibility

Why = Screening.Why


@transaction.atomic
def video_submit(*, video: Video) -> Screening | None:
    """A creator publishes: let it pass if exactly this was let pass before, else nobody sees it until it is screened.

    The screening, or ``None`` when none is needed. Raises ``PublishingPaused``.
    """
    reports_weigh([video.pk])
    if not settings.SCREENING:
        return None
    _refuse_paused(video.owner)
    if is_cleared(video):
        return None
    video = video_set_visibility(video=video, visibility=Video.Visibility.PRIVATE, reason=SCREENING)
    return screening_start(video=video, why=Why.SUBMITTED)


@transaction.atomic
def video_rescreen(*, video: Video) -> Screening | None:
    """Its words or its file changed: what others see goes from view until it is screened, and keeps its time."""
    if not settings.SCREENING or is_cleared(video) or not (video.is_shown or is_pending(video)):
        return None
    video_set_visibility(video=video, visibility=Video.Visibility.PRIVATE, reason=SCREENING, keep_time=True)
    return screening_start(video=video, why=Why.EDITED)


@transaction.atomic
def video_withdraw(*, video: Video) -> None:
    """Its creator took it back: nobody needs to look, unless somebody reported it."""
    screenings_withdraw(video.pk)
    case_withdraw(video=video.pk, kinds=(Case.Kind.SCREENING,))
    demotion_told(video)


def _refuse_paused(owner: User) -> None:
    standing = standing_of_creator(owner)
    if standing.is_paused and standing.next_expiry is not None:
        raise PublishingPaused(
            f"With {standing.points} strike points nothing is published; {standing.next_expiry:%Y-%m-%d} the next one "
            "expires. Drafts are kept, and each decision can be appealed.",
            values={"points": str(standing.points), "until": f"{standing.next_expiry:%Y-%m-%d}"},
        )


def is_cleared(video: Video) -> bool:
    """Whether this very revision was let pass by a person, or by the policies as they are now."""
    passed = Screening.objects.filter(
        video=video, comment__isnull=True, revision=revision_of(video), cleared=True
    )
    numbers = {code: row.number for code, row in policies_acting().items()}
    return any(
        row.outcome != Screening.Outcome.APPROVED or row.versions == numbers
        for row in passed.only("outcome", "versions")
    )


@transaction.atomic
def screening_start(*, video: Video, why: str) -> Screening:
    """Queue a screening of the video as it is now; one of an earlier revision under way is given up."""
    revision = revision_of(video)
    screenings_withdraw(video.pk)
    row = Screening.objects.create(video=video, why=why, revision=revision)
    tasks.screening_run.delay_on_commit(row.pk)
    return row


@transaction.atomic
def comment_submit(*, comment: int, video: Video, text: str, author: User | None = None) -> Screening | None:
    """A comment was written or changed: others see it once it is screened. Sent again it is screened again."""
    if not settings.SCREENING:
        return None
    fresh: dict[str, Any] = {
        "video": video, "why": Why.COMMENT, "text": text, "author": author, "revision": comment_revision(text),
        "state": Screening.State.QUEUED, "outcome": "", "cleared": False, "signals": [], "attempts": 0,
        "failures": 0, "lease_owner": "", "lease_until": None, "retry_at": None, "reason": "",
    }  # fmt: skip
    row, _ = Screening.objects.update_or_create(comment=comment, defaults=fresh)
    tasks.screening_run.delay_on_commit(row.pk)
    return row
