"""The records of attention: who watches, what was shown, what they did, and which ranker chose it.

Events and impressions are append-only: nothing here is changed after it was written, except that an archived day is
pruned and that a viewer's own deletion takes their rows along.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.models import Video


class Viewer(models.Model):
    """Whoever watches: a signed-in person, or a browser known by a signed first-party cookie until it signs in."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # what the cookie holds, signed
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="viewer"
    )
    personalized = models.BooleanField(default=True)
    reset = models.DateTimeField(null=True, blank=True)  # what happened before no longer counts for the feed
    simulated = models.BooleanField(default=False)  # never part of real metrics
    flagged = models.CharField(
        max_length=40, blank=True
    )  # why its traffic is left out of rewards; empty: it counts
    former = models.JSONField(
        default=list, blank=True
    )  # ids of viewers merged into this one, for the archive
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"viewer {self.pk}"


class RankerVersion(models.Model):
    """A trained ranker in the registry; one at a time is in production."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        PRODUCTION = "production", _("In production")
        RETIRED = "retired", _("Retired")

    state = models.CharField(max_length=10, choices=State, default=State.CANDIDATE)
    folder = models.CharField(max_length=200)  # under VAR_DIR
    config = models.JSONField(default=dict, blank=True)
    metrics = models.JSONField(
        default=dict, blank=True
    )  # its own, the current one's and popularity's, same held-out rows
    data_fingerprint = models.CharField(max_length=64)
    cutoff = models.DateTimeField()  # it learned from events before this moment
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    created = models.DateTimeField(default=timezone.now)
    promoted = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="production"), name="ranker_one_in_production"
            )
        ]

    def __str__(self) -> str:
        return f"ranker {self.pk}"


class FeedRequest(models.Model):
    """One page of the feed as it was served."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="requests")
    session = models.CharField(max_length=36, blank=True)
    policy = models.CharField(
        max_length=40
    )  # name and version of what chose, such as "ranker-12" or "cold-start"
    arm = models.CharField(max_length=40, blank=True)  # experiment and arm, if any
    ranker = models.ForeignKey(RankerVersion, null=True, blank=True, on_delete=models.SET_NULL)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(F("created").desc(), name="feed_request_newest")]

    def __str__(self) -> str:
        return str(self.pk)


class Impression(models.Model):
    """A slot of a page: which video stood there, why, and how likely the policy was to put it there."""

    request = models.ForeignKey(FeedRequest, on_delete=models.CASCADE, related_name="impressions")
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="impressions")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="impressions")
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=20)  # the candidate source it came from
    reason = models.JSONField(default=dict, blank=True)  # {code, …}: what "why am I seeing this" says
    score = models.FloatField(default=0.0)
    best_score = models.FloatField(null=True)  # of what would have stood there without exploration
    propensity = models.FloatField(default=1.0)
    features = models.JSONField(default=list, blank=True)  # what the ranking knew, as training will read it
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("request", "position"), name="impression_slot_once"),
            models.CheckConstraint(
                condition=Q(propensity__gt=0, propensity__lte=1), name="impression_propensity_0_1"
            ),
        ]
        indexes = [models.Index(fields=("viewer", "created"), name="impression_of_viewer")]

    def __str__(self) -> str:
        return f"{self.request_id} #{self.position}"


