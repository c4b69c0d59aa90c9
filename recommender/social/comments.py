"""Comments under a video: one level of replies, a deleted one keeps its place while others answer it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core.roles import MODERATOR, has_role
from generation.language.cleaning import text_cleaned
from generation.models import Video
from generation.moderation.selectors import comment_reported
from generation.moderation.services import comment_submit, comment_take_down
from generation.selectors import AnyUser
from recommender.errors import CommentInvalid, NotAllowed
from recommender.models import Comment, EngagementEvent, Viewer
from recommender.social.reactions import NOWHERE, Moment, note

LENGTH = 500


@transaction.atomic
def comment_write(
    *,
    author: User,
    viewer: Viewer,
    video: Video,
    text: str,
    parent: int | None = None,
    moment: Moment = NOWHERE,
) -> Comment:
    """Write under a video, or under one of its comments; an answer to an answer joins the same thread.

    Others see it once moderation has let it pass. Sent again with the same event id it is the same comment. Raises ``CommentInvalid``.
    """
    words = text_cleaned(text)
    if not words:
        raise CommentInvalid("A comment needs words; this one is blank. Write some.", field="text")
    if len(words) > LENGTH:
        raise CommentInvalid(
            f"A comment has at most {LENGTH} characters, this has {len(words)}. Shorten it.", field="text"
        )
    thread = _thread(video, parent)
    if moment.event_id is not None:
        sent = EngagementEvent.objects.filter(
            pk=moment.event_id, viewer=viewer, type=EngagementEvent.Type.COMMENT
        )
        mine = Comment.objects.filter(author=author, video=video, parent=thread, text=words)
        known = mine.order_by("-created").first() if sent.exists() else None
        if known is not None:
            return known
    comment = Comment.objects.create(
        author=author, video=video, parent=thread, text=words, created=moment.when
    )
    comment_submit(comment=comment.pk, video=video, text=words, author=author)
    note(viewer, EngagementEvent.Type.COMMENT, video.pk, moment)
    return comment


def _thread(video: Video, parent: int | None) -> Comment | None:
    """The comment at the head of the thread that ``parent`` belongs to."""
    if parent is None:
        return None
    row = Comment.objects.filter(pk=parent, video=video).select_related("parent").first()
    if row is None or row.deleted is not None:
        raise CommentInvalid(
            f"Comment {parent} is no longer under this video. Write a new one.", field="parent"
        )
    return row.parent or row


def may_delete(user: AnyUser, comment: Comment) -> bool:
    """Its author and the video's owner may; reads ``comment.video``."""
    return user.pk in (comment.author_id, comment.video.owner_id)


def comment_remove(*, comment: Comment, by: User, policy: str = "", key: str = "") -> int | None:
    """Take a comment from under its video: who has a right to it deletes it, a moderator takes it down by a ``policy``.

    What a moderator does is a decision; the number of its case is returned, by whose undo it is taken back. Raises
    ``NotAllowed``, or what ``comment_take_down`` raises.
    """
    if may_delete(by, comment):
        comment_delete(comment=comment, by=by)
        return None
    if not has_role(by, MODERATOR) or comment.author is None:
        raise NotAllowed(
            "Only its author, the video's owner or a moderator deletes a comment. Report it instead."
        )
    case = comment_take_down(
        comment=comment.pk,
        video=comment.video,
        text=comment.text,
        author=comment.author,
        moderator=by,
        policy=policy,
        key=key,
    )
    return case.pk


@transaction.atomic
def comment_delete(*, comment: Comment, by: User) -> None:
    """Take a comment away. Its words go too, unless somebody reported them: then moderators still need them.

    Raises ``NotAllowed``. Deleting it twice is the same as once.
    """
    if not may_delete(by, comment):
        raise NotAllowed("Only its author or the video's owner deletes a comment.")
    comment = Comment.objects.select_for_update().get(pk=comment.pk)
    if comment.deleted is None:
        comment.deleted = timezone.now()
        if not comment_reported(comment.pk):
            comment.text = ""
        comment.save(update_fields=["deleted", "text"])
