"""Experiments: asked for, started, looked at, stopped, decided; object-level rights are checked by who calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from analytics.errors import ExperimentInvalid
from analytics.experiments import looks, states
from analytics.experiments.covers import cover_from
from analytics.experiments.evidence import MOST_ARMS
from analytics.models import Arm, Experiment
from generation.models import Video
from generation.script.allowed import brief_allowed

TITLE_LONGEST = 120
KEYS = "abcde"


@transaction.atomic
def experiment_create(
    *,
    by: User,
    kind: str,
    video: Video | None = None,
    arms: Sequence[Mapping[str, Any]],
    name: str = "",
    criterion: str = Experiment.Criterion.WATCH_SHARE,
    minimum_impressions: int = 100,
    maximum_days: int = 14,
    simulated: bool = False,
    seed: int = 0,
    scores: Callable[[Sequence[str]], Sequence[float] | None] | None = None,
) -> Experiment:
    """A new experiment: the control ``a`` is what is now, ``arms`` are what is tried beside it, in equal shares.

    Arms of a title test hold ``title``, of a cover test ``seconds`` (a moment of the video), others ``value``.
    ``scores`` is the title model, if there is one. Raises ``ExperimentInvalid``.
    """
    if not 1 <= len(arms) < MOST_ARMS:
        raise ExperimentInvalid(
            f"An experiment tries 1–{MOST_ARMS - 1} things beside what is now. This has {len(arms)}.",
            field="arms",
        )
    if kind in Experiment.ON_VIDEO:
        if video is None:
            raise ExperimentInvalid("A title or cover test needs a video.", field="video")
        arms = _titles(video, arms) if kind == Experiment.Kind.TITLE else _covers(video, arms)
        now: Mapping[str, Any] = {"title": video.title, "cover": video.cover}
    else:
        video, now = None, {}
    experiment = Experiment(
        kind=kind,
        video=video,
        created_by=by,
        name=name.strip()[:120],
        criterion=criterion,
        minimum_impressions=minimum_impressions,
        maximum_days=maximum_days,
        simulated=simulated,
        seed=seed,
    )
    experiment.save()
    everything = [now, *arms]
    predicted = (
        scores([str(arm["title"]) for arm in everything])
        if scores and kind == Experiment.Kind.TITLE
        else None
    )
    Arm.objects.bulk_create(
        Arm(
            experiment=experiment,
            key=KEYS[at],
            share=1 / len(everything),
            title=str(arm.get("title", "")),
            cover=str(arm.get("cover", "")),
            value=arm.get("value", {}),
            predicted=None if predicted is None else float(predicted[at]),
        )
        for at, arm in enumerate(everything)
    )
    return experiment


def experiment_start(*, experiment: Experiment) -> Experiment:
    """Let viewers see the arms from now on. Raises ``ExperimentStateConflict``."""
    return states.start(experiment)


def experiment_stop(*, experiment: Experiment, reason: str = "person") -> Experiment:
    """End it without a choice. Raises ``ExperimentStateConflict``."""
    return states.stop(experiment, reason=reason)


def experiment_decide(*, experiment: Experiment, winner: str) -> Experiment:
    """End it and keep the arm ``winner``. Raises ``ExperimentStateConflict``."""
    return states.decide(experiment, winner=winner)


def experiment_look(*, experiment: Experiment) -> Experiment:
    """Judge it on what has come in; it may end by that."""
    return looks.look(experiment)


def _titles(video: Video, arms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    seen, kept = {video.title.strip()}, []
    for arm in arms:
        title = str(arm.get("title", "")).strip()
        if not title or len(title) > TITLE_LONGEST:
            raise ExperimentInvalid(
                f"A title has 1–{TITLE_LONGEST} characters. This has {len(title)}.", field="arms"
            )
        if title in seen:
            raise ExperimentInvalid(
                f"Every title must be another one. “{title}” is there twice.", field="arms"
            )
        refusal = brief_allowed(title, "zh" if video.language == "zh" else "en", has_points=True)
        if refusal is not None:
            raise ExperimentInvalid(refusal.sentence, field="arms")
        seen.add(title)
        kept.append({"title": title, "cover": video.cover})
    return kept


def _covers(video: Video, arms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    moments = [arm.get("seconds") for arm in arms]
    usable = [float(at) for at in moments if isinstance(at, int | float) and 0 <= at < video.seconds]
    if len(set(usable)) < len(moments):
        raise ExperimentInvalid(
            f"Every cover is another moment of the video, 0 to {video.seconds:.1f} seconds.", field="arms"
        )
    return [{"title": video.title, "cover": cover_from(video, at)} for at in usable]
