"""The signed-in person's own page: name, token for the API, password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.authtoken.models import Token

from core.web import signed_in
from generation.web.forms import AccountForm


@login_required
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
    token_row = Token.objects.filter(user=user).first()
    return render(
        request, "pages/account.html", {"form": form, "token": token_row}, status=422 if form.errors else 200
    )


@login_required
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Make a new token in place of the old one, or revoke it."""
    user = signed_in(request)
    Token.objects.filter(user=user).delete()
    if request.POST.get("action") == "create":
        Token.objects.create(user=user)
        messages.success(request, _("A new token is ready. The old one no longer works."))
    else:
        messages.success(request, _("The token is revoked."))
    return redirect("account")
