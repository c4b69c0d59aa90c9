"""The offline script writer: the creator's own points, or the topic of our bank that answers the brief, as a script of the asked length."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from core.languages import Language
from generation.bank.reading import topic_with, topics_beside
from generation.bank.topic import Topic
from generation.documents.summary import Summary, summary_of
from generation.errors import (
    BriefInvalid,
    BriefRefused,
    NumberTooLarge,
    PointsTooLong,
    PointsTooShort,
    TextSentencesTooLong,
    TextTooDense,
    TextTooLittle,
    TextTooThin,
    TextUnusable,
    TopicTooFar,
)
from generation.language.length import length, spoken_length
from generation.script import matching
from generation.script.allowed import brief_allowed
from generation.script.assembly import scenes_of
from generation.script.brief import MAX_SECONDS, MIN_SECONDS, Brief
from generation.script.drafting import (
    CURT,
    OWN_TOLERANCE,
    PAUSE_SECONDS,
    REST_SECONDS,
    TOLERANCE,
    Ending,
    ScriptDraft,
    ScriptPoint,
    choose,
    longest_seconds,
    points_wanted,
    seconds_said,
)
from generation.script.hooks import HOOK_SECONDS, HookChoice, bank_hooks, chosen_hooks, own_hooks, text_hooks
from generation.script.layouts import form_of
from generation.script.material import (
    ListOpening,
    bank_titles,
    call_to_action,
    endings,
    honest_titles,
    mixed,
    own_endings,
    own_hashtags,
    own_titles,
    points_of_bank,
    points_of_creator,
    points_of_text,
    terse,
)
from generation.script.own_points import picture_words, tidied
from generation.script.pacing import TOLERANCE_SECONDS
from generation.script.phrases import COUNT_WORDS, KIND_MOODS
from generation.script.reserves import with_reserves
from generation.script.script import Script
from generation.script.understanding import asked_number
from generation.storyboard import HookKind

NOMINAL_RATES = {"zh": 4.6, "en": 2.7}  # hanzi/s and words/s of a typical voice
NEAREST_NAMED = 3
_USUAL_LETTERS = 4.4  # of an English word where a voice's rate holds, as measured on texts read by it
_LETTERS_A_LETTER = 2.5  # of a word in capitals, which may be spelled
_SLOWEST_PACE = 0.75
_LONG_SECONDS = 50.0  # from which a topic's own points may not be enough
_LONGEST_TITLE = {"zh": 20, "en": 12}  # hanzi, words of a brief that can be a title itself


def topic_of(brief: Brief, *, seed: int = 0, rate: float | None = None) -> matching.TopicMatch | None:
    """The bank's topic that the brief means; ``None`` when none does but the creator gave points, or gave a text.

    ``rate`` is how fast the voice will speak (hanzi or words a second; a typical voice's without it). Raises what
    writing the script with this seed and rate would raise, before anything is made: ``BriefRefused``,
    ``TopicTooFar``, ``PointsTooLong``, ``TextUnusable``, ``TextTooDense``, ``TextTooThin``, ``BriefInvalid``.
    """
    match = _answering(brief)
    _written(brief, match, seed=seed, rate=rate or NOMINAL_RATES[brief.language], hook_kind=None)
    return match


def check_allowed(brief: Brief) -> None:
    """Raises ``BriefRefused`` for a brief that nobody answers, neither bank nor language model."""
    refusal = brief_allowed(brief.topic, cast(Language, brief.language), has_points=brief.is_own)
    if refusal is not None:
        raise BriefRefused(refusal.sentence, reason=refusal.reason)


def _answering(brief: Brief) -> matching.TopicMatch | None:
    check_allowed(brief)
    if brief.text:
        return None
    match = matching.answering(brief.topic, cast(Language, brief.language))
    if match is not None:
        return match
    if points_of_creator(brief.points, brief.language):
        return None
    found = matching.nearest_topics(brief.topic, language=cast(Language, brief.language), k=NEAREST_NAMED)
    if not found:
        raise TopicTooFar("The topic bank is empty; write 2–6 points of your own, one sentence each.")
    titles = ", ".join(f"“{match.title}”" for match in found)
    known = f"We have nothing on “{brief.topic}”. Near:"
    if found[0].is_likely:
        known = f"“{brief.topic}” may be one of these:"
    raise TopicTooFar(
        f"{known} {titles}. Take one of these, or write 2–6 points of your own, one sentence each.",
        nearest=[match.to_json() for match in found],
    )


def topics_near(brief: Brief) -> list[matching.TopicMatch]:
    """The few topics of the bank nearest to the brief, best first; one that it calls by its name has similarity 1."""
    language = cast(Language, brief.language)
    found = matching.nearest_topics(brief.topic, language=language, k=NEAREST_NAMED)
    match = matching.answering(brief.topic, language)
    if match is None:
        return found
    return [match, *(other for other in found if other.topic_id != match.topic_id)][:NEAREST_NAMED]


class BankWriter:
    """Writes from our topic bank and the creator's own points, without any model; implements ``ScriptWriter``."""

    def write(self, brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None = None) -> Script:
        """See ``ScriptWriter``.

        Raises ``BriefRefused``, ``TopicTooFar``, ``PointsTooLong`` where what must be said takes longer than was
        asked, or ``BriefInvalid`` where it cannot fill the time.
        """
        return _written(brief, _answering(brief), seed=seed, rate=rate, hook_kind=hook_kind)


def _written(
    brief: Brief, match: matching.TopicMatch | None, *, seed: int, rate: float, hook_kind: HookKind | None
) -> Script:
    topic = topic_with(match.topic_id) if match else None
    if brief.text:
        return _from_text(brief, seed=seed, rate=rate, hook_kind=hook_kind)
    own = points_of_creator(brief.points, brief.language)
    if own:
        return _from_own_points(brief, own, topic, seed=seed, rate=rate, hook_kind=hook_kind)
    assert topic is not None
    return _from_topic(brief, topic, seed=seed, rate=rate, hook_kind=hook_kind)


def _from_topic(brief: Brief, topic: Topic, *, seed: int, rate: float, hook_kind: HookKind | None) -> Script:
    language = cast(Language, brief.language)
    text = topic.texts[language]
    rng = _rng(brief, seed)
    points = points_of_bank(text, language)
    if brief.seconds >= _LONG_SECONDS:  # more than one topic may have to say
        beside = (
            point
            for other in topics_beside(topic)
            for point in points_of_bank(other.texts[language], language)
        )
        points = mixed(points, list(beside), rng)
    count = asked_number(brief.topic, language)
    if count != len(text.points) and brief.topic in text.titles:
        count = None  # "the six kinds of tea" names what it is about, and asks for no six points
    if count is not None and count > len(points):
        raise NumberTooLarge(
            f"{count} were asked for, and we have {len(points)} on “{text.title}”. "
            f"Ask for up to {len(points)}, or write the points yourself."
        )
    call = call_to_action(brief, topic.category, seed=seed)
    hooks = bank_hooks(text, language=language, rate=rate, kind=hook_kind)
    hooks = chosen_hooks(hooks, seed=seed, kind=brief.kind, wanted=hook_kind)
    ways = endings(text.payoff, call, seconds=brief.seconds, language=language, points=points)
    opening = ListOpening(language, seed)
    hook, draft = _drafted(brief, hooks, points, ways, opening, rate=rate, rng=rng, count=count)
    scenes = scenes_of(hook, draft, opening, language=language, rng=rng, form=topic.form)
    titles = bank_titles(text, brief.topic, seed, told=len(draft.told), said=hook.spoken, language=language)
    if count is not None:
        titles = tuple(dict.fromkeys([*_brief_as_title(brief), *titles]))
    return Script(
        title=titles[0],
        titles=titles,
        hook_kind=hook.recorded_kind,
        scenes=with_reserves(scenes, draft, ways, language=language),
        call_to_action=call,
        hashtags=text.hashtags,
        category=topic.category,
        mood=topic.mood,
        topic_id=topic.id,
    )


def _brief_as_title(brief: Brief) -> list[str]:
    """The creator's own wording, where it is short enough to be a title."""
    written = tidied(brief.topic, brief.language).rstrip("。.")
    if length(written, brief.language) > _LONGEST_TITLE[brief.language]:
        return []
    return [written[:1].upper() + written[1:] if brief.language == "en" else written]


def _from_own_points(
    brief: Brief,
    own: Sequence[ScriptPoint],
    topic: Topic | None,
    *,
    seed: int,
    rate: float,
    hook_kind: HookKind | None,
) -> Script:
    """Every own point, whole and in its order; points of the bank's topic after them only where they leave time."""
    language = cast(Language, brief.language)
    rng = _rng(brief, seed)
    call = call_to_action(brief, topic.category if topic else "", seed=seed)
    opening = ListOpening(language, seed)
    picture = picture_words(brief.topic, language)
    hooks = own_hooks(brief.topic, language=language, rate=rate, points=len(own), picture=picture)
    hooks = chosen_hooks(hooks, seed=seed, kind=brief.kind, wanted=hook_kind)
    ways = own_endings(
        brief.topic, call, points=len(own), seconds=brief.seconds, language=language, picture=picture
    )
    titles = own_titles(brief.topic, language=language, points=len(own), seed=seed)
    filler = topic is not None and _too_short(brief, hooks, own, ways, rate=rate)
    points: Sequence[ScriptPoint] = own
    if filler and topic is not None:
        text = topic.texts[language]
        points = mixed(own, points_of_bank(text, language), rng)
        written = bank_hooks(text, language=language, rate=rate, kind=hook_kind)
        hooks = [*chosen_hooks(written, seed=seed, kind=brief.kind, wanted=hook_kind), *hooks]
        ways = endings(text.payoff, call, seconds=brief.seconds, language=language)
    hook, draft = _drafted(brief, hooks, points, ways, opening, rate=rate, rng=rng, count=None)
    hook = _counted(hook, len(draft.told), language)
    scenes = scenes_of(
        hook,
        draft,
        opening,
        language=language,
        rng=rng,
        form=form_of(brief.topic, own, language),
        subject=brief.topic,
    )
    titles = honest_titles(titles, len(draft.told), language)
    return Script(
        title=titles[0],
        titles=titles,
        hook_kind=hook.recorded_kind,
        scenes=with_reserves(scenes, draft, ways, language=language),
        call_to_action=call,
        hashtags=own_hashtags(brief),
        category=topic.category if topic else matching.category_of(brief.topic, language),
        mood=topic.mood if topic else KIND_MOODS[brief.kind],
        topic_id=topic.id if filler and topic else "",
    )


def _from_text(brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None) -> Script:
    """The sentences of the creator's text that fill the time best, in its order, each shortened by leaving out at most."""
    language = cast(Language, brief.language)
    rate *= _pace_of(brief.text, language)
    rng = _rng(brief, seed)
    call = call_to_action(brief, "", seed=seed)
    picture = picture_words(brief.topic, language)
    summary = summary_of(brief.text, language, room=_room(brief, call, rate=rate))
    points = points_of_text(summary.extracts, language)
    count = len(points)
    hooks = text_hooks(brief.topic, language=language, rate=rate, points=count, picture=picture)
    hooks = chosen_hooks(hooks, seed=seed, kind=brief.kind, wanted=hook_kind)
    ways = [
        way
        for way in own_endings(
            brief.topic, call, points=count, seconds=brief.seconds, language=language, picture=picture
        )
        if asked_number(way.spoken, language) in (None, count)
    ]
    opening = ListOpening(language, seed)
    best = _best_draft(brief, hooks, points, ways, opening, rate=rate, rng=rng, count=None)
    if best is None:
        raise TextUnusable("The sentences of this text repeat one another. Paste another part of it.")
    hook, draft = best
    _check_text_fits(brief, hook, draft, rate=rate)
    hook = _counted(hook, count, language)
    titles = honest_titles(
        own_titles(brief.topic, language=language, points=count, seed=seed), count, language
    )
    return Script(
        title=titles[0],
        titles=titles,
        hook_kind=hook.recorded_kind,
        scenes=scenes_of(
            hook, draft, opening, language=language, rng=rng, subject=brief.topic,
            title_source=_heading_said(summary, hook), form=form_of(brief.topic, [point for point, _ in draft.told], language),
        ),
        call_to_action=call,
        hashtags=own_hashtags(brief),
        category=matching.category_of(brief.topic, language),
        mood=KIND_MOODS[brief.kind],
    )  # fmt: skip


def _pace_of(text: str, language: Language) -> float:
    """How fast a text's words are said beside usual ones: an English word of more letters takes longer, a hanzi never."""
    if language == "zh":
        return 1.0
    words = [
        _LETTERS_A_LETTER * len(word) if word.isupper() and len(word) > 1 else len(word)
        for word in re.findall(r"[A-Za-z']+", text)
    ]
    usual = sum(words) / max(len(words), 1) or _USUAL_LETTERS
    return min(max(_USUAL_LETTERS / usual, _SLOWEST_PACE), 1.0)


def _room(brief: Brief, call: str, *, rate: float) -> tuple[float, float]:
    """(least, most) hanzi or words that the points of a text may take beside a usual hook and ending."""
    language = brief.language
    pauses = PAUSE_SECONDS * (points_wanted(brief.seconds) + 2)
    speaking = (brief.seconds - REST_SECONDS - pauses) * rate
    hook = 0.8 * HOOK_SECONDS * rate
    ending = spoken_length(call, language)
    return 0.93 * speaking - 1.3 * ending - hook, speaking - ending - hook


def _heading_said(summary: Summary, hook: HookChoice) -> str:
    """The text's own title where the hook says it."""
    own = summary.text.startswith(summary.title) or f"\n{summary.title}" in summary.text
    return (
        summary.title if own and summary.title and summary.title.casefold() in hook.spoken.casefold() else ""
    )


def _check_text_fits(brief: Brief, hook: HookChoice, draft: ScriptDraft, *, rate: float) -> None:
    """Raises ``TextTooDense`` or ``TextTooThin`` with the length that would do, where the asked one does not."""
    count = len(draft.told)
    if draft.deviation > OWN_TOLERANCE:
        needed = math.ceil(brief.seconds * (1.0 + draft.deviation))
        if needed > MAX_SECONDS:
            raise TextSentencesTooLong(
                "The sentences of this text are too long to be said in one video. Shorten them.",
            )
        raise TextTooDense(
            f"Two sentences of this text take about {needed} seconds, {brief.seconds:.0f} were asked. "
            f"Make the video {needed} seconds long, or shorten the sentences.",
            seconds_needed=needed,
            points=count,
            seconds=brief.seconds,
        )
    if (
        longest_seconds(hook.spoken, draft, language=brief.language, rate=rate)
        >= brief.seconds - TOLERANCE_SECONDS
    ):
        return
    fits = int(brief.seconds * (1.0 + draft.deviation))
    sentence = f"All that can be told of this text fills about {max(fits, 1)} of the {brief.seconds:.0f} seconds asked. "
    if fits < MIN_SECONDS:
        raise TextTooLittle(
            f"{sentence}Paste a longer text.",
            values={"fits": str(max(fits, 1)), "seconds": f"{brief.seconds:.0f}"},
        )
    raise TextTooThin(
        f"{sentence}Make the video {fits} seconds long, or paste a longer text.",
        seconds_needed=fits,
        points=count,
        seconds=brief.seconds,
    )


def _too_short(
    brief: Brief,
    hooks: Sequence[HookChoice],
    own: Sequence[ScriptPoint],
    ways: Sequence[Ending],
    *,
    rate: float,
) -> bool:
    """Whether the points alone, with the longest hook and ending, leave more time than pauses can fill."""
    hook = max((hook.spoken for hook in hooks), key=len)
    ending = max((way.spoken for way in ways), key=len)
    said = [hook, *(point.full for point in own), ending]
    return seconds_said(said, language=brief.language, rate=rate) < (brief.seconds - REST_SECONDS) * (
        1 - OWN_TOLERANCE
    )


def _drafted(
    brief: Brief,
    hooks: Sequence[HookChoice],
    points: Sequence[ScriptPoint],
    ways: Sequence[Ending],
    opening: ListOpening,
    *,
    rate: float,
    rng: random.Random,
    count: int | None,
) -> tuple[HookChoice, ScriptDraft]:
    """The draft that is made. Raises ``PointsTooLong`` or ``BriefInvalid`` where none is of the asked length."""
    most = OWN_TOLERANCE if brief.points else TOLERANCE
    best = _best_draft(brief, hooks, points, ways, opening, rate=rate, rng=rng, count=count)
    if best is not None and best[1].deviation > most and count is None:
        short = _best_draft(brief, hooks, terse(points), ways, opening, rate=rate, rng=rng, count=None)
        best = short or best
    if best is None:
        raise BriefInvalid(
            "The points repeat what the topic says already. Word them differently or leave them out.",
            field="points",
        )
    if best[1].deviation > most:
        raise _too_long(brief, hooks, points, ways, rate=rate, count=count)
    longest = longest_seconds(best[0].spoken, best[1], language=brief.language, rate=rate)
    if longest < brief.seconds - TOLERANCE_SECONDS:
        raise _too_little(brief, best[1])
    return best


def _too_little(brief: Brief, draft: ScriptDraft) -> BriefInvalid:
    """How much of the asked time the points fill, in words."""
    fits = int(brief.seconds * (1.0 + draft.deviation))
    sentence = f"These points fill about {max(fits, 1)} of the {brief.seconds:.0f} seconds asked. "
    if fits < MIN_SECONDS:
        return BriefInvalid(f"{sentence}Write more points.", field="points")
    return PointsTooShort(
        f"{sentence}Write more points, or make the video {fits} seconds long.",
        seconds_needed=fits,
        points=len(draft.told),
        seconds=brief.seconds,
    )


def _too_long(
    brief: Brief,
    hooks: Sequence[HookChoice],
    points: Sequence[ScriptPoint],
    ways: Sequence[Ending],
    *,
    rate: float,
    count: int | None,
) -> BriefInvalid:
    """How long it would have to be, in words: the shortest hook and ending around what must be said."""
    must = [point.full for point in points if point.own]
    if count is not None:
        must = sorted((point.said(CURT) for point in points), key=len)[:count]
    must = must or sorted((point.brief for point in points), key=len)[:2]
    hook = min((hook.spoken for hook in hooks), key=len)
    said = [hook, *must, min((way.spoken for way in ways), key=len)]
    needed = math.ceil(seconds_said(said, language=brief.language, rate=rate) + REST_SECONDS)
    needed = max(needed, math.ceil(brief.seconds) + 1)
    if needed > MAX_SECONDS:
        return BriefInvalid(
            f"These {len(must)} points take about {needed} seconds, and a video has at most {MAX_SECONDS:.0f}. "
            "Shorten them, or make two videos.",
            field="points",
        )
    return PointsTooLong(
        f"These {len(must)} points need about {needed} seconds, {brief.seconds:.0f} were asked. "
        f"Make the video {needed} seconds long, or shorten the points.",
        seconds_needed=needed,
        points=len(must),
        seconds=brief.seconds,
    )


def _best_draft(
    brief: Brief,
    hooks: Sequence[HookChoice],
    points: Sequence[ScriptPoint],
    ways: Sequence[Ending],
    opening: ListOpening,
    *,
    rate: float,
    rng: random.Random,
    count: int | None,
) -> tuple[HookChoice, ScriptDraft] | None:
    """The first hook with a draft of the right length that keeps what it announces, else the one that comes nearest."""
    best: tuple[HookChoice, ScriptDraft] | None = None
    for hook in hooks:
        counts = "{n}" in hook.spoken
        announced = asked_number(hook.spoken, cast(Language, brief.language))
        draft = choose(
            hook=hook.spoken.replace("{n}", COUNT_WORDS[brief.language][2]),
            points=points,
            endings=ways,
            list_opening=opening.said,
            language=brief.language,
            rate=rate,
            seconds=brief.seconds,
            rng=np.random.default_rng(rng.randrange(1 << 32)),
            count=count,
        )
        if draft is None or (counts and len(draft.told) < 2) or announced not in (None, len(draft.told)):
            continue
        if abs(draft.deviation) <= (OWN_TOLERANCE if brief.is_own else TOLERANCE):
            return hook, draft
        if best is None or abs(draft.deviation) < abs(best[1].deviation):
            best = hook, draft
    return best


def _counted(hook: HookChoice, points: int, language: str) -> HookChoice:
    """The hook with the number of points in it, capital first."""
    spoken = hook.spoken.replace("{n}", COUNT_WORDS[language][points])
    line = hook.line.replace("{n}", COUNT_WORDS[language][points])
    return replace(hook, line=_capital(line), spoken=_capital(spoken))


def _capital(text: str) -> str:
    """Capital first, where that is one letter: ß stays as it is."""
    first = text[:1].upper()
    return first + text[1:] if len(first) == 1 else text


def _rng(brief: Brief, seed: int) -> random.Random:
    return random.Random(f"{brief.topic}|{brief.language}|{brief.seconds}|{brief.kind}|{seed}")
