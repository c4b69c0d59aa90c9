"""/api/v1/ of moderation: cases, decisions, appeals."""

from __future__ import annotations

from django.urls import path

from generation.moderation.web.api import cases, creators

urlpatterns = [
    path("cases/", cases.CasesView.as_view(), name="api-cases"),
    path("cases/counts/", cases.CountsView.as_view(), name="api-case-counts"),
    path("cases/next/", cases.NextCaseView.as_view(), name="api-case-next"),
    path("cases/bulk/", cases.BulkView.as_view(), name="api-cases-bulk"),
    path("cases/bulk/undo/", cases.BulkUndoView.as_view(), name="api-cases-bulk-undo"),
    path("cases/<int:pk>/", cases.CaseView.as_view(), name="api-case"),
    path("cases/<int:pk>/claim/", cases.ClaimView.as_view(), name="api-case-claim"),
    path("cases/<int:pk>/release/", cases.ReleaseView.as_view(), name="api-case-release"),
    path("cases/<int:pk>/decisions/", cases.DecisionsView.as_view(), name="api-case-decisions"),
    path("cases/<int:pk>/undo/", cases.UndoView.as_view(), name="api-case-undo"),
    path("cases/<int:pk>/notes/", cases.NotesView.as_view(), name="api-case-notes"),
    path("moderation/me/", cases.ModeratorView.as_view(), name="api-moderator"),
    path("videos/<int:pk>/appeal/", creators.AppealView.as_view(), name="api-appeal"),
    path("videos/<int:pk>/statements/", creators.StatementsView.as_view(), name="api-statements"),
]
