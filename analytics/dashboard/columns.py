"""What a table calls the columns of its frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from analytics.dashboard.words import NAMES

COLUMNS = {
    "time": gettext_lazy("Time"),
    "day": gettext_lazy("Day"),
    "hour": gettext_lazy("Hour"),
    "weekday": gettext_lazy("Weekday"),
    "video": gettext_lazy("Video"),
    "title": gettext_lazy("Title"),
    "creator": gettext_lazy("Creator"),
    "category": gettext_lazy("Category"),
    "language": gettext_lazy("Language"),
    "seconds": gettext_lazy("Seconds"),
    "second": gettext_lazy("Second"),
    "step": gettext_lazy("Step"),
    "far": gettext_lazy("Viewers"),
    "share": gettext_lazy("Portion"),
    "reached": gettext_lazy("Still there"),
    "low": gettext_lazy("at least"),
    "high": gettext_lazy("at most"),
    "like": gettext_lazy("Videos of like length"),
    "played": gettext_lazy("Plays of the second"),
    "text": gettext_lazy("Sentence"),
    "start": gettext_lazy("Begins"),
    "end": gettext_lazy("Ends"),
    "lost": gettext_lazy("Lost"),
    "beyond": gettext_lazy("Beyond the usual"),
    "source": gettext_lazy("Source"),
    "slots": gettext_lazy("Slots"),
    "explored": gettext_lazy("Exploration"),
    "state": gettext_lazy("State"),
    "name": gettext_lazy("State"),
    "jobs": gettext_lazy("Jobs"),
    "runs": gettext_lazy("Runs"),
    "kind": gettext_lazy("Kind"),
    "version": gettext_lazy("Version"),
    "parent": gettext_lazy("Parent"),
    "created": gettext_lazy("Made"),
    "made": gettext_lazy("Made"),
    "published": gettext_lazy("Published"),
    "promoted": gettext_lazy("Promoted"),
    "error": gettext_lazy("Error"),
    "events": gettext_lazy("Events"),
    "flag": gettext_lazy("Flag"),
    "rule": gettext_lazy("Rule"),
    "viewers": gettext_lazy("Viewers"),
    "fresh": gettext_lazy("First seen"),
    "week": gettext_lazy("Week"),
    "age": gettext_lazy("Days later"),
    "returned": gettext_lazy("Came again"),
    "what": gettext_lazy("What"),
    "until": gettext_lazy("Up to"),
    "waits": gettext_lazy("Waits"),
    "viewed": gettext_lazy("Viewed"),
    "held_3": gettext_lazy("3 seconds"),
    "held_5": gettext_lazy("5 seconds"),
    "halfway": gettext_lazy("Half of the video"),
    "completes": gettext_lazy("Completed"),
    "skips": gettext_lazy("Skipped"),
    "likes": gettext_lazy("Likes"),
    "comments": gettext_lazy("Comments"),
    "shares": gettext_lazy("Shares"),
    "follows": gettext_lazy("Follows"),
    "refused": gettext_lazy("Not interested or reported"),
    "interacted": gettext_lazy("Interactions"),
    "watch_seconds": gettext_lazy("Seconds watched"),
    "depth": gettext_lazy("Viewings in a session"),
}
HIDDEN = frozenset({"link", "simulated", "watch_seconds_sq", "watch_ratio_sq", "worst", "scene"})


def column_text(name: str) -> str:
    """The heading; a name of which nothing is known stays as it is, such as a metric of a trained version."""
    return str(NAMES.get(name) or COLUMNS.get(name) or name)
