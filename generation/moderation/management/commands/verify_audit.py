"""manage.py verify_audit: does the log of what moderation did hold together, and does it match its signed heads?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.moderation.audit import audit_verify, head_sign, public_key

SHOWN = 20


class Command(BaseCommand):
    help = "Recompute the audit log's chain and compare it with every signed head; ends with 1 where it does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
        parser.add_argument(
            "--sign", action="store_true", help="sign the newest entry afterwards, if all holds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = audit_verify()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(verdict) | {"holds": verdict.holds, "key": public_key()}))
        else:
            self.stdout.write(
                f"{verdict.entries} entries, {verdict.heads} signed heads, signed up to entry {verdict.signed_up_to}."
            )
            for problem in verdict.problems[:SHOWN]:
                self.stdout.write(problem)
        if not verdict.holds:
            raise CommandError(f"The audit log does not hold: {len(verdict.problems)} problems.")
        if options["sign"] and (place := head_sign()) is not None:
            self.stdout.write(f"Signed into {place}.")
