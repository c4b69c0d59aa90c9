"""The edge for programs and the page's scripts: feed and events."""

from __future__ import annotations

from urllib.parse import urlsplit

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from generation.serializers import ErrorAnswer
from recommender import presenting
from recommender.feed import LIMIT_MAX, feed_page
from recommender.serializers import EventBatch, EventReceipt, FeedAnswer
from recommender.services.events import events_record
from recommender.viewers import viewer_of


class BeaconSessionAuthentication(SessionAuthentication):
    """The session cookie, with the browser's own word on where the request came from in place of a token.

    ``navigator.sendBeacon`` cannot send a CSRF header, but it always sends ``Origin``: a request from another site is
    refused, and one without ``Origin`` needs the token as everywhere else.
    """

    def enforce_csrf(self, request: Request) -> None:
        origin = request.headers.get("Origin", "")
        if origin and urlsplit(origin).netloc == request.get_host():
            return
        super().enforce_csrf(request)


class BeaconSessionScheme(SessionScheme):
    """What the API's description says of it: the session cookie."""

    target_class = BeaconSessionAuthentication  # type: ignore[assignment]
    priority = 1


class EventsView(APIView):
    """What a viewer did: up to 200 events a call, each judged by itself. Acknowledged means stored, once."""

    permission_classes = ()
    authentication_classes = (BeaconSessionAuthentication, TokenAuthentication)

    @extend_schema(request=EventBatch, responses={200: EventReceipt, 400: ErrorAnswer, 429: ErrorAnswer})
    def post(self, request: Request) -> Response:
        form = EventBatch(data=request.data)
        form.is_valid(raise_exception=True)
        batch = form.validated_data
        receipt = events_record(
            viewer=viewer_of(request._request), session=batch["session"], events=batch["events"]
        )
        return Response(EventReceipt(receipt).data)


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
        if not raw.isdigit() or not 1 <= int(raw) <= LIMIT_MAX:
            raise exceptions.ValidationError({"limit": [f"limit must be 1–{LIMIT_MAX}, got {raw!r}."]})
        viewer = viewer_of(request._request)
        page = feed_page(viewer=viewer, limit=int(raw), session=request.query_params.get("session", "")[:36])
        return Response(presenting.page_answer(page, viewer=viewer))
