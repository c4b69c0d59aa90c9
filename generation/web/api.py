"""The edge for programs: jobs, uploads, labels of files, videos, versions of models, tokens. Validate, call one service or selector, answer."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics, mixins, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, BooleanField
from rest_framework.views import APIView

from core.bodies import takes_files
from core.roles import ADMINISTRATOR, ANALYST, CREATOR, MODERATOR, has_role
from core.throttles import ScopeThrottle, rate_take
from core.web import ErrorAnswer, found
from generation import selectors
from generation.edits import read_edits
from generation.models import GenerationJob, LabelReading, ModelVersion, NarrationPreview, Upload, Video
from generation.services.awaited import line_spoken, preview_request, reading_request
from generation.services.jobs import job_cancel, job_render, job_request, job_retry
from generation.services.storyboards import storyboard_apply, storyboard_undo
from generation.services.tokens import token_sign_in
from generation.services.uploads import upload_delete, upload_receive
from generation.services.videos import video_delete, video_publish, video_unpublish
from generation.storyboard import Storyboard
from generation.visibility import is_pending
from generation.web.multipart import AnyNameMultiPartParser
from generation.web.serializers import (
    JobAnswer,
    JobRequest,
    LabelReadingAnswer,
    LabelReadingRequest,
    ModelVersionAnswer,
    ModelVersionQuery,
    NarrationAnswer,
    NarrationRequest,
    OneJobAnswer,
    OwnVideoAnswer,
    PublishRequest,
    StoryboardAnswer,
    StoryboardPatch,
    TokenAnswer,
    TokenRequest,
    UploadAnswer,
    UploadRequest,
    VideoAnswer,
)

REFUSED = {400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer, 429: ErrorAnswer}


def signed_in(request: Request) -> User:
    """The request's user, which the permission classes have already made sure of."""
    assert isinstance(request.user, User)
    return request.user


class IsCreator(permissions.BasePermission):
    message = "Only creators make videos. Ask an administrator for the role."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_role(request.user, CREATOR)


class IsAnalyst(permissions.BasePermission):
    message = "Only analysts and administrators read the registry. Ask an administrator for the role."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return has_role(request.user, ANALYST, ADMINISTRATOR)


