"""What moderation hears of creation: a video that its creator publishes, changes, takes back or deletes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models.signals import pre_delete

from generation.models import Video
from generation.moderation.learning.frames import frames_forget
from generation.moderation.learning.lessons import lessons_forget
from generation.moderation.services.cases import cases_forget, person_forget
from generation.moderation.services.screening import video_rescreen, video_submit, video_withdraw
from generation.moderation.services.stills import stills_forget
from generation.services.videos import video_edited, video_submitted, video_withdrawn


def connect() -> None:
    video_submitted.connect(submitted, dispatch_uid="moderation.submitted")
    video_edited.connect(edited, dispatch_uid="moderation.edited")
    video_withdrawn.connect(withdrawn, dispatch_uid="moderation.withdrawn")
    pre_delete.connect(deleted, sender=Video, dispatch_uid="moderation.deleted")
    pre_delete.connect(person_deleted, sender=User, dispatch_uid="moderation.person_deleted")


def submitted(video: Video, **_: Any) -> None:
    """Taking a video back and publishing it again does not wash off what viewers reported."""
    video_submit(video=video)


def edited(video: Video, **_: Any) -> None:
    video_rescreen(video=video)


def withdrawn(video: Video, **_: Any) -> None:
    video_withdraw(video=video)


def deleted(instance: Video, **_: Any) -> None:
    cases_forget(video=instance.pk)
    stills_forget(video=instance.pk)
    frames_forget(video=instance.pk)
    lessons_forget(video=instance.pk)


def person_deleted(instance: User, **_: Any) -> None:
    person_forget(user=instance)
    lessons_forget(creator=instance.pk)
