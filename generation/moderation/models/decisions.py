"""What was decided and what follows for the creator: decisions, statements of reasons, strikes, appeals."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.models import Video
from generation.moderation.models.cases import Case
from generation.moderation.models.policies import Policy


class Decision(models.Model):
    """One action on a case; never changed, only followed by another. An undo is a decision too."""

    class Action(models.TextChoices):
        APPROVE = "approve", _("Approve")
        REJECT = "reject", _("Reject")
        AGE_LIMIT = "age_limit", _("Adults only")
        BLUR = "blur", _("Behind a warning")
        DEMOTE = "demote", _("Not recommended")  # by reports alone, until somebody has looked
        ESCALATE = "escalate", _("Escalate")
        SKIP = "skip", _("Skip")
        UNDO = "undo", _("Undo")

    ENDING = (Action.APPROVE, Action.REJECT, Action.AGE_LIMIT, Action.BLUR)  # they close a case
    # they take a policy and a statement of reasons
    RESTRICTING = (Action.REJECT, Action.AGE_LIMIT, Action.BLUR, Action.DEMOTE)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()  # within its case
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    automatic = models.BooleanField(default=False)
    action = models.CharField(max_length=10, choices=Action)
    policy = models.ForeignKey(
        Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    seconds = models.FloatField(null=True, blank=True)  # where in the video
    note = models.TextField(blank=True, max_length=2000)
    key = models.CharField(max_length=64, blank=True)  # the client's: sent twice it is one decision
    submission = models.UUIDField()  # several actions sent together
    batch = models.UUIDField(null=True, blank=True)  # many cases decided together
    spent_seconds = models.FloatField(default=0.0)  # from the claim to here
    effect = models.JSONField(default=dict, blank=True)  # how the video stood before and after
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("case", "number")
        constraints = [
            models.UniqueConstraint(fields=("case", "number"), name="decision_number_once"),
            models.UniqueConstraint(
                fields=("moderator", "case", "key", "action"), condition=~Q(key=""), name="decision_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(action="undo", undoes__isnull=False) | ~Q(action="undo") & Q(undoes__isnull=True),
                name="decision_undo_says_what",
            ),
            models.CheckConstraint(
                condition=~Q(action__in=("reject", "age_limit", "blur", "demote")) | Q(policy__isnull=False),
                name="decision_restricts_by_policy",
            ),
            models.CheckConstraint(
                condition=~Q(action="demote") | Q(automatic=True), name="decision_demotes_by_rule"
            ),
        ]
        indexes = [models.Index(fields=("batch",), name="decision_of_batch")]

    def __str__(self) -> str:
        return f"{self.action} of case {self.case_id}"


class Statement(models.Model):
    """The reasons of a restriction, as the creator reads them and as the DSA Transparency Database takes them."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="statement")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="statements"
    )
    video = models.ForeignKey(Video, null=True, on_delete=models.SET_NULL, related_name="statements")
    language = models.CharField(max_length=2)
    text = models.TextField()
    puid = models.CharField(max_length=64, unique=True)
    fields = models.JSONField()  # exactly those of the DSA Transparency Database's API
    created = models.DateTimeField(default=timezone.now)
    withdrawn = models.DateTimeField(null=True, blank=True)  # the decision was undone or overturned
    read = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.puid


class Strike(models.Model):
    """A mark on a creator for a rejected video; it expires, and is revoked with its decision."""

    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="strikes")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="strike")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="strikes")
    points = models.PositiveSmallIntegerField(default=1)
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        indexes = [models.Index(fields=("creator", "expires"), name="strike_of_creator")]

    def __str__(self) -> str:
        return f"{self.points} to {self.creator_id}"


class Appeal(models.Model):
    """Whom a decision concerns disagrees; a moderator who had no part in it looks again."""

    class State(models.TextChoices):
        OPEN = "open", _("Being looked at")
        UPHELD = "upheld", _("The decision stands")
        OVERTURNED = "overturned", _("The decision was overturned")
        MOOT = "moot", _("The decision was undone meanwhile")

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    review = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="appeal")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="appeals"
    )
    video = models.ForeignKey(Video, null=True, on_delete=models.SET_NULL, related_name="appeals")
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created = models.DateTimeField(default=timezone.now)
    decided = models.DateTimeField(null=True, blank=True)
    told = models.DateTimeField(null=True, blank=True)  # its creator has read what came of it

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided__isnull=True) | ~Q(state="open") & Q(decided__isnull=False),
                name="appeal_decided_has_time",
            )
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"
