"""What decisions are measured by: cases with a known answer, second opinions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.moderation.models.cases import Case
from generation.moderation.models.decisions import Decision
from generation.moderation.models.policies import Policy
from generation.moderation.models.screening import Screening


class GoldenCase(models.Model):
    """A decided case whose answer is known; copies of it are served hidden among the others."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="golden")
    action = models.CharField(max_length=10, choices=Decision.Action)
    policy = models.ForeignKey(Policy, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"golden {self.case_id}"


class GoldenAnswer(models.Model):
    """One moderator's answer to a golden case; each is asked once."""

    golden = models.ForeignKey(GoldenCase, on_delete=models.CASCADE, related_name="answers")
    served = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="golden_answer")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    decision = models.OneToOneField(Decision, null=True, on_delete=models.SET_NULL, related_name="+")
    right = models.BooleanField(null=True)  # the restriction and its policy as known; none until answered
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("golden", "moderator"), name="golden_once_each")]

    def __str__(self) -> str:
        return f"{self.moderator_id} on {self.golden_id}"


class SecondOpinion(models.Model):
    """Another look at a decision of a person or of the machine, without knowing that it is one."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        AGREED = "agreed", _("Agreed")
        DISAGREED = "disagreed", _("Disagreed")
        ADJUDICATED = "adjudicated", _("Adjudicated")

    first = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.CASCADE, related_name="second_opinion"
    )  # of a person
    screening = models.OneToOneField(
        Screening, null=True, blank=True, on_delete=models.CASCADE, related_name="second_opinion"
    )  # what the machine let pass by itself
    hidden = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="second_opinion")
    second = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    adjudication = models.OneToOneField(
        Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="adjudicates"
    )
    final = models.OneToOneField(Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=11, choices=State, default=State.PENDING)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first__isnull=False, screening__isnull=True)
                | models.Q(first__isnull=True, screening__isnull=False),
                name="second_opinion_on_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"second opinion {self.pk}"