class EngagementEvent(models.Model):
    """One append-only fact about a viewer and a video. The id is made by the client, so sent twice it counts once."""

    class Type(models.TextChoices):
        IMPRESSION = "impression", _("Shown")
        PLAY = "play", _("Started")
        PROGRESS = "progress", _("Watched on")
        COMPLETE = "complete", _("Watched to the end")
        LIKE = "like", _("Liked")
        COMMENT = "comment", _("Commented")
        SHARE = "share", _("Shared")
        FOLLOW = "follow", _("Followed")
        SKIP = "skip", _("Skipped")
        NOT_INTERESTED = "not_interested", _("Not interested")
        REPORT = "report", _("Reported")

    id = models.UUIDField(primary_key=True, editable=False)
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="events")
    type = models.CharField(max_length=14, choices=Type)
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="events")
    session = models.CharField(max_length=36)
    request = models.ForeignKey(FeedRequest, null=True, blank=True, on_delete=models.SET_NULL)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    watch_ms = models.PositiveIntegerField(null=True, blank=True)  # of this view so far, in the foreground
    detail = models.JSONField(
        default=dict, blank=True
    )  # seconds, quartile, pauses, seeks, loops, hidden_ms, muted
    happened = models.DateTimeField()  # the client's time, corrected by its clock's error
    received = models.DateTimeField(default=timezone.now)
    flags = models.CharField(max_length=60, blank=True)  # comma separated: late, skewed, unverified, fast, …
    counted = models.BooleanField(default=True)  # False: stored, but left out of rewards

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(watch_ms__isnull=True) | Q(watch_ms__lte=3_600_000), name="event_watch_under_1_h"
            )
        ]
        indexes = [
            models.Index(fields=("viewer", "happened"), name="event_of_viewer"),
            models.Index(fields=("received",), name="event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.video_id}"


class EventArrival(models.Model):
    """The ids of events stored in one transaction, until the roll-up has counted them and takes the note away.

    Notes make the count exact whatever order transactions end in: an event and its note appear together, and the note
    goes in the transaction that adds the event to the totals.
    """

    events = models.JSONField()  # ids as 32 hex digits

    def __str__(self) -> str:
        return f"{len(self.events)} events"


class Viewing(models.Model):
    """One viewer before one video in one slot of a page (or one sitting), folded from its counted events.

    The totals of ``VideoStat`` are sums over viewings, so a slot counts once however often its events repeat.
    """

    id = models.UUIDField(primary_key=True, editable=False)  # follows from viewer, page, slot and video
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="viewings", db_index=False)
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="viewings")
    feed_request = models.UUIDField(null=True, blank=True)  # the page it stood on, if any
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    started = models.DateTimeField()  # its earliest event
    shown = models.BooleanField(default=False)
    played = models.BooleanField(default=False)
    completed = models.BooleanField(default=False)
    skipped = models.BooleanField(default=False)
    liked = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    followed = models.BooleanField(default=False)
    refused = models.BooleanField(default=False)  # not interested, or reported
    comments = models.PositiveSmallIntegerField(default=0)
    watch_ms = models.PositiveIntegerField(null=True, blank=True)
    reward = models.FloatField(null=True, blank=True)  # as it was added to the totals; none without watch_ms
    quartile = models.PositiveSmallIntegerField(default=0)  # quarters of the video reached, 0–4
    seconds = models.JSONField(default=list, blank=True)  # times each second of the video was played
    pauses = models.PositiveIntegerField(default=0)
    seeks = models.PositiveIntegerField(default=0)
    loops = models.PositiveIntegerField(default=0)
    hidden_ms = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=("viewer", "started"), name="viewing_of_viewer")]

    def __str__(self) -> str:
        return f"viewer {self.viewer_id} before {self.video_id}"


class Like(models.Model):
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="likes")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="likes")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "video"), name="like_once")]

    def __str__(self) -> str:
        return f"{self.viewer_id} likes {self.video_id}"


class Follow(models.Model):
    """A viewer follows a creator."""

    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="follows")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followers")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "creator"), name="follow_once")]

    def __str__(self) -> str:
        return f"{self.viewer_id} follows {self.creator_id}"


class NotInterested(models.Model):
    """A viewer asked not to see this video, or its creator, again."""

    class Scope(models.TextChoices):
        VIDEO = "video", _("This video")
        CREATOR = "creator", _("This creator")

    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="not_interested")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="not_interested")
    scope = models.CharField(max_length=7, choices=Scope, default=Scope.VIDEO)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "video"), name="not_interested_once")]

    def __str__(self) -> str:
        return f"{self.viewer_id} avoids {self.video_id}"


