"""Pages of analytics."""

from __future__ import annotations

from django.urls import URLPattern, path

from analytics.web import experiments

urlpatterns: list[URLPattern] = [
    path("experiments/", experiments.experiments, name="experiments"),
    path("experiments/<int:pk>/", experiments.experiment, name="experiment"),
    path("experiments/<int:pk>/stop", experiments.stop, name="experiment-stop"),
    path("experiments/<int:pk>/decide", experiments.decide, name="experiment-decide"),
    path("videos/<int:pk>/experiment", experiments.new, name="experiment-new"),
]
