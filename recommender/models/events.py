"""What viewers did, and the totals folded from it.

Events are append-only: nothing here is changed after it was written, except that an archived day is
pruned and that a viewer's own deletion takes their rows along.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from generation.models import Video
from recommender.models.feed import FeedRequest
from recommender.models.viewers import Viewer


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
    warms = models.BooleanField(default=True)  # its reward is part of the video's heat
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
