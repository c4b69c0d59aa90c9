"""The edge of a viewer's own data: settings, a new beginning, everything as one document."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.throttles import ScopeThrottle
from core.web import ErrorAnswer
from generation.moderation.selectors import reports_by
from generation.moderation.services import reports_told
from recommender.privacy.decisions import personalization_set, recommendations_reset
from recommender.privacy.export import document
from recommender.viewers.identity import viewer_known, viewer_of
from recommender.web.api.social import FromThisSite, WriteThrottle

REPORTS_SHOWN = 100


class MeAnswer(serializers.Serializer[Any]):
    personalized = serializers.BooleanField(help_text="Whether the feed uses what this viewer did.")
    reset = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="What happened before no longer counts for the feed."
    )
    signed_in = serializers.BooleanField(read_only=True)


class MeView(APIView):
    """How the feed treats this viewer."""

    permission_classes = (FromThisSite,)
    throttle_classes = (WriteThrottle,)
    throttle_scope = "social"

    @extend_schema(responses={200: MeAnswer})
    def get(self, request: Request) -> Response:
        viewer = viewer_known(request._request)
        return Response(
            {
                "personalized": viewer.personalized if viewer else True,
                "reset": viewer.reset if viewer else None,
                "signed_in": request.user.is_authenticated,
            }
        )

    @extend_schema(
        request=MeAnswer, responses={200: MeAnswer, 400: ErrorAnswer, 403: ErrorAnswer, 429: ErrorAnswer}
    )
    def patch(self, request: Request) -> Response:
        form = MeAnswer(data=request.data)
        form.is_valid(raise_exception=True)
        viewer = viewer_of(request._request)
        personalization_set(viewer=viewer, on=form.validated_data["personalized"])
        return self.get(request)


class ReportedAnswer(serializers.Serializer[Any]):
    """What came of one report: ``open``, ``upheld`` (something was done) or ``dismissed``."""

    video = serializers.IntegerField(source="video_id")
    title = serializers.CharField(source="video.title")
    comment = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    outcome = serializers.CharField()
    created = serializers.DateTimeField()
    resolved = serializers.DateTimeField(allow_null=True)
    told = serializers.DateTimeField(allow_null=True, help_text="When its reporter first read the outcome.")


class ReportedView(APIView):
    """What this viewer reported and what came of it; POST says that it was read."""

    permission_classes = (FromThisSite,)
    throttle_classes = (WriteThrottle,)
    throttle_scope = "social"

    @extend_schema(responses={200: ReportedAnswer(many=True)})
    def get(self, request: Request) -> Response:
        viewer = viewer_known(request._request)
        rows = reports_by(viewer.pk).select_related("video")[:REPORTS_SHOWN] if viewer else []
        return Response(ReportedAnswer(rows, many=True).data)

    @extend_schema(
        request=None, responses={200: ReportedAnswer(many=True), 403: ErrorAnswer, 429: ErrorAnswer}
    )
    def post(self, request: Request) -> Response:
        viewer = viewer_known(request._request)
        if viewer is not None:
            reports_told(reporter=viewer.pk)
        return self.get(request)


class ResetView(APIView):
    """Begin the recommendations anew; nothing is deleted."""

    permission_classes = (FromThisSite,)
    throttle_classes = (WriteThrottle,)
    throttle_scope = "social"

    @extend_schema(request=None, responses={200: MeAnswer, 403: ErrorAnswer, 429: ErrorAnswer})
    def post(self, request: Request) -> Response:
        viewer = viewer_of(request._request)
        recommendations_reset(viewer=viewer)
        signed_in = request.user.is_authenticated
        return Response({"personalized": viewer.personalized, "reset": viewer.reset, "signed_in": signed_in})


class DataView(APIView):
    """Everything that is stored about this viewer, as one JSON document, archived events too."""

    permission_classes = ()
    throttle_classes = (ScopeThrottle,)
    throttle_scope = "data"

    @extend_schema(responses={200: OpenApiTypes.OBJECT, 429: ErrorAnswer})
    def get(self, request: Request) -> StreamingHttpResponse:
        user = request.user if isinstance(request.user, User) else None
        pieces = document(viewer=viewer_known(request._request), user=user)
        answer = StreamingHttpResponse(pieces, content_type="application/json")
        answer.headers["Content-Disposition"] = 'attachment; filename="lumen-data.json"'
        answer.headers["Cache-Control"] = "no-store"
        return answer
