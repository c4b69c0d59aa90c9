"""Pages of moderation."""

from __future__ import annotations

from django.urls import path

from generation.moderation.web.views import creators, desk, learning, oversight, public, queue

urlpatterns = [
    path("moderation/", queue.queue, name="moderation"),
    path("moderation/counts", queue.counts, name="moderation-counts"),
    path("moderation/desk/", desk.work, name="moderation-work"),
    path("moderation/take", desk.take, name="moderation-take"),
    path("moderation/cases/<int:pk>/", desk.case, name="case"),
    path("moderation/cases/<int:pk>/sheet", desk.sheet, name="case-sheet"),
    path("moderation/cases/<int:pk>/stills/<int:moment>.jpg", desk.still, name="case-still"),
    path("moderation/policies/", oversight.policies, name="policies"),
    path("moderation/policies/<slug:code>/", oversight.policy, name="policy"),
    *(
        path(
            f"moderation/policies/<slug:code>/versions/<int:number>/{step}",
            oversight.policy_step,
            {"step": step},
            name=f"policy-{step}",
        )
        for step in ("replay", "shadow", "activate", "discard")
    ),
    path("moderation/quality/", oversight.quality, name="quality"),
    path("moderation/learning/", learning.learning, name="moderation-learning"),
    path("moderation/learning/start", learning.learning_start, name="moderation-learning-start"),
    path("moderation/doubts/<int:pk>/ask", learning.doubt_ask, name="moderation-doubt-ask"),
    path("moderation/log/", oversight.audit, name="audit"),
    path("transparency/", public.transparency, name="transparency"),
    path("videos/<int:pk>/standing", creators.standing, name="video-standing"),
    path("videos/<int:pk>/appeal", creators.appeal, name="video-appeal"),
    path("statements/", creators.statements, name="statements"),
    path("statements/<int:pk>/", creators.statement, name="statement"),
    path("statements/<int:pk>/appeal", creators.statement_appealed, name="statement-appeal"),
]
