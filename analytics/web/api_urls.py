"""/api/v1/ of analytics: experiments and cycles."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
