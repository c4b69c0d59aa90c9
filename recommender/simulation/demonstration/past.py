"""The demonstration's past: four weeks in which three simulated moderators decided, so that quality and transparency show something.

Each has a skill (how often the answer is the planted truth) and a pace; all cases are marked as simulated: they teach no
classifier and no calibration, replay nothing, and leave in no export. What was rejected and stayed so is gone since, so
nothing that the demonstration shows contradicts its past; nobody gets a strike.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.roles import MODERATOR, VIEWER, role_add
from generation.models import Video
from generation.moderation.audit import MACHINE, audit_append
from generation.moderation.models import (
    Appeal,
    Case,
    CaseNote,
    Decision,
    GoldenAnswer,
    GoldenCase,
    Moderator,
    Policy,
    Screening,
    SecondOpinion,
    Statement,
    Strike,
)
from generation.moderation.screening.statements import statement_finish, statement_make
from generation.moderation.selectors.policies import policies_acting
from generation.selectors import is_shown
from recommender.simulation.demonstration.channels import creators, group_of

CASES, DAYS = 180, 28.0
BROKEN_SHARE, GOLDEN, SAMPLED = 0.3, 6, 15
SECOND_SHARE, APPEAL_SHARE, NOTE_SHARE = 0.25, 0.6, 0.15
POLICIES = ("misleading", "fraud", "copyright", "unlabeled", "hate", "violence")
WEIGHTS = (5, 4, 3, 2, 2, 1)
NOTES = {
    "zh": ("来源写在第二幕。", "和上周那条是同一个模板。", "边界情况，请看原话。"),
    "en": ("The source is named in scene two.", "The same template as last week.", "A close call: read the words."),
}  # fmt: skip
APPEALS = {
    "zh": ("内容都有出处，请再看一遍。", "这是在引用别人的话。"),
    "en": ("Everything in it has a source; please look again.", "I quoted it to oppose it."),
}
Action, Kind, State = Decision.Action, Case.Kind, Case.State


@dataclass(frozen=True)
class Skill:
    """A simulated moderator: share of right answers, median seconds a case."""

    account: str
    pseudonym: str
    right: float
    seconds: float


SKILLS = (
    Skill("demo-moderator-1", "Curlew 21", 0.97, 19.0),
    Skill("demo-moderator-2", "Dunlin 34", 0.9, 26.0),
    Skill("demo-moderator-3", "Siskin 57", 0.82, 41.0),
)


@transaction.atomic
def past_filled(*, seed: int, now: datetime | None = None) -> dict[str, int]:
    """Fill in what is missing of the past; how many cases, appeals, second opinions and known answers were added."""
    if Case.objects.filter(decisions__moderator__username=SKILLS[0].account).exists():
        return {"cases": 0, "appeals": 0, "opinions": 0, "golden": 0}
    videos = list(
        Video.objects.filter(is_shown(), owner__in=creators()).select_related("owner").order_by("pk")
    )
    if not videos:
        return {"cases": 0, "appeals": 0, "opinions": 0, "golden": 0}
    past = _Past(random.Random(seed), now or timezone.now(), videos)
    for _ in range(CASES):
        past.case()
    past.golden()
    past.samples()
    counts = {"cases": CASES} | past.counts
    audit_append(actor=MACHINE, action="simulated_past", subject="demonstration", data=counts)
    return counts


@dataclass(frozen=True)
class _Answered:
    """A decided case, its decision, and whose it was."""

    case: Case
    decision: Decision
    who: int
    truth: str  # the policy that is broken, "" for none


class _Past:
    """Draws cases, answers and what follows, all from one generator."""

    def __init__(self, rng: random.Random, now: datetime, videos: list[Video]) -> None:
        self.rng, self.now, self.videos = rng, now, videos
        self.people = [_moderator(skill) for skill in SKILLS]
        self.policies = {row.code: row for row in Policy.objects.all()}
        self.severities = {code: row.severity for code, row in policies_acting().items()}
        self.kept: list[_Answered] = []  # whose video is still there
        self.counts = {"appeals": 0, "opinions": 0, "golden": 0}

    def case(self) -> None:
        """One case from its opening to the last word about it."""
        rng, video = self.rng, self.rng.choice(self.videos)
        code = rng.choices(POLICIES, WEIGHTS)[0]
        truth = code if rng.random() < BROKEN_SHARE else ""
        who = rng.randrange(len(SKILLS))
        answer = self._answer(who, code, truth)
        appealed = bool(answer) and rng.random() < APPEAL_SHARE
        other = (who + rng.choice((1, 2))) % len(SKILLS)
        second = self._answer(other, code, truth) if appealed else answer
        back = self._days_back(video, gone=bool(second))
        opened = self.now - timedelta(days=back)
        kind = rng.choice((Kind.SCREENING, Kind.REPORT))
        case = self._opened(kind, video, code, truth, opened)
        decided = self._decided(case, who, answer, opened + self._wait(case))
        if rng.random() < NOTE_SHARE:
            CaseNote.objects.create(
                case=case, author=self.people[who], text=self._said(NOTES, video), created=decided.created
            )
        if answer:
            self._told(case, decided)
        if appealed:
            self._appealed(case, decided, other, second, video)
        if second:  # it stayed down, and its creator took it away since
            Case.objects.filter(Q(pk=case.pk) | Q(appeal__decision=decided)).update(video=None)
            Statement.objects.filter(decision=decided).update(video=None)
            Appeal.objects.filter(decision=decided).update(video=None)
            return
        self.kept.append(_Answered(case, decided, who, truth))
        if not answer and rng.random() < SECOND_SHARE:
            self._second_opinion(self.kept[-1])

    def golden(self) -> None:
        """A few cases with a known answer that all three gave theirs to; served to nobody else."""
        right = [one for one in self.kept if not one.truth and one.decision.action == Action.APPROVE]
        for one in self.rng.sample(right, min(GOLDEN, len(right))):
            known = GoldenCase.objects.create(
                case=one.case, action=Action.APPROVE, active=False, author=self.people[0], created=self.now
            )
            for who, person in enumerate(self.people):
                if who == one.who:
                    continue
                served, decision = self._hidden(Kind.GOLDEN, one, who)
                GoldenAnswer.objects.create(
                    golden=known, served=served, moderator=person, decision=decision,
                    right=decision.action == Action.APPROVE, created=decision.created,
                )  # fmt: skip
            self.counts["golden"] += 1

    def samples(self) -> None:
        """What the machine let pass by itself, looked at again."""
        passed = Screening.objects.filter(
            video__in=[video.pk for video in self.videos], comment__isnull=True,
            outcome=Screening.Outcome.APPROVED, second_opinion__isnull=True,
        ).select_related("video__owner").order_by("pk")  # fmt: skip
        for screening in passed[:SAMPLED]:
            video = screening.video
            code = self.rng.choices(POLICIES, WEIGHTS)[0]
            at = min(screening.ended or screening.created, self.now)
            case = self._opened(Kind.SECOND, video, code, "", at, screening=screening)
            decision = self._decided(case, self.rng.randrange(len(SKILLS)), "", self.now)
            SecondOpinion.objects.create(
                screening=screening, hidden=case, second=decision, state=SecondOpinion.State.AGREED
            )
            self.counts["opinions"] += 1

    # --- parts ---
    def _answer(self, who: int, code: str, truth: str) -> str:
        """The policy by which they reject, "" for an approval: right as often as their skill says."""
        if self.rng.random() < SKILLS[who].right:
            return truth
        return "" if truth else code

    def _days_back(self, video: Video, *, gone: bool) -> float:
        """Days before now: within the video's life where it is still there."""
        age = (self.now - (video.published or video.created)).total_seconds() / 86_400
        return self.rng.uniform(0.5, DAYS) if gone else self.rng.uniform(0.1, 0.9) * max(age, 0.1)

    def _wait(self, case: Case) -> timedelta:
        """Until somebody decided: sooner where it is grave."""
        return timedelta(hours=self.rng.lognormvariate(0.0, 0.7) * 4.0 / case.severity)

    def _said(self, words: Mapping[str, tuple[str, ...]], video: Video) -> str:
        return self.rng.choice(words["zh" if video.language == "zh" else "en"])

    def _opened(
        self,
        kind: str,
        video: Video,
        code: str,
        truth: str,
        opened: datetime,
        *,
        screening: Screening | None = None,
    ) -> Case:
        risk = round(self.rng.betavariate(5, 3) if truth else self.rng.betavariate(3, 5), 3)
        severity = self.severities.get(code, 2)
        case = Case(
            kind=kind, video=video, creator=video.owner, screening=screening, policy=self.policies[code],
            severity=severity, risk=risk, risks={code: risk}, title=video.title, language=video.language,
            reason="reported" if kind == Kind.REPORT else "submitted:queued", opened=opened,
            due=opened + timedelta(hours=24), simulated=True, reach=self.rng.randint(1, 80),
            state=State.DECIDED, decided=opened, outcome=Action.APPROVE,
        )  # fmt: skip
        case.save()
        return case

    def _decided(self, case: Case, who: int, answer: str, at: datetime) -> Decision:
        """The decision, at ``at`` or now if that is still to come."""
        at = min(at, self.now)
        spent = SKILLS[who].seconds * self.rng.lognormvariate(0.0, 0.4)
        decision = Decision.objects.create(
            case=case, number=1, moderator=self.people[who], action=Action.REJECT if answer else Action.APPROVE,
            policy=self.policies[answer] if answer else None, submission=_uuid(self.rng),
            spent_seconds=round(spent, 1), created=at,
        )  # fmt: skip
        case.decided, case.outcome = at, decision.action
        case.save(update_fields=["decided", "outcome"])
        return decision

    def _told(self, case: Case, decision: Decision) -> None:
        statement = statement_finish(statement_make(decision=decision, case=case), case)
        Statement.objects.filter(pk=statement.pk).update(created=decision.created)

    def _appealed(self, case: Case, decision: Decision, other: int, second: str, video: Video) -> None:
        asked = min(decision.created + timedelta(hours=self.rng.uniform(1, 20)), self.now)
        review = self._opened(Kind.APPEAL, video, case.policy.code, second, asked)
        answer = self._decided(review, other, second, asked + timedelta(hours=self.rng.uniform(1, 12)))
        lost = not second
        Appeal.objects.create(
            decision=decision, review=review, creator=video.owner, video=video, text=self._said(APPEALS, video),
            state=Appeal.State.OVERTURNED if lost else Appeal.State.UPHELD, created=asked,
            decided=answer.created, told=answer.created,
        )  # fmt: skip
        if lost:
            Statement.objects.filter(decision=decision).update(withdrawn=answer.created)
        self.counts["appeals"] += 1

    def _hidden(self, kind: str, one: _Answered, who: int) -> tuple[Case, Decision]:
        """A copy of the case as another of them answered it, a few hours later."""
        assert one.case.video is not None
        opened = min(one.decision.created + timedelta(hours=self.rng.uniform(1, 30)), self.now)
        copy = self._opened(kind, one.case.video, one.case.policy.code, one.truth, opened)
        if kind == Kind.GOLDEN:
            Case.objects.filter(pk=copy.pk).update(only_for=self.people[who])
        answer = self._answer(who, one.case.policy.code, one.truth)
        return copy, self._decided(copy, who, answer, opened + self._wait(copy))

    def _second_opinion(self, one: _Answered) -> None:
        """Another looks; where the two differ the third has the last word: what is shown today was let stand."""
        other = (one.who + 1) % len(SKILLS)
        copy, second = self._hidden(Kind.SECOND, one, other)
        same = second.action == one.decision.action
        opinion = SecondOpinion(
            first=one.decision, hidden=copy, second=second, created=one.decision.created,
            state=SecondOpinion.State.AGREED if same else SecondOpinion.State.ADJUDICATED,
        )  # fmt: skip
        if not same and one.case.video is not None:
            last = self._opened(
                Kind.ADJUDICATION, one.case.video, one.case.policy.code, one.truth, second.created
            )
            opinion.adjudication = last
            opinion.final = self._decided(last, (one.who + 2) % len(SKILLS), "", self.now)
        opinion.save()
        self.counts["opinions"] += 1


def _uuid(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def _moderator(skill: Skill) -> User:
    """The account, made where it is missing; nobody can sign in to it."""
    user, made = User.objects.get_or_create(username=skill.account)
    if made:
        user.set_unusable_password()
        user.save()
        for role in (VIEWER, MODERATOR):
            role_add(user=user, role=role)
        user.groups.add(group_of())
        Moderator.objects.get_or_create(user=user, defaults={"pseudonym": skill.pseudonym})
    return user


@transaction.atomic
def past_removed() -> int:
    """Take away every case of the demonstration with all that hangs on it; how many there were."""
    cases = Case.objects.filter(simulated=True)
    decisions = Decision.objects.filter(case__in=cases)
    SecondOpinion.objects.filter(hidden__in=cases).delete()
    GoldenAnswer.objects.filter(served__in=cases).delete()
    GoldenCase.objects.filter(case__in=cases).delete()
    Appeal.objects.filter(decision__in=decisions).delete()
    Statement.objects.filter(decision__in=decisions).delete()
    Strike.objects.filter(decision__in=decisions).delete()
    decisions.filter(undoes__isnull=False).delete()
    decisions.delete()
    count = cases.count()
    cases.delete()
    return count
