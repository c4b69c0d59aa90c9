"""The edge for programs: experiments with their interval tables. Validate, call one service or selector, answer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.experiments.table import table_of
from analytics.models import Experiment
from analytics.selectors.experiments import experiments_for
from analytics.services.experiments import (
    experiment_create,
    experiment_decide,
    experiment_look,
    experiment_start,
    experiment_stop,
)
from core.roles import ADMINISTRATOR, ANALYST, CREATOR, has_role
from core.throttles import ScopeThrottle
from core.web import ErrorAnswer
from generation.models import Video
from generation.selectors import videos_for
from generation.services.titles import title_scores

REFUSED = {400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer, 429: ErrorAnswer}


class ArmRequest(serializers.Serializer[Any]):
    title = serializers.CharField(required=False, max_length=120)
    seconds = serializers.FloatField(required=False, min_value=0)


class ExperimentRequest(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[Experiment.Kind.TITLE, Experiment.Kind.COVER])
    video = serializers.IntegerField(min_value=1)
    arms = ArmRequest(many=True)
    criterion = serializers.ChoiceField(
        choices=Experiment.Criterion.choices, default=Experiment.Criterion.WATCH_SHARE
    )
    minimum_impressions = serializers.IntegerField(default=100, min_value=100, max_value=1_000_000)
    maximum_days = serializers.IntegerField(default=14, min_value=1, max_value=90)
    simulated = serializers.BooleanField(default=False)
    start = serializers.BooleanField(default=True)


class ExperimentDecisionRequest(serializers.Serializer[Any]):
    winner = serializers.CharField(max_length=12)


class ExperimentAnswer(serializers.ModelSerializer[Experiment]):
    class Meta:
        model = Experiment
        fields: tuple[str, ...] = (
            "id", "kind", "state", "name", "video", "criterion", "alpha", "minimum_impressions", "maximum_days",
            "simulated", "stop_reason", "winner", "created", "started", "ended",
        )  # fmt: skip


class OneExperimentAnswer(ExperimentAnswer):
    table = serializers.SerializerMethodField()

    class Meta(ExperimentAnswer.Meta):
        fields = (*ExperimentAnswer.Meta.fields, "table")

    def get_table(self, row: Experiment) -> dict[str, Any]:
        """Rows of arms with their always-valid intervals; as it was at its end for one that has ended."""
        return row.outcome or table_of(row).as_dict()


class MayExperiment(permissions.BasePermission):
    message = "Only creators and analysts run experiments. Ask an administrator for the role."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_role(request.user, CREATOR, ANALYST, ADMINISTRATOR)


class ExperimentThrottle(ScopeThrottle):
    """Counts what is created; reading is free."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method in permissions.SAFE_METHODS or super().allow_request(request, view)


class ExperimentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Experiment]
):
    """Experiments: those of one's own videos; all of them for analysts."""

    permission_classes = (MayExperiment,)
    throttle_classes = (ExperimentThrottle,)
    throttle_scope = "experiments"
    lookup_value_converter = "int"
    queryset = Experiment.objects.none()

    def get_queryset(self) -> Any:
        return experiments_for(self.request.user)

    def get_serializer_class(self) -> Any:
        return ExperimentAnswer if self.action == "list" else OneExperimentAnswer

    @extend_schema(request=ExperimentRequest, responses={201: OneExperimentAnswer, **REFUSED})
    def create(self, request: Request) -> Response:
        asked = ExperimentRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = dict(asked.validated_data)
        start = wanted.pop("start")
        video = get_object_or_404(_videos(request), pk=wanted.pop("video"))
        assert isinstance(request.user, User)
        row = experiment_create(by=request.user, video=video, scores=title_scores, **wanted)
        if start:
            row = experiment_start(experiment=row)
        return Response(OneExperimentAnswer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={200: OneExperimentAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: int) -> Response:
        return self._answer(experiment_start(experiment=self.get_object()))

    @extend_schema(request=None, responses={200: OneExperimentAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: int) -> Response:
        return self._answer(experiment_stop(experiment=self.get_object()))

    @extend_schema(request=None, responses={200: OneExperimentAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def look(self, request: Request, pk: int) -> Response:
        return self._answer(experiment_look(experiment=self.get_object()))

    @extend_schema(request=ExperimentDecisionRequest, responses={200: OneExperimentAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: int) -> Response:
        row = self.get_object()
        asked = ExperimentDecisionRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        return self._answer(experiment_decide(experiment=row, winner=asked.validated_data["winner"]))

    def _answer(self, row: Experiment) -> Response:
        return Response(OneExperimentAnswer(row).data)


def _videos(request: Request) -> Any:
    """Videos whose title and cover the caller may test: their own; an analyst's, all that are shown."""
    if has_role(request.user, ANALYST, ADMINISTRATOR):
        return Video.objects.filter(deleted__isnull=True)
    return videos_for(request.user)
