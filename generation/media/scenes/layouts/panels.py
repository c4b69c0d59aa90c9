"""Bands across the stage, each with a drawing and a few words: parts of one thing, or what to do and what not."""

from __future__ import annotations

from generation.media.scenes import motion
from generation.media.scenes.beats import LEAST_HOLD
from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.grid import Rect
from generation.media.scenes.layouts.hero import title_lines
from generation.media.scenes.layouts.shots import Place, lay_aside, lay_asides
from generation.media.scenes.layouts.versus import BAD, GOOD, verdict_art
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.ornaments import WHITE, lay_hills
from generation.media.scenes.palettes import Color
from generation.media.scenes.side_pictures import picture_of
from generation.media.scenes.sprites import card, illustration

INK: Color = (28, 24, 34)
_MOST_PARTS = 3


def lay_split(scene: SceneBuilder) -> None:
    """Two or three bands, each coming with its clause: its drawing and the clause itself."""
    lay_hills(scene)
    _lay_title(scene)
    cast = scene.cast()
    texts, comes = _parts(scene)
    rects = _bands(scene, len(texts))
    for i, (rect, text) in enumerate(zip(rects, texts, strict=True)):
        choice = cast[i % len(cast)] if cast else None
        picture = (choice.name, choice.set) if choice else None
        lay_band(scene, rect, picture, text, at=comes[i], mirrored=i % 2 == 1)
    free = [beat for beat in scene.beats if all(abs(beat - at) >= LEAST_HOLD / 2 for at in comes)]
    spare = cast[len(texts) :] or cast[::-1]
    for turn, beat in enumerate(free):
        rect = rects[-1 - turn % len(rects)]
        spot = Place(rect.right - 0.2 * rect.height, rect.y, int(rect.height * 0.9))
        end = free[turn + 1] if turn + 1 < len(free) else scene.seconds + 1
        lay_aside(scene, spot, spare, turn, beat, end)


def _parts(scene: SceneBuilder) -> tuple[list[str], list[float]]:
    """The clauses that get a band each, at most three, and when each is said; one alone is joined by the scene's line."""
    clauses = scene.clauses
    texts = [clause.text for clause in clauses[:_MOST_PARTS]]
    starts = [scene.pulse.snapped(clause.start) if scene.pulse else clause.start for clause in clauses]
    if len(texts) < 2:
        texts = [scene.scene.line, *texts][:2] if texts != [scene.scene.line] else texts
        starts = scene.moments(len(texts))
    return texts or [scene.scene.line], [0.08, *starts[1 : len(texts)]]


def lay_do_dont(scene: SceneBuilder) -> None:
    """What not to do with its cross, then what to do with its check."""
    versus = scene.scene.versus
    if versus is None:
        raise ValueError(
            f"Scene {scene.scene.id!r} has the layout 'do_dont' but nothing to set side by side."
        )
    lay_hills(scene)
    _lay_title(scene)
    language, preferred = scene.board.language, scene.board.look.picture_set
    rects = _bands(scene, 2)
    comes = scene.moments(2)
    sides = ((versus.left, versus.left_picture, BAD), (versus.right, versus.right_picture, GOOD))
    for i, (text, words, verdict) in enumerate(sides):
        picture = picture_of(words.split()[0] if words.split() else "", language, preferred)
        at = comes[i] + (0.08 if i == 0 else 0.0)
        lay_band(scene, rects[i], picture, text, at=at, mirrored=i == 1, verdict=verdict)
    side = int(rects[0].height * 0.66)  # at the ends where no words stand
    spots = [
        Place(rects[0].right - 0.3 * side, rects[0].y, side),
        Place(rects[1].left + 0.3 * side, rects[1].bottom - 0.1 * side, side),
    ]
    lay_asides(scene, spots, after=2)


def _lay_title(scene: SceneBuilder) -> None:
    grid = scene.grid
    scene.title(
        scene.scene.line,
        grid.zone("title"),
        align=grid.title_align,
        max_size=104,
        max_lines=title_lines(scene),
    )


def _bands(scene: SceneBuilder, count: int) -> list[Rect]:
    grid = scene.grid
    stage = grid.zone("stage")
    zone = Rect(
        stage.left,
        stage.top + grid.px(20),
        stage.right,
        stage.bottom - grid.px(20 if grid.shape == "tall" else 0),
    )
    gap = grid.px(24)
    height = (zone.height - gap * (count - 1)) / count
    return [
        Rect(zone.left, zone.top + i * (height + gap), zone.right, zone.top + i * (height + gap) + height)
        for i in range(count)
    ]


def lay_band(
    scene: SceneBuilder,
    rect: Rect,
    picture: tuple[str, str] | None,
    text: str,
    *,
    at: float,
    mirrored: bool = False,
    verdict: Color | None = None,
) -> None:
    """A card that slides in from its side; the drawing at that side, the words beside it, a verdict at its corner."""
    grid, palette = scene.grid, scene.palette
    way = 1 if mirrored else -1
    fill = verdict or WHITE
    rgba = card(
        round(rect.width), round(rect.height), min(rect.height * 0.22, grid.px(48)), fill,
        0.92 if verdict else 0.18 if palette.dark else 0.74,
        edge=grid.px(3), edge_color=WHITE, edge_opacity=0.35 if palette.dark else 0.9, shadow=scene.shadow(0.5),
    )  # fmt: skip
    start = scene.at(at)
    scene.add(
        rgba,
        motion.slide_in(
            round(rect.x), round(rect.y), at=start, dx=way * rect.width * 0.5, character=scene.character
        ),
    )
    side = int(
        min(rect.height * 1.16, rect.width * 0.44)
    )  # a little over the edge: it stands before the card
    room = rect.width - side - grid.px(44)
    x = rect.x + way * (rect.width / 2 - side * 0.46)
    left = rect.left + grid.px(28) if mirrored else rect.right - grid.px(28) - room
    if picture is None:
        room, left = rect.width - grid.px(64), rect.left + grid.px(32)
    block = fit_text(
        text, max_width=room, max_height=rect.height * 0.8, max_size=66 * grid.unit, max_lines=3, weight=900,
        family=scene.family, leading=1.2, least_size=scene.grid.least_letters,
    )  # fmt: skip
    step = 1.2 * block.style.size
    for i, line in enumerate(block.lines):
        scene.text(
            line,
            block.style,
            WHITE if verdict else palette.ink,
            x=left,
            middle=rect.y + step * (i - (len(block.lines) - 1) / 2),
            align="left",
            at=at + 0.1 + 0.05 * i,
            rise=20,
            name=text,
        )
    if picture is not None:
        art = illustration(*picture, side, scene.shadow(0.5))
        come = motion.pop_in(
            round(x), round(rect.y), at=start + 0.08, character=scene.character, turn=-way * 25
        )
        scene.add(art, come, leaves=True)
        scene.mark_drawn(art, x, rect.y, picture[0], inset=scene.shadow(0.5).reach + 2)
    if verdict is not None:
        mark = verdict_art(grid.px(104), verdict, check=verdict == GOOD)
        come = motion.pop_in(
            round(rect.left + grid.px(26)),
            round(rect.top + grid.px(22)),
            at=start + 0.3,
            character=scene.character,
            turn=-70,
        )
        scene.add(mark, come, leaves=True)
