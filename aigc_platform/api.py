"""App errors → {code, detail} with one table of HTTP statuses."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_handler

from generation import errors

STATUSES: dict[type[errors.GenerationError], int] = {
    errors.LimitReached: 429,
    errors.JobStateConflict: 409,
    errors.VideoStateConflict: 409,
    errors.AssetMissing: 503,
    errors.DiskFull: 507,
    errors.MediaFolderUnwritable: 507,
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's hook: every failure leaves as ``{code, detail}``, form errors with ``fields`` too."""
    if isinstance(error, errors.GenerationError):
        body: dict[str, Any] = {"code": error.code, "detail": str(error)}
        field = getattr(error, "field", "")
        if field:
            body["fields"] = {field: [str(error)]}
        return Response(body, status=STATUSES.get(type(error), 400))
    if isinstance(error, ObjectDoesNotExist | Http404):
        error = exceptions.NotFound()
    response = rest_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        name, messages = next(iter(fields.items()))
        first = messages[0] if isinstance(messages, list) and messages else messages
        response.data = {"code": "invalid", "detail": f"{name}: {first}", "fields": fields}
    else:
        response.data = {"code": error.get_codes(), "detail": str(error.detail)}
    return response
