"""/api/v1/ of creation: tokens, jobs, uploads, videos, versions of models."""

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from generation.web.api import (
    JobViewSet,
    LabelReadingViewSet,
    ModelVersionViewSet,
    NarrationViewSet,
    TokenView,
    UploadViewSet,
    VideoViewSet,
)

router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
router.include_format_suffixes = False
# names of their own: the pages are called video-publish and the like
router.register("jobs", JobViewSet, basename="api-job")
router.register("uploads", UploadViewSet, basename="api-upload")
router.register("readings", LabelReadingViewSet, basename="api-reading")
router.register("narrations", NarrationViewSet, basename="api-narration")
router.register("videos", VideoViewSet, basename="api-video")
router.register("models", ModelVersionViewSet, basename="api-model")

urlpatterns = [path("token/", TokenView.as_view(), name="api-token"), path("", include(router.urls))]
