"""The edge for creators and commenters: the reasons of a decision, and the appeal against it."""

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
from generation.moderation.models import Statement
from generation.moderation.screening.statements import statements_read
from generation.moderation.selectors.creators import statements_about, statements_to
from generation.moderation.services.appeals import appeal_file, statement_appeal
from generation.moderation.web import shapes
from generation.selectors import videos_for

REFUSED = {400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer}


class OwnVideoView(APIView):
    """Somebody else's video does not exist."""

    permission_classes = (permissions.IsAuthenticated,)

    def video(self, pk: int) -> Video:
        return get_object_or_404(videos_for(self.request.user), pk=pk)


class AppealView(OwnVideoView):
    """Ask for another moderator's look at the decision in force; nobody does in another's name."""

    @extend_schema(request=shapes.TextRequest, responses={201: shapes.AppealAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        assert isinstance(request.user, User)
        video = get_object_or_404(videos_for(request.user), pk=pk, owner=request.user)
        form = shapes.TextRequest(data=request.data)
        form.is_valid(raise_exception=True)
        appeal = appeal_file(video=video, creator=request.user, text=form.validated_data["text"])
        return Response(shapes.AppealAnswer(appeal).data, status=status.HTTP_201_CREATED)


class StatementsView(OwnVideoView):
    """Why something was done about the video, newest first."""

    @extend_schema(responses={200: shapes.StatementAnswer(many=True), 403: ErrorAnswer, 404: ErrorAnswer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.StatementAnswer(statements_about(self.video(pk)), many=True).data)


class OwnStatementsView(APIView):
    """Every statement of reasons addressed to who asks, about videos and comments, newest first."""

    permission_classes = (permissions.IsAuthenticated,)

    @extend_schema(
        parameters=[shapes.PageQuery],
        responses={200: shapes.OwnStatementAnswer(many=True), 403: ErrorAnswer},
    )
    def get(self, request: Request) -> Response:
        form = shapes.PageQuery(data=request.query_params)
        form.is_valid(raise_exception=True)
        start, most = form.validated_data["offset"], form.validated_data["limit"]
        assert isinstance(request.user, User)
        rows = statements_to(request.user).select_related("decision__appeal")[start : start + most]
        return Response(shapes.OwnStatementAnswer(rows, many=True).data)


class OneOwnView(APIView):
    """What is addressed to somebody else does not exist, for administrators either."""

    permission_classes = (permissions.IsAuthenticated,)

    def statement(self, pk: int) -> Statement:
        assert isinstance(self.request.user, User)
        return get_object_or_404(statements_to(self.request.user), pk=pk)


class OwnStatementView(OneOwnView):
    """One statement; asked for, it is read."""

    @extend_schema(responses={200: shapes.OwnStatementAnswer, 403: ErrorAnswer, 404: ErrorAnswer})
    def get(self, request: Request, pk: int) -> Response:
        row = self.statement(pk)
        answer = shapes.OwnStatementAnswer(row).data
        statements_read([row])
        return Response(answer)


class StatementAppealView(OneOwnView):
    """Ask for another moderator's look at what the statement gives reasons for, a video or a comment."""

    @extend_schema(request=shapes.TextRequest, responses={201: shapes.AppealAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        assert isinstance(request.user, User)
        row = self.statement(pk)
        form = shapes.TextRequest(data=request.data)
        form.is_valid(raise_exception=True)
        appeal = statement_appeal(statement=row, creator=request.user, text=form.validated_data["text"])
        return Response(shapes.AppealAnswer(appeal).data, status=status.HTTP_201_CREATED)
