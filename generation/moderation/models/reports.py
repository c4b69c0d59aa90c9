"""What viewers reported, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.models import Video


class Report(models.Model):
    """A viewer's complaint about a video or one of its comments.

    Viewers and comments belong to the recommender, which lies above: they are kept as bare numbers, and the recommender
    tells when a number moves to another viewer, no longer counts, or is to be forgotten.
    """

    class Reason(models.TextChoices):
        MISLEADING = "misleading", _("False or misleading")
        HATE = "hate", _("Hate or insult")
        SEXUAL = "sexual", _("Sexual content")
        VIOLENCE = "violence", _("Violence or danger")
        COPYRIGHT = "copyright", _("Somebody else’s work")
        SPAM = "spam", _("Spam or fraud")
        UNLABELED = "unlabeled", _("AI content without a label")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        OPEN = "open", _("Being looked at")
        UPHELD = "upheld", _("Something was done")
        DISMISSED = "dismissed", _("Nothing against the rules")

    reporter = models.BigIntegerField()  # number of the viewer; never given to another
    counted = models.BooleanField(default=True)  # whether this reporter weighs in the rules; a bot does not
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="reports")
    comment = models.BigIntegerField(null=True, blank=True)  # number of the comment, where it is about one
    reason = models.CharField(max_length=12, choices=Reason)
    text = models.CharField(max_length=500, blank=True)
    seconds = models.FloatField(null=True, blank=True)  # where in the video
    case = models.ForeignKey(
        "moderation.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.OPEN)
    resolved = models.DateTimeField(null=True, blank=True)
    told = models.DateTimeField(null=True, blank=True)  # the reporter has read what came of it
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(
                fields=("reporter", "video"),
                condition=Q(comment__isnull=True),
                name="report_of_video_once_each",
            ),
            models.UniqueConstraint(
                fields=("comment", "reporter"),
                condition=Q(comment__isnull=False),
                name="report_of_comment_once_each",
            ),
        ]
        indexes = [models.Index(fields=("reporter",), name="report_of_reporter")]

    def __str__(self) -> str:
        return f"{self.reason} {self.video_id}"
