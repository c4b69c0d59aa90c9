"""Comments that people decided about, as rows: many at once, with a planted word that is the violation."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.utils import timezone

from generation.models import Video
from generation.moderation.models import Case, Decision, Policy, Screening
from tests import factories

FILLERS = "今天 天气 我们 一起 朋友 看书 做饭 旅行 工作 学习 音乐 电影 公园 城市 老师 同学".split()
PLANTED, HARMLESS = "咕噜怪", "云朵糕"  # of one kind, so that nothing else tells them apart


def people(count: int) -> list[User]:
    """Writers with fixed numbers: who judges follows from them."""
    return [
        User.objects.get_or_create(pk=10_000 + number, username=f"writer{number}")[0]
        for number in range(count)
    ]


def said(count: int, *, seed: int) -> list[tuple[str, bool]]:
    """Five everyday words around one that decides."""
    draw, rows = random.Random(seed), []
    for place in range(count):
        words = draw.sample(FILLERS, 5)
        words.insert(draw.randrange(6), PLANTED if place % 2 else HARMLESS)
        rows.append(("".join(words), bool(place % 2)))
    return rows


def comments_decided(
    rows: Iterable[tuple[User, str, bool]], *, moderator: User | None = None, policy: str = "hate"
) -> list[Case]:
    """A decided case for each (author, text, whether it broke the policy)."""
    video = Video.objects.first() or factories.video(User.objects.create(username="host"))
    about = Policy.objects.get(code=policy)
    first = (Screening.objects.order_by("-comment").values_list("comment", flat=True).first() or 0) + 1
    wanted = list(rows)
    screenings = Screening.objects.bulk_create(
        Screening(
            video=video, comment=first + place, text=text, author=author, why="comment", revision=f"{first + place:064x}",
            state="done", outcome="queued", signals=[], risks={policy: 0.5}, ended=timezone.now(),
        )
        for place, (author, text, _) in enumerate(wanted)
    )  # fmt: skip
    cases = Case.objects.bulk_create(
        Case(
            video=video, comment=screening.comment, creator=author, screening=screening, revision=screening.revision,
            policy=about, severity=3, risk=0.5, risks={policy: 0.5}, title=video.title, language="zh",
            state="decided", decided=timezone.now(), due=timezone.now(), outcome="reject" if broken else "approve",
        )
        for screening, (author, _, broken) in zip(screenings, wanted, strict=True)
    )  # fmt: skip
    Decision.objects.bulk_create(
        Decision(
            case=case, number=1, moderator=moderator, action="reject" if broken else "approve",
            policy=about if broken else None, submission=uuid.uuid4(),
        )
        for case, (_, _, broken) in zip(cases, wanted, strict=True)
    )  # fmt: skip
    return cases
