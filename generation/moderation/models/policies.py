"""What is not allowed, in both languages and in numbers; every change is a version, and one of each policy acts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Policy(models.Model):
    """One kind of what is not allowed; its wording and numbers are in its versions."""

    code = models.SlugField(max_length=24, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    restricted = models.BooleanField(default=False)  # only moderators it was granted to see its cases

    class Meta:
        ordering = ("position", "code")
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.code


class PolicyVersion(models.Model):
    """One wording of a policy with its thresholds: drafted, replayed on history, run in shadow, then acting."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SHADOW = "shadow", _("In shadow")  # judges beside the acting one and changes nothing
        ACTIVE = "active", _("Acting")
        RETIRED = "retired", _("Replaced")

    class Severity(models.IntegerChoices):
        LOW = 1, _("Low")
        MEDIUM = 2, _("Medium")
        HIGH = 3, _("High")
        SEVERE = 4, _("Severe")  # counts against a moderator's exposure budget

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    title_en = models.CharField(max_length=80)
    title_zh = models.CharField(max_length=80)
    wording_en = models.TextField()
    wording_zh = models.TextField()
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.MEDIUM)
    auto_approve_below = models.FloatField()  # risk, 0–1: nobody looks
    hold_above = models.FloatField()  # risk, 0–1: also taken from viewers where it is shown already
    reports_demote = models.PositiveSmallIntegerField(default=3)  # weighted reporters that demote a video
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)  # why it was changed
    replay = models.JSONField(default=dict, blank=True)  # what it would have done in the past
    created = models.DateTimeField(default=timezone.now)
    shadowed = models.DateTimeField(null=True, blank=True)
    activated = models.DateTimeField(null=True, blank=True)
    retired = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("policy__position", "-number")
        constraints = [
            models.UniqueConstraint(fields=("policy", "number"), name="policy_version_once"),
            models.UniqueConstraint(
                fields=("policy",), condition=Q(state="active"), name="policy_one_acting"
            ),
            models.UniqueConstraint(
                fields=("policy",), condition=Q(state="shadow"), name="policy_one_in_shadow"
            ),
            models.CheckConstraint(
                condition=Q(auto_approve_below__gte=0, hold_above__lte=1)
                & Q(auto_approve_below__lte=F("hold_above")),
                name="policy_thresholds_in_order",
            ),
            models.CheckConstraint(condition=Q(severity__gte=1, severity__lte=4), name="policy_severity_1_4"),
            models.CheckConstraint(condition=Q(reports_demote__gte=1), name="policy_reports_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.number}"

    def title(self, language: str) -> str:
        return self.title_zh if language == "zh" else self.title_en

    def wording(self, language: str) -> str:
        return self.wording_zh if language == "zh" else self.wording_en


class Calibration(models.Model):
    """How a combined risk of a policy is turned into a probability: ``sigmoid(slope · logit(risk) + offset)``."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="calibrations")
    slope = models.FloatField()
    offset = models.FloatField()
    decided = models.PositiveIntegerField()  # decisions it was fitted on
    brier_before = models.FloatField()
    brier_after = models.FloatField()  # on the same held-out decisions
    active = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(
                fields=("policy",), condition=Q(active=True), name="calibration_one_active"
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id}: {self.slope:.2f}, {self.offset:.2f}"
