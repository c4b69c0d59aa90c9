"""What people have said about what the machine judged: the labels that replay, calibration and quality compare with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from generation.moderation.models import Case, Decision, Screening, SecondOpinion


@dataclass(frozen=True)
class PersonsWord:
    """What a person decided about a screening: the policies it broke, none for harmless."""

    screening: int
    broken: frozenset[str]


def persons_words(
    screenings: Iterable[int] | None = None, *, simulated: bool = False
) -> dict[int, PersonsWord]:
    """Screening → what was decided about it by a person, second looks at what the machine let pass included.

    Decisions that were undone do not count, nor do those of the demonstration unless ``simulated``; an appeal or adjudication speaks over what it is about.
    """
    wanted = Q() if screenings is None else Q(case__screening__in=set(screenings))
    rows = Decision.objects.filter(
        wanted, action__in=Decision.ENDING, undone_by__isnull=True, automatic=False
    )
    rows = rows.filter(case__screening__isnull=False, case__state=Case.State.DECIDED)
    if not simulated:
        rows = rows.filter(case__simulated=False)
    rows = rows.exclude(case__kind=Case.Kind.GOLDEN)
    rows = rows.exclude(case__kind=Case.Kind.SECOND, case__second_opinion__first__isnull=False)
    found: dict[int, tuple[int, set[str]]] = {}
    order = rows.order_by("created", "pk").values_list("case", "case__screening", "action", "policy__code")
    for case, screening, action, policy in order:
        known = found.get(screening)
        if known is None or known[0] != case:
            known = found[screening] = (case, set())
        if action in Decision.RESTRICTING:
            known[1].add(policy)
    return {screening: PersonsWord(screening, frozenset(broken)) for screening, (_, broken) in found.items()}


def opinions_pending() -> int:
    """Second opinions that nobody has given yet."""
    return SecondOpinion.objects.filter(state=SecondOpinion.State.PENDING).count()


def screenings_judged(*, most: int) -> list[Screening]:
    """The newest finished screenings with what replay needs."""
    rows = Screening.objects.filter(state=Screening.State.DONE).order_by("-ended", "-pk")
    return list(rows.only("pk", "risks", "verdicts", "outcome", "shadow", "ended", "video_id")[:most])
