"""What the queue of moderation has to know of attention: how many people have met what waits there."""

from __future__ import annotations

from django.db.models import Sum

from generation.moderation.selectors import videos_in_queue
from generation.moderation.services import cases_reach_set
from recommender.models import VideoStat


def reach_tell() -> int:
    """Tell how often each video with an open case was played, by real viewers and simulated ones; how many cases moved."""
    plays = VideoStat.objects.filter(video__in=videos_in_queue()).order_by().values("video")
    rows = plays.annotate(all=Sum("plays")).values_list("video", "all")
    return cases_reach_set(reach=dict(rows))
