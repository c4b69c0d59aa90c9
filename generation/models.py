"""The records of creation: uploads, jobs with their stages, storyboards, videos, the language model, what a page waits for;
the trained versions; the tokens of programs.

Rules the database can keep are constraints.
"""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.languages import LANGUAGE_NAMES
from core.leases import Leased
from generation.storyboard import ASPECTS

STAGES = ("script", "voice", "music", "render", "label", "check")


def random_seed() -> int:
    """A 31-bit seed from a fresh UUID."""
    return uuid.uuid4().int & 0x7FFFFFFF


class Upload(Leased):
    """A file a creator sent, before and after normalization."""

    class Kind(models.TextChoices):
        CLIP = "clip", _("Clip")
        IMAGE = "image", _("Image")
        AUDIO = "audio", _("Voice-over")
        DOCUMENT = "document", _("Document")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Checking")
        READY = "ready", _("Ready")
        REJECTED = "rejected", _("Rejected")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.FloatField(default=0.0)
    original_name = models.CharField(max_length=200)
    original = models.CharField(max_length=200, blank=True)  # path under MEDIA_ROOT; emptied once normalized
    file = models.CharField(max_length=200, blank=True)
    poster = models.CharField(max_length=200, blank=True)
    captions = models.CharField(max_length=200, blank=True)
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    seconds = models.FloatField(default=0.0)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    features = models.JSONField(default=dict, blank=True)
    transcript = models.JSONField(default=dict, blank=True)
    labels = models.JSONField(default=dict, blank=True)  # AI labels found in the foreign file
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    error_values = models.JSONField(default=dict, blank=True)  # what the sentence of the code was filled with
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="upload_progress_0_1"),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(error_code=""), name="upload_rejected_says_why"
            ),
            models.CheckConstraint(condition=~Q(state="ready") | ~Q(file=""), name="upload_ready_has_file"),
        ]

    def __str__(self) -> str:
        return self.original_name


class GenerationJob(Leased):
    """The durable record of making one video; a message in the queue is only a wake-up."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Working")
        EDITING = "editing", _("Script ready")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    ENDED = (State.DONE, State.FAILED, State.CANCELLED)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs")
    topic = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, default="story")
    language = models.CharField(max_length=2, choices=list(LANGUAGE_NAMES.items()))
    seconds = models.FloatField()
    aspect = models.CharField(max_length=5, default="9:16", choices=[(a, a) for a in ASPECTS])
    quality = models.CharField(
        max_length=5, default="full", choices=[("draft", _("Draft")), ("full", _("Full"))]
    )
    points = models.JSONField(default=list, blank=True)
    text = models.TextField(
        blank=True
    )  # an article whose main points are told; a copy, so that its file may go
    text_name = models.CharField(max_length=200, blank=True)  # of the file it was read from
    recipe = models.JSONField(default=dict, blank=True)
    # what the recipe policy chose of it, and why: generation.services.policies; empty where none had a say
    policy = models.JSONField(default=dict, blank=True)
    seed = models.IntegerField(default=random_seed)
    stop_after_script = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED, db_index=True)
    progress = models.FloatField(default=0.0)
    cancel_requested = models.BooleanField(default=False)
    repairs = models.JSONField(default=list, blank=True)  # what failed and was tried: generation.jobs.repairs
    revision = models.IntegerField(default=0)  # the storyboard version the next rendering takes
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now, db_index=True)
    queued = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.CheckConstraint(condition=Q(seconds__gte=3, seconds__lte=60), name="job_seconds_3_60"),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="job_progress_0_1"),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_code=""), name="job_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.topic}"

    @property
    def is_ended(self) -> bool:
        return self.state in self.ENDED


class JobStage(models.Model):
    """One step of a job. ``key`` is the hash of the inputs its result was made from."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Working")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=12, choices=[(name, name) for name in STAGES])
    order = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    progress = models.FloatField(default=0.0)
    key = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict, blank=True)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("order",)
        constraints = [
            models.UniqueConstraint(fields=("job", "name"), name="stage_once_per_job"),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="stage_progress_0_1"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.name}"

    @property
    def seconds(self) -> float | None:
        """How long the stage took, in seconds; ``None`` until it ended."""
        if self.started and self.ended:
            return (self.ended - self.started).total_seconds()
        return None


class StoryboardVersion(models.Model):
    """One version of a job's storyboard document (``generation.storyboard``); an edit adds a version."""

    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="storyboards")
    version = models.IntegerField()
    document = models.JSONField()
    note = models.CharField(max_length=200, blank=True)  # what the edit changed
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-version",)
        constraints = [models.UniqueConstraint(fields=("job", "version"), name="storyboard_version_once")]

    def __str__(self) -> str:
        return f"{self.job_id} v{self.version}"


