"""What a decision does to a video or comment, and how that is taken back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from generation.models import Video
from generation.moderation.models import Case, Decision, Screening
from generation.moderation.models.screening import UNFINISHED
from generation.moderation.screening.closing import screenings_withdraw
from generation.moderation.screening.items import comment_revision
from generation.visibility import is_pending, video_restrict, video_set_visibility

Action = Decision.Action
ADULT_YEARS = 18
DECIDED = "moderator"  # the reason of a video that a person let out


def effect_apply(case: Case, actions: dict[str, str]) -> dict[str, Any]:
    """Do what ``actions`` (action → policy code) say; how it stood before and after, as JSON."""
    if case.comment is not None:
        return _comment_apply(case, actions)
    video = Video.objects.select_for_update().filter(pk=case.video_id or 0).first()
    if video is None:
        return {}
    before = _snapshot(video)
    if Action.REJECT in actions:
        reason = f"policy:{actions[Action.REJECT]}"
        screenings_withdraw(video.pk)
        video = video_set_visibility(
            video=video, visibility=Video.Visibility.REMOVED, reason=reason, keep_time=True
        )
        _clear(video, case, False)
    else:
        video = _let_out(video, case, actions)
        _clear(video, case, True)
    return {"before": before, "after": _snapshot(video)}


def _let_out(video: Video, case: Case, actions: dict[str, str]) -> Video:
    limited = Action.AGE_LIMIT in actions
    if _changed_since(video, case):
        return video  # what is there now is being screened; its own end lets it out
    screenings_withdraw(video.pk)
    video = video_restrict(
        video=video, age_limit=ADULT_YEARS if limited else 0, warning=actions.get(Action.BLUR, "")
    )
    is_ours = is_pending(video) or video.is_shown or video.visibility == Video.Visibility.REMOVED
    if video.deleted is None and is_ours:  # what its creator took back stays back
        wanted = Video.Visibility.DEMOTED if limited else Video.Visibility.PUBLIC
        reason = f"age_limit:{actions[Action.AGE_LIMIT]}" if limited else DECIDED
        video = video_set_visibility(video=video, visibility=wanted, reason=reason)
    elif video.visibility == Video.Visibility.REMOVED:
        video = video_set_visibility(video=video, visibility=Video.Visibility.PRIVATE, reason=DECIDED)
    return video


def _changed_since(video: Video, case: Case) -> bool:
    """Whether another revision than the one that was looked at is under way."""
    under_way = Screening.objects.filter(video=video, comment__isnull=True, state__in=UNFINISHED)
    return bool(case.revision) and under_way.exclude(revision=case.revision).exists()


def _snapshot(video: Video) -> dict[str, Any]:
    cleared = list(
        Screening.objects.filter(video=video, comment__isnull=True, cleared=True).values_list("pk", flat=True)
    )
    return {
        "visible": video.visibility, "reason": video.visibility_reason, "age_limit": video.age_limit,
        "warning": video.warning, "cleared": cleared,
        "published": video.published.isoformat() if video.published else None,
    }  # fmt: skip


def _clear(video: Video, case: Case, passed: bool) -> None:
    """A person's word about this revision stands over the machine's."""
    rows = Screening.objects.filter(video=video, comment__isnull=True, revision=case.revision)
    rows.update(cleared=passed)


def effect_restore(case: Case, effect: dict[str, Any]) -> bool:
    """Put back what was there before, unless somebody changed it since; whether anything was put back."""
    if not effect:
        return False
    if case.comment is not None:
        Screening.objects.filter(comment=case.comment).update(cleared=effect["before"]["cleared"])
        return True
    video = Video.objects.select_for_update().filter(pk=case.video_id or 0).first()
    if video is None:
        return False
    before, after = effect["before"], effect["after"]
    Screening.objects.filter(video=video, comment__isnull=True, revision=case.revision).update(cleared=False)
    Screening.objects.filter(pk__in=before["cleared"]).update(cleared=True)
    if (video.visibility, video.visibility_reason) != (after["visible"], after["reason"]):
        return False
    video_restrict(video=video, age_limit=before["age_limit"], warning=before["warning"])
    wanted = before["visible"]
    if video.deleted is None or wanted not in Video.SHOWN:
        was_published = before["published"] is not None
        video_set_visibility(video=video, visibility=wanted, reason=before["reason"], keep_time=was_published)
    return True


def _comment_apply(case: Case, actions: dict[str, str]) -> dict[str, Any]:
    """A comment is shown or it is not; one that was never screened gets a row that says so."""
    passed = Action.REJECT not in actions
    row = Screening.objects.filter(comment=case.comment).first()
    if row is None and case.video_id is not None:
        text = next((str(piece["text"]) for piece in case.evidence if piece.get("where") == "comment"), "")
        row = Screening(
            video_id=case.video_id, comment=case.comment, why=Screening.Why.REPORTED, text=text[:500],
            revision=comment_revision(text), state=Screening.State.DONE, ended=timezone.now(),
            outcome=Screening.Outcome.APPROVED, cleared=True,
        )  # fmt: skip
        row.save()
    if row is None:
        return {}
    before = row.cleared
    Screening.objects.filter(pk=row.pk).update(cleared=passed)
    return {"before": {"cleared": before}, "after": {"cleared": passed}}
