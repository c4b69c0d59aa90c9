"""Ask whether weaknesses of the installed Python packages are known, with pip-audit (requirements-dev.txt).

Exit status 1 where one is. Where nobody could be asked, as without a network, that is said, and is a failure with --strict only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

ASK = ("-m", "pip_audit", "--local", "--format", "json", "--progress-spinner", "off", "--timeout", "10")
LONGEST_SECONDS = 300


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--strict", action="store_true", help="fail where nobody could be asked")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = subprocess.run(
                [sys.executable, *ASK], capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
            )
            told = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            sentence = (
                "Nobody could be asked about weaknesses: there is no network, or pip-audit is not installed "
                "(requirements-dev.txt). Ask again where there is."
            )
            if options["strict"]:
                raise CommandError(sentence) from None
            self.stdout.write(sentence)
            return
        known = [
            (one["name"], one["version"], weak)
            for one in told["dependencies"]
            for weak in one.get("vulns", ())
        ]
        for name, version, weak in known:
            mended = ", ".join(weak["fix_versions"]) or "no version yet"
            self.stdout.write(f"{name} {version}: {weak['id']}; mended in {mended}")
        if known:
            raise CommandError(f"{len(known)} known weaknesses; take the versions named above.")
        self.stdout.write(f"No weakness of the {len(told['dependencies'])} packages is known.")
