"""The offline script writer: a brief finds its topic in our bank, and its points become a script of the asked length."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import cast

import numpy as np

from core.languages import Language
from generation.errors import BriefInvalid, TopicTooFar
from generation.script import matching
from generation.script.assembly import scenes_of
from generation.script.bank import Line, Topic, topics
from generation.script.brief import Brief
from generation.script.drafting import (
    OWN_TOLERANCE,
    TOLERANCE,
    ScriptDraft,
    ScriptPoint,
    choose,
)
from generation.script.hooks import HookChoice, bank_hooks, chosen_hooks, own_hooks
from generation.script.material import (
    ListOpening,
    bank_titles,
    call_to_action,
    endings,
    mixed,
    own_hashtags,
    own_payoff,
    own_titles,
    points_of_bank,
    points_of_creator,
    terse,
)
from generation.script.own_points import picture_words
from generation.script.phrases import KIND_MOODS
from generation.script.script import Script
from generation.storyboard import HookKind

NOMINAL_RATES = {"zh": 4.6, "en": 2.7}  # hanzi/s and words/s of a typical voice
NEAREST_NAMED = 3
NAMED = 1.0  # similarity of the topic that the creator called by its name
SALVAGEABLE = 0.2  # relative length error that speed, pauses and leaving a scene out can still make good
_COUNT_WORDS = {
    "zh": ("", "一", "两", "三", "四", "五", "六", "七", "八"),
    "en": ("", "one", "two", "three", "four", "five", "six", "seven", "eight"),
}


def topic_of(brief: Brief) -> matching.TopicMatch | None:
    """The bank's topic that the brief means; ``None`` when none is near but the creator gave points.

    Raises ``TopicTooFar`` when none is near and there are no points, ``BriefInvalid`` when the creator's points alone
    are far too few or too long for the asked seconds.
    """
    match = _near_topic(brief)
    if match is None:
        BankWriter().write(brief, seed=0, rate=NOMINAL_RATES[brief.language])
    return match


def _near_topic(brief: Brief) -> matching.TopicMatch | None:
    named = _named_topic(brief)
    if named is not None:
        return named
    found = matching.nearest_topics(brief.topic, language=cast(Language, brief.language), k=NEAREST_NAMED)
    if found and matching.near_enough(found[0].similarity):
        return found[0]
    if points_of_creator(brief.points, brief.language):
        return None
    if not found:
        raise TopicTooFar("The topic bank is empty; write 2–6 points of your own, one sentence each.")
    nearest = found[0]
    raise TopicTooFar(
        f"Our topic bank has nothing on “{brief.topic}”: the nearest is “{nearest.title}” at "
        f"{nearest.similarity:.2f}. Write 2–6 points of your own, one sentence each, or choose that topic.",
        similarity=nearest.similarity,
        nearest=tuple(match.title for match in found),
    )


def topics_near(brief: Brief) -> list[matching.TopicMatch]:
    """The few topics of the bank nearest to the brief, best first; one that it calls by its name has similarity 1."""
    found = matching.nearest_topics(brief.topic, language=cast(Language, brief.language), k=NEAREST_NAMED)
    named = _named_topic(brief)
    if named is None:
        return found
    return [named, *(match for match in found if match.topic_id != named.topic_id)][:NEAREST_NAMED]


def _named_topic(brief: Brief) -> matching.TopicMatch | None:
    """The topic that the creator called by its title or one of its other names."""
    asked = brief.topic.casefold().rstrip("。！？.!? ")
    for topic in topics():
        text = topic.texts[brief.language]
        if any(
            asked == name.casefold().rstrip("。！？.!? ")
            for name in (text.title, *text.titles, *text.aliases)
        ):
            return matching.TopicMatch(topic.id, topic.category, NAMED, text.title)
    return None


class BankWriter:
    """Writes from our topic bank and the creator's own points, without any model; implements ``ScriptWriter``."""

    def write(self, brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None = None) -> Script:
        """See ``ScriptWriter``. Raises ``TopicTooFar``, or ``BriefInvalid`` where own points cannot fill the time."""
        match = _near_topic(brief)
        if match is None:
            return _from_own_points(brief, seed=seed, rate=rate, hook_kind=hook_kind)
        if brief.points and match.similarity < NAMED:
            # A neighbor's hook and payoff only approach what the creator says: borrow them only where points are few.
            with suppress(BriefInvalid):
                return _from_own_points(brief, seed=seed, rate=rate, hook_kind=hook_kind)
        topic = next(topic for topic in topics() if topic.id == match.topic_id)
        return _from_topic(brief, topic, seed=seed, rate=rate, hook_kind=hook_kind)


