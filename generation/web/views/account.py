"""The signed-in person's own page: name, e-mail address, tokens of programs, password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import PlatformError
from core.mail import site_mail
from core.throttles import rate_take
from core.web import signed_in
from generation.errors import AddressLinkEnded
from generation.services.addresses import (
    address_change,
    address_is_taken,
    address_link,
    address_of_link,
)
from generation.services.tokens import token_create, token_revoke, tokens_of
from generation.web.error_texts import error_text, tell_error
from generation.web.forms import AccountForm, AddressForm, TokenForm


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = AccountForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    if request.method == "POST":
        # The form has put its values on the user the page shows; show the stored ones around it.
        user.refresh_from_db()
    return _page(request, form=form)


@login_required
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Make a token, which this one answer shows; or revoke one."""
    user = signed_in(request)
    if request.POST.get("action") == "revoke":
        try:
            token_revoke(user=user, pk=_number(request.POST.get("token", "")))
            messages.success(request, _("The token is revoked."))
        except PlatformError as error:
            tell_error(request, error)
        return redirect("account")
    form = TokenForm(request.POST)
    made = ""
    if form.is_valid():
        try:
            made = token_create(user=user, **form.cleaned_data)
            form = TokenForm()
        except PlatformError as error:
            form.add_error(None, error_text(error))
    return _page(request, token_form=form, made=made)


@login_required
@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Send a link to the new address; nothing changes before it was followed, and nobody learns whose address it is."""
    user = signed_in(request)
    form = AddressForm(request.POST)
    try:
        rate_take(request, "address")
    except PlatformError as error:
        form.add_error(None, error_text(error))
    if form.is_valid() and not user.check_password(form.cleaned_data["password"]):
        form.add_error("password", _("This is not the account’s password. Type it again, or reset it."))
    if not form.is_valid():
        return _page(request, address_form=form)
    new = form.cleaned_data["email"]
    taken = address_is_taken(new, by_other_than=user)
    link = reverse("account-address-confirm", args=[address_link(user=user, address=new)])
    site_mail(
        "address_taken" if taken else "address_confirm",
        _("An e-mail address for your account"),
        new,
        user=user,
        link=request.build_absolute_uri(link),
    )
    messages.success(
        request,
        _("We have sent a message to %(address)s. The address changes once you follow the link in it.")
        % {"address": new},
    )
    return redirect("account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_confirm(request: HttpRequest, link: str) -> HttpResponse:
    """Where the link in the mail leads: a button, since mail programs open links by themselves."""
    try:
        if request.method != "POST":
            user, new = address_of_link(link)
            return render(request, "account/address_confirm.html", {"person": user, "address": new})
        user, before = address_change(link=link)
    except AddressLinkEnded as error:
        return render(
            request, "account/address_confirm.html", {"error": error_text(error)}, status=error.status
        )
    if before:
        site_mail("address_changed", _("Your e-mail address was changed"), before, user=user)
    return render(request, "account/address_confirm.html", {"done": True, "address": user.email})


def _page(
    request: HttpRequest,
    *,
    form: Form | AccountForm | None = None,
    token_form: TokenForm | None = None,
    address_form: AddressForm | None = None,
    made: str = "",
) -> HttpResponse:
    user = signed_in(request)
    forms = {
        "form": form or AccountForm(instance=user),
        "token_form": token_form or TokenForm(),
        "address_form": address_form or AddressForm(),
    }
    status = 422 if any(one.errors for one in forms.values()) else 200
    context = {**forms, "tokens": tokens_of(user), "made": made}
    return render(request, "pages/account.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
