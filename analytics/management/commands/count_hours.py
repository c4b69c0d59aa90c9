"""Bring the dashboards' sums up to what has happened, such as after days that were simulated in minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analytics.models import VideoHour
from analytics.rollup import hours, slots
from recommender.events import rollup


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="count every hour anew, not only those that changed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            hours.touch_all()
        while rollup.roll_up():
            pass
        while hours.roll_up():
            pass
        while slots.roll_up() or slots.behind():
            pass
        self.stdout.write(f"{VideoHour.objects.count()} hours of videos are counted.")
