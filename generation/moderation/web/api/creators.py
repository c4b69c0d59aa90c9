"""The edge for creators: the reasons of a decision, and the appeal against it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.web import ErrorAnswer
from generation.models import Video
from generation.moderation.selectors.creators import statements_about
from generation.moderation.services.appeals import appeal_file
from generation.moderation.web import shapes
from generation.selectors import videos_for

REFUSED = {400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer}


class OwnVideoView(APIView):
    """Somebody else's video does not exist."""

    permission_classes = (permissions.IsAuthenticated,)

    def video(self, pk: int) -> Video:
        return get_object_or_404(videos_for(self.request.user), pk=pk)


class AppealView(OwnVideoView):
    """Ask for another moderator's look at the decision in force."""

    @extend_schema(request=shapes.TextRequest, responses={201: shapes.AppealAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        video = self.video(pk)
        form = shapes.TextRequest(data=request.data)
        form.is_valid(raise_exception=True)
        assert isinstance(request.user, User)
        appeal = appeal_file(video=video, creator=request.user, text=form.validated_data["text"])
        return Response(shapes.AppealAnswer(appeal).data, status=status.HTTP_201_CREATED)


class StatementsView(OwnVideoView):
    """Why something was done about the video, newest first."""

    @extend_schema(responses={200: shapes.StatementAnswer(many=True), 403: ErrorAnswer, 404: ErrorAnswer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.StatementAnswer(statements_about(self.video(pk)), many=True).data)
