"""/api/v1/ of analytics: experiments and cycles."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from analytics.web.api.cycles import CycleViewSet
from analytics.web.api.experiments import ExperimentViewSet

router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
router.include_format_suffixes = False
router.register("experiments", ExperimentViewSet, basename="api-experiment")
router.register("cycles", CycleViewSet, basename="api-cycle")

urlpatterns = [path("", include(router.urls))]
