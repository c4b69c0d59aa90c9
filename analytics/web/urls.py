"""Pages of analytics."""

from __future__ import annotations

from django.urls import URLPattern, path

from analytics.web.views import cycles, dashboards, experiments, features

urlpatterns: list[URLPattern] = [
    path("dashboards/", dashboards.page, name="dashboards"),
    path("dashboards/mine/", dashboards.mine, name="dashboard-mine"),
    path("dashboards/_dash/<path:path>", dashboards.renderer, name="dashboard-renderer"),
    path("dashboards/data/<str:page>/<int:pk>/<slug:key>.<str:form>", dashboards.data, name="dashboard-data"),
    path("dashboards/creators/<int:pk>/", dashboards.page, name="dashboard-creator"),
    path("dashboards/videos/<int:pk>/", dashboards.page, name="dashboard-video"),
    path("dashboards/<str:page>/", dashboards.page, name="dashboard"),
    path("cycles/", cycles.cycles, name="cycles"),
    path("cycles/start", cycles.start, name="cycle-start"),
    path("cycles/<int:pk>/", cycles.cycle, name="cycle"),
    path("cycles/<int:pk>/judge", cycles.judge, name="cycle-judge"),
    path("cycles/<int:pk>/approve", cycles.approve, name="cycle-approve"),
    path("cycles/<int:pk>/refuse", cycles.refuse, name="cycle-refuse"),
    path("cycles/<int:pk>/cancel", cycles.cancel, name="cycle-cancel"),
    path("datasets/features/", features.page, name="features"),
    path("datasets/features/features.parquet", features.download, name="features-download"),
    path("account/learning", cycles.learning, name="account-learning"),
    path("experiments/", experiments.experiments, name="experiments"),
    path("experiments/<int:pk>/", experiments.experiment, name="experiment"),
    path("experiments/<int:pk>/stop", experiments.stop, name="experiment-stop"),
    path("experiments/<int:pk>/decide", experiments.decide, name="experiment-decide"),
    path("videos/<int:pk>/experiment", experiments.new, name="experiment-new"),
]