class CreationThrottle(ScopeThrottle):
    """Counts what is created, against the view's ``throttle_scope``; reading is free."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return getattr(view, "action", "") != "create" or super().allow_request(request, view)


class TokenView(APIView):
    """A new token for programs, in exchange for name and password; failed tries are counted and lock the name.

    It ends after AIGC_TOKEN_DAYS, with the password, or on the account page.
    """

    permission_classes = ()
    authentication_classes = ()
    throttle_classes = (ScopeThrottle,)
    throttle_scope = "token"

    @extend_schema(
        request=TokenRequest,
        responses={
            200: TokenAnswer,
            400: ErrorAnswer,
            403: ErrorAnswer,
            409: ErrorAnswer,
            429: ErrorAnswer,
        },
    )
    def post(self, request: Request) -> Response:
        form = TokenRequest(data=request.data)
        form.is_valid(raise_exception=True)
        user = authenticate(request._request, **form.validated_data)
        if user is None:
            raise exceptions.AuthenticationFailed(
                "Name and password do not match, or the name is locked for a while."
            )
        return Response({"token": token_sign_in(user=cast(User, user))})


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[GenerationJob]):
    """Videos in the making; a creator sees their own."""

    queryset = GenerationJob.objects.none()
    serializer_class = JobAnswer
    permission_classes = (permissions.IsAuthenticated, IsCreator)
    throttle_classes = (CreationThrottle,)
    throttle_scope = "jobs"
    lookup_value_converter = "int"

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return selectors.jobs_for(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        places = selectors.queue_places() if self.action == "list" else None
        return {**super().get_serializer_context(), "places": places}

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return OneJobAnswer if self.action in ("create", "retrieve") else JobAnswer

    @extend_schema(request=JobRequest, responses={201: OneJobAnswer, **REFUSED})
    def create(self, request: Request) -> Response:
        form = JobRequest(data=request.data)
        form.is_valid(raise_exception=True)
        job = job_request(owner=signed_in(request), **form.validated_data)
        return Response(self.get_serializer(job).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={200: JobAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(job_cancel(job=self.get_object())).data)

    @extend_schema(request=None, responses={200: JobAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(job_retry(job=self.get_object())).data)

    @extend_schema(request=None, responses={200: JobAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def render(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(job_render(job=self.get_object())).data)

    @extend_schema(methods=["GET"], responses={200: StoryboardAnswer, 404: ErrorAnswer})
    @extend_schema(methods=["PATCH"], request=StoryboardPatch, responses={200: StoryboardAnswer, **REFUSED})
    @action(detail=True, methods=["get", "patch"])
    def storyboard(self, request: Request, pk: int) -> Response:
        """The newest version of the script as it will be drawn; PATCH applies edits to it, all or none."""
        job = self.get_object()
        if request.method == "PATCH":
            form = StoryboardPatch(data=request.data)
            form.is_valid(raise_exception=True)
            data = form.validated_data
            storyboard_apply(
                job=job,
                edits=read_edits(data["operations"]),
                note=data.get("note", ""),
                based_on=data.get("version"),
            )
        return self._storyboard(job)

    @extend_schema(request=None, responses={200: StoryboardAnswer, **REFUSED})
    @action(detail=True, methods=["post"], url_path="storyboard/undo")
    def storyboard_undo(self, request: Request, pk: int) -> Response:
        """Drop the newest version; the first one stays."""
        job = self.get_object()
        storyboard_undo(job=job)
        return self._storyboard(job)

    @extend_schema(request=NarrationRequest, responses={202: NarrationAnswer, 503: ErrorAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def narrations(self, request: Request, pk: int) -> Response:
        """Have one scene spoken, as it is or as it might be: ask for the answer's ``id`` until it is."""
        job = self.get_object()
        form = NarrationRequest(data=request.data)
        form.is_valid(raise_exception=True)
        row = selectors.storyboard_current(job)
        if row is None:
            raise Http404
        board = Storyboard.from_json(row.document)
        edits = read_edits(wishes) if (wishes := form.edits()) else []
        line = line_spoken(board, scene=form.validated_data["scene"], edits=edits)
        rate_take(request._request, "narrations")
        preview = preview_request(job=job, line=line)
        return Response(
            NarrationAnswer(preview, context=self.get_serializer_context()).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("api-narration-detail", args=[preview.key])},
        )

    def _storyboard(self, job: GenerationJob) -> Response:
        row = selectors.storyboard_current(job)
        if row is None:
            raise Http404
        return Response(StoryboardAnswer(row).data)


class NarrationViewSet(viewsets.GenericViewSet[NarrationPreview]):
    """Lines that are spoken to be heard before a video is made; they are kept for an hour."""

    queryset = NarrationPreview.objects.none()
    serializer_class = NarrationAnswer
    permission_classes = (permissions.IsAuthenticated, IsCreator)
    lookup_field = "key"
    lookup_value_converter = "str"

    @extend_schema(responses={200: NarrationAnswer, 403: ErrorAnswer, 404: ErrorAnswer})
    def retrieve(self, request: Request, key: str) -> Response:
        row = found(selectors.preview_for, request.user, key)
        return Response(self.get_serializer(row).data)


@takes_files("UPLOAD_MAX_BYTES")
class LabelReadingViewSet(viewsets.GenericViewSet[LabelReading]):
    """What any file says about AI in it: it is handed in, read by a worker and thrown away."""

    queryset = LabelReading.objects.none()
    serializer_class = LabelReadingAnswer
    permission_classes = (permissions.AllowAny,)
    parser_classes = (AnyNameMultiPartParser,)
    throttle_classes = (CreationThrottle,)
    throttle_scope = "verify"
    lookup_field = "key"
    lookup_value_converter = "str"

    @extend_schema(
        request=LabelReadingRequest,
        responses={202: LabelReadingAnswer, 400: ErrorAnswer, 429: ErrorAnswer, 503: ErrorAnswer},
    )
    def create(self, request: Request) -> Response:
        form = LabelReadingRequest(data=request.data)
        form.is_valid(raise_exception=True)
        owner = request.user if isinstance(request.user, User) else None
        row = reading_request(owner=owner, file=form.validated_data["file"])
        return Response(
            self.get_serializer(row).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("api-reading-detail", args=[row.key])},
        )

    @extend_schema(responses={200: LabelReadingAnswer, 404: ErrorAnswer})
    def retrieve(self, request: Request, key: str) -> Response:
        row = found(selectors.reading_for, request.user, key)
        return Response(self.get_serializer(row).data)


