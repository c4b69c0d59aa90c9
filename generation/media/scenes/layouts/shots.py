"""What stands on the stage from beat to beat: drawings that come, move on and go, so that each clause has its picture.

A shot says where every drawing of one moment stands; one that is in two shots after each other moves from the one place
to the other, others spring in and shrink away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generation.media.layers import Motion
from generation.media.scenes import motion
from generation.media.scenes.builder import MIDDLE, SceneBuilder
from generation.media.scenes.emphasis import marked_word
from generation.media.scenes.grid import Rect
from generation.media.scenes.line_breaks import fit_text
from generation.media.scenes.side_pictures import is_sign
from generation.media.scenes.sprites import card, illustration, stacked, text_line
from generation.media.scenes.typography import shape
from generation.storyboard import PictureChoice

GOING = 0.22  # seconds in which a drawing shrinks away


@dataclass(frozen=True)
class Place:
    """A drawing's middle and side, in pixels."""

    x: float
    y: float
    side: int


Shot = Mapping[int, Place]  # by the drawing's place among the scene's


def lay_shots(
    scene: SceneBuilder, cast: Sequence[PictureChoice], shots: Sequence[Shot], *, first: int = 0
) -> None:
    """The drawings of ``cast`` as ``shots`` place them, one shot at each of the scene's moments from the ``first`` on."""
    times = scene.moments(first + len(shots))[first:]
    if first == 0 and times:
        times[0] = scene.at(0.1)
    for actor, choice in enumerate(cast):
        before: Place | None = None
        for number, shot in enumerate(shots):
            place = shot.get(actor)
            if place is not None and place != before:
                last = number
                while last + 1 < len(shots) and shots[last + 1].get(actor) == place:
                    last += 1
                end = times[last + 1] if last + 1 < len(shots) else None
                stays = end is not None and actor in shots[last + 1]
                floats = all(place.side >= other.side for other in shot.values())
                _lay(scene, choice, place, before, times[number], end, stays=stays, floats=floats)
                if number == 0 or (before is None and actor == 0):
                    shadow = scene.shadow(1.0)
                    rgba = illustration(choice.name, choice.set, place.side, shadow)
                    scene.mark_drawn(rgba, place.x, place.y, choice.name, inset=shadow.reach + 2)
            before = place


def _lay(
    scene: SceneBuilder,
    choice: PictureChoice,
    place: Place,
    before: Place | None,
    at: float,
    end: float | None,
    *,
    stays: bool,
    floats: bool,
) -> None:
    rgba = illustration(choice.name, choice.set, place.side, scene.shadow(1.0))
    x, y = float(round(place.x)), float(round(place.y))
    come: Motion
    if before is None:
        come = motion.pop_in(x, y, at=at, character=scene.character, turn=-14)
    else:
        start = (before.x, before.y, before.side / place.side)
        come = motion.glide(x, y, at=at, start=start, character=scene.character)
    if floats:  # only the biggest: what moves costs time
        come = motion.floating(
            come, height=scene.px(scene.character.float_share), phase=scene.dice.random(), since=at + 0.5
        )
    if end is None:
        scene.add(rgba, come, leaves=True)
    elif stays:
        scene.add(rgba, motion.until(come, end))
    else:
        scene.add(rgba, motion.leaving(come, at=end, seconds=GOING))


