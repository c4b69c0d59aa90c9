"""Let another ranker serve: one by its number, or with --rollback the one that served before."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import PlatformError
from generation.models import ModelKind, ModelVersion
from recommender.training.promotion import ranker_promote, ranker_rollback


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", type=int, nargs="?", help="number of the version")
        parser.add_argument("--rollback", action="store_true", help="go back to the one before")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["version"] is None) != options["rollback"]:
            raise CommandError("Give either the number of a version or --rollback.")
        try:
            if options["rollback"]:
                version = ranker_rollback()
            else:
                version = ranker_promote(
                    version=ModelVersion.objects.get(pk=options["version"], kind=ModelKind.RANKER)
                )
        except ModelVersion.DoesNotExist:
            raise CommandError(f"There is no ranker {options['version']}.") from None
        except PlatformError as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"Ranker {version.pk} serves now; running sites take it within seconds.")
