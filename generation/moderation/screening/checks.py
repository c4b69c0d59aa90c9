"""A sample of what the machine lets pass is shown to a person who does not know that it is one."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.utils import timezone

from generation.models import Video
from generation.moderation.models import Case, Screening, SecondOpinion
from generation.moderation.screening.opening import due_after, evidence_of, gravest
from generation.moderation.selectors.policies import policies_acting, policy_of


def is_drawn(what: str, share: float) -> bool:
    """Whether ``what`` belongs to a sample of that share: the same answer every time, and nobody outside can tell it."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"sample:{what}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def automatic_check(screening: Screening, video: Video) -> SecondOpinion | None:
    """Ask a person about what was let pass, if it is drawn."""
    if not is_drawn(f"screening:{screening.pk}", settings.AUTOMATIC_CHECK_SHARE):
        return None
    return SecondOpinion.objects.create(screening=screening, hidden=hidden_case(video, screening))


def hidden_case(
    video: Video, screening: Screening | None, *, like: Case | None = None, kind: str = ""
) -> Case:
    """A case that looks like any other and changes nothing; ``like`` is the one whose place it takes."""
    versions = policies_acting()
    risks = like.risks if like else screening.risks if screening else {}
    code = (
        like.policy.code if like else gravest(risks, {name: row.severity for name, row in versions.items()})
    )
    severity = like.severity if like else versions[code].severity if code in versions else 1
    case = Case(
        kind=kind or Case.Kind.SECOND,
        video=video,
        creator=like.creator if like else (screening and screening.author) or video.owner,
        comment=like.comment if like else screening.comment if screening else None,
        screening=screening,
        policy=policy_of(code),
        severity=severity,
        risk=min(risks.get(code, 0.0), 1.0),
        risks=risks,
        evidence=like.evidence if like else evidence_of(screening.signals) if screening else [],
        reason=like.reason if like else "submitted:queued",
        title=like.title if like else video.title,
        language=video.language,
        reach=like.reach if like else 0,
        simulated=like.simulated if like else False,
        due=timezone.now() + due_after(severity),
    )
    case.save()
    return case
