"""/api/v1/ of analytics: experiments and cycles."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import DefaultRouter

from analytics.web.experiments_api import ExperimentViewSet

router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
router.include_format_suffixes = False
router.register("experiments", ExperimentViewSet, basename="api-experiment")

urlpatterns: list[URLPattern | URLResolver] = [path("", include(router.urls))]