def _from_topic(brief: Brief, topic: Topic, *, seed: int, rate: float, hook_kind: HookKind | None) -> Script:
    language = brief.language
    text = topic.texts[language]
    rng = _rng(brief, seed)
    call = call_to_action(brief, topic.category, seed=seed)
    opening = ListOpening(language, seed)
    own = points_of_creator(brief.points, language)
    points = mixed(own, points_of_bank(text, language), rng) if own else points_of_bank(text, language)
    hooks = bank_hooks(text, language=language, rate=rate, kind=hook_kind)
    titles = bank_titles(text, seed)
    shown = titles[0].rstrip("。！？.!?").casefold()  # what the title shows, the hook need not say
    hooks = [hook for hook in hooks if hook.spoken.rstrip("。！？.!?").casefold() != shown] or hooks
    hooks = chosen_hooks(hooks, seed=seed, kind=brief.kind, wanted=hook_kind)
    best = _best_draft(brief, hooks, points, text.payoff, call, opening, rate=rate, rng=rng)
    if best is not None and best[1].deviation > (OWN_TOLERANCE if brief.points else TOLERANCE):
        short = _best_draft(brief, hooks, terse(points), text.payoff, call, opening, rate=rate, rng=rng)
        best = short or best
    if best is None:
        raise BriefInvalid(
            "The points repeat what the topic says already. Word them differently or leave them out.",
            field="points",
        )
    hook, draft = best
    _check_length(draft, brief)
    return Script(
        title=titles[0],
        titles=titles,
        hook_kind=hook.recorded_kind,
        scenes=scenes_of(hook, draft, opening, language=language, rng=rng),
        call_to_action=call,
        hashtags=text.hashtags,
        category=topic.category,
        mood=topic.mood,
        topic_id=topic.id,
    )


def _from_own_points(brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None) -> Script:
    language = brief.language
    rng = _rng(brief, seed)
    found = matching.nearest_topics(brief.topic, language=cast(Language, language), k=1)
    category = found[0].category if found else ""
    points = points_of_creator(brief.points, language)
    call = call_to_action(brief, "", seed=seed)
    opening = ListOpening(language, seed)
    picture = picture_words(brief.topic, language)
    hooks = own_hooks(brief.topic, language=language, rate=rate, points=len(points), picture=picture)
    hooks = chosen_hooks(hooks, seed=seed, kind=brief.kind, wanted=hook_kind)
    payoff = own_payoff(language, points[-1].picture or picture, seed)
    best = _best_draft(brief, hooks, points, payoff, call, opening, rate=rate, rng=rng)
    if best is not None and best[1].deviation > (OWN_TOLERANCE if brief.points else TOLERANCE):
        best = _best_draft(brief, hooks, terse(points), payoff, call, opening, rate=rate, rng=rng) or best
    if best is None:
        raise BriefInvalid("The points repeat each other. Say something different in each.", field="points")
    hook, draft = best
    _check_length(draft, brief)
    hook = _counted(hook, len(draft.told), language)
    titles = own_titles(brief.topic, language=language, points=len(draft.told), seed=seed)
    return Script(
        title=titles[0],
        titles=titles,
        hook_kind=hook.recorded_kind,
        scenes=scenes_of(hook, draft, opening, language=language, rng=rng),
        call_to_action=call,
        hashtags=own_hashtags(brief),
        category=category,
        mood=KIND_MOODS[brief.kind],
    )


def _best_draft(
    brief: Brief,
    hooks: Sequence[HookChoice],
    points: Sequence[ScriptPoint],
    payoff: Line,
    call: str,
    opening: ListOpening,
    *,
    rate: float,
    rng: random.Random,
) -> tuple[HookChoice, ScriptDraft] | None:
    """The first hook with a draft of the right length, else the one that comes nearest."""
    best: tuple[HookChoice, ScriptDraft] | None = None
    for hook in hooks:
        counts = "{n}" in hook.spoken
        draft = choose(
            hook=hook.spoken.replace("{n}", _COUNT_WORDS[brief.language][2]),
            points=points,
            endings=endings(payoff, call, seconds=brief.seconds, language=brief.language),
            list_opening=opening.said,
            language=brief.language,
            rate=rate,
            seconds=brief.seconds,
            rng=np.random.default_rng(rng.randrange(1 << 32)),
        )
        if draft is None or (counts and len(draft.told) < 2):
            continue
        if abs(draft.deviation) <= (OWN_TOLERANCE if brief.points else TOLERANCE):
            return hook, draft
        if best is None or abs(draft.deviation) < abs(best[1].deviation):
            best = hook, draft
    return best


def _counted(hook: HookChoice, points: int, language: str) -> HookChoice:
    """The hook with the number of points in it, capital first."""
    spoken = hook.spoken.replace("{n}", _COUNT_WORDS[language][points])
    line = hook.line.replace("{n}", _COUNT_WORDS[language][points])
    return replace(hook, line=line[:1].upper() + line[1:], spoken=spoken[:1].upper() + spoken[1:])


def _check_length(draft: ScriptDraft, brief: Brief) -> None:
    if abs(draft.deviation) <= SALVAGEABLE:
        return
    fits = max(brief.seconds * (1.0 + draft.deviation), 1.0)
    if draft.deviation < 0:
        raise BriefInvalid(
            f"These points fill about {fits:.0f} of the {brief.seconds:.0f} seconds asked. "
            "Write more points, or ask for a shorter video.",
            field="points",
        )
    raise BriefInvalid(
        f"Even shortened, these points take about {fits:.0f} seconds, {brief.seconds:.0f} were asked. "
        "Shorten them, or ask for a longer video.",
        field="points",
    )


def _rng(brief: Brief, seed: int) -> random.Random:
    return random.Random(f"{brief.topic}|{brief.language}|{brief.seconds}|{brief.kind}|{seed}")
