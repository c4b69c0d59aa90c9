"""The HTTP shapes of jobs, storyboards, uploads, label readings, narrations, videos and versions of models."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from pydantic import TypeAdapter
from rest_framework import serializers

from core.languages import LANGUAGES
from core.schema import inlined
from generation.edits import NARRATION_MAX, edits_reader
from generation.models import (
    GenerationJob,
    LabelReading,
    ModelKind,
    ModelVersion,
    NarrationPreview,
    StoryboardVersion,
    Upload,
    Video,
)
from generation.recipe import ASKABLE, SPEED_LEAST, SPEED_MOST, Recipe
from generation.selectors import job_repeated, job_snapshot, job_title
from generation.storyboard import ASPECTS, Storyboard
from generation.visibility import STANDINGS, standing

RECIPE = inlined(Recipe.model_json_schema())
ASKED_RECIPE = {**RECIPE, "properties": {name: RECIPE["properties"][name] for name in ASKABLE}}


class TokenRequest(serializers.Serializer[Any]):
    username = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False)


class TokenAnswer(serializers.Serializer[Any]):
    token = serializers.CharField()


@extend_schema_field(ASKED_RECIPE)
class AskedRecipeField(serializers.DictField):
    """What may be asked of ``generation.recipe.Recipe``; what is left out is chosen by topic, mood and seed."""


@extend_schema_field(RECIPE)
class RecipeField(serializers.JSONField):
    """``generation.recipe.Recipe`` as made."""


class JobRequest(serializers.Serializer[Any]):
    topic = serializers.CharField(
        max_length=200,
        default="",
        allow_blank=True,
        help_text="May be left out where there is a text or a document.",
    )
    text = serializers.CharField(
        default="",
        allow_blank=True,
        help_text="An article or notes of yours: its main points become the script.",
    )
    source_upload = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="Number of a document of yours that passed its check, in place of text.",
    )
    language = serializers.ChoiceField(LANGUAGES)
    seconds = serializers.FloatField(default=15.0, help_text="10–60")
    aspect = serializers.ChoiceField(ASPECTS, default=ASPECTS[0])
    quality = serializers.ChoiceField(["draft", "full"], default="full")
    kind = serializers.ChoiceField(["story", "ad", "answer", "edit"], default="story")
    points = serializers.ListField(child=serializers.CharField(max_length=200), default=list)
    recipe = AskedRecipeField(default=dict)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    stop_after_script = serializers.BooleanField(
        default=False, help_text="Wait for the creator after the script."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs["topic"] or attrs["text"] or "source_upload" in attrs):
            raise serializers.ValidationError(
                {"topic": "Write what the video is about, or send a text of yours."}
            )
        return attrs


class StageAnswer(serializers.Serializer[Any]):
    name = serializers.CharField()
    state = serializers.ChoiceField(["waiting", "running", "done", "failed"])
    progress = serializers.FloatField()
    seconds = serializers.FloatField(allow_null=True)
    detail = serializers.DictField()


class ErrorBrief(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class RepairAnswer(serializers.Serializer[Any]):
    check = serializers.CharField(help_text="What had failed: a check of the finished file.")
    action = serializers.CharField(help_text="What was tried: docs/api.md lists the actions.")
    outcome = serializers.ChoiceField(["tried", "helped", "no_help", "suggested"])
    detail = serializers.DictField()


class JobAnswer(serializers.Serializer[GenerationJob]):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(GenerationJob.State.choices)
    progress = serializers.FloatField()
    stages = StageAnswer(many=True)
    queue_position = serializers.IntegerField(allow_null=True)
    elapsed_seconds = serializers.FloatField()
    remaining_seconds = serializers.FloatField(allow_null=True)
    error = ErrorBrief(allow_null=True)
    repairs = RepairAnswer(many=True)
    video = serializers.IntegerField(allow_null=True)
    topic = serializers.CharField()
    language = serializers.CharField()
    seconds = serializers.FloatField()
    aspect = serializers.CharField()
    quality = serializers.CharField()
    seed = serializers.IntegerField()

    def to_representation(self, instance: GenerationJob) -> dict[str, Any]:
        brief = ("topic", "language", "seconds", "aspect", "quality", "seed")
        return {
            **job_snapshot(instance, self.context.get("places")),
            **{name: getattr(instance, name) for name in brief},
        }


class DuplicateAnswer(serializers.Serializer[GenerationJob]):
    """The earlier job of the same creator, language and topic."""

    job = serializers.IntegerField()
    video = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    state = serializers.ChoiceField(GenerationJob.State.choices)

    def to_representation(self, instance: GenerationJob) -> dict[str, Any]:
        video = getattr(instance, "video", None)
        return {
            "job": instance.pk,
            "video": video.pk if video else None,
            "title": job_title(instance),
            "state": instance.state,
        }


class PolicyReason(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["learned", "explored"])
    effect = serializers.FloatField(
        required=False, help_text="On the predicted reward (0–1), against the field's average option."
    )
    low = serializers.FloatField(required=False, help_text="Lower end of its 90 % interval.")
    high = serializers.FloatField(required=False)


class RecipePolicyAnswer(serializers.Serializer[dict[str, Any]]):
    """``arm``: production, canary (a version on trial) or holdout (chosen without any policy, to know what it is worth)."""

    arm = serializers.ChoiceField(["production", "canary", "holdout", "unreadable"])
    version = serializers.IntegerField(allow_null=True, help_text="Number of the policy in models/.")
    values = serializers.DictField(help_text="Chosen options by field of the recipe.")  # type: ignore[assignment]
    reasons = serializers.DictField(child=PolicyReason())
    overruled = serializers.ListField(
        child=serializers.CharField(), help_text="Fields that the creator asked for."
    )
    explored = serializers.ListField(child=serializers.CharField())
    propensity = serializers.FloatField(allow_null=True, help_text="The chance of exactly these options.")


class OneJobAnswer(JobAnswer):
    """A job asked for by its number, or just requested."""

    duplicate_of = DuplicateAnswer(
        allow_null=True, help_text="The earlier job on the same topic: this one is made all the same."
    )
    policy = RecipePolicyAnswer(
        allow_null=True,
        help_text="What the recipe policy chose of what was not asked for, and why; null where no policy serves.",
    )

    def to_representation(self, instance: GenerationJob) -> dict[str, Any]:
        earlier = job_repeated(instance)
        told = DuplicateAnswer(earlier).data if earlier else None
        policy = RecipePolicyAnswer(instance.policy).data if instance.policy else None
        return {**super().to_representation(instance), "duplicate_of": told, "policy": policy}


class VersionAnswer(serializers.Serializer[StoryboardVersion]):
    version = serializers.IntegerField()
    note = serializers.CharField(help_text="What the edit changed.")
    created = serializers.DateTimeField()


@extend_schema_field(inlined(TypeAdapter(Storyboard).json_schema()))
class StoryboardField(serializers.JSONField):
    """The typed document of ``generation.storyboard``."""


@extend_schema_field(inlined(edits_reader().json_schema()))
class EditsField(serializers.ListField):
    """Operations of ``generation.edits``, applied in order, all or none."""


class StoryboardAnswer(serializers.Serializer[StoryboardVersion]):
    version = serializers.IntegerField()
    versions = VersionAnswer(many=True, help_text="Newest first.")
    editable = serializers.BooleanField(help_text="Not while the video is made.")
    document = StoryboardField()

    def to_representation(self, instance: StoryboardVersion) -> dict[str, Any]:
        job = instance.job
        making = (GenerationJob.State.QUEUED, GenerationJob.State.RUNNING)
        return {
            "version": instance.version,
            "versions": VersionAnswer(list(job.storyboards.all()), many=True).data,  # type: ignore[arg-type]
            "editable": job.state not in making,
            "document": instance.document,
        }


class StoryboardPatch(serializers.Serializer[Any]):
    operations = EditsField()
    version = serializers.IntegerField(
        required=False,
        help_text="The version the operations were made for; refused when it is no longer newest.",
    )
    note = serializers.CharField(required=False, max_length=200, help_text="What the edit is for.")


class UploadRequest(serializers.Serializer[Any]):
    file = serializers.FileField()
    kind = serializers.ChoiceField(Upload.Kind.choices, default="clip")


class UploadAnswer(serializers.ModelSerializer[Upload]):
    error = serializers.SerializerMethodField()
    file_url = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = (
            "id",
            "kind",
            "state",
            "progress",
            "original_name",
            "seconds",
            "width",
            "height",
            "features",
            "labels",
            "error",
            "file_url",
            "created",
        )

    @extend_schema_field(ErrorBrief(allow_null=True))
    def get_error(self, upload: Upload) -> dict[str, str] | None:
        return {"code": upload.error_code, "detail": upload.error} if upload.error_code else None

    def get_file_url(self, upload: Upload) -> str | None:
        return media_url(self.context.get("request"), upload.file)


class LabelReadingRequest(serializers.Serializer[Any]):
    file = serializers.FileField()


class LabelReadingAnswer(serializers.ModelSerializer[LabelReading]):
    id = serializers.CharField(source="key", help_text="Its address; whoever has it reads what nobody owns.")
    state = serializers.ChoiceField(LabelReading.State.choices)
    labels = serializers.DictField(help_text="visible, aigc, c2pa, iptc: as the command verify prints them.")
    error = serializers.SerializerMethodField()

    class Meta:
        model = LabelReading
        fields = ("id", "state", "name", "labels", "error", "created")

    @extend_schema_field(ErrorBrief(allow_null=True))
    def get_error(self, row: LabelReading) -> dict[str, str] | None:
        return {"code": row.error_code, "detail": row.error} if row.error_code else None


class NarrationRequest(serializers.Serializer[Any]):
    scene = serializers.CharField(max_length=40)
    narration = serializers.CharField(
        max_length=NARRATION_MAX, required=False, help_text="Said in place of the scene's own."
    )
    voice = serializers.CharField(max_length=60, required=False)
    speed = serializers.FloatField(required=False, min_value=SPEED_LEAST, max_value=SPEED_MOST)

    def edits(self) -> list[dict[str, Any]]:
        """Its wishes as operations of the storyboard."""
        data: dict[str, Any] = self.validated_data
        found: list[dict[str, Any]] = []
        if "narration" in data:
            found.append({"op": "scene", "scene": data["scene"], "narration": data["narration"]})
        voice = {name: data[key] for name, key in (("name", "voice"), ("speed", "speed")) if key in data}
        return [*found, {"op": "voice", **voice}] if voice else found


class NarrationAnswer(serializers.ModelSerializer[NarrationPreview]):
    id = serializers.CharField(source="key")
    state = serializers.ChoiceField(NarrationPreview.State.choices)
    language = serializers.ChoiceField(LANGUAGES)
    error = serializers.SerializerMethodField()
    sound_url = serializers.SerializerMethodField()

    class Meta:
        model = NarrationPreview
        fields = ("id", "state", "text", "language", "voice", "speed", "error", "sound_url", "created")

    @extend_schema_field(ErrorBrief(allow_null=True))
    def get_error(self, row: NarrationPreview) -> dict[str, str] | None:
        return {"code": row.error_code, "detail": row.error} if row.error_code else None

    def get_sound_url(self, row: NarrationPreview) -> str | None:
        """The WAV once it is spoken."""
        request = self.context.get("request")
        address = reverse("narration-sound", args=[row.key])
        if not row.sound:
            return None
        return str(request.build_absolute_uri(address)) if request else address


class VideoAnswer(serializers.ModelSerializer[Video]):
    creator = serializers.CharField(source="owner.username")
    duration_seconds = serializers.FloatField(source="seconds")
    file_url = serializers.SerializerMethodField()
    cover_url = serializers.SerializerMethodField()
    captions_url = serializers.SerializerMethodField()
    subtitles_url = serializers.SerializerMethodField()
    recipe = RecipeField(read_only=True)

    class Meta:
        model = Video
        fields = (
            "id",
            "title",
            "description",
            "hashtags",
            "creator",
            "state",
            "language",
            "category",
            "aspect",
            "quality",
            "duration_seconds",
            "width",
            "height",
            "bytes",
            "sha256",
            "file_url",
            "cover_url",
            "captions_url",
            "subtitles_url",
            "recipe",
            "labels",
            "age_limit",
            "warning",
            "created",
            "published",
        )

    def get_file_url(self, video: Video) -> str | None:
        return media_url(self.context.get("request"), video.file)

    def get_cover_url(self, video: Video) -> str | None:
        return media_url(self.context.get("request"), video.cover)

    def get_captions_url(self, video: Video) -> str | None:
        return media_url(self.context.get("request"), video.captions)

    def get_subtitles_url(self, video: Video) -> str | None:
        return media_url(self.context.get("request"), video.subtitles)


class OwnVideoAnswer(VideoAnswer):
    """What only the owner (and a moderator) sees beside the public part; ``state`` says how publishing goes on."""

    state = serializers.SerializerMethodField()

    class Meta(VideoAnswer.Meta):
        fields = (*VideoAnswer.Meta.fields, "report", "manifest", "override")  # type: ignore[assignment]

    @extend_schema_field(serializers.ChoiceField(STANDINGS))
    def get_state(self, video: Video) -> str:
        return standing(video)


class PublishRequest(serializers.Serializer[Any]):
    override = serializers.BooleanField(default=False, help_text="Publish in spite of the check's findings.")


class ModelVersionQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(ModelKind.choices, required=False)
    state = serializers.ChoiceField(ModelVersion.State.choices, required=False)


class ModelVersionAnswer(serializers.ModelSerializer[ModelVersion]):
    class Meta:
        model = ModelVersion
        fields = (
            "id",
            "kind",
            "state",
            "config",
            "metrics",
            "data_fingerprint",
            "cutoff",
            "parent",
            "replaced",
            "created",
            "promoted",
        )


def media_url(request: Any, path: str) -> str | None:
    """The address of a file under MEDIA_ROOT, absolute when there is a request; ``None`` for no file."""
    if not path:
        return None
    url = reverse("media-file", kwargs={"path": path})
    return request.build_absolute_uri(url) if request is not None else url
