"""The picture classifier learns from decisions: one regression a policy, on features of stills of the decided videos.

Of what broke a policy it learns the stills near the second that the moderator or the evidence named, else all, together
weighing one; of the rest all, weighing one too, and scenes of the site's own drawings beside them as harmless. Its version speaks about those policies only that were broken often enough.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from generation.errors import TrainingInvalid
from generation.media.pictures.illustrations import names_in
from generation.media.scenes.palettes import PALETTES
from generation.ml.label_errors import said_out_of_fold
from generation.ml.picture_safety import (
    STRENGTH,
    Features,
    PictureHead,
    PictureSafetyModel,
    fitted_weights,
    pictures_seen,
    scored,
)
from generation.ml.text_safety.adapting import folds_of
from generation.ml.text_safety.classifier import best_threshold
from generation.ml.training import Progress, Stop
from generation.models import ModelKind
from generation.moderation.learning.comparing import why_not
from generation.moderation.learning.frames import frames_of
from generation.moderation.learning.learned import doubts_told, learned_write, policy_told
from generation.moderation.learning.lessons import (
    EACH_LEAST,
    POLICIES_OF,
    Lesson,
    fingerprint_of,
    lessons_for,
    lessons_read,
    policies_known,
    video_unchanged,
)
from generation.moderation.learning.risks import others_said, rules_acting
from generation.moderation.models import Case, Decision
from generation.moderation.scorers.pictures import PictureClassifierScorer, picture_risks
from generation.selectors import version_current, version_folder
from generation.stages.starter_data import SET, scene

NEAR_SECONDS = 1.5
WATCH_SHARE = 0.8  # of the minutes, for looking at videos; what is left over waits for the next night
MOST_LESSONS = 4000  # twelve stills of 5 KB each, in the memory three times at the most: 0.7 GB
FOLDS = 3
HARMLESS = 96  # scenes of the site's own drawings


@dataclass(frozen=True)
class PictureLesson:
    """A lesson with its video's stills (n, WIDTH), and policy → which of them the decision points at, where it does."""

    lesson: Lesson
    features: Features
    near: Mapping[str, NDArray[np.bool_]]

    def taught(self, policy: str) -> Features:
        points_at = self.near.get(policy)
        if policy in self.lesson.broken and points_at is not None and points_at.any():
            return self.features[points_at]
        return self.features


