"""Bring the database, translations and static files up to date; make an administrator at the first start."""

from __future__ import annotations

import secrets
import stat
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.roles import ADMINISTRATOR, role_add


def withhold(folder: Path) -> None:
    """Take from others what an older version of the site let them read of ``folder``: database, mail, keys."""
    for place in (folder, *folder.iterdir()):
        with suppress(PermissionError):  # somebody else's, mounted here
            place.chmod(stat.S_IMODE(place.stat().st_mode) & ~settings.UMASK)


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()  # the tests run them; here they would import every page, two seconds of each start

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
        parser.add_argument("--no-administrator", action="store_true", help="make no administrator account")

    def _tell(self, password: str) -> None:
        """On a screen only: what is written to a log or a journal is read by others and kept for long."""
        if self.stdout.isatty():
            said = f"password: {password}   (shown once; change it after sign-in)"
        else:
            place = Path(settings.VAR_DIR) / "administrator"
            place.touch(mode=0o600)
            place.write_text(f"{password}\n", encoding="utf-8")
            said = (
                f"password: in {place.name} in AIGC_VAR_DIR   (change it after sign-in and delete the file)"
            )
        self.stdout.write(f"\nAdministrator: admin   {said}\n")

    def handle(self, *args: Any, **options: Any) -> None:
        level = 0 if options["quiet"] else 1
        withhold(Path(settings.VAR_DIR))
        call_command("migrate", interactive=False, verbosity=0)
        call_command("compile_translations", verbosity=0)
        call_command("statements_owed", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if not options["no_administrator"] and not User.objects.filter(is_superuser=True).exists():
            password = secrets.token_urlsafe(12)
            user = User.objects.create_superuser("admin", "admin@localhost.invalid", password)
            role_add(user=user, role=ADMINISTRATOR)
            self._tell(password)
        elif level:
            self.stdout.write("Database, translations and static files are up to date.")
