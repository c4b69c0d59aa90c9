"""A moderator takes a comment down where they meet it, under the video: a decision like any other, by one policy."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from generation.models import Video
from generation.moderation.errors import CaseStateConflict, DecisionInvalid, NotAuthorized
from generation.moderation.models import Case, Decision
from generation.moderation.screening.opening import case_open
from generation.moderation.selectors.people import case_for, policies_seen_by
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.decisions import case_decide

SEEN_RISK = 0.5  # of a case that a person opened: what they saw is a decision, no measurement


@transaction.atomic
def comment_take_down(
    *, comment: int, video: Video, text: str, author: User, moderator: User, policy: str, key: str = ""
) -> Case:
    """Reject the comment by ``policy``, as a case of its own or as the open one about it; the case, decided.

    Others see it no more, its author gets a statement of reasons and may appeal, and the case's undo takes all of it
    back. Sent again with the same ``key`` it is the same decision. Raises ``DecisionInvalid`` without a policy,
    ``NotAuthorized`` for one that the moderator does not judge by, ``CaseStateConflict`` for a comment that is down
    already, or ``CaseClaimed``.
    """
    codes = set(policies_seen_by(moderator).values_list("code", flat=True))
    if policy not in codes:
        raise DecisionInvalid(
            f"Taking down a comment names the policy it follows: {', '.join(sorted(codes))}.", field="policy"
        )
    if key and (sent := Decision.objects.filter(moderator=moderator, key=key, case__comment=comment).first()):
        return sent.case
    down = Case.objects.filter(comment=comment, state=Case.State.DECIDED, outcome=Decision.Action.REJECT)
    if down.exclude(kind__in=Case.HIDDEN).exists():
        raise CaseStateConflict(
            f"Comment {comment} was taken down already. Reload the page.", values={"state": "decided"}
        )
    case = case_open(
        video=video,
        kind=Case.Kind.SPOTTED,
        risks={policy: SEEN_RISK},
        evidence=[{"where": "comment", "policy": policy, "text": text, "score": SEEN_RISK}],
        comment=comment,
        creator=author,
    )
    try:
        case = case_for(moderator, case.pk)
    except Case.DoesNotExist:
        raise NotAuthorized("Other moderators look at this comment already. Leave it to them.") from None
    case_decide(
        case=case, moderator=moderator, actions=[ActionAsked(Decision.Action.REJECT, policy=policy)], key=key
    )
    case.refresh_from_db()
    return case
