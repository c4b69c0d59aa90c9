"""/api/v1/ of analytics: experiments and cycles."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from analytics.web.experiments_api import ExperimentViewSet

router = SimpleRouter()
router.register("experiments", ExperimentViewSet, basename="api-experiment")

urlpatterns: list[URLPattern | URLResolver] = [path("", include(router.urls))]
