"""When reports alone take a video out of the feed: by the policy table, and only until somebody has looked.

Each report counts as the trust in its reporter divided by the number of reporters that its policy asks for; where the sum
reaches 1, the video is demoted: found and watched as before, but recommended to nobody. With the first table three
trusted viewers do it. When less is left, because a reporter turned out to be a bot or deleted their data, or a moderator
found nothing, it is public again. What anybody else decided about the video stays as it is: the rule takes back only what
it did itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from generation.models import Video
from generation.moderation.selectors.policies import policies_acting
from generation.moderation.selectors.reports import reporter_weights, reports_weighing
from generation.visibility import video_set_visibility

REPORTS = "reports"  # the reason that a demoted video has
POLICY_OF_REASON = {"spam": "fraud"}  # the other reasons are called as their policies are
DEFAULT_REPORTERS = 3
ENOUGH = 1.0 - 1e-9


@transaction.atomic
def reports_weigh(videos: Iterable[int]) -> None:
    """Let the reports decide about the videos of these ids as they stand now; weighing twice is the same as once."""
    for pk in sorted(videos):
        # locked before it is counted, so that of two reports at once the later sees both
        video = Video.objects.select_for_update().filter(pk=pk).first()
        if video is None:
            continue
        many = reports_weight(video) >= ENOUGH
        if many and video.visibility == Video.Visibility.PUBLIC:
            video_set_visibility(video=video, visibility=Video.Visibility.DEMOTED, reason=REPORTS)
        elif not many and video.visibility == Video.Visibility.DEMOTED and video.visibility_reason == REPORTS:
            video_set_visibility(video=video, visibility=Video.Visibility.PUBLIC, reason=REPORTS)


def reports_weight(video: Video) -> float:
    """How far the open reports about the video go toward demoting it; 1 and more does it."""
    said = list(reports_weighing(video).values_list("reporter", "reason"))
    if not said:
        return 0.0
    asked = {code: row.reports_demote for code, row in policies_acting().items()}
    weights = reporter_weights(reporter for reporter, _ in said)
    return sum(
        weights[reporter] / asked.get(POLICY_OF_REASON.get(reason, reason), DEFAULT_REPORTERS)
        for reporter, reason in said
    )
