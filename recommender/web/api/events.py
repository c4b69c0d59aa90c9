"""The edge of events: batches of what viewers did, from programs, the page's scripts and ``navigator.sendBeacon``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

import orjson
from django.conf import settings
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.addresses import address_of
from core.web import ErrorAnswer, is_from_this_site
from generation.web.authentication import TokenAuthentication
from recommender.errors import EventsInvalid
from recommender.events.recording import events_record
from recommender.viewers import limits
from recommender.viewers.clock import moment
from recommender.viewers.identity import viewer_of
from recommender.web.serializers import EventBatch, EventReceipt

SESSION_LENGTH = 36


class BeaconSessionAuthentication(SessionAuthentication):
    """The session cookie, with the browser's own word on where the request came from in place of a token.

    ``navigator.sendBeacon`` cannot send a CSRF header, but it always sends ``Origin``: a request from another site is
    refused, and one without ``Origin`` needs the token as everywhere else.
    """

    def enforce_csrf(self, request: Request) -> None:
        if is_from_this_site(request._request):
            return
        super().enforce_csrf(request)


class BeaconSessionScheme(SessionScheme):
    """What the API's description says of it: the session cookie."""

    target_class = BeaconSessionAuthentication  # type: ignore[assignment]
    name = "cookieOrOriginAuth"
    priority = 1


class BatchParser(BaseParser):
    """JSON of at most ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes, without NaN and not nested beyond what Python reads."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        body = stream.read(most + 1)
        if len(body) > most:
            raise exceptions.ParseError(f"A batch has at most {most} bytes. Send the rest in another.")
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(body)
        try:  # orjson is three times as fast; this one reads lone surrogates too, and says what is wrong
            return json.loads(body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise exceptions.ParseError(f"The batch is not JSON: {why}.") from error


class BeaconParser(BatchParser):
    """A beacon made of a string arrives as plain text; inside it is the same JSON."""

    media_type = "text/plain"


class EventsView(APIView):
    """What a viewer did: up to 200 events a call, each judged by itself. Acknowledged means stored, once."""

    permission_classes = ()
    authentication_classes = (BeaconSessionAuthentication, TokenAuthentication)
    parser_classes = (BatchParser, BeaconParser)

    @extend_schema(request=EventBatch, responses={200: EventReceipt, 400: ErrorAnswer, 429: ErrorAnswer})
    def post(self, request: Request) -> Response:
        session, sent, events = _batch(request.data)
        viewer = viewer_of(request._request)
        if not viewer.simulated:
            limits.take(
                f"events:{viewer.pk}",
                amount=max(len(events), 1),
                most=settings.EVENTS_PER_MINUTE,
                seconds=60,
                what="events of one viewer",
            )
        receipt = events_record(
            viewer=viewer,
            session=session,
            events=events,
            sent=sent,
            now=moment(request._request, viewer),
            address=address_of(request._request),
        )
        return Response(asdict(receipt))


def _batch(body: Any) -> tuple[str, datetime | None, list[Any]]:
    """Session, clock and events of a batch; the events are judged one by one elsewhere.

    Raises ``EventsInvalid``.
    """
    if not isinstance(body, dict):
        raise EventsInvalid("A batch is an object with session and events.", field="events")
    session, events, sent = body.get("session"), body.get("events"), body.get("sent")
    if not isinstance(session, str) or not 1 <= len(session) <= SESSION_LENGTH or not session.isprintable():
        raise EventsInvalid(
            f"session must be 1–{SESSION_LENGTH} printable characters, one name a sitting.", field="session"
        )
    if not isinstance(events, list):
        raise EventsInvalid("events must be a list of events.", field="events")
    return session, _sent(sent), events


def _sent(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str) and len(value) <= 40:
        try:
            sent = datetime.fromisoformat(value)
        except ValueError:
            sent = None
        if sent is not None and sent.tzinfo is not None:
            return sent
    raise EventsInvalid(
        "sent must be the client's clock in ISO 8601 with its time zone, such as 2026-01-31T09:30:00Z.",
        field="sent",
    )


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
