"""Pages of moderation."""

from __future__ import annotations

from django.urls import path

from generation.moderation.web.views import desk, queue

urlpatterns = [
    path("moderation/", queue.queue, name="moderation"),
    path("moderation/counts", queue.counts, name="moderation-counts"),
    path("moderation/work/", desk.work, name="moderation-work"),
    path("moderation/take", desk.take, name="moderation-take"),
    path("moderation/cases/<int:pk>/", desk.case, name="case"),
    path("moderation/cases/<int:pk>/sheet", desk.sheet, name="case-sheet"),
    path("moderation/cases/<int:pk>/stills/<int:moment>.jpg", desk.still, name="case-still"),
]
