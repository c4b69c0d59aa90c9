"""The edge for moderators: the queue, claims, decisions, undo, notes. Validate, call one service or selector, answer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from core.roles import ADMINISTRATOR, MODERATOR, has_role
from core.web import ErrorAnswer, found
from generation.moderation.models import Case, GoldenCase
from generation.moderation.selectors import cases as reads
from generation.moderation.selectors.people import (
    break_due,
    case_for,
    exposure_budget,
    exposure_seconds,
    is_senior,
)
from generation.moderation.services.cases import case_claim, case_next, case_note, case_peek, case_release
from generation.moderation.services.decisions import case_decide, cases_decide
from generation.moderation.services.golden import golden_mark, golden_unmark
from generation.moderation.services.people import moderator_of, wellness_of, wellness_set
from generation.moderation.services.undoing import batch_undo, decision_undo
from generation.moderation.web import shapes

REFUSED = {400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer}


class IsModerator(permissions.BasePermission):
    message = "Only moderators work the queue. Ask an administrator for the role."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_role(request.user, MODERATOR, ADMINISTRATOR)


class IsSeniorModerator(permissions.BasePermission):
    message = "Only senior moderators and administrators do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_senior(request.user)


class ModerationView(APIView):
    """What the edge of moderators shares: who may, who asks, and which case."""

    permission_classes: tuple[type[permissions.BasePermission], ...] = (
        permissions.IsAuthenticated,
        IsModerator,
    )

    @property
    def me(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def case(self, pk: int) -> Case:
        case: Case = found(case_for, self.me, pk)
        return case

    def asked(self, shape: type[Serializer[Any]], data: Any = None) -> Any:
        form = shape(data=self.request.data if data is None else data)
        form.is_valid(raise_exception=True)
        return form.validated_data

    def told(self, case: Case) -> dict[str, Any]:
        row = case_for(self.me, case.pk)
        return dict(shapes.OneCaseAnswer(row, context=self.context).data)

    @property
    def context(self) -> dict[str, Any]:
        return {"request": self.request, "user": self.me}


class CasesView(ModerationView):
    """The queue, most urgent first: a plain list, with the number of all in ``X-Total-Count``."""

    @extend_schema(
        parameters=[shapes.CaseQuery],
        responses={200: shapes.CaseAnswer(many=True), 400: ErrorAnswer, 403: ErrorAnswer},
    )
    def get(self, request: Request) -> Response:
        asked = dict(self.asked(shapes.CaseQuery, request.query_params))
        limit, offset = asked.pop("limit"), asked.pop("offset")
        cases = reads.cases_queue(self.me, **asked)
        rows = shapes.CaseAnswer(cases[offset : offset + limit], many=True, context=self.context).data
        asked.pop("order")
        plain = asked == {"state": "open", "policy": "", "kind": "", "language": "", "mine": False}
        total = reads.cases_counted(self.me)["open"] if plain else cases.order_by().count()
        return Response(rows, headers={"X-Total-Count": str(total)})


class CountsView(ModerationView):
    """How much waits, and how much severe material the moderator has met within the hour."""

    @extend_schema(responses={200: shapes.CountsAnswer, 403: ErrorAnswer})
    def get(self, request: Request) -> Response:
        spent, budget = exposure_seconds(self.me), exposure_budget(self.me)
        mine = {"exposure_seconds": round(spent, 1), "exposure_budget": budget, "break_due": spent >= budget}
        return Response(reads.cases_counted(self.me) | mine)


class NextCaseView(ModerationView):
    """Claim the most urgent case; ``following`` is what a page may load ahead."""

    @extend_schema(
        request=shapes.NextRequest, responses={200: shapes.NextAnswer, 400: ErrorAnswer, 403: ErrorAnswer}
    )
    def post(self, request: Request) -> Response:
        asked = self.asked(shapes.NextRequest)
        case = case_next(moderator=self.me, **asked)
        ahead = case_peek(moderator=self.me, after=case, order=asked["order"]) if case else None
        answer = {"case": self.told(case) if case else None, "following": ahead.pk if ahead else None}
        return Response(answer | {"break_due": break_due(self.me)})


class CaseView(ModerationView):
    """One case with everything that lies beside it."""

    @extend_schema(responses={200: shapes.OneCaseAnswer, 403: ErrorAnswer, 404: ErrorAnswer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.told(self.case(pk)))


class ClaimView(ModerationView):
    """Hold the case for some minutes; again while holding it, hold it anew."""

    @extend_schema(request=None, responses={200: shapes.OneCaseAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        return Response(self.told(case_claim(case=self.case(pk), moderator=self.me)))


class ReleaseView(ModerationView):
    """Let go of the case without deciding it."""

    @extend_schema(request=None, responses={200: shapes.CaseAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        case_release(case=self.case(pk), moderator=self.me)
        return Response(shapes.CaseAnswer(self.case(pk), context=self.context).data)


class DecisionsView(ModerationView):
    """Decide the case; with the same ``key`` again it is the same decision."""

    @extend_schema(responses={200: shapes.DecisionAnswer(many=True), 403: ErrorAnswer, 404: ErrorAnswer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.DecisionAnswer(reads.decisions_of(self.case(pk)), many=True).data)

    @extend_schema(request=shapes.DecisionRequest, responses={201: shapes.DecidedAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        case = self.case(pk)
        form = shapes.DecisionRequest(data=request.data)
        form.is_valid(raise_exception=True)
        rows = case_decide(
            case=case,
            moderator=self.me,
            actions=form.actions_asked(),
            key=form.validated_data["key"],
            revision=form.validated_data["revision"],
        )
        return Response(decided(case, rows, self.context), status=status.HTTP_201_CREATED)


def decided(case: Case, rows: Any, context: dict[str, Any]) -> dict[str, Any]:
    """The decisions and the case as it is now: who escalated it is told too, and sees it no more."""
    row = Case.objects.select_related("policy", "video", "claimed_by__moderator").get(pk=case.pk)
    return {
        "decisions": shapes.DecisionAnswer(rows, many=True).data,
        "case": shapes.CaseAnswer(row, context=context).data,
    }


class UndoView(ModerationView):
    """Take back the newest decision on the case."""

    @extend_schema(request=shapes.KeyRequest, responses={200: shapes.DecidedAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        case = undoable(self.me, pk)
        rows = decision_undo(case=case, moderator=self.me, key=self.asked(shapes.KeyRequest)["key"])
        return Response(decided(case, rows, self.context))


def undoable(user: User, pk: int) -> Case:
    """A case the user reaches, or one that they decided and escalated out of their own sight."""
    mine = Case.objects.filter(pk=pk, decisions__moderator=user).first()
    if mine is not None:
        return mine
    case: Case = found(case_for, user, pk)
    return case


class NotesView(ModerationView):
    """What moderators write to each other."""

    @extend_schema(request=shapes.TextRequest, responses={201: shapes.NoteAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        note = case_note(case=self.case(pk), author=self.me, text=self.asked(shapes.TextRequest)["text"])
        return Response(shapes.NoteAnswer(note).data, status=status.HTTP_201_CREATED)


class BulkView(ModerationView):
    """Decide many cases alike; each for itself, so one that cannot be decided stops none of the others."""

    @extend_schema(request=shapes.BulkRequest, responses={200: shapes.BulkAnswer, **REFUSED})
    def post(self, request: Request) -> Response:
        asked = self.asked(shapes.BulkRequest)
        batch, results = cases_decide(
            cases=asked["cases"],
            moderator=self.me,
            actions=[shapes.ActionRequest.asked(asked)],
            key=asked["key"],
        )
        return Response({"batch": batch, "results": results})


class BulkUndoView(ModerationView):
    """Take a whole batch back."""

    @extend_schema(request=shapes.BulkUndoRequest, responses={200: shapes.BulkAnswer, **REFUSED})
    def post(self, request: Request) -> Response:
        asked = self.asked(shapes.BulkUndoRequest)
        results = batch_undo(batch=asked["batch"], moderator=self.me, key=asked["key"])
        return Response({"batch": asked["batch"], "results": results})


class GoldenView(ModerationView):
    """Let the decision of a decided case be a known answer, for senior moderators; DELETE serves it no more."""

    permission_classes = (permissions.IsAuthenticated, IsModerator, IsSeniorModerator)

    @extend_schema(request=None, responses={201: {"type": "object"}, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        golden = golden_mark(case=self.case(pk), by=self.me)
        answer = {"id": golden.pk, "case": pk, "action": golden.action}
        return Response(answer, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None, **REFUSED})
    def delete(self, request: Request, pk: int) -> Response:
        golden_unmark(golden=get_object_or_404(GoldenCase, case=self.case(pk)), by=self.me)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ModeratorView(ModerationView):
    """The moderator's own pseudonym, ways of showing severe material, and exposure."""

    @extend_schema(responses={200: {"type": "object"}, 403: ErrorAnswer})
    def get(self, request: Request) -> Response:
        return Response(self._mine())

    @extend_schema(
        request={"application/json": {"type": "object"}}, responses={200: {"type": "object"}, **REFUSED}
    )
    def patch(self, request: Request) -> Response:
        wellness_set(user=self.me, choices=request.data)
        return Response(self._mine())

    def _mine(self) -> dict[str, Any]:
        kept = moderator_of(self.me)
        return {
            "pseudonym": kept.pseudonym,
            "wellness": wellness_of(self.me),
            "exposure_seconds": round(exposure_seconds(self.me), 1),
            "exposure_budget": exposure_budget(self.me),
            "senior": kept.senior,
        }
