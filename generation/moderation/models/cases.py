"""What a person has to look at, who holds it, and what was said beside it."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.models import Video
from generation.moderation.models.policies import Policy, PolicyVersion
from generation.moderation.models.screening import Screening

DOUBLING_HOURS = 12.0  # a case that waited so long counts twice
RISK_LEAST = 0.01  # so that a case of no risk still has a place


class Case(models.Model):
    """A video or comment that waits for a decision; of each one case at a time is open, and reports join it."""

    class Kind(models.TextChoices):
        SCREENING = "screening", _("Screening")
        REPORT = "report", _("Reports")
        SPOTTED = "spotted", _("Noticed by a moderator")
        APPEAL = "appeal", _("Appeal")
        ADJUDICATION = "adjudication", _("Two moderators disagree")
        GOLDEN = "golden", _("Known answer")  # hidden: looks like any other case
        SECOND = "second", _("Second opinion")  # hidden: looks like any other case

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("No longer needed")
        MERGED = "merged", _("Joined to another")

    HIDDEN = (Kind.GOLDEN, Kind.SECOND)  # answered, and nothing happens to the video
    PROPER = (Kind.SCREENING, Kind.REPORT, Kind.SPOTTED)

    _judged_read: tuple[Any, ...] = ()  # policy, risk and state as the database has them

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SCREENING)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    video = models.ForeignKey(Video, null=True, on_delete=models.SET_NULL, related_name="cases")
    comment = models.BigIntegerField(null=True, blank=True)  # number of the comment, where it is about one
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="cases_about"
    )  # of the video, or of the comment
    screening = models.ForeignKey(
        Screening, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    revision = models.CharField(max_length=64, blank=True)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="cases")  # of the highest risk
    severity = models.PositiveSmallIntegerField(default=2)
    risk = models.FloatField(default=0.0)  # 0–1, under its policy
    risks = models.JSONField(default=dict, blank=True)  # policy → 0–1
    evidence = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, blank=True)
    reach = models.PositiveIntegerField(default=0)  # people who have met it
    reports_count = models.PositiveIntegerField(default=0)
    rank = models.FloatField(default=0.0)  # log2 of the priority, as if the case were opened at time 0
    margin = models.FloatField(default=1.0)  # from the risk to the nearest line of the acting policy, 0–1
    escalated = models.BooleanField(default=False)  # seen by senior moderators only
    only_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # a golden case without anybody is seen by nobody
    not_for = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases_held"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim_until = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField()
    decided = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)  # the action that ended it
    simulated = models.BooleanField(default=False)  # the demonstration's: teaches nothing, reported to nobody

    class Meta:
        ordering = ("-rank", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("video",),
                condition=Q(state="open", comment__isnull=True, kind__in=("screening", "report", "spotted")),
                name="case_one_open_a_video",
            ),
            models.UniqueConstraint(
                fields=("comment",),
                condition=Q(state="open", comment__isnull=False, kind__in=("screening", "report", "spotted")),
                name="case_one_open_a_comment",
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided__isnull=False, claimed_by__isnull=True) & ~Q(outcome="")
                | ~Q(state="decided") & Q(decided__isnull=True, outcome=""),
                name="case_decided_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True)
                | Q(claimed_at__isnull=False, claim_until__isnull=False, state="open"),
                name="case_claim_has_an_end",
            ),
            models.CheckConstraint(condition=Q(risk__gte=0, risk__lte=1), name="case_risk_0_1"),
        ]
        indexes = [
            # state first: SQLite takes a partial index only where it reads its condition in the statement
            models.Index(F("state"), F("rank").desc(), F("id"), name="case_by_rank"),
            models.Index(fields=("state", "margin", "id"), name="case_by_margin"),
            models.Index(fields=("state", "policy", "-rank"), name="case_of_policy"),
            models.Index(fields=("state", "-decided"), name="case_by_decision"),
            models.Index(fields=("creator", "state"), name="case_of_creator"),
            models.Index(  # all that counting the queue looks at
                fields=("state", "policy", "kind", "escalated", "only_for", "creator", "due"),
                name="case_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.rank = self.rank_now()
        moves = {"rank"}
        judged = (self.policy_id, self.risk, self.state)
        if (
            self.state == self.State.OPEN and self._judged_read != judged
        ):  # opened again, by other lines maybe
            self.margin = self.margin_now()
            moves.add("margin")
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *moves}
        super().save(*args, **kwargs)
        self._judged_read = judged

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Case:
        case = super().from_db(*args, **kwargs)
        case._judged_read = tuple(case.__dict__.get(name) for name in ("policy_id", "risk", "state"))
        return case

    @property
    def is_hidden(self) -> bool:
        """Whether it only measures moderators."""
        return self.kind in self.HIDDEN

    @property
    def weight(self) -> float:
        """Risk × reach: what the priority is when the case is opened."""
        return max(self.risk, RISK_LEAST) * (1.0 + math.log1p(self.reach)) * 2.0 ** (self.severity - 2)

    def rank_now(self) -> float:
        """log2(weight) less its opening in doublings: the order by it is the order by priority at every moment."""
        return math.log2(self.weight) - self.opened.timestamp() / 3600.0 / DOUBLING_HOURS

    def margin_now(self) -> float:
        """How far the risk lies from the nearest line of its policy as it acts now; 1 where none acts or none was measured."""
        if self.kind == self.Kind.SPOTTED:
            return 1.0
        lines = PolicyVersion.objects.filter(policy=self.policy_id, state=PolicyVersion.State.ACTIVE)
        pairs = lines.values_list("auto_approve_below", "hold_above")
        return min((abs(self.risk - line) for pair in pairs for line in pair), default=1.0)

    def priority(self, now: datetime) -> float:
        """Risk × reach × age, where age doubles every ``DOUBLING_HOURS``."""
        return float(2.0 ** (self.rank + now.timestamp() / 3600.0 / DOUBLING_HOURS))


class CaseSkip(models.Model):
    """A moderator passed a case on; the next one offered to them is another."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="skips")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("case", "moderator"), name="skip_once")]

    def __str__(self) -> str:
        return f"{self.moderator_id} skips {self.case_id}"


class CaseNote(models.Model):
    """What moderators write to each other beside a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(max_length=2000)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created", "pk")

    def __str__(self) -> str:
        return self.text[:40]
