"""Make the search index anew from the videos' rows."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from recommender.search.documents import index_rebuild


class Command(BaseCommand):
    help = "Make the search index anew; the site goes on meanwhile. Needed only after a restored backup."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for done in index_rebuild():
            self.stdout.write(f"{done} videos")
        self.stdout.write(self.style.SUCCESS(f"The search index holds {done} videos."))
