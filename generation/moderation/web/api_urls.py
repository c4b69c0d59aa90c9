"""/api/v1/ of moderation: cases, decisions, appeals."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
