"""From a draft to scenes: each gets the layout that its content asks for."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from generation.bank.topic import Figure
from generation.script.drafting import ITEM, ScriptDraft, ScriptPoint, joined
from generation.script.hooks import HookChoice
from generation.script.material import ListOpening
from generation.script.script import ScriptScene
from generation.storyboard import FigureData, LayoutName, VersusData

_STRIKING = {
    "zh": re.compile(r"不是|不如|胜过|永远|才是|越.+越|先.+再|没有|只有|等于"),
    "en": re.compile(
        r"\b(?:not|never|always|beats|only|nobody|isn't|don't|won't|can't|less|more)\b", re.IGNORECASE
    ),
}
_QUOTE_FROM = 3  # point scenes, from which one may be a quote


def scenes_of(
    hook: HookChoice,
    draft: ScriptDraft,
    opening: ListOpening,
    *,
    language: str,
    rng: random.Random,
    subject: str = "",
    title_source: str = "",
) -> tuple[ScriptScene, ...]:
    """Hook, points and end; the drawings of a creator's own words are looked for within their ``subject``.

    ``title_source`` is the heading of a creator's text that the hook says.
    """
    told = [(point, way) for point, way in draft.told if way != ITEM]
    listed = [point for point, way in draft.told if way == ITEM]
    quoted = _quoted(told, language, rng)
    scenes = [ScriptScene("hero", hook.line, hook.spoken, hook.picture, source=title_source)]
    for number, (point, way) in enumerate(told, 1):
        scenes.append(_point_scene(point, way, number, quote=point is quoted))
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


def _quoted(told: list[tuple[ScriptPoint, int]], language: str, rng: random.Random) -> ScriptPoint | None:
    """The one striking sentence worth a quote, if any."""
    if len(told) < _QUOTE_FROM:
        return None
    plain = [point for point, way in told if point.figure is None and point.versus is None]
    striking = [point for point in plain if _STRIKING[language].search(point.line)]
    return rng.choice(striking) if striking else None


def _point_scene(point: ScriptPoint, way: int, number: int, *, quote: bool) -> ScriptScene:
    said = point.said(way)
    if point.versus is not None:
        v = point.versus
        versus = VersusData(v.left, v.left_picture, v.right, v.right_picture)
        return ScriptScene(v.kind, point.line, said, point.picture, number=number, versus=versus)
    if point.figure is not None and _says(point.figure, said, point):
        f = point.figure
        figure = FigureData(float(f.value), f.unit, f.label)
        return ScriptScene("chart", point.line, said, point.picture, number=number, figure=figure)
    layout: LayoutName = "quote" if quote else "point"
    return ScriptScene(layout, point.line, said, point.picture, number=number, source=point.source)


def _says(figure: Figure, said: str, point: ScriptPoint) -> bool:
    """Whether the number is heard now; one that stands in digits only in the part left out is not."""
    digits = f"{figure.value:g}"
    if digits in said.replace(",", ""):
        return True
    return digits not in point.full.replace(",", "")
