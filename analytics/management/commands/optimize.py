"""Run one optimization cycle here and now: judge what is on trial, learn from the audience, gate, put the candidate on trial."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.optimization.run import cycle_take
from analytics.services.cycle_texts import step_text
from analytics.services.cycles import cycle_request
from core.errors import PlatformError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, help="default: the cycle's number")
        parser.add_argument("--json", action="store_true", help="print the cycle as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = cycle_request(seed=options["seed"], queue=False)
        except PlatformError as reason:
            raise CommandError(str(reason)) from reason
        cycle = cycle_take(asked.pk) or asked
        cycle.refresh_from_db()
        steps = list(cycle.steps.all())
        if options["json"]:
            told = {
                "id": cycle.pk,
                "state": cycle.state,
                "verdict": cycle.verdict or None,
                "steps": [{"name": step.name, "state": step.state, "result": step.result} for step in steps],
            }
            self.stdout.write(json.dumps(told, indent=1, ensure_ascii=False))
        else:
            for step in steps:
                self.stdout.write(f"{step.name:<10}{step.state:<9}{step_text(step)}")
            self.stdout.write(f"Cycle {cycle.number} is {cycle.get_state_display().lower()}.")
        if cycle.state == cycle.State.FAILED:
            raise CommandError(cycle.error)
