"""The edge for programs: optimization cycles."""

from __future__ import annotations

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.models import OptimizationCycle
from analytics.selectors.cycles import cycles_all
from analytics.services.cycles import cycle_cancel, cycle_decide, cycle_request
from analytics.web.serializers import CycleAnswer, CycleRequest
from core.roles import ADMINISTRATOR, ANALYST, has_role
from core.web import ErrorAnswer

REFUSED = {400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer}


class RunsTheLoop(permissions.BasePermission):
    message = "Only analysts and administrators run the loop. Ask an administrator for the role."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_role(request.user, ANALYST, ADMINISTRATOR)


class CycleViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[OptimizationCycle]
):
    """Optimization cycles, newest first."""

    queryset = OptimizationCycle.objects.none()
    serializer_class = CycleAnswer
    permission_classes = (permissions.IsAuthenticated, RunsTheLoop)
    lookup_value_converter = "int"

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return cycles_all()

    @extend_schema(request=CycleRequest, responses={201: CycleAnswer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Start a cycle; one that is on trial is judged on what has come in and closed first."""
        form = CycleRequest(data=request.data)
        form.is_valid(raise_exception=True)
        assert isinstance(request.user, User)
        cycle = cycle_request(requested_by=request.user, **form.validated_data)
        return Response(CycleAnswer(cycle).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={200: CycleAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        return Response(CycleAnswer(cycle_cancel(cycle=self.get_object())).data)

    @extend_schema(request=None, responses={200: CycleAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: int) -> Response:
        """Let the policy of a cycle in ``approval`` serve."""
        return self._decided(request, approve=True)

    @extend_schema(request=None, responses={200: CycleAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: int) -> Response:
        """Roll the policy of a cycle in ``approval`` back."""
        return self._decided(request, approve=False)

    def _decided(self, request: Request, *, approve: bool) -> Response:
        assert isinstance(request.user, User)
        cycle = cycle_decide(cycle=self.get_object(), approve=approve, by=request.user)
        return Response(CycleAnswer(cycle).data)
