"""The moderation app, nested in generation."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "generation.moderation"
    label = "moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from generation.moderation import signals

        signals.connect()
