"""/api/v1/ of attention: the feed and what viewers did."""

from django.urls import path

from recommender.web.api import me, search, social
from recommender.web.api.events import EventsView
from recommender.web.api.feed import FeedView

urlpatterns = [
    path("feed/", FeedView.as_view(), name="api-feed"),
    path("events/", EventsView.as_view(), name="api-events"),
    path("me/", me.MeView.as_view(), name="api-me"),
    path("me/reset/", me.ResetView.as_view(), name="api-me-reset"),
    path("me/reports/", me.ReportedView.as_view(), name="api-me-reports"),
    path("me/data/", me.DataView.as_view(), name="api-me-data"),
    path("search/", search.SearchView.as_view(), name="api-search"),
    path("videos/<int:pk>/like/", social.LikeView.as_view(), name="api-like"),
    path("videos/<int:pk>/not-interested/", social.NotInterestedView.as_view(), name="api-not-interested"),
    path("videos/<int:pk>/comments/", social.CommentsView.as_view(), name="api-comments"),
    path("videos/<int:pk>/share/", social.ShareView.as_view(), name="api-share"),
    path("videos/<int:pk>/report/", social.ReportView.as_view(), name="api-report"),
    path("creators/<int:pk>/follow/", social.FollowView.as_view(), name="api-follow"),
    path("comments/<int:pk>/", social.CommentView.as_view(), name="api-comment"),
]
