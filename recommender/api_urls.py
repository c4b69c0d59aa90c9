"""/api/v1/ of attention: the feed and what viewers did."""

from django.urls import path

from recommender import api_me, api_search, api_social
from recommender.api import FeedView
from recommender.api_events import EventsView

urlpatterns = [
    path("feed/", FeedView.as_view(), name="api-feed"),
    path("events/", EventsView.as_view(), name="api-events"),
    path("me/", api_me.MeView.as_view(), name="api-me"),
    path("me/reset/", api_me.ResetView.as_view(), name="api-me-reset"),
    path("me/data/", api_me.DataView.as_view(), name="api-me-data"),
    path("search/", api_search.SearchView.as_view(), name="api-search"),
    path("videos/<int:pk>/like/", api_social.LikeView.as_view(), name="api-like"),
    path(
        "videos/<int:pk>/not-interested/", api_social.NotInterestedView.as_view(), name="api-not-interested"
    ),
    path("videos/<int:pk>/comments/", api_social.CommentsView.as_view(), name="api-comments"),
    path("videos/<int:pk>/share/", api_social.ShareView.as_view(), name="api-share"),
    path("videos/<int:pk>/report/", api_social.ReportView.as_view(), name="api-report"),
    path("creators/<int:pk>/follow/", api_social.FollowView.as_view(), name="api-follow"),
    path("comments/<int:pk>/", api_social.CommentView.as_view(), name="api-comment"),
]
