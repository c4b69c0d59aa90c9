"""The edge of likes, follows, not interested, shares, reports and comments; open to viewers without an account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, generics, permissions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.roles import MODERATOR, has_role
from core.throttles import ScopeThrottle
from core.web import ErrorAnswer, is_from_this_site
from generation.models import Video
from recommender.models import Comment, Viewer
from recommender.social import comments, reactions
from recommender.social.reactions import Moment
from recommender.social.selectors import (
    comment_reachable,
    creator_followed,
    creator_public,
    threads_of,
    video_shown,
)
from recommender.viewers import clock
from recommender.viewers.identity import viewer_known, viewer_of
from recommender.web import serializers_social as shapes

REFUSED = {400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 429: ErrorAnswer}


class FromThisSite(permissions.BasePermission):
    """A browser without an account has no token against forged requests, so its ``Origin`` must be this site."""

    message = "This request came from a page of another site. Open the video here and try again."

    def has_permission(self, request: Request, view: APIView) -> bool:
        origin = request.headers.get("Origin", "")
        if request.method in permissions.SAFE_METHODS or request.user.is_authenticated or not origin:
            return True
        if not is_from_this_site(request._request):
            raise exceptions.PermissionDenied(self.message)
        return True


class WriteThrottle(ScopeThrottle):
    """Counts what changes something, a person or else an address; reading is free."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.method in permissions.SAFE_METHODS or super().allow_request(request, view)


class SocialView(APIView):
    permission_classes: Any = (FromThisSite,)
    throttle_classes = (WriteThrottle,)
    throttle_scope = "social"

    def asked(self, shape: type[shapes.MomentRequest]) -> tuple[dict[str, Any], Viewer, Moment]:
        """The body in the given shape, who sent it, and where and when it happened."""
        form = shape(data=self.request.data)
        form.is_valid(raise_exception=True)
        viewer = viewer_of(self.request._request)
        at = clock.moment(self.request._request, viewer)
        return form.validated_data, viewer, form.moment(at)


class LikeView(SocialView):
    """Like a video, or take it back."""

    @extend_schema(request=shapes.MomentRequest, responses={200: shapes.LikeAnswer, **REFUSED})
    def put(self, request: Request, pk: int) -> Response:
        video = video_shown(pk)
        _, viewer, moment = self.asked(shapes.MomentRequest)
        likes = reactions.video_like(viewer=viewer, video=video, moment=moment)
        return Response({"liked": True, "likes": likes})

    @extend_schema(responses={200: shapes.LikeAnswer, **REFUSED})
    def delete(self, request: Request, pk: int) -> Response:
        likes = reactions.video_unlike(viewer=viewer_known(request._request), video=video_shown(pk))
        return Response({"liked": False, "likes": likes})


class FollowView(SocialView):
    """Follow a creator who has published something, or stop."""

    @extend_schema(request=shapes.FollowRequest, responses={200: shapes.FollowAnswer, **REFUSED})
    def put(self, request: Request, pk: int) -> Response:
        creator = creator_public(pk)
        asked, viewer, moment = self.asked(shapes.FollowRequest)
        video = video_shown(asked["video"]) if "video" in asked else None
        followers = reactions.creator_follow(viewer=viewer, creator=creator, video=video, moment=moment)
        return Response({"following": True, "followers": followers})

    @extend_schema(responses={200: shapes.FollowAnswer, **REFUSED})
    def delete(self, request: Request, pk: int) -> Response:
        # one may leave a creator who has taken everything back
        viewer = viewer_known(request._request)
        creator = creator_followed(viewer, pk) or creator_public(pk)
        followers = reactions.creator_unfollow(viewer=viewer, creator=creator)
        return Response({"following": False, "followers": followers})


