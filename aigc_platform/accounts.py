"""What sign-up and sign-in do beyond allauth and axes: roles of a new account, words for a locked name."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.addresses import address_of
from core.roles import CREATOR, VIEWER, role_add


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        saved = super().save_user(request, user, form, commit=commit)
        if commit:
            for role in (VIEWER, CREATOR):
                role_add(user=saved, role=role)
        return saved


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The answer to a name with too many failed tries: a page for people, ``{code, detail}`` for programs."""
    if request.path.startswith("/api/"):
        detail = (
            "Too many failed tries. This name waits before it can sign in; reset the password or try later."
        )
        return JsonResponse({"code": "name_locked", "detail": detail}, status=429)
    return render(request, "account/locked.html", status=429)
