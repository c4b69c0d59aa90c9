"""The tables as an administrator sees them; states are moved by services, so most fields only show."""

from __future__ import annotations

from django.contrib import admin

from generation.models import (
    GenerationJob,
    JobStage,
    ModelVersion,
    StoryboardVersion,
    TrainingRun,
    Upload,
    Video,
)


class StageInline(admin.TabularInline):  # type: ignore[type-arg]
    model = JobStage
    extra = 0
    can_delete = False
    fields = readonly_fields = ("name", "state", "progress", "started", "ended", "key")


@admin.register(GenerationJob)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "id",
        "topic",
        "owner",
        "language",
        "quality",
        "state",
        "progress",
        "error_code",
        "created",
    )
    list_filter = ("state", "language", "quality", "error_code")
    search_fields = ("topic", "owner__username")
    raw_id_fields = ("owner",)
    readonly_fields = ("state", "progress", "lease_owner", "lease_until", "attempts", "error_code", "error")
    inlines = (StageInline,)


@admin.register(StoryboardVersion)
class StoryboardAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("job", "version", "note", "created")
    raw_id_fields = ("job",)


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "original_name", "owner", "kind", "state", "seconds", "error_code", "created")
    list_filter = ("state", "kind", "error_code")
    search_fields = ("original_name", "owner__username")
    raw_id_fields = ("owner",)
    readonly_fields = ("state", "progress", "lease_owner", "lease_until", "attempts", "error_code", "error")


@admin.register(Video)
class VideoAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "id",
        "title",
        "owner",
        "language",
        "quality",
        "state",
        "visibility",
        "published",
        "deleted",
        "created",
    )
    list_filter = ("state", "visibility", "language", "quality")
    search_fields = ("title", "owner__username")
    raw_id_fields = ("owner", "job", "upload")
    readonly_fields = ("state", "visibility", "visibility_reason", "published", "deleted", "sha256")


@admin.register(ModelVersion)
class ModelVersionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "kind", "state", "created", "promoted", "data_fingerprint")
    list_filter = ("kind", "state")
    raw_id_fields = ("parent", "replaced")
    readonly_fields = ("state", "promoted", "replaced")


@admin.register(TrainingRun)
class TrainingRunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "kind", "state", "progress", "error_code", "created", "ended")
    list_filter = ("kind", "state", "error_code")
    raw_id_fields = ("version",)
    readonly_fields = ("state", "progress", "lease_owner", "lease_until", "attempts", "error_code", "error")
