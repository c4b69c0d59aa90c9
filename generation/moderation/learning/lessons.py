"""Decisions of people as labelled data: one lesson about each revision of a video, and one about each comment.

A lesson is the last word that stands. What was undone, what the machine or a rule did, what the demonstration made up,
answers to known cases, and second opinions on other people's decisions teach nothing; an appeal or an adjudication speaks over
what it is about, and what is disputed at the moment waits. Lessons are cut by their creators, so that nobody's texts lie on
both sides.

A list of lessons on the disk holds numbers and policies, never words: those are looked up when something learns, so what
was edited, deleted or erased since is no part of it any more.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from core.errors import PlatformError
from core.files import atomic_path
from generation.errors import TrainingInvalid
from generation.models import ModelKind, TrainingRun, Video
from generation.moderation.models import Appeal, Case, Decision, Screening, SecondOpinion
from generation.moderation.screening.items import revision_of, texts_of
from generation.moderation.selectors.words import transcript_of

# what each classifier speaks about
POLICIES_OF: dict[str, tuple[str, ...]] = {
    ModelKind.TEXT_SAFETY: ("hate",),
    ModelKind.PICTURE_SAFETY: ("sexual", "violence", "self_harm", "minors"),  # to be seen, and no rule
}
EACH_LEAST = 20  # lessons of both answers under a policy, below which it is not learned
HELD_OUT = 5  # every fifth creator's lessons judge and are not learned from
LISTS_KEPT = 5  # of each kind
FILE = "lessons.jsonl"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lesson:
    """What people said about one thing; ``broken`` are the policies, none for harmless."""

    decision: int  # the first of the submission
    case: int
    video: int
    comment: int | None
    screening: int | None
    revision: str  # of the video, as it was looked at
    creator: int
    broken: frozenset[str]

    @property
    def held(self) -> bool:
        """Whether it judges; all lessons of one creator do, or none."""
        return hashlib.sha256(f"lesson:{self.creator}".encode()).digest()[0] % HELD_OUT == 0


def lessons_standing() -> list[Lesson]:
    """Every lesson that the decisions give now, by the decision's number."""
    found: dict[tuple[Any, ...], Lesson] = {}
    rows = (
        Decision.objects.filter(action__in=Decision.ENDING, undone_by__isnull=True, automatic=False)
        .filter(
            case__state=Case.State.DECIDED,
            case__simulated=False,
            case__video__isnull=False,
            case__creator__isnull=False,
        )
        .exclude(case__kind=Case.Kind.GOLDEN)
        .exclude(case__kind=Case.Kind.SECOND, case__second_opinion__first__isnull=False)
        .order_by("created", "pk")
    )
    names = (
        "pk", "action", "policy__code", "case", "case__video", "case__comment", "case__screening",
        "case__revision", "case__screening__revision", "case__creator",
    )  # fmt: skip
    for pk, action, policy, case, video, comment, screening, seen, screened, creator in rows.values_list(
        *names
    ):
        about = ("comment", comment) if comment is not None else (video, seen or screened or "")
        known = found.get(about)
        broken = frozenset({policy}) if action in Decision.RESTRICTING else frozenset()
        if known is not None and known.case == case:  # another action of the same submission
            found[about] = Lesson(**{**vars(known), "broken": known.broken | broken})
        else:
            found[about] = Lesson(
                pk, case, video, comment, screening, seen or screened or "", creator, broken
            )
    disputed = _disputed()
    return sorted((one for one in found.values() if one.case not in disputed), key=lambda one: one.decision)


def _disputed() -> set[int]:
    """Cases whose decision somebody else is asked about: two differ, or an appeal waits."""
    differ = SecondOpinion.objects.filter(state=SecondOpinion.State.DISAGREED)
    pairs = differ.values_list("first__case", "hidden")
    appealed = Appeal.objects.filter(state=Appeal.State.OPEN).values_list("decision__case", flat=True)
    return {*appealed, *(case for pair in pairs for case in pair if case is not None)}


def lessons_for(kind: str, lessons: Iterable[Lesson]) -> list[Lesson]:
    """Those that the kind learns from: nobody sees a comment."""
    return [one for one in lessons if kind != ModelKind.PICTURE_SAFETY or one.comment is None]


def policies_known(kind: str, lessons: Sequence[Lesson]) -> list[str]:
    """The kind's policies of which both answers were given ``EACH_LEAST`` times."""
    counts = {policy: sum(policy in one.broken for one in lessons) for policy in POLICIES_OF[kind]}
    return [policy for policy, broken in counts.items() if EACH_LEAST <= broken <= len(lessons) - EACH_LEAST]


# --- a list on the disk -----------------------------------------------------------------------------------------------
def lists_root() -> Path:
    return Path(settings.VAR_DIR) / "lessons"


def fingerprint_of(lessons: Iterable[Lesson]) -> str:
    """Of which decisions, and what they say."""
    told = sorted((one.decision, one.case, sorted(one.broken)) for one in lessons)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@contextmanager