@takes_files("UPLOAD_MAX_BYTES", CREATOR)
class UploadViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[Upload],
):
    """A creator's own files: clips, images, voice-overs."""

    queryset = Upload.objects.none()
    serializer_class = UploadAnswer
    permission_classes = (permissions.IsAuthenticated, IsCreator)
    parser_classes = (AnyNameMultiPartParser,)
    throttle_classes = (CreationThrottle,)
    throttle_scope = "uploads"
    lookup_value_converter = "int"

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return selectors.uploads_for(self.request.user)

    @extend_schema(request=UploadRequest, responses={201: UploadAnswer, **REFUSED})
    def create(self, request: Request) -> Response:
        form = UploadRequest(data=request.data)
        form.is_valid(raise_exception=True)
        upload = upload_receive(owner=signed_in(request), **form.validated_data)
        return Response(self.get_serializer(upload).data, status=status.HTTP_201_CREATED)

    def perform_destroy(self, instance: Upload) -> None:
        upload_delete(upload=instance)


class VideoViewSet(viewsets.ReadOnlyModelViewSet[Video]):
    """Published videos and the caller's own."""

    queryset = Video.objects.none()
    serializer_class = VideoAnswer
    permission_classes = (permissions.IsAuthenticatedOrReadOnly,)
    lookup_value_converter = "int"

    def get_queryset(self):  # type: ignore[no-untyped-def]
        mine = self.request.query_params.get("mine", "").lower() in BooleanField.TRUE_VALUES
        if self.action == "list" and mine:
            return selectors.videos_for(self.request.user)
        return selectors.videos_visible_to(self.request.user)

    def get_serializer_class(self) -> type[BaseSerializer[Video]]:
        return VideoAnswer if self.action == "list" else OwnVideoAnswer

    def _answer(self, video: Video) -> Response:
        mine = video.owner_id == self.request.user.pk or has_role(self.request.user, MODERATOR)
        shape = OwnVideoAnswer if mine else VideoAnswer
        return Response(shape(video, context=self.get_serializer_context()).data)

    def _own(self) -> Video:
        return generics.get_object_or_404(selectors.videos_for(self.request.user), pk=self.kwargs["pk"])

    @extend_schema(parameters=[OpenApiParameter("mine", bool, description="Only the caller's own videos.")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=PublishRequest, responses={200: OwnVideoAnswer, 202: OwnVideoAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: int) -> Response:
        """200: it is published. 202: it is screened or looked at first, and published by itself if nothing is found."""
        form = PublishRequest(data=request.data)
        form.is_valid(raise_exception=True)
        video = video_publish(video=self._own(), **form.validated_data)
        answer = self._answer(video)
        answer.status_code = status.HTTP_202_ACCEPTED if is_pending(video) else status.HTTP_200_OK
        return answer

    @extend_schema(request=None, responses={200: OwnVideoAnswer, **REFUSED})
    @action(detail=True, methods=["post"])
    def unpublish(self, request: Request, pk: int) -> Response:
        return self._answer(video_unpublish(video=self._own()))

    @extend_schema(request=None, responses={204: None, **REFUSED})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        video_delete(video=self._own())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ModelVersionViewSet(viewsets.ReadOnlyModelViewSet[ModelVersion]):
    """The registry of trained versions, newest first."""

    queryset = ModelVersion.objects.none()
    serializer_class = ModelVersionAnswer
    permission_classes = (permissions.IsAuthenticated, IsAnalyst)
    lookup_value_converter = "int"

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return selectors.versions_all()

    @extend_schema(
        parameters=[ModelVersionQuery],
        responses={200: ModelVersionAnswer(many=True), 400: ErrorAnswer, 403: ErrorAnswer},
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = ModelVersionQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = self.paginate_queryset(self.get_queryset().filter(**asked.validated_data))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
