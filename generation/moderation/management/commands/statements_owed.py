"""Give the reasons for what reports did before this site gave any: each video they demote gets its statement.

Prints how many were written; doing it again writes none.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from generation.moderation.screening.demotion import demotions_untold
from generation.moderation.screening.weighing import reports_weigh


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()  # set-up asks at every start

    def handle(self, *args: Any, **options: Any) -> None:
        untold = list(demotions_untold().values_list("pk", flat=True))
        reports_weigh(untold)
        left = demotions_untold().filter(pk__in=untold).count()
        if options["verbosity"] or left:
            self.stdout.write(
                f"Statements written or no longer needed: {len(untold) - left}, still owed: {left}."
            )
