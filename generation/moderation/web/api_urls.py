"""/api/v1/ of moderation: cases, decisions, appeals."""

from __future__ import annotations

from django.urls import path

from generation.moderation.web.api import cases, creators, oversight

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
    path("moderation/quality/", oversight.QualityView.as_view(), name="api-quality"),
    path("moderation/transparency/", oversight.TransparencyView.as_view(), name="api-transparency"),
    path("moderation/audit/", oversight.AuditView.as_view(), name="api-audit"),
    path("moderation/statements/", oversight.StatementsExportView.as_view(), name="api-statements-export"),
    path("policies/", oversight.PoliciesView.as_view(), name="api-policies"),
    path(
        "policies/<slug:code>/versions/", oversight.PolicyVersionsView.as_view(), name="api-policy-versions"
    ),
    *(
        path(
            f"policies/<slug:code>/versions/<int:number>/{step}/",
            oversight.PolicyStepView.as_view(),
            {"step": step},
            name=f"api-policy-{step}",
        )
        for step in ("replay", "shadow", "activate", "discard")
    ),
    path("cases/<int:pk>/golden/", cases.GoldenView.as_view(), name="api-case-golden"),
    path("videos/<int:pk>/appeal/", creators.AppealView.as_view(), name="api-appeal"),
    path("statements/", creators.OwnStatementsView.as_view(), name="api-own-statements"),
    path("statements/<int:pk>/", creators.OwnStatementView.as_view(), name="api-own-statement"),
    path(
        "statements/<int:pk>/appeal/",
        creators.StatementAppealView.as_view(),
        name="api-statement-appeal",
    ),
    path("videos/<int:pk>/statements/", creators.StatementsView.as_view(), name="api-statements"),
]