def lessons_listed(kind: str, lessons: list[Lesson]) -> Iterator[Path]:
    """The list for a training that is asked for in the block; of one that is refused nothing stays, and no other list goes."""
    folder = lessons_folder(kind, lessons)
    known = is_list(folder)
    lessons_write(kind, lessons)
    try:
        yield folder
    except PlatformError:
        if not known and folder.absolute() not in _lists_needed(kind):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    lists_prune(kind)


def lessons_folder(kind: str, lessons: Iterable[Lesson]) -> Path:
    """Named by the kind that learns and by the lessons."""
    return lists_root() / f"{ModelKind(kind).value}-{fingerprint_of(lessons)[:16]}"


def lessons_write(kind: str, lessons: list[Lesson]) -> Path:
    folder = lessons_folder(kind, lessons)
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(folder / FILE) as place:
        lines = (json.dumps(asdict(one) | {"broken": sorted(one.broken)}) for one in lessons)
        place.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def lessons_read(folder: Path) -> list[Lesson]:
    """Those lessons of the list that still stand as they were written. Raises ``TrainingInvalid`` for a broken list."""
    try:
        rows = [json.loads(line) for line in (folder / FILE).read_text(encoding="utf-8").splitlines()]
        written = {Lesson(**{**row, "broken": frozenset(row["broken"])}) for row in rows}
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise TrainingInvalid(f"{folder.name} is no list of lessons.", field="data") from problem
    return [one for one in lessons_standing() if one in written]


def lessons_forget(*, video: int | None = None, creator: int | None = None) -> None:
    """What was about the video, or about anything of the person, leaves every list; one that cannot be read goes whole.

    Where the disk refuses, the log says so and it is tried once more when the deletion is committed, which it never stops:
    what is deleted teaches nothing, whatever a list says (``lessons_read``).
    """
    if not _left_every_list(video, creator):
        transaction.on_commit(partial(_left_every_list, video, creator), robust=True)


def _left_every_list(video: int | None, creator: int | None) -> bool:
    """Whether the disk let it leave all of them."""
    left = True
    for place in lists_root().glob(f"*/{FILE}"):
        try:
            _leave(place, video, creator)
        except FileNotFoundError:  # pruned meanwhile
            continue
        except (OSError, PlatformError) as problem:
            log.warning("%s still names what is deleted: %s", place, problem)
            left = False
    return left


def _leave(place: Path, video: int | None, creator: int | None) -> None:
    try:
        lines = place.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        kept = [
            line
            for line, row in zip(lines, rows, strict=True)
            if row["video"] != video and row["creator"] != creator
        ]
    except (ValueError, KeyError, TypeError):  # no UTF-8 is a ValueError too
        place.unlink()
        return
    if len(kept) < len(lines):
        with atomic_path(place) as written:
            written.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def is_list(place: Path) -> bool:
    return (place / FILE).is_file()


def lists_prune(kind: str) -> None:
    """The kind's oldest lists beyond ``LISTS_KEPT`` go, but none that a training needs."""
    needed = _lists_needed(kind)
    lists = sorted(lists_root().glob(f"{ModelKind(kind).value}-*"), key=_written, reverse=True)
    for folder in lists[LISTS_KEPT:]:
        if folder.absolute() not in needed:
            shutil.rmtree(folder, ignore_errors=True)


def _lists_needed(kind: str) -> set[Path]:
    """What trainings of the kind name that wait, are under way, or came last: by that one the next night counts."""
    root = str(lists_root().absolute())
    runs = TrainingRun.objects.filter(kind=kind, parameters__data__startswith=root)
    states = (TrainingRun.State.QUEUED, TrainingRun.State.RUNNING)
    named = [*runs.filter(state__in=states), *runs.order_by("-created", "-pk")[:1]]
    return {Path(str(run.parameters["data"])) for run in named}


def _written(folder: Path) -> float:
    """When, in seconds; 0 for one that went meanwhile or never was whole."""
    try:
        return (folder / FILE).stat().st_mtime
    except OSError:
        return 0.0


# --- what a lesson is about -------------------------------------------------------------------------------------------
def texts_by_decision(lessons: Iterable[Lesson]) -> Iterator[tuple[Lesson, dict[str, str]]]:
    """The words that were decided about (where → text), of those lessons whose words are still the same."""
    for lesson in lessons:
        texts = _comment(lesson) if lesson.comment is not None else _video(lesson)
        if texts:
            yield lesson, texts


def _comment(lesson: Lesson) -> dict[str, str]:
    row = Screening.objects.filter(comment=lesson.comment).only("text").first()
    return {"comment": row.text} if row is not None and row.text.strip() else {}


def _video(lesson: Lesson) -> dict[str, str]:
    video = video_unchanged(lesson)
    if video is None:
        return {}
    heard = transcript_of(video)
    return texts_of(video) | ({"transcript": heard} if heard else {})


def video_unchanged(lesson: Lesson) -> Video | None:
    """The video, if it is still what was looked at."""
    rows = Video.objects.select_related("owner", "job", "upload").filter(pk=lesson.video)
    video = rows.first()
    return video if video is not None and revision_of(video) == lesson.revision else None
