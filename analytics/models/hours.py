"""What the audience did, added up: a row a video and hour, a row a viewer and day, and what pages read of them.

Every row can be counted anew from ``recommender.models.Viewing``; ``analytics.rollup`` does so for whatever
``TouchedHours`` names, so that a late event, a merged viewer or a bot found later leaves the sums exact.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from generation.models import Video
from recommender.models import Viewer


class TouchedHours(models.Model):
    """Hours whose sums do not hold any more; written in the transaction that changed the viewings."""

    hours = models.JSONField()  # [[viewer, video, simulated, hour in seconds since 1970], …]

    def __str__(self) -> str:
        return f"{len(self.hours)} hours"


class Sums(models.Model):
    """The columns of ``analytics.stats.columns``."""

    impressions = models.PositiveIntegerField(default=0)
    plays = models.PositiveIntegerField(default=0)
    viewed = models.PositiveIntegerField(default=0)
    held_3 = models.PositiveIntegerField(default=0)
    held_5 = models.PositiveIntegerField(default=0)
    halfway = models.PositiveIntegerField(default=0)
    completes = models.PositiveIntegerField(default=0)
    skips = models.PositiveIntegerField(default=0)
    likes = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)
    follows = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    interacted = models.PositiveIntegerField(default=0)
    loops = models.PositiveIntegerField(default=0)
    timed = models.PositiveIntegerField(default=0)
    watch_seconds = models.FloatField(default=0.0)
    watch_seconds_sq = models.FloatField(default=0.0)
    watch_ratio = models.FloatField(default=0.0)
    watch_ratio_sq = models.FloatField(default=0.0)

    class Meta:
        abstract = True


class VideoHour(Sums):
    """Sums over the viewings of a video that began in a UTC hour; own, moderators' and bots' viewings left out."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("video", "hour", "simulated"), name="video_hour_once")]
        indexes = [models.Index(fields=("hour", "simulated"), name="video_hour_of_hour")]

    def __str__(self) -> str:
        return f"{self.video_id} at {self.hour:%Y-%m-%d %H}"


class SiteHour(Sums):
    """``VideoHour`` added over all videos, so that the overview reads a row an hour however many videos there are."""

    hour = models.DateTimeField()
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("hour", "simulated"), name="site_hour_once")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}"


class VideoDay(models.Model):
    """How a video held its viewers of a UTC day, second by second, and how many they were."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    simulated = models.BooleanField(default=False)
    viewers = models.PositiveIntegerField(default=0)
    measured = models.PositiveIntegerField(default=0)  # plays whose watch time is known
    reached = models.JSONField(default=list)  # of them, how many played each second at least once
    played = models.JSONField(default=list)  # how often each second was played in all

    class Meta:
        constraints = [models.UniqueConstraint(fields=("video", "day", "simulated"), name="video_day_once")]
        indexes = [models.Index(fields=("day", "simulated"), name="video_day_of_day")]

    def __str__(self) -> str:
        return f"{self.video_id} on {self.day}"


class ViewerDay(models.Model):
    """A viewer's UTC day on the site; what visits, sessions and returns are counted from."""

    viewer = models.ForeignKey(Viewer, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    simulated = models.BooleanField(default=False)
    slots = models.PositiveIntegerField(default=0)  # viewings
    sessions = models.PositiveIntegerField(default=0)  # begun on that day, after a pause of 30 minutes
    watch_seconds = models.FloatField(default=0.0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("viewer", "day"), name="viewer_day_once")]
        indexes = [models.Index(fields=("day", "simulated"), name="viewer_day_of_day")]

    def __str__(self) -> str:
        return f"{self.viewer_id} on {self.day}"


class SiteDay(models.Model):
    """The audience of a UTC day, and for the viewers first seen on it who came again, by days later."""

    day = models.DateField()
    simulated = models.BooleanField(default=False)
    viewers = models.PositiveIntegerField(default=0)
    sessions = models.PositiveIntegerField(default=0)
    slots = models.PositiveIntegerField(default=0)
    watch_seconds = models.FloatField(default=0.0)
    fresh = models.PositiveIntegerField(default=0)  # viewers seen for the first time
    returned = models.JSONField(
        default=dict
    )  # {"1": of the fresh, how many came a day later, "2": …} up to 30

    class Meta:
        constraints = [models.UniqueConstraint(fields=("day", "simulated"), name="site_day_once")]

    def __str__(self) -> str:
        return f"{self.day}"


class FeedHour(models.Model):
    """Slots that the feed filled in a UTC hour, by the source of the candidate."""

    hour = models.DateTimeField()
    simulated = models.BooleanField(default=False)
    source = models.CharField(max_length=20)
    slots = models.PositiveIntegerField(default=0)
    explored = models.PositiveIntegerField(default=0)  # filled by a draw: propensity below 1
    propensity = models.FloatField(default=0.0)  # sum
    inverse = models.FloatField(default=0.0)  # sum of 1 / propensity
    inverse_sq = models.FloatField(default=0.0)  # and of its squares: the effective sample follows

    class Meta:
        constraints = [models.UniqueConstraint(fields=("hour", "simulated", "source"), name="feed_hour_once")]

    def __str__(self) -> str:
        return f"{self.source} at {self.hour:%Y-%m-%d %H}"


class EventHour(models.Model):
    """Events by the hour in which they were received, as the checks judged them."""

    hour = models.DateTimeField()
    simulated = models.BooleanField(default=False)
    type = models.CharField(max_length=14)
    flags = models.CharField(max_length=60, blank=True)
    counted = models.BooleanField(default=True)
    events = models.PositiveIntegerField(default=0)
    delay_seconds = models.FloatField(default=0.0)  # sum of received − happened
    late = models.PositiveIntegerField(default=0)  # received over an hour after they happened

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("hour", "simulated", "type", "flags", "counted"), name="event_hour_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} at {self.hour:%Y-%m-%d %H}"


class Watermark(models.Model):
    """Up to where a roll-up has read; it moves in the transaction that wrote what was read."""

    name = models.CharField(max_length=20, unique=True)
    moment = models.DateTimeField(default=timezone.now)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.moment:%Y-%m-%d %H:%M}"
