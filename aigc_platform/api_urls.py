"""/api/: version 1 of every app, the schema and its pages."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("v1/", include("recommender.web.api_urls")),
    path("v1/", include("generation.web.api_urls")),
    path("v1/", include("generation.moderation.web.api_urls")),
    path("v1/", include("analytics.web.api_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
]
