"""What every app stands on, as an app of its own so that its template tags are found."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
