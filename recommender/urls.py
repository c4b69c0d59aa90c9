"""The pages of attention."""

from django.urls import path

from recommender.views import feed

urlpatterns = [path("", feed.feed, name="feed")]
