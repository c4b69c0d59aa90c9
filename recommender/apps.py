"""The recommender app: events in, a ranked feed out."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class RecommenderConfig(AppConfig):
    name = "recommender"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from recommender import signals
        from recommender.viewers.merging import merge_on_sign_in

        signals.connect()
        user_logged_in.connect(merge_on_sign_in, dispatch_uid="recommender.merge_on_sign_in")
