"""What sign-up and sign-in do beyond allauth and axes: names nobody is mistaken for, roles of a new account, words for a
locked name."""

import logging
import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from core.addresses import address_of
from core.mail import site_mail
from core.roles import ANALYST, CREATOR, MODERATOR, VIEWER, has_role, role_add
from generation.language.names import is_reserved, skeleton
from generation.services.addresses import address_is_taken

logger = logging.getLogger(__name__)

# (roles, address) after sign-in, the first that fits
ROOMS = (
    ((CREATOR,), settings.LOGIN_REDIRECT_URL),
    ((ANALYST,), "dashboards"),
    ((MODERATOR,), "moderation"),
)


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first room of who signed in: moderators and analysts without videos of their own find no refusal."""
        for roles, room in ROOMS:
            if has_role(request.user, *roles):
                return resolve_url(room)
        return resolve_url("feed")

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """``username`` in its common form (NFKC), where nobody has it or one that looks like it."""
        common: str = super().clean_username(unicodedata.normalize("NFKC", username), shallow)
        if is_reserved(common, site_names=settings.SITE_NAME.values()):
            raise ValidationError(
                _("“%(name)s” is kept for those who run this site. Choose another name."),
                params={"name": common},
            )
        if not shallow and _looks_like_anothers(common):
            raise ValidationError(
                _("“%(name)s” looks like a name that somebody has. Choose one that nobody takes for it."),
                params={"name": common},
            )
        return common

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        saved = super().save_user(request, user, form, commit=commit)
        if commit:
            for role in (VIEWER, CREATOR):
                role_add(user=saved, role=role)
            if settings.ACCOUNT_PREVENT_ENUMERATION == "strict":
                _told_by_mail(request, saved)
        return saved


def _told_by_mail(request: HttpRequest, user: User) -> None:
    """Tell a new account's address what was made with it; only there it shows whether another account has it.

    Sent in both cases, so that not even the time that an answer takes gives it away. A mail server that is away keeps
    nobody from signing up.
    """
    taken = address_is_taken(user.email, by_other_than=user)
    try:
        site_mail(
            "signed_up_again" if taken else "signed_up",
            _("A new account with your e-mail address"),
            user.email,
            user=user,
            link=request.build_absolute_uri(reverse("account_reset_password")),
        )
    except OSError:
        logger.exception("The mail about a new account could not be sent.")


def _looks_like_anothers(name: str) -> bool:
    """Names in their common form keep their length in their skeleton, so only those as long are looked at."""
    looks = skeleton(name)
    alike = User.objects.annotate(length=Length("username")).filter(length=len(name))
    return any(skeleton(other) == looks for other in alike.values_list("username", flat=True).iterator())


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
