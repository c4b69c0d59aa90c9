"""Everything that was done, in order, each entry sealed to the one before."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from generation.moderation.errors import AuditAppendOnly


class AuditEntry(models.Model):
    """One thing that was done; ``hash`` is over all of it and the hash before."""

    number = models.BigIntegerField(primary_key=True)  # 1, 2, 3 … without a gap
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)  # "user:3", "machine", "viewer:8"
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)  # "case:12", "video:4", "policy:hate"
    data = models.JSONField(default=dict, blank=True)  # ids, codes and numbers; no words of people
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=("subject",), name="audit_of_subject")]

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditAppendOnly("The audit log is only added to; write another entry.")
        super().save(*args, force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AuditAppendOnly("The audit log is only added to; nothing is deleted from it.")


class AuditHead(models.Model):
    """The newest entry's number and hash: one row, locked while an entry is added."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="audit_head_one_row")]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"
