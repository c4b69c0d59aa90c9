"""What viewers say with a tap or in words: each kept once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.models import Video
from recommender.models.viewers import Viewer


class Like(models.Model):
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="likes")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="likes")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "video"), name="like_once")]

    def __str__(self) -> str:
        return f"{self.viewer_id} likes {self.video_id}"


class Follow(models.Model):
    """A viewer follows a creator."""

    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="follows")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followers")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "creator"), name="follow_once")]

    def __str__(self) -> str:
        return f"{self.viewer_id} follows {self.creator_id}"


class NotInterested(models.Model):
    """A viewer asked not to see this video, or its creator, again."""

    class Scope(models.TextChoices):
        VIDEO = "video", _("This video")
        CREATOR = "creator", _("This creator")

    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="not_interested")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="not_interested")
    scope = models.CharField(max_length=7, choices=Scope, default=Scope.VIDEO)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "video"), name="not_interested_once")]

    def __str__(self) -> str:
        return f"{self.viewer_id} avoids {self.video_id}"


class Comment(models.Model):
    """A comment or a reply to one; a deleted one with replies keeps its place without its text."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="comments"
    )  # none once the account is deleted and the comment only keeps the place above other people's answers
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    text = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField(default=timezone.now)
    deleted = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created",)
        constraints = [
            models.CheckConstraint(condition=Q(deleted__isnull=False) | ~Q(text=""), name="comment_has_text"),
            models.CheckConstraint(
                condition=Q(author__isnull=False) | Q(deleted__isnull=False),
                name="comment_of_nobody_is_deleted",
            ),
        ]
        indexes = [models.Index(fields=("video", "created"), name="comment_of_video")]

    def __str__(self) -> str:
        return self.text[:40]


class ShareLink(models.Model):
    """An address somebody passed on; visits through it are counted."""

    token = models.CharField(max_length=22, unique=True)
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="share_links")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="share_links")
    visits = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "video"), name="share_link_once")]

    def __str__(self) -> str:
        return self.token
