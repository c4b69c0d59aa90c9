"""What a script holds in reserve: a sentence that may be left out and one that may be added, scene by scene.

A voice is measured only once it speaks. Where it takes more or less time than planned, these change what is said without
touching a point, and never a creator's own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generation.language.length import spoken_length
from generation.script.drafting import BRIEF, CURT, ITEM, Ending, ScriptDraft, ScriptPoint, repeated_clause
from generation.script.script import ScriptScene

_DEAREST = 1.5  # an ending that costs more than this says too little to take another's place


def with_reserves(
    scenes: Sequence[ScriptScene], draft: ScriptDraft, endings: Sequence[Ending], *, language: str
) -> tuple[ScriptScene, ...]:
    """``scenes`` with what may be said instead; nothing added says what another scene says already."""
    told = {point.said(way): (point, way) for point, way in draft.told if way != ITEM and not point.own}
    found: list[ScriptScene] = []
    for scene in scenes:
        if scene.layout == "end":
            scene = _end(scene, draft.ending, endings, language)
        elif scene.narration in told:
            scene = _point(scene, *told[scene.narration], language)
        found.append(scene)
    for at, scene in enumerate(found):
        said = [other.longer or other.narration for other in found[:at]]
        said += [scene.longer, *(other.narration for other in found[at + 1 :])]
        if scene.longer and repeated_clause(said, language) is not None:
            found[at] = replace(scene, longer="")
    return tuple(found)


def _point(scene: ScriptScene, point: ScriptPoint, way: int, language: str) -> ScriptScene:
    """A point told in full may be told in brief, unless the number it shows would not be heard, and the other way round."""
    if way in (BRIEF, CURT):
        fuller = point.full if way == BRIEF else point.brief
        return replace(scene, longer=fuller) if _longer(fuller, scene.narration, language) else scene
    unheard = scene.figure is not None and f"{scene.figure.value:g}" not in point.brief.replace(",", "")
    if unheard or not _longer(scene.narration, point.brief, language):
        return scene
    return replace(scene, shorter=point.brief)


def _end(scene: ScriptScene, ending: Ending, endings: Sequence[Ending], language: str) -> ScriptScene:
    """The next shorter and the next longer of the endings that say as much and name no point again."""
    others = [
        way.spoken
        for way in endings
        if way.line == ending.line
        and not way.recaps
        and way.cost <= max(_DEAREST, ending.cost)
        and way.spoken
    ]
    shorter = [said for said in others if _longer(scene.narration, said, language)]
    longer = [said for said in others if _longer(said, scene.narration, language)]
    return replace(
        scene,
        shorter=max(shorter, key=lambda said: spoken_length(said, language), default=""),
        longer=min(longer, key=lambda said: spoken_length(said, language), default=""),
    )


def _longer(one: str, other: str, language: str) -> bool:
    return spoken_length(one, language) > spoken_length(other, language)
