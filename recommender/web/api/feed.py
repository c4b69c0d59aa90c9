"""The edge for programs and the page's scripts: the feed."""

from __future__ import annotations

import re

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.web import ErrorAnswer
from recommender.feed import LIMIT_MAX, feed_page
from recommender.viewers.clock import moment
from recommender.viewers.identity import viewer_of
from recommender.web import presenting
from recommender.web.serializers import FeedAnswer


class FeedView(APIView):
    """The next videos for this viewer, recorded as impressions."""

    permission_classes = ()

    @extend_schema(
        parameters=[
            OpenApiParameter("limit", int, description=f"1–{LIMIT_MAX}; 10 if not given"),
            OpenApiParameter("session", str, description="Made by the client, one a sitting."),
        ],
        responses={200: FeedAnswer, 400: ErrorAnswer},
    )
    def get(self, request: Request) -> Response:
        raw = request.query_params.get("limit", "10")
        if not re.fullmatch("[0-9]{1,4}", raw) or not 1 <= int(raw) <= LIMIT_MAX:
            raise exceptions.ValidationError({"limit": [f"limit must be 1–{LIMIT_MAX}, got {raw[:20]!r}."]})
        viewer = viewer_of(request._request)
        page = feed_page(
            viewer=viewer,
            limit=int(raw),
            session=request.query_params.get("session", "")[:36],
            language=(get_language() or "en")[:2],
            now=moment(request._request, viewer),
        )
        return Response(presenting.page_answer(page, viewer=viewer))
