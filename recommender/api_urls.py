"""/api/v1/ of attention: the feed and what viewers did."""

from django.urls import path

from recommender.api import EventsView, FeedView

urlpatterns = [
    path("feed/", FeedView.as_view(), name="api-feed"),
    path("events/", EventsView.as_view(), name="api-events"),
]
