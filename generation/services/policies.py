"""The recipe policy at work: which version chooses for a job, what it chooses, and the record that says so.

The versions come from the optimization loop as files in the registry; nothing here learns. An arm is drawn for each job:
hold-out (no policy has a say, ever), the version on trial where there is one, else the one in production.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from django.conf import settings

from core.languages import LANGUAGES, Language
from generation.bank.reading import topic_with
from generation.errors import PolicyUnreadable
from generation.media.speech import voices
from generation.models import ModelKind, ModelVersion
from generation.policy import PolicyChoice, RecipePolicy
from generation.recipe import Recipe
from generation.script.brief import Brief
from generation.script.matching import answering
from generation.services.palettes import palettes_in

log = logging.getLogger(__name__)

HOLDOUT, CANARY, PRODUCTION, UNREADABLE = "holdout", "canary", "production", "unreadable"


@dataclass(frozen=True)
class OfferedChoice:
    """A recipe to try: what was asked for with, or without, what the policy chose; ``record`` goes into ``job.policy``."""

    recipe: Recipe
    record: dict[str, Any]
    is_asked_only: bool


def policy_read(version: ModelVersion) -> RecipePolicy:
    """Read a version's file; ``settings.VERSION_READERS`` names this. Raises ``PolicyUnreadable`` or ``OSError``."""
    return RecipePolicy.load(Path(settings.VAR_DIR) / version.folder)


@lru_cache(maxsize=4)
def _policy_in(folder: str) -> RecipePolicy:
    """The policy with the voices on offer only. A folder is written once, so what was read stays true."""
    policy = RecipePolicy.load(Path(folder))
    for language in LANGUAGES:
        policy = policy.offering("voice", language, {voice.id for voice in voices(language)})
    return policy


def choices_offered(asked: Recipe, *, brief: Brief, seed: int, ticket: int) -> Iterator[OfferedChoice]:
    """What to try for a brief, best first; the last one is what was asked for alone. Equal arguments, equal offers.

    ``ticket`` is the running number of the job, as ``RecipePolicy.choose`` takes it.
    """
    arm, version = _arm(brief, seed)
    overruled = [name for name, value in asked.choices().items() if value is not None]
    record: dict[str, Any] = {
        "arm": arm, "version": version.pk if version else None, "cycle": version.config.get("cycle") if version else None,
        "category": _category(brief), "values": {}, "reasons": {}, "explored": [], "overruled": overruled,
        "propensity": None, "segment": -1, "predicted": None,
    }  # fmt: skip
    if version is not None:
        try:
            folder = Path(settings.VAR_DIR) / version.folder
            policy = _policy_in(str(folder))
        except (OSError, PolicyUnreadable):  # a lost file stops nobody from creating; the job says so
            log.exception("recipe policy %s cannot be read; the site's usual choices are made", version.pk)
            yield OfferedChoice(asked, record | {"arm": UNREADABLE}, is_asked_only=True)
            return
        proposed = _palettes_of(version, folder)
        free = [field.name for field in policy.fields if field.name not in _closed(asked)]
        own = _own_palette(proposed, brief, seed) if "palette" in free else None
        if own:
            free.remove("palette")
        for fields in (free, [name for name in free if name not in ("voice", "speed")]):
            chosen = policy.choose(
                language=brief.language, category=record["category"], seed=_mixed(brief, seed), ticket=ticket,
                free=fields,
            )  # fmt: skip
            if own:
                reasons = {**chosen.reasons, "palette": {"kind": "generated"}}
                chosen = replace(chosen, values={**chosen.values, "palette": own}, reasons=reasons)
            yield OfferedChoice(_joined(asked, chosen), record | chosen.to_json(), is_asked_only=False)
    yield OfferedChoice(asked, record if arm else {}, is_asked_only=True)


def _palettes_of(version: ModelVersion, folder: Path) -> tuple[str, ...]:
    """What the version's generator proposed; none where the file is damaged, which takes nothing else from the policy."""
    try:
        return palettes_in(folder)
    except (OSError, PolicyUnreadable):
        log.exception("the palettes of policy %s cannot be read; its own options are chosen from", version.pk)
        return ()


def _own_palette(proposed: Sequence[str], brief: Brief, seed: int) -> str | None:
    """A palette that the version's generator proposed, for a share of its videos; else ``None``.

    The logged propensity is of the fields drawn from the policy's options, to which such a palette does not belong.
    """
    rng = np.random.default_rng([_mixed(brief, seed), 43])
    if not proposed or rng.random() >= settings.RECIPE_PALETTES_SHARE:
        return None
    return proposed[int(rng.integers(len(proposed)))]


def _closed(asked: Recipe) -> set[str]:
    """Fields that the creator's own choices leave no room for."""
    closed = {name for name, value in asked.choices().items() if value is not None}
    return closed | ({"speed"} if asked.voice in ("own", "none") else set())


def _joined(asked: Recipe, chosen: PolicyChoice) -> Recipe:
    return Recipe.from_json(asked.choices() | chosen.values)


def _arm(brief: Brief, seed: int) -> tuple[str, ModelVersion | None]:
    """The arm of a job and the version that chooses; ("", none) where no policy serves."""
    states = (ModelVersion.State.PRODUCTION, ModelVersion.State.CANARY)
    rows = ModelVersion.objects.filter(kind=ModelKind.RECIPE_POLICY, state__in=states)
    versions = {row.state: row for row in rows}
    if not versions:
        return "", None
    dice = np.random.default_rng([_mixed(brief, seed), 41]).random(2)
    if dice[0] < settings.RECIPE_HOLDOUT_SHARE:
        return HOLDOUT, None
    canary, production = versions.get(states[1]), versions.get(states[0])
    if canary is not None and dice[1] < settings.RECIPE_CANARY_SHARE:
        return CANARY, canary
    return (PRODUCTION, production) if production is not None else (HOLDOUT, None)


def _mixed(brief: Brief, seed: int) -> int:
    """The seed with the brief in it: programs that always send the same seed still meet every arm."""
    text = f"{seed}|{brief.language}|{brief.topic}|{brief.text[:200]}|{'|'.join(brief.points)}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")


def _category(brief: Brief) -> str:
    """The category of the bank's topic that answers the brief; "" for a creator's own text or points."""
    if brief.text or not brief.topic:
        return ""
    match = answering(brief.topic, cast(Language, brief.language))
    topic = topic_with(match.topic_id) if match else None
    return topic.category if topic else ""
