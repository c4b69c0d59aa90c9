"""The edge of oversight: the policy table and its steps, quality, transparency, the audit log, statements for the EU."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.roles import ADMINISTRATOR, has_role
from core.web import ErrorAnswer
from generation.moderation.models import AuditEntry, Policy, PolicyVersion, Statement
from generation.moderation.selectors import quality
from generation.moderation.selectors.people import is_senior
from generation.moderation.selectors.policies import policies_acting, policy_history
from generation.moderation.selectors.transparency import transparency
from generation.moderation.services.policies import (
    policy_activate,
    policy_discard,
    policy_draft,
    policy_replay,
    policy_shadow,
    shadow_report,
)
from generation.moderation.web import shapes

REFUSED = {400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer}
ANY = {"type": "object"}
SPAN = timedelta(days=30)


class IsSenior(permissions.BasePermission):
    message = "Only senior moderators and administrators see this. Ask an administrator."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_senior(request.user)


class IsAdministrator(permissions.BasePermission):
    message = "Only administrators change policies and read the audit log."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_role(request.user, ADMINISTRATOR)


class PoliciesView(APIView):
    """The rules as they act now; anybody may read them."""

    permission_classes = ()

    @extend_schema(responses={200: shapes.PolicyAnswer(many=True)})
    def get(self, request: Request) -> Response:
        acting: Any = list(policies_acting().values())
        return Response(shapes.PolicyAnswer(acting, many=True).data)


class PolicyVersionsView(APIView):
    """Every version of a policy; a new one begins as a draft."""

    permission_classes = (permissions.IsAuthenticated, IsAdministrator)

    @extend_schema(responses={200: shapes.PolicyAnswer(many=True), 403: ErrorAnswer, 404: ErrorAnswer})
    def get(self, request: Request, code: str) -> Response:
        get_object_or_404(Policy, code=code)
        history: Any = policy_history(code)
        return Response(shapes.PolicyAnswer(history, many=True).data)

    @extend_schema(request=shapes.PolicyRequest, responses={201: shapes.PolicyAnswer, **REFUSED})
    def post(self, request: Request, code: str) -> Response:
        policy = get_object_or_404(Policy, code=code)
        form = shapes.PolicyRequest(data=request.data)
        form.is_valid(raise_exception=True)
        changes = dict(form.validated_data)
        note = changes.pop("note")
        assert isinstance(request.user, User)
        version = policy_draft(policy=policy, author=request.user, changes=changes, note=note)
        return Response(shapes.PolicyAnswer(version).data, status=status.HTTP_201_CREATED)


class PolicyStepView(APIView):
    """One step of a version: replay, shadow, activate, discard."""

    permission_classes = (permissions.IsAuthenticated, IsAdministrator)

    @extend_schema(request=shapes.StepRequest, responses={200: shapes.PolicyAnswer, **REFUSED})
    def post(self, request: Request, code: str, number: int, step: str) -> Response:
        version = get_object_or_404(PolicyVersion, policy__code=code, number=number)
        form = shapes.StepRequest(data=request.data)
        form.is_valid(raise_exception=True)
        assert isinstance(request.user, User)
        if step == "replay":
            policy_replay(version=version, by=request.user)
        elif step == "shadow":
            policy_shadow(version=version, by=request.user)
        elif step == "discard":
            policy_discard(version=version, by=request.user)
        else:
            policy_activate(version=version, by=request.user, early=form.validated_data["early"])
        version = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
        return Response(dict(shapes.PolicyAnswer(version).data) | {"shadow": shadow_report(version)})


class QualityView(APIView):
    """How well decisions are made: moderators under their pseudonyms, policies, models, the machine alone."""

    permission_classes = (permissions.IsAuthenticated, IsSenior)

    @extend_schema(parameters=[shapes.SpanQuery], responses={200: ANY, 403: ErrorAnswer})
    def get(self, request: Request) -> Response:
        since, until = span(request)
        return Response(
            {
                "since": since,
                "until": until,
                "moderators": quality.quality_of_moderators(since=since, until=until),
                "policies": quality.quality_of_policies(since=since, until=until),
                "models": quality.quality_of_models(),
                "machine": quality.quality_of_the_machine(),
                "alpha": quality.agreement_of_all(),
                "simulated": quality.simulated_between(since, until),
            }
        )


def span(request: Request) -> tuple[datetime, datetime]:
    """What was asked for, else the last thirty days."""
    form = shapes.SpanQuery(data=request.query_params)
    form.is_valid(raise_exception=True)
    until: datetime = form.validated_data.get("until", timezone.now())
    since: datetime = form.validated_data.get("since", until - SPAN)
    return since, until


class TransparencyView(APIView):
    """What anybody may know about moderation on this site."""

    permission_classes = ()

    @extend_schema(parameters=[shapes.SpanQuery], responses={200: ANY, 400: ErrorAnswer})
    def get(self, request: Request) -> Response:
        since, until = span(request)
        return Response(transparency(since=since, until=until))


class AuditView(APIView):
    """The audit log in order, for whoever keeps a copy; ``after`` is the last number they have."""

    permission_classes = (permissions.IsAuthenticated, IsAdministrator)

    @extend_schema(parameters=[shapes.AuditQuery], responses={200: ANY, 403: ErrorAnswer})
    def get(self, request: Request) -> Response:
        form = shapes.AuditQuery(data=request.query_params)
        form.is_valid(raise_exception=True)
        rows = AuditEntry.objects.filter(number__gt=form.validated_data["after"]).order_by("number")
        return Response([_entry(row) for row in rows[: form.validated_data["limit"]]])


def _entry(row: AuditEntry) -> dict[str, Any]:
    names = ("number", "at", "actor", "action", "subject", "data", "previous", "hash")
    return {name: getattr(row, name) for name in names}


class StatementsExportView(APIView):
    """The statements of a span as the DSA Transparency Database takes them in one request: ``{"statements": […]}``.

    What the demonstration made up is not among them.
    """

    permission_classes = (permissions.IsAuthenticated, IsAdministrator)

    @extend_schema(parameters=[shapes.SpanQuery], responses={200: ANY, 400: ErrorAnswer, 403: ErrorAnswer})
    def get(self, request: Request) -> Response:
        since, until = span(request)
        rows = Statement.objects.filter(
            created__gte=since, created__lt=until, decision__case__simulated=False
        ).order_by("created")
        return Response({"statements": list(rows.values_list("fields", flat=True))})