def learn(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """Train on the list of lessons at ``data``; see ``generation.ml.training.Trainer``. Raises ``TrainingInvalid``."""
    rules = rules_acting()
    if not rules.keys() & set(POLICIES_OF[ModelKind.PICTURE_SAFETY]):
        raise _none_acts(POLICIES_OF[ModelKind.PICTURE_SAFETY])
    lessons = lessons_for(ModelKind.PICTURE_SAFETY, lessons_read(data))
    marks = {"data_fingerprint": fingerprint_of(lessons)}
    rows = picture_lessons(
        lessons, seconds=minutes * 60.0 * WATCH_SHARE, stop=stop, tell=lambda done: progress(0.7 * done, {})
    )
    if stop():
        return marks
    taught, held = ([row for row in rows if row.lesson.held is side] for side in (False, True))
    known = policies_known(ModelKind.PICTURE_SAFETY, [row.lesson for row in taught])
    policies = [policy for policy in known if policy in rules]
    if known and not policies:
        raise _none_acts(known)
    if not policies:
        raise TrainingInvalid(
            f"Too little was decided about pictures: a policy is learned from {EACH_LEAST} videos that broke it and as many "
            "that did not, of creators who do not judge.",
            field="data",
        )
    ours = pictures_seen(harmless_pictures(taught=True))
    new = PictureSafetyModel(
        {policy: _head(taught, policy, ours, seed=seed) for policy in policies}, {"videos": len(taught)}
    )
    new.save(output)
    new = PictureSafetyModel.load(output)
    serving = version_current(ModelKind.PICTURE_SAFETY)
    now = PictureSafetyModel.load(version_folder(serving)) if serving else None
    progress(0.8, {})
    harmless = pictures_seen(harmless_pictures())
    others = others_said([row.lesson for row in held], without=PictureClassifierScorer.name)
    told: dict[str, Any] = {}
    fixed: dict[str, Any] = {}
    reasons: dict[str, list[str]] = {}
    doubts: dict[str, Any] = {}
    for policy in policies:
        rule = rules[policy]
        before, after = (
            [
                rule.risk([*others[row.lesson.decision].get(policy, []), score])
                for row, score in zip(held, worst_of(model, policy, held), strict=True)
            ]
            for model in (now, new)
        )
        told[policy] = policy_told([row.lesson for row in held], policy, before, after, rule, seed=seed)
        fixed[policy] = {
            name: {"false_positive_rate": _share_looked_at(model, policy, harmless, rule.line)}
            for name, model in (("now", now), ("new", new))
        }
        reasons[policy] = why_not(told[policy]["compared"], fixed[policy])
        doubts[policy] = _doubts(rows, policy, seed=seed)
    lost = sorted(set(now.heads) - set(policies)) if now else []  # it would fall silent about these
    codes = sorted(
        {code for found in reasons.values() for code in found} | ({"policy_lost"} if lost else set())
    )
    learned_write(
        output,
        {
            "kind": ModelKind.PICTURE_SAFETY.value, "policies": told, "doubts": doubts, "fixed": fixed,
            "why_not": codes, "taught": len(taught), "held": len(held), "left_out": len(lessons) - len(rows),
        },
    )  # fmt: skip
    first = told[policies[0]]["compared"]
    return {
        **marks,
        **first["new"],
        **{f"{name}_before": value for name, value in first["now"].items()},
        "pictures": sum(len(row.features) for row in taught),
        "videos": len(taught),
        "verdict": {
            "passed": not codes,
            "why_not": codes,
            "against": {policy: told[policy]["compared"]["gain"] for policy in policies},
        },
    }


def _none_acts(policies: Sequence[str]) -> TrainingInvalid:
    return TrainingInvalid(
        f"No version of the policies {', '.join(policies)} acts, so nothing can be judged by them. Let one act first.",
        field="data",
    )


def picture_lessons(
    lessons: Sequence[Lesson],
    *,
    seconds: float,
    most: int = MOST_LESSONS,
    stop: Stop,
    tell: Any = lambda done: None,
) -> list[PictureLesson]:
    """Lessons with what their videos look like, the newest first until ``seconds`` are over or ``most`` are there.

    What cannot be seen is left out. What was seen before costs no time but memory: therefore both.
    """
    until = time.monotonic() + seconds
    found: list[PictureLesson] = []
    named = _seconds_named(lessons)
    for number, lesson in enumerate(reversed(lessons)):
        if len(found) >= most or time.monotonic() > until or stop():
            break
        video = video_unchanged(lesson)
        if video is None:
            continue
        try:
            seen = frames_of(video)
        except (FileNotFoundError, FFmpegError):
            continue
        if len(seen.features):
            near = {
                policy: (np.abs(seen.seconds[:, None] - np.array(moments)[None, :]) <= NEAR_SECONDS).any(axis=1)
                for policy, moments in named.get(lesson.decision, {}).items()
            }  # fmt: skip
            found.append(PictureLesson(lesson, seen.features, near))
        tell(number / len(lessons))
    return found


def _seconds_named(lessons: Sequence[Lesson]) -> dict[int, dict[str, list[float]]]:
    """Decision → policy → seconds that the moderator named, else those of pictures among the evidence."""
    by_case = {one.case: one.decision for one in lessons}
    found: dict[int, dict[str, list[float]]] = {}
    rows = Decision.objects.filter(
        case__in=by_case, seconds__isnull=False, policy__isnull=False, undone_by__isnull=True
    )
    for case, policy, seconds in rows.values_list("case", "policy__code", "seconds"):
        found.setdefault(by_case[case], {}).setdefault(policy, []).append(float(seconds or 0.0))
    for case, evidence in Case.objects.filter(pk__in=by_case).values_list("pk", "evidence"):
        named = set(found.get(by_case[case], {}))
        for piece in evidence:
            code = str(piece.get("policy", ""))
            if piece.get("where") == "frame" and piece.get("seconds") is not None and code not in named:
                of_decision = found.setdefault(by_case[case], {})
                of_decision.setdefault(code, []).append(float(piece["seconds"]))
    return found


def _head(rows: Sequence[PictureLesson], policy: str, ours: Features, *, seed: int) -> PictureHead:
    """The regression of all rows, and the threshold of the best F1 over videos that were scored out of fold."""
    labels = np.array([policy in row.lesson.broken for row in rows], bool)
    folds = folds_of([row.lesson.creator for row in rows], seed=seed, folds=FOLDS)
    honest = np.full(len(rows), float(labels.mean()))
    for fold in range(FOLDS):
        others = [row for row, of in zip(rows, folds, strict=True) if of != fold]
        if len({policy in row.lesson.broken for row in others}) < 2:
            continue
        weights = _fitted(others, policy, ours)
        for place in np.flatnonzero(folds == fold):
            honest[place] = scored(weights, rows[int(place)].features).max()
    return PictureHead(_fitted(rows, policy, ours), best_threshold(labels.astype(np.int64), honest))


def _fitted(rows: Sequence[PictureLesson], policy: str, ours: Features) -> NDArray[np.float64]:
    """Of the rows and of harmless pictures of the site, which weigh one each."""
    stills = [row.taught(policy) for row in rows]
    truth = [np.full(len(some), policy in row.lesson.broken) for row, some in zip(rows, stills, strict=True)]
    weight = [np.full(len(some), 1.0 / len(some)) for some in stills]
    return fitted_weights(
        np.concatenate([*stills, ours]),
        np.concatenate([*truth, np.zeros(len(ours), bool)]),
        np.concatenate([*weight, np.ones(len(ours))]),
    )


def worst_of(model: PictureSafetyModel | None, policy: str, rows: Sequence[PictureLesson]) -> list[float]:
    """The risk of the worst still of each row, as the scorer tells it; 0 without a model or a head for the policy."""
    if model is None or policy not in model.heads or not rows:
        return [0.0 for _ in rows]
    return [float(picture_risks(model, row.features)[policy].max()) for row in rows]


def _share_looked_at(model: PictureSafetyModel | None, policy: str, features: Features, line: float) -> float:
    if model is None or policy not in model.heads:
        return 0.0
    return round(float(np.mean(picture_risks(model, features)[policy] >= line)), 4)


def harmless_pictures(count: int = HARMLESS, *, taught: bool = False) -> list[NDArray[np.uint8]]:
    """Scenes of the site's own drawings and grounds, the same on every machine; others are ``taught`` than judge."""
    draw = random.Random(int(taught))
    names, palettes = sorted(names_in(SET))[taught::2], sorted(PALETTES)
    return [scene(draw.choice(names), draw.choice(palettes), draw) for _ in range(count)]


def _doubts(rows: Sequence[PictureLesson], policy: str, *, seed: int) -> dict[str, Any]:
    labels = np.array([policy in row.lesson.broken for row in rows], bool)
    folds = folds_of([row.lesson.creator for row in rows], seed=seed, folds=5)
    means = np.stack([row.features.mean(axis=0) for row in rows]).astype(np.float64)
    features = (means - means.mean(axis=0)) / np.maximum(means.std(axis=0), 1e-6)
    said = said_out_of_fold(features, labels, folds, strength=STRENGTH)
    return doubts_told([row.lesson for row in rows], policy, said)
