"""Pages of analytics."""

from __future__ import annotations

from django.urls import URLPattern, path

from analytics.web import views

urlpatterns: list[URLPattern] = [
    path("cycles/", views.cycles, name="cycles"),
    path("cycles/start", views.start, name="cycle-start"),
    path("cycles/<int:pk>/", views.cycle, name="cycle"),
    path("cycles/<int:pk>/judge", views.judge, name="cycle-judge"),
    path("cycles/<int:pk>/cancel", views.cancel, name="cycle-cancel"),
    path("account/learning", views.learning, name="account-learning"),
]
