"""When reports alone take a video out of the feed: by the policy table, and only until somebody has looked.

Each report counts as the trust in its reporter divided by the number of reporters that its policy asks for; where the sum
reaches 1, the video is demoted: found and watched as before, but recommended to nobody. With the first table three
trusted viewers do it. When less is left, because a reporter turned out to be a bot or deleted their data, or a moderator
found nothing, it is public again. Its creator is given the reasons (``demotion``). What anybody else decided about the video stays as it is: the rule takes back only what
it did itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from generation.models import Video
from generation.moderation.screening.demotion import REPORTS, demotion_told
from generation.moderation.selectors.policies import policies_acting
from generation.moderation.selectors.reports import reporter_weights, reports_weighing
from generation.visibility import video_set_visibility

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
        weights = reports_weights(video)
        many = sum(weights.values()) >= ENOUGH
        if many and video.visibility == Video.Visibility.PUBLIC:
            video_set_visibility(video=video, visibility=Video.Visibility.DEMOTED, reason=REPORTS)
        elif not many and video.visibility == Video.Visibility.DEMOTED and video.visibility_reason == REPORTS:
            video_set_visibility(video=video, visibility=Video.Visibility.PUBLIC, reason=REPORTS)
        demotion_told(video, weights)


def reports_weights(video: Video) -> dict[str, float]:
    """Policy → how far the open reports about the video go toward demoting it; 1 and more in all does it."""
    said = list(reports_weighing(video).values_list("reporter", "reason"))
    if not said:
        return {}
    asked = {code: row.reports_demote for code, row in policies_acting().items()}
    trust = reporter_weights(reporter for reporter, _ in said)
    weights: dict[str, float] = {}
    for reporter, reason in said:
        code = POLICY_OF_REASON.get(reason, reason)
        weights[code] = weights.get(code, 0.0) + trust[reporter] / asked.get(code, DEFAULT_REPORTERS)
    return weights