class Comment(models.Model):
    """A comment or a reply to one; a deleted one with replies keeps its place without its text."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="comments"
    )  # none once the account is deleted and the comment only keeps the place above other people's answers
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    text = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField(default=timezone.now)
    deleted = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created",)
        constraints = [
            models.CheckConstraint(condition=Q(deleted__isnull=False) | ~Q(text=""), name="comment_has_text"),
            models.CheckConstraint(
                condition=Q(author__isnull=False) | Q(deleted__isnull=False),
                name="comment_of_nobody_is_deleted",
            ),
        ]
        indexes = [models.Index(fields=("video", "created"), name="comment_of_video")]

    def __str__(self) -> str:
        return self.text[:40]


class ShareLink(models.Model):
    """An address somebody passed on; visits through it are counted."""

    token = models.CharField(max_length=22, unique=True)
    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="share_links")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="share_links")
    visits = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "video"), name="share_link_once")]

    def __str__(self) -> str:
        return self.token


class Report(models.Model):
    """A viewer's complaint about a video or one of its comments, kept for moderation."""

    class Reason(models.TextChoices):
        MISLEADING = "misleading", _("False or misleading")
        HATE = "hate", _("Hate or insult")
        SEXUAL = "sexual", _("Sexual content")
        VIOLENCE = "violence", _("Violence or danger")
        COPYRIGHT = "copyright", _("Somebody else’s work")
        SPAM = "spam", _("Spam or fraud")
        UNLABELED = "unlabeled", _("AI content without a label")
        OTHER = "other", _("Something else")

    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="reports")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="reports")
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="reports"
    )
    reason = models.CharField(max_length=12, choices=Reason)
    text = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(
                fields=("viewer", "video"), condition=Q(comment__isnull=True), name="report_of_video_once"
            ),
            models.UniqueConstraint(
                fields=("viewer", "comment"),
                condition=Q(comment__isnull=False),
                name="report_of_comment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.video_id}"


class VideoStat(models.Model):
    """Running totals of one video, real viewers and simulated ones apart; rolled up from events by a task.

    ``reward_sum / views`` is the mean corrected watch (0–1); totals hold counted events only.
    """

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="stats")
    simulated = models.BooleanField(default=False)
    impressions = models.PositiveIntegerField(default=0)
    plays = models.PositiveIntegerField(default=0)
    completes = models.PositiveIntegerField(default=0)
    skips = models.PositiveIntegerField(default=0)
    likes = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)
    follows = models.PositiveIntegerField(default=0)
    negatives = models.PositiveIntegerField(default=0)  # not interested and reports
    watch_seconds = models.FloatField(default=0.0)
    views = models.PositiveIntegerField(default=0)  # views whose watch time is known
    reward_sum = models.FloatField(default=0.0)
    heat = models.FloatField(default=0.0)  # reward decayed with a half-life of one day, as of ``heat_at``
    heat_at = models.DateTimeField(null=True, blank=True)
    updated = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("video", "simulated"), name="video_stat_once")]

    def __str__(self) -> str:
        return f"stat of {self.video_id}"


class VideoVector(models.Model):
    """Where a video lies among all others by its content, before anybody has watched it."""

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="vector")
    version = models.CharField(max_length=40)  # of the extractors; another version is computed anew
    text = (
        models.BinaryField()
    )  # float16 unit row of multilingual-e5-small over title, hashtags and transcript
    media = models.BinaryField()  # float16 row of picture and sound features, standardized
    phash = models.CharField(max_length=16, blank=True)  # of the cover, 64 bits as hex
    updated = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"vector of {self.video_id}"


class SearchDocument(models.Model):
    """What a published video is found by, as terms of ``recommender.searching.terms``; the database's index follows it."""

    video = models.OneToOneField(Video, primary_key=True, on_delete=models.CASCADE, related_name="search")
    title = models.TextField(blank=True)
    tags = models.TextField(blank=True)
    creator = models.TextField(blank=True)
    words = models.TextField(blank=True)  # description and what stands on the screen
    spoken = models.TextField(blank=True)
    digest = models.CharField(max_length=64)  # of the texts and the version of the terms
    updated = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"terms of {self.video_id}"


class Erasure(models.Model):
    """Numbers of somebody who was deleted, until archive and disk hold nothing of them any more."""

    viewers = models.JSONField(default=list)  # ids of viewers, for the archive
    owner = models.BigIntegerField(null=True, blank=True)  # id of the account, for its media folders
    jobs = models.JSONField(default=list)
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class Cursor(models.Model):
    """How far a repeating task has read, moved in the same transaction as what it wrote."""

    name = models.CharField(max_length=40, unique=True)
    position = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class ArchivedDay(models.Model):
    """A file of the Parquet archive: events of one closed day, verified before they were taken from the table.

    A day has one part, and one more for each run that found late events of it.
    """

    day = models.DateField()
    part = models.PositiveSmallIntegerField(default=1)
    rows = models.PositiveIntegerField()
    file = models.CharField(max_length=200)  # under VAR_DIR
    sha256 = models.CharField(max_length=64)
    pruned = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("day", "part")
        constraints = [models.UniqueConstraint(fields=("day", "part"), name="archived_day_part_once")]

    def __str__(self) -> str:
        return f"{self.day} part {self.part}"
