"""What the recommender hears and tells: a published or renamed video is placed at once, not at the next beat; moderation
forgets what a viewer reported, and reports about a comment, when they go by whatever way."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models.signals import post_delete, post_save

from generation.models import Video
from generation.moderation.services import comment_forget, reports_forget
from recommender import tasks
from recommender.models import Comment, Viewer

NAMES = frozenset({"username", "first_name", "last_name"})


def connect() -> None:
    post_save.connect(video_saved, sender=Video, dispatch_uid="recommender.video_saved")
    post_save.connect(user_saved, sender=User, dispatch_uid="recommender.user_saved")
    post_delete.connect(viewer_deleted, sender=Viewer, dispatch_uid="recommender.viewer_deleted")
    post_delete.connect(comment_deleted, sender=Comment, dispatch_uid="recommender.comment_deleted")


def video_saved(instance: Video, raw: bool = False, **_: Any) -> None:
    if raw:
        return
    tasks.search_index.delay_on_commit(instance.pk)
    if instance.is_shown:
        tasks.vectors_make.delay_on_commit(instance.pk)


def user_saved(
    instance: User, created: bool = False, raw: bool = False, update_fields: Any = None, **_: Any
) -> None:
    """A creator's new name is found at once; signing in writes a user too, but no name."""
    if not (raw or created) and (update_fields is None or NAMES & set(update_fields)):
        tasks.search_index_owner.delay_on_commit(instance.pk)


def viewer_deleted(instance: Viewer, **_: Any) -> None:
    reports_forget(reporter=instance.pk)


def comment_deleted(instance: Comment, **_: Any) -> None:
    comment_forget(comment=instance.pk)
