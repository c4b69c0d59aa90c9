"""The pages of attention."""

from django.urls import path

from recommender.web.views import creator, discover, feed, privacy, share

urlpatterns = [
    path("", feed.feed, name="feed"),
    path("discover/", discover.discover, name="discover"),
    path("creators/<int:pk>/", creator.creator, name="creator"),
    path("account/privacy/", privacy.privacy, name="privacy"),
    path("s/<str:token>", share.share, name="share"),
]
