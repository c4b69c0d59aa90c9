"""Shapes of the API of analytics."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from analytics.models import CycleStep, OptimizationCycle
from analytics.services.cycle_texts import step_text


class CycleStepAnswer(serializers.Serializer[CycleStep]):
    name = serializers.CharField()
    state = serializers.ChoiceField(CycleStep.State.choices)
    summary = serializers.SerializerMethodField()
    result = serializers.JSONField(help_text="What the step found, as data.")

    def get_summary(self, step: CycleStep) -> str:
        return step_text(step)


class CycleError(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class CycleAnswer(serializers.ModelSerializer[OptimizationCycle]):
    """One turn of the loop; ``verdict`` is null until it has one."""

    id = serializers.IntegerField()
    steps = CycleStepAnswer(many=True)
    verdict = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    class Meta:
        model = OptimizationCycle
        fields = (
            "id", "number", "state", "progress", "steps", "verdict", "version", "parent", "seed", "simulated",
            "cpu_seconds", "error", "created", "started", "ended",
        )  # fmt: skip

    def get_verdict(self, cycle: OptimizationCycle) -> dict[str, Any] | None:
        return cycle.verdict or None

    def get_error(self, cycle: OptimizationCycle) -> dict[str, str] | None:
        return {"code": cycle.error_code, "detail": cycle.error} if cycle.error_code else None


class CycleRequest(serializers.Serializer[Any]):
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
