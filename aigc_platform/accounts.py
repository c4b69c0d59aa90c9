"""What sign-up does beyond allauth: a new account is a viewer and a creator."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from generation.roles import CREATOR, VIEWER, role_add


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        saved = super().save_user(request, user, form, commit=commit)
        if commit:
            for role in (VIEWER, CREATOR):
                role_add(user=saved, role=role)
        return saved
