"""From a draft to scenes: each gets the layout that its content asks for."""

from __future__ import annotations

import random
from dataclasses import replace

from core.languages import Language
from generation.bank.topic import Form
from generation.script.drafting import ITEM, ScriptDraft, joined
from generation.script.hooks import HookChoice
from generation.script.layouts import Telling, laid_out
from generation.script.material import ListOpening
from generation.script.script import ScriptScene


def scenes_of(
    hook: HookChoice,
    draft: ScriptDraft,
    opening: ListOpening,
    *,
    language: Language,
    rng: random.Random,
    form: Form,
    subject: str = "",
    title_source: str = "",
) -> tuple[ScriptScene, ...]:
    """Hook, points and end; the drawings of a creator's own words are looked for within their ``subject``.

    ``form`` says how the points hang together, which their layouts follow; ``title_source`` is the heading of a creator's
    text that the hook says.
    """
    told = [(point, way) for point, way in draft.told if way != ITEM]
    listed = [point for point, way in draft.told if way == ITEM]
    telling = Telling(
        tuple(point for point, _ in told),
        tuple(point.said(way) for point, way in told),
        form,
        hook.kind,
        language,
    )
    points = [
        ScriptScene("point", point.line, said, point.picture, number=number, source=point.source)
        for number, (point, said) in enumerate(zip(telling.points, telling.said, strict=True), 1)
    ]
    scenes = [
        ScriptScene("hero", hook.line, hook.spoken, hook.picture, source=title_source),
        *laid_out(points, telling, rng),
    ]
    if listed:
        size, after = len(listed), bool(told)
        narration = joined([opening.said(size, after), *(point.item for point in listed)], language)
        items = tuple(point.line for point in listed)
        scenes.append(
            ScriptScene("list", opening.shown(size, after), narration, listed[0].picture, items=items)
        )
    scenes.append(ScriptScene("end", draft.ending.line, draft.ending.spoken, draft.ending.picture))
    if not subject:
        return tuple(scenes)
    ours = {point.line for point, _ in draft.told if not point.own}
    return tuple(scene if scene.line in ours else replace(scene, subject=subject) for scene in scenes)
