"""The moderation app, nested in generation."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ModerationConfig(AppConfig):
    name = "generation.moderation"
    label = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from generation.moderation import signals

        signals.connect()
        post_migrate.connect(policies_kept, sender=self, dispatch_uid="moderation.policies")


def policies_kept(using: str, **_: Any) -> None:
    """A database that was emptied has its policies again: without them nothing could be judged."""
    from generation.moderation.founding import policies_found
    from generation.moderation.models import Policy, PolicyVersion

    policies_found(Policy.objects.using(using), PolicyVersion.objects.using(using))
