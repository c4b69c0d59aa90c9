from django.urls import include, path
from rest_framework.routers import DefaultRouter

from generation.api import JobViewSet, TokenView, UploadViewSet, VideoViewSet

router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
router.include_format_suffixes = False
router.register("jobs", JobViewSet)
router.register("uploads", UploadViewSet)
router.register("videos", VideoViewSet)

urlpatterns = [path("token/", TokenView.as_view(), name="token"), path("", include(router.urls))]
