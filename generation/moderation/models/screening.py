"""One screening of one revision of a video or of a comment: what the scorers said and what followed from it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.leases import Leased
from generation.models import Video
from generation.moderation.models.policies import Policy

UNFINISHED = ("queued", "running", "waiting")


class Screening(Leased):
    """A row that a worker holds while it asks the scorers; nothing that waits for it is shown."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Screening")
        WAITING = "waiting", _("Waits for a scorer")  # a required one failed; tried again at ``retry_at``
        DONE = "done", _("Screened")
        WITHDRAWN = "withdrawn", _("No longer needed")  # taken back, edited again or deleted meanwhile

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Nothing found")
        QUEUED = "queued", _("A person looks")
        HELD = "held", _("Held until a person has looked")

    class Why(models.TextChoices):
        SUBMITTED = "submitted", _("Published")
        EDITED = "edited", _("Edited")
        REPORTED = "reported", _("Reported")
        COMMENT = "comment", _("Comment")

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="screenings")
    comment = models.BigIntegerField(null=True, blank=True)  # number of the comment, where it is about one
    text = models.CharField(max_length=500, blank=True)  # of the comment
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )  # of the comment
    why = models.CharField(max_length=10, choices=Why, default=Why.SUBMITTED)
    revision = models.CharField(max_length=64)  # hash of the file and of what stands beside it
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    cleared = models.BooleanField(default=False)  # the rule or a person lets this revision pass
    reason = models.CharField(max_length=60, blank=True)  # code: what it waits for, or which policy decided
    detail = models.TextField(blank=True)
    signals = models.JSONField(default=list, blank=True)  # of every scorer with version, score, evidence
    risks = models.JSONField(default=dict, blank=True)  # policy → probability
    verdicts = models.JSONField(default=dict, blank=True)  # policy → approve, queue, hold
    versions = models.JSONField(default=dict, blank=True)  # policy → number of the version that judged
    shadow = models.JSONField(default=dict, blank=True)  # policy → what the version in shadow would have said
    failures = models.PositiveSmallIntegerField(default=0)  # times a required scorer failed
    retry_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("video",),
                condition=Q(state__in=UNFINISHED, comment__isnull=True),
                name="screening_one_under_way",
            ),
            models.UniqueConstraint(
                fields=("comment",),
                condition=Q(comment__isnull=False),
                name="screening_once_a_comment",
            ),
            models.CheckConstraint(
                condition=Q(state="done") & ~Q(outcome="") | ~Q(state="done") & Q(outcome=""),
                name="screening_done_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | (~Q(reason="") & Q(retry_at__isnull=False)),
                name="screening_waits_for_something",
            ),
        ]
        indexes = [
            models.Index(fields=("state", "retry_at"), name="screening_to_do"),
            models.Index(fields=("video", "revision"), name="screening_of_revision"),
            models.Index(
                fields=("comment",),
                name="comment_not_shown",
                condition=Q(comment__isnull=False, cleared=False),
            ),
            models.Index(fields=("ended",), name="screening_ended"),
        ]

    def __str__(self) -> str:
        return f"screening {self.pk} of {self.video_id}"


class BlockedHash(models.Model):
    """A file or frame that is known: whatever matches it breaks the policy. Moderators add and remove."""

    class Kind(models.TextChoices):
        SHA256 = "sha256", _("The same file")
        PDQ = "pdq", _("A frame that looks alike")

    kind = models.CharField(max_length=6, choices=Kind)
    value = models.CharField(max_length=64)  # hex
    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="blocked")
    label = models.CharField(max_length=80, blank=True)  # "case:12", "video:4", or the list it came from
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(default=timezone.now)
    removed = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "blocked hashes"
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "value"), condition=Q(removed__isnull=True), name="blocked_hash_once"
            )
        ]
        indexes = [models.Index(fields=("label",), name="blocked_hash_label")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value[:16]}"
