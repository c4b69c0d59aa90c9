"""The end of the demonstration: its channels with their videos and files, its viewers, its cases, and what was learned from them."""

from __future__ import annotations

from django.contrib.auth.models import Group

from generation.models import Video
from recommender.privacy.decisions import account_remove
from recommender.simulation.demonstration.channels import GROUP, creators
from recommender.simulation.demonstration.past import past_removed
from recommender.simulation.viewers import viewers_removed


def demonstration_removed() -> dict[str, int]:
    """Take everything away; counts by kind. Run twice, the second time finds nothing."""
    counted = {"videos": Video.objects.filter(owner__in=creators()).count(), "channels": 0}
    counted["cases"] = past_removed()
    for user in creators():
        account_remove(user=user)
        counted["channels"] += 1
    counted |= viewers_removed()
    Group.objects.filter(name=GROUP).delete()
    return counted
