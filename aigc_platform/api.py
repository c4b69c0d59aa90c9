"""Every failure of the API → ``{code, detail, fields}``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from rest_framework import exceptions
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_handler

from core.errors import PlatformError


class Pages(LimitOffsetPagination):
    """``limit`` and ``offset``, with no more rows a page than a client can show."""

    max_limit = 100


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's hook: every failure leaves as ``{code, detail}``, form errors with ``fields`` too."""
    if isinstance(error, PlatformError):
        body: dict[str, Any] = {"code": error.code, "detail": str(error), **error.answer}
        if error.field:
            body["fields"] = {error.field: [str(error)]}
        wait = getattr(error, "wait_seconds", None)
        headers = None if wait is None else {"Retry-After": str(wait)}
        return Response(body, status=error.status, headers=headers)
    if isinstance(error, ObjectDoesNotExist | Http404):
        error = exceptions.NotFound()
    response = rest_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    if isinstance(error, exceptions.ValidationError):
        fields = dict(_flat(error.detail))
        name, messages = next(iter(fields.items()))
        response.data = {"code": "invalid", "detail": f"{name}: {messages[0]}", "fields": fields}
    else:
        response.data = {"code": error.get_codes(), "detail": str(error.detail)}
    return response


def _flat(detail: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:
    """(field, sentences) of a validation error; a nested field is named ``points.1``."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif any(isinstance(entry, dict | list) for entry in detail):
        for place, inner in enumerate(detail):
            if inner:
                yield from _flat(inner, f"{name}.{place}" if name else str(place))
    else:
        yield name or "non_field_errors", [str(entry) for entry in detail]
