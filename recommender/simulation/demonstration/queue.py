"""The demonstration's queue of moderation: harmless videos that simulated viewers reported, and some past to compare with.

Everything in it is about the demonstration's own channels; nothing is unpleasant to look at.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db.models import Q

from core.roles import MODERATOR, VIEWER, role_add
from generation.models import Video
from generation.moderation.models import Case, Decision, Report
from generation.moderation.services import report_file
from generation.moderation.services.actions import ActionAsked
from generation.moderation.services.appeals import appeal_file
from generation.moderation.services.decisions import case_decide
from generation.selectors import is_shown
from recommender.models import Viewer
from recommender.simulation.demonstration.channels import creators, group_of
from recommender.social.moderating import reach_tell

PAST_MODERATOR = "demo-moderator"  # who decided before; nobody can sign in to it
REPORTED_SHARE = 0.5  # of the demonstration's videos
PAST_SHARE = 0.25  # of the cases: decided already
WORDS = {
    "zh": (
        "标题和内容不符",
        "这个做法真的对吗？",
        "好像在别处看过",
        "广告味有点重",
        "没看出哪里是人工智能做的",
        "",
    ),
    "en": (
        "The title promises more",
        "Is that really true?",
        "I have seen this elsewhere",
        "Reads like an ad",
        "",
    ),
}
REASONS = (
    (Report.Reason.MISLEADING, 5), (Report.Reason.SPAM, 3), (Report.Reason.COPYRIGHT, 3), (Report.Reason.UNLABELED, 2),
    (Report.Reason.OTHER, 1), (Report.Reason.VIOLENCE, 1),
)  # fmt: skip


def queue_filled(*, seed: int) -> dict[str, int]:
    """Let simulated viewers report about half of the videos, decide a quarter of that, appeal once; what there is then.

    What was reported already is left alone, so running twice adds nothing. All of it is marked as simulated, and what real
    visitors reported is neither marked nor decided.
    """
    rng = random.Random(seed)
    videos = list(Video.objects.filter(is_shown(), owner__in=creators(), reports__isnull=True).order_by("pk"))
    chosen = rng.sample(videos, round(len(videos) * REPORTED_SHARE))
    reporters = _reporters(rng)
    for video in chosen:
        for _ in range(rng.choice((1, 1, 1, 2, 2, 4))):
            _reported(video, next(reporters), rng)
    reach_tell()
    _marked()  # before the past: what follows a case is marked as it is
    decided = _past(rng, round(len(chosen) * PAST_SHARE))
    open_cases = Case.objects.filter(state=Case.State.OPEN, creator__in=creators())
    return {"reported": len(chosen), "decided": decided, "open": open_cases.count()}


def _marked() -> None:
    """Mark what the demonstration opened: the screening of its videos, and cases that only simulated viewers reported."""
    staged = Viewer.objects.filter(simulated=True).values("pk")
    reports = Report.objects.filter(case__isnull=False).order_by()
    by_staged = reports.filter(reporter__in=staged).values("case")
    by_real = reports.exclude(reporter__in=staged).values("case")
    own = Case.objects.filter(creator__in=creators()).exclude(pk__in=by_real)
    own.filter(Q(kind=Case.Kind.SCREENING) | Q(kind=Case.Kind.REPORT, pk__in=by_staged)).update(
        simulated=True
    )


def _reporters(rng: random.Random) -> Iterator[int]:
    """Simulated viewers in turn; made where the demonstration has too few."""
    known = list(
        Viewer.objects.filter(simulated=True, flagged="").order_by("pk").values_list("pk", flat=True)[:60]
    )
    while len(known) < 12:
        known.append(Viewer.objects.create(simulated=True).pk)
    while True:
        rng.shuffle(known)
        yield from known


def _reported(video: Video, reporter: int, rng: random.Random) -> None:
    reasons, weights = zip(*REASONS, strict=True)
    report_file(
        reporter=reporter,
        counted=True,
        video=video,
        reason=rng.choices(reasons, weights)[0],
        text=rng.choice(WORDS["zh" if video.language == "zh" else "en"]),
        seconds=round(rng.uniform(0, video.seconds), 1) if rng.random() < 0.5 else None,
    )


def _past(rng: random.Random, count: int) -> int:
    """Some cases were decided before, mostly in favor; one rejection was appealed and waits for somebody else."""
    moderator = _moderator()
    waiting = Case.objects.filter(state=Case.State.OPEN, kind=Case.Kind.REPORT, simulated=True)
    cases = list(waiting.filter(creator__in=creators()))
    chosen = rng.sample(cases, min(count, len(cases)))
    for place, case in enumerate(chosen):
        rejects = place % 4 == 0
        action = ActionAsked(Decision.Action.REJECT, case.policy.code) if rejects else ActionAsked("approve")
        case_decide(case=case, moderator=moderator, actions=[action])
        if place == 0 and case.video is not None:
            zh = case.video.language == "zh"
            text = "内容都有出处，请再看一遍。" if zh else "Everything in it has a source; please look again."
            appeal_file(video=case.video, creator=case.video.owner, text=text)
    return len(chosen)


def _moderator() -> User:
    user, made = User.objects.get_or_create(username=PAST_MODERATOR)
    if made:
        user.set_unusable_password()
        user.save()
        for role in (VIEWER, MODERATOR):
            role_add(user=user, role=role)
        user.groups.add(group_of())
    return user
