"""What a viewer decides about their own data: personalized or not, begun anew, deleted with everything in it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.roles import ADMINISTRATOR, has_role
from generation.models import Video
from generation.services.erasure import creations_erase, work_stop
from recommender.errors import ConfirmationWrong, LastAdministrator, PasswordWrong
from recommender.models import Comment, Erasure, Impression, Viewer
from recommender.privacy.erasure import erasure_finish
from recommender.privacy.traces import administration_erase, mail_erase, names_of, sign_ins_erase
from recommender.viewers import limits

CONFIRMING_WORDS = ("delete", "删除")  # what a browser without an account types
TRIES = 6  # wrong passwords an hour


def personalization_set(*, viewer: Viewer, on: bool) -> None:
    """Whether the feed may use what the viewer did; what they did is kept either way, until deleted."""
    Viewer.objects.filter(pk=viewer.pk).update(personalized=on)
    viewer.personalized = on


def recommendations_reset(*, viewer: Viewer) -> datetime | None:
    """Begin anew: what happened before now no longer counts for the feed. When it was last begun anew, for an undo."""
    before = viewer.reset
    viewer.reset = timezone.now()
    viewer.save(update_fields=["reset"])
    return before


def reset_undo(*, viewer: Viewer, before: datetime | None) -> None:
    """Let the past count again from where it did before the last reset."""
    viewer.reset = before
    viewer.save(update_fields=["reset"])


def viewer_erase(*, viewer: Viewer, confirmation: str) -> None:
    """Delete a browser's data with everything in it. Raises ``ConfirmationWrong``."""
    if confirmation.strip().casefold() not in CONFIRMING_WORDS:
        raise ConfirmationWrong("Type “delete” to delete this browser's data.", field="confirmation")
    with transaction.atomic():
        erasure = Erasure.objects.create(viewers=_viewer_ids(viewer))
        Viewer.objects.filter(pk__in=erasure.viewers).delete()
    erasure_finish(erasure)


def account_erase(*, user: User, password: str, confirmation: str) -> None:
    """Delete the account with everything in it: videos and their files, drafts, jobs, comments, reactions, history.

    Raises ``PasswordWrong``, ``ConfirmationWrong``, ``LastAdministrator``, or ``TooMany`` after several wrong passwords.
    """
    if confirmation.strip() != user.username:
        raise ConfirmationWrong(f"Type {user.username!r} to delete this account.", field="confirmation")
    limits.take(f"erase:{user.pk}", amount=1, most=TRIES, seconds=3600, what="tries to delete an account")
    if not user.check_password(password):
        raise PasswordWrong(
            "This is not the account's password. Type it again, or reset it.", field="password"
        )
    _check_not_last_administrator(user)
    account_remove(user=user)


def account_remove(*, user: User) -> None:
    """What ``account_erase`` does once it is sure; nobody is asked."""
    work_stop(owner=user)
    _sessions_end(user)
    names = names_of(user)
    mail_erase(names)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        erasure = Erasure(owner=user.pk)
        if viewer := Viewer.objects.filter(user=user).first():
            erasure.viewers = _viewer_ids(viewer)
        _forget_titles(user)
        administration_erase(user)
        sign_ins_erase(names)
        erasure.jobs = creations_erase(owner=user)
        _comments_erase(user)
        Viewer.objects.filter(pk__in=erasure.viewers).delete()
        erasure.save()
        user.delete()
    erasure_finish(erasure)


def _viewer_ids(viewer: Viewer) -> list[int]:
    """The viewer and everybody who was merged into them."""
    return [viewer.pk, *viewer.former]


def _check_not_last_administrator(user: User) -> None:
    if not has_role(user, ADMINISTRATOR):
        return
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    if not (others.filter(is_superuser=True) | others.filter(groups__name=ADMINISTRATOR)).exists():
        raise LastAdministrator(
            "You are the only administrator. Give somebody else the role before you delete your account."
        )


def _forget_titles(user: User) -> None:
    """Reasons of other people's pages quote titles: “because you liked …”."""
    videos = set(Video.objects.filter(owner=user).values_list("pk", flat=True))
    quoting = Impression.objects.filter(reason__video__in=videos).only("reason")
    changed = []
    for slot in quoting.iterator():
        slot.reason = {**slot.reason, "title": ""}
        changed.append(slot)
    Impression.objects.bulk_update(changed, ["reason"], batch_size=500)


def _comments_erase(user: User) -> None:
    """Comments go; one that others answered stays as an empty place, so that their answers stay too."""
    mine = Comment.objects.filter(author=user)
    answers = Comment.objects.filter(parent=OuterRef("pk")).exclude(author=user)
    kept = list(mine.filter(Exists(answers)).values_list("pk", flat=True))
    Comment.objects.filter(pk__in=kept).update(author=None, text="", deleted=timezone.now())
    mine.delete()


def _sessions_end(user: User) -> None:
    """Every browser the person is signed in with; there is no index of them, so all sessions are looked at."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