class Video(models.Model):
    """A publishable short video, generated or uploaded."""

    class State(models.TextChoices):
        READY = "ready", _("Not published")
        HELD = "held", _("Check found problems")
        PUBLISHED = "published", _("Published")

    class Visibility(models.TextChoices):
        """Who may meet the video; docs/architecture.md has the whole table."""

        PRIVATE = "private", _("Only its creator")  # and moderators; never published, or taken back
        PUBLIC = "public", _("Everybody")
        DEMOTED = "demoted", _("Everybody, not recommended")  # found and watched, but in no feed
        REMOVED = "removed", _("Taken down")  # like private, and its creator cannot publish it again

    SHOWN = (Visibility.PUBLIC, Visibility.DEMOTED)  # what ``generation.selectors.videos_shown`` lets through

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="videos")
    job = models.OneToOneField(
        GenerationJob, null=True, blank=True, on_delete=models.PROTECT, related_name="video"
    )
    upload = models.OneToOneField(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="video"
    )
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000)
    hashtags = models.JSONField(default=list, blank=True)
    category = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, blank=True)
    aspect = models.CharField(max_length=5)
    quality = models.CharField(max_length=5, default="full")
    seconds = models.FloatField()
    width = models.IntegerField()
    height = models.IntegerField()
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=200)
    cover = models.CharField(max_length=200, blank=True)
    captions = models.CharField(max_length=200, blank=True)  # WebVTT
    subtitles = models.CharField(max_length=200, blank=True)  # SRT
    recipe = models.JSONField(default=dict, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True)
    manifest = models.JSONField(default=dict, blank=True)
    override = models.BooleanField(default=False)  # the creator publishes in spite of the report
    state = models.CharField(max_length=10, choices=State, default=State.READY, db_index=True)
    # changed by video_set_visibility alone, with what made it so: its owner, the check, reports
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    visibility_reason = models.CharField(max_length=40, blank=True)
    age_limit = models.PositiveSmallIntegerField(default=0)  # years; changed by video_restrict alone
    warning = models.CharField(max_length=24, blank=True)  # policy whose warning stands before it; likewise
    deleted = models.DateTimeField(null=True, blank=True)  # in the bin; removed for good by the sweep
    published = models.DateTimeField(null=True, blank=True, db_index=True)
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.CheckConstraint(
                condition=Q(job__isnull=False, upload__isnull=True)
                | Q(job__isnull=True, upload__isnull=False),
                name="video_from_job_or_upload",
            ),
            models.CheckConstraint(condition=Q(seconds__gt=0), name="video_has_length"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published__isnull=False, deleted__isnull=True),
                name="video_published_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="published", visibility__in=("public", "demoted"))
                | (~Q(state="published") & Q(visibility__in=("private", "removed"))),
                name="video_shown_is_published",
            ),
            models.CheckConstraint(condition=~Q(file=""), name="video_has_file"),
        ]
        indexes = [
            models.Index(fields=("sha256",), name="video_of_file"),  # the same file again
            models.Index(
                F("published").desc(), name="video_newest", condition=Q(visibility__in=("public", "demoted"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_shown(self) -> bool:
        """Whether others than its creator and moderators may see it."""
        return self.visibility in self.SHOWN


class WriterChoice(models.Model):
    """The language model that an administrator chose for scripts, and for which: one row at most."""

    ROW = 1

    class Kind(models.TextChoices):
        ENDPOINT = "endpoint", _("Server")
        GGUF = "gguf", _("GGUF file")
        FOLDER = "folder", _("transformers folder")

    class Use(models.TextChoices):
        OFF = "off", _("Nothing: the topic bank writes")
        UNANSWERED = "unanswered", _("Topics the bank cannot answer")
        ALL = "all", _("All topics")

    kind = models.CharField(max_length=8, choices=Kind)
    address = models.CharField(max_length=300, blank=True)  # of a server, up to /v1
    name = models.CharField(max_length=200)  # of the model at the server; of the file or folder otherwise
    path = models.CharField(max_length=500, blank=True)  # of the file or folder
    sealed_key = models.TextField(blank=True)  # see core.sealing; shown to nobody
    use = models.CharField(max_length=10, choices=Use, default=Use.OFF)
    changed = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="writer_choice_one_row"),
            models.CheckConstraint(
                condition=(Q(kind="endpoint") & ~Q(address="")) | (~Q(kind="endpoint") & ~Q(path="")),
                name="writer_choice_has_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WriterTrial(Leased):
    """One "try it": the chosen language model writes a script that nobody publishes."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Working")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    writer = models.CharField(max_length=220)  # what is tried, for people
    topic = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=list(LANGUAGE_NAMES.items()))
    seconds = models.FloatField()
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    progress = models.FloatField(default=0.0)
    attempt = models.PositiveSmallIntegerField(default=0)
    fault = models.TextField(blank=True)  # of the attempt before
    result = models.JSONField(default=dict, blank=True)  # the script with its checks
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="trial_progress_0_1"),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_code=""), name="trial_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"trial {self.pk} of {self.writer}"


def random_key() -> str:
    """128 random bits in hex, for an address that nobody can guess."""
    return secrets.token_hex(16)


class Awaited(Leased):
    """Short work that somebody waits for on a page; the row and what came of it go after an hour (``jobs.cleanup``)."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Working")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    key = models.CharField(max_length=32, unique=True, default=random_key, editable=False)  # its address
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    error_values = models.JSONField(default=dict, blank=True)  # what the sentence of the code was filled with
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        abstract = True

    @property
    def is_live(self) -> bool:
        """Whether there is still something to wait for."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class LabelReading(Awaited):
    """A foreign file whose AI labels are read; the file goes as soon as they are."""

    # whose it is; nobody's is reached by everybody who knows its key
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="label_readings",
    )
    name = models.CharField(max_length=200)  # as it was sent
    file = models.CharField(max_length=80, blank=True)  # under VAR_DIR; "" once it is gone
    labels = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("created", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_code=""), name="reading_failed_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running")) | Q(file=""), name="reading_ended_keeps_no_file"
            ),
        ]

    def __str__(self) -> str:
        return f"reading {self.pk} of {self.name}"


class NarrationPreview(Awaited):
    """One line of a script, to be heard in the editor before the video is made."""

    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="narration_previews")
    text = models.TextField()
    language = models.CharField(max_length=2, choices=list(LANGUAGE_NAMES.items()))
    voice = models.CharField(max_length=60)
    speed = models.FloatField(default=1.0)
    sound = models.CharField(max_length=80, blank=True)  # WAV under VAR_DIR

    class Meta:
        ordering = ("created", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_code=""), name="preview_failed_says_why"
            ),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(sound=""), name="preview_done_has_sound"),
        ]

    def __str__(self) -> str:
        return f"narration {self.pk} of job {self.job_id}"


class ModelKind(models.TextChoices):
    """What a trained version does on this site."""

    SCRIPT = "script", _("Script writer")
    VISUAL = "visual", _("Picture generator")
    LAYOUT = "layout", _("Layout generator")
    PALETTES = "palettes", _("Palette generator")
    TITLE_REWARD = "title_reward", _("Title reward")
    TEXT_SAFETY = "text_safety", _("Text safety")
    PICTURE_SAFETY = "picture_safety", _("Picture safety")
    RANKER = "ranker", _("Ranker")
    RECIPE_POLICY = "recipe_policy", _("Recipe policy")


class ModelVersion(models.Model):
    """A trained version of any kind in the registry; of each kind one at a time is in production."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        CANARY = "canary", _("On trial")
        PRODUCTION = "production", _("In production")
        RETIRED = "retired", _("Retired")

    kind = models.CharField(max_length=16, choices=ModelKind)
    state = models.CharField(max_length=10, choices=State, default=State.CANDIDATE)
    folder = models.CharField(max_length=200)  # of its files, under VAR_DIR
    config = models.JSONField(default=dict, blank=True)  # what it was trained with
    metrics = models.JSONField(default=dict, blank=True)  # its own and its rivals' on the same held-out rows
    data_fingerprint = models.CharField(max_length=64)
    cutoff = models.DateTimeField(null=True, blank=True)  # it learned from what happened before this moment
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )  # the one in production when it was trained
    replaced = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # the one it took over from, to which a rollback goes
    # trained in the background of a fresh site, from what ships with it
    starter = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)
    promoted = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(
                fields=("kind",), condition=Q(state="production"), name="version_one_in_production"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class TrainingRun(Leased):
    """One training, from its request to a version or to the reason why there is none; of each kind one at a time."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Working")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=16, choices=ModelKind)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.FloatField(default=0.0)
    cancel_requested = models.BooleanField(default=False)
    parameters = models.JSONField(default=dict, blank=True)  # what the trainer was asked for
    version = models.OneToOneField(
        ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="run"
    )  # what came of it
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(
                fields=("kind",), condition=Q(state__in=("queued", "running")), name="training_one_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="training_progress_0_1"
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error_code=""), name="training_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"training {self.pk} of a {self.kind}"


class AccessToken(models.Model):
    """What a program signs in with, as its account. Only a hash of it is kept: nobody can read it here and use it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, in hex
    start = models.CharField(max_length=6)  # of the token, to tell it from others
    password_mark = models.CharField(max_length=64)  # of the password it was made under; it ends with it
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)  # within the hour

    class Meta:
        ordering = ("-created", "-pk")

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"
