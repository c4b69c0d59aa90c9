"""The first start makes an administrator, and tells the password to a person, not to a log."""

from __future__ import annotations

import stat
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User

from generation.management.commands.set_up import Command


@pytest.mark.parametrize("screen", [True, False])
def test_the_first_password_is_written_to_a_screen_or_to_a_file_of_its_owner(
    db: None, var_dir: Any, monkeypatch: pytest.MonkeyPatch, screen: bool
) -> None:
    monkeypatch.setattr("generation.management.commands.set_up.call_command", lambda *_, **__: None)
    out = StringIO()
    monkeypatch.setattr(out, "isatty", lambda: screen, raising=False)
    Command(stdout=out).handle(quiet=False, no_administrator=False)
    place, said = var_dir / "administrator", out.getvalue()
    assert "Administrator: admin" in said
    assert place.exists() != screen
    password = said.split("password: ")[1].split()[0] if screen else place.read_text().strip()
    assert User.objects.get(username="admin").check_password(password)
    if not screen:
        assert password not in said and stat.S_IMODE(place.stat().st_mode) == 0o600
