"""The pages of attention."""

from django.urls import path

from recommender.views import feed, share

urlpatterns = [
    path("", feed.feed, name="feed"),
    path("s/<str:token>", share.share, name="share"),
]