class NotInterestedView(SocialView):
    """Do not show this video, or its creator, again; or do."""

    @extend_schema(
        request=shapes.NotInterestedRequest, responses={200: shapes.NotInterestedAnswer, **REFUSED}
    )
    def put(self, request: Request, pk: int) -> Response:
        video = video_shown(pk)
        asked, viewer, moment = self.asked(shapes.NotInterestedRequest)
        reactions.not_interested_set(viewer=viewer, video=video, scope=asked["scope"], moment=moment)
        return Response({"scope": asked["scope"]})

    @extend_schema(responses={200: shapes.NotInterestedAnswer, **REFUSED})
    def delete(self, request: Request, pk: int) -> Response:
        reactions.not_interested_undo(viewer=viewer_known(request._request), video=video_shown(pk))
        return Response({"scope": None})


class ShareView(SocialView):
    """The viewer's own link to a video; visits through it are counted."""

    @extend_schema(request=shapes.MomentRequest, responses={200: shapes.ShareAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        video = video_shown(pk)
        _, viewer, moment = self.asked(shapes.MomentRequest)
        link = reactions.video_share(viewer=viewer, video=video, moment=moment)
        url = request.build_absolute_uri(reverse("share", args=[link.token]))
        return Response({"url": url, "token": link.token})


class ReportView(SocialView):
    """Tell moderators about a video or one of its comments; the first report of a viewer stands."""

    throttle_scope = "reports"

    @extend_schema(
        request=shapes.ReportRequest,
        responses={201: shapes.ReportAnswer, 200: shapes.ReportAnswer, **REFUSED},
    )
    def post(self, request: Request, pk: int) -> Response:
        video = video_shown(pk)
        asked, viewer, moment = self.asked(shapes.ReportRequest)
        number = asked.get("comment")
        report, fresh = reactions.report_file(
            viewer=viewer,
            video=video,
            reason=asked["reason"],
            text=asked["text"],
            comment=comment_reachable(request.user, number) if number else None,
            seconds=asked.get("seconds"),
            moment=moment,
        )
        return Response({"id": report.pk}, status=status.HTTP_201_CREATED if fresh else status.HTTP_200_OK)


class CommentsView(generics.GenericAPIView[Comment], SocialView):
    """The comments of a video, newest first, each with its answers; writing takes an account."""

    queryset = Comment.objects.none()
    serializer_class = shapes.CommentAnswer
    permission_classes = (permissions.IsAuthenticatedOrReadOnly,)
    throttle_scope = "comments"

    def shape(self, video: Video, **more: Any) -> dict[str, Any]:
        """What the answer has to know of who reads it."""
        user = self.request.user
        return {
            "reader": user,
            "owner": user.pk == video.owner_id,
            "moderator": has_role(user, MODERATOR),
            **more,
        }

    @extend_schema(responses={200: shapes.CommentAnswer(many=True), 404: ErrorAnswer})
    def get(self, request: Request, pk: int) -> Response:
        video = video_shown(pk)
        shape = self.shape(video)
        page = self.paginate_queryset(threads_of(video, reader=request.user)) or []
        return self.get_paginated_response([shapes.CommentAnswer(row, context=shape).data for row in page])

    @extend_schema(request=shapes.CommentRequest, responses={201: shapes.CommentAnswer, **REFUSED})
    def post(self, request: Request, pk: int) -> Response:
        video = video_shown(pk)
        asked, viewer, moment = self.asked(shapes.CommentRequest)
        assert isinstance(request.user, User)
        comment = comments.comment_write(
            author=request.user,
            viewer=viewer,
            video=video,
            text=asked["text"],
            parent=asked.get("parent"),
            moment=moment,
        )
        answer = shapes.CommentAnswer(comment, context=self.shape(video))
        return Response(answer.data, status=status.HTTP_201_CREATED)


class CommentView(APIView):
    """One comment: its author and the video's owner may delete it; a moderator takes it down by a policy."""

    @extend_schema(
        parameters=[shapes.RemovalQuery],
        responses={200: shapes.RemovalAnswer, 204: None, 409: ErrorAnswer, **REFUSED},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """204: it is deleted. 200: a moderator's decision, with a statement of reasons for its author."""
        if not isinstance(request.user, User):
            raise exceptions.NotAuthenticated
        asked = shapes.RemovalQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        comment = comment_reachable(request.user, pk)
        number = comments.comment_remove(comment=comment, by=request.user, **asked.validated_data)
        if number is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(shapes.RemovalAnswer({"case": number}).data)