def shots_of(
    scene: SceneBuilder,
    cast: Sequence[PictureChoice],
    x: float,
    y: float,
    side: int,
    *,
    left: bool,
    first: int = 0,
) -> list[dict[int, Place]]:
    """Where the drawings stand at each of the scene's moments from the ``first`` on; no shot is like the one before.

    ``left`` says that something stands at the upper left, such as the number's tag. A sign is never shown alone.
    """
    if not cast:
        return []
    away = 1 if left else -1
    whole = Place(x, y, side)
    corner = Place(x + away * 0.44 * side, y + 0.33 * side, int(side * 0.4))
    one = Place(x - away * 0.27 * side, y - 0.05 * side, int(side * 0.6))
    other = Place(x + away * 0.27 * side, y + 0.09 * side, int(side * 0.6))
    last = len(cast) - 1
    things = sum(not is_sign(choice.name, choice.set) for choice in cast)
    runs: tuple[list[dict[int, Place]], ...]
    if len(cast) == 1:
        runs = ([{0: whole}, {0: one}, {0: whole}, {0: other}],)
    elif things < 2:
        runs = ([{0: whole}, {0: one, 1: corner}, {0: whole}, {0: other, 1: one}],)
    else:
        runs = (
            [{0: whole}, {0: one, 1: other}, {1: whole, 0: corner}, {0: other, last: one}],
            [{0: whole}, {1: whole, 0: corner}, {0: one, last: other}, {0: whole, 1: corner}],
        )
    shots = runs[(scene.board.seed + scene.index // 2) % len(runs)]
    return [shots[k % len(shots)] for k in range(1 + len(scene.beats) - first)]


def lay_words(scene: SceneBuilder, x: float, y: float, side: int) -> None:
    """What is said beside the lone drawing, where it has moved away: each clause's telling words on a card."""
    left = scene.scene.number is None or scene.scene.number % 2 == 1
    times = [0.0, *scene.beats, scene.seconds + 1]
    for k in range(1, len(times) - 1, 2):
        away = (1 if left else -1) * (1 if k % 4 == 1 else -1)
        text = _telling(scene, times[k])
        lay_tag(
            scene, text, x + away * 0.29 * side, y + 0.02 * side, int(side * 0.46), times[k], times[k + 1]
        )


def _telling(scene: SceneBuilder, at: float) -> str:
    """The clause that is said then where it is short, else its number or its most telling word."""
    language = scene.board.language
    clause = scene.clause_at(at) or scene.scene.line
    short = len(clause) <= 8 if language == "zh" else len(clause.split()) <= 4
    return clause if short else marked_word(clause, language) or clause


def lay_tag(
    scene: SceneBuilder, text: str, x: float, y: float, room: int, at: float, end: float = float("inf")
) -> None:
    """A few words on a card of the accent's color from ``at`` to ``end``."""
    block = fit_text(
        text, max_width=room * 0.84, max_height=room * 0.6, max_size=76 * scene.grid.unit, max_lines=3,
        weight=900, family=scene.family, leading=1.2, least_size=scene.grid.least_letters,
    )  # fmt: skip
    step = 1.2 * block.style.size
    width = round(max(block.widths) + 0.16 * room)
    tag = card(
        width, round(step * len(block.lines) + 0.12 * room), 0.08 * room, scene.palette.marker, 1.0,
        shadow=scene.shadow(0.5),
    )  # fmt: skip
    full_height, full_width = tag.shape[:2]
    parts = [(tag, full_width / 2, full_height / 2)]
    for i, line in enumerate(block.lines):
        letters = text_line(line, block.style, scene.palette.on_marker)
        ink = shape(line, weight=900, family=scene.family).ink
        start = full_width / 2 - (ink[0] + ink[1]) / 2 * block.style.size
        middle = full_height / 2 + step * (i - (len(block.lines) - 1) / 2)
        parts.append((letters.rgba, start + letters.dx, middle + MIDDLE * block.style.size + letters.dy))
    come = motion.pop_in(round(x), round(y), at=at, character=scene.character, turn=8)
    scene.add(stacked(full_width, full_height, parts), motion.leaving(come, at=end), leaves=True)
    half = width / 2
    scene.mark_box(Rect(x - half, y - 0.3 * room, x + half, y + 0.3 * room), text, "text")


def corners_of(zone: Rect, side: int) -> list[Place]:
    """Places for asides over the upper corners of ``zone``, clear of the captions."""
    inward = 0.34 * side
    return [
        Place(zone.right - inward, zone.top + 0.22 * side, side),
        Place(zone.left + inward, zone.top + 0.22 * side, side),
    ]


def lay_asides(
    scene: SceneBuilder,
    spots: Sequence[Place],
    *,
    after: int,
    cast: Sequence[PictureChoice] | None = None,
) -> None:
    """From the beat ``after`` on, one more thing at each beat, in turn at ``spots``: a drawing, else a word that is said.

    Each gives way to the next, so that a scene that says much goes on changing.
    """
    times = [0.0, *scene.beats, scene.seconds + 1]
    cast = scene.cast() if cast is None else cast
    for k in range(max(after, 1), len(times) - 1):
        lay_aside(scene, spots[(k - after) % len(spots)], cast, k - after, times[k], times[k + 1])


def lay_aside(
    scene: SceneBuilder, spot: Place, cast: Sequence[PictureChoice], turn: int, at: float, end: float
) -> None:
    """One more thing at ``spot`` from ``at`` to ``end``: the drawings of ``cast`` in ``turn``, words where there is none."""
    if not cast:
        lay_tag(scene, _telling(scene, at), spot.x, spot.y, spot.side, at, end)
        return
    choice = cast[turn % len(cast)]
    rgba = illustration(choice.name, choice.set, spot.side, scene.shadow(0.7))
    come = motion.pop_in(round(spot.x), round(spot.y), at=at, character=scene.character, turn=-20)
    scene.add(rgba, motion.leaving(come, at=end, seconds=GOING), leaves=True)
