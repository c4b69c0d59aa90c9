"""The melody: a motif that is stated, varied, broken into fragments and answered, over changing chords."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generation.media.music.form import Bar
from generation.media.music.moods import Rhythm
from generation.media.music.textures import Player
from generation.media.music.theory import ladder, scale_over


@dataclass(frozen=True)
class Motif:
    """A rhythm within one bar and a contour in scale steps, one step per onset, the first being 0."""

    rhythm: Rhythm
    contour: tuple[int, ...]


def invent_motif(rhythms: tuple[Rhythm, ...], rng: Random) -> Motif:
    """A short singable figure: mostly steps, at most one leap, which is then filled in the other way."""
    rhythm = rng.choice(rhythms)
    contour = [0]
    direction = rng.choice((1, -1))
    leap_at = rng.randrange(1, len(rhythm)) if len(rhythm) > 1 else -1
    for place in range(1, len(rhythm)):
        move = rng.choice((2, 3)) if place == leap_at else rng.choice((1, 1, 2))
        contour.append(contour[-1] + direction * move)
        if place == leap_at or abs(contour[-1]) >= 3:
            direction = -direction
    return Motif(rhythm, tuple(contour))


def write_melody_bar(player: Player, bar: Bar, motif: Motif) -> None:
    """One bar of a four-bar phrase: statement, variation, fragments, answer."""
    place = 3 if bar.before_final else bar.since_drop % 4
    if place == 0:
        _place(player, bar, motif.rhythm, motif.contour)
    elif place == 1:
        varied = (*motif.contour[:-1], motif.contour[-1] + player.rng.choice((-1, 1)))
        _place(player, bar, motif.rhythm, varied)
    elif place == 2:
        half = max(1, (len(motif.rhythm) + 1) // 2)
        _place(player, bar, motif.rhythm[:half], motif.contour[:half], lift=2)
    else:
        _answer(player, bar, motif)


def _answer(player: Player, bar: Bar, motif: Motif) -> None:
    """The motif's opening turned upside down, coming to rest on a long chord tone."""
    rest_at = bar.beats / 2 if bar.beats == 4 else 1.0
    opening = [(onset, length) for onset, length in motif.rhythm if onset + min(length, 0.5) <= rest_at][:3]
    rhythm: list[tuple[float, float]] = [(onset, min(length, rest_at - onset)) for onset, length in opening]
    contour = [-step for step in motif.contour[: len(rhythm)]]
    rhythm.append((rest_at, bar.beats - rest_at - 0.25))
    contour.append(contour[-1] - 1 if contour else 0)
    _place(player, bar, tuple(rhythm), tuple(contour))


def _place(player: Player, bar: Bar, rhythm: Rhythm, contour: tuple[int, ...], lift: int = 0) -> None:
    """Set a figure on the bar's chords by the path of pitches that follows its contour at the least cost."""
    spec = player.spec
    steps: list[list[_Tone]] = []
    for onset, length in rhythm:
        sounding = bar.chord_at(onset)
        rungs = ladder(scale_over(player.scale, sounding), spec.low, spec.high)
        may_pass = onset % 1 != 0 and length <= 0.5
        steps.append(
            [
                _Tone(pitch, rung, pitch % 12 in sounding.pitch_classes)
                for rung, pitch in enumerate(rungs)
                if may_pass or pitch % 12 in sounding.pitch_classes
            ]
        )
    center = (spec.low + spec.high) / 2 + lift
    pitches = _cheapest_path(steps, contour, center, player.pitch)
    for (onset, length), pitch in zip(rhythm, pitches, strict=True):
        strength = 0.95 if onset == 0 else 0.85 if onset % 1 == 0 else 0.75
        player.add(bar.beat + onset, max(length * spec.gate, 0.1), pitch, strength)
    player.pitch = pitches[-1]


@dataclass(frozen=True)
class _Tone:
    pitch: int
    rung: int  # its place on the scale of the bar
    chordal: bool


def _cheapest_path(
    steps: list[list[_Tone]], contour: tuple[int, ...], center: float, before: int | None
) -> list[int]:
    """One pitch a step (dynamic programming): along the contour, within the range, not stuck on a note."""
    costs = [
        0.12 * abs(tone.pitch - center)
        + (4.0 if not tone.chordal else 0.0)
        + (0.0 if before is None else 0.12 * abs(tone.pitch - before) + 0.8 * (tone.pitch == before))
        for tone in steps[0]
    ]
    came_from: list[list[int]] = []
    for place in range(1, len(steps)):
        rise = contour[place] - contour[place - 1]
        reached: list[float] = []
        origins: list[int] = []
        for tone in steps[place]:
            ways = [
                cost + _move(earlier, tone, rise)
                for cost, earlier in zip(costs, steps[place - 1], strict=True)
            ]
            best = min(range(len(ways)), key=ways.__getitem__)
            reached.append(ways[best] + 0.1 * abs(tone.pitch - center))
            origins.append(best)
        costs = reached
        came_from.append(origins)
    last = min(range(len(costs)), key=lambda place: costs[place] + (0.0 if steps[-1][place].chordal else 4.0))
    path = [last]
    for origins in reversed(came_from):
        path.append(origins[path[-1]])
    return [step[place].pitch for step, place in zip(steps, reversed(path), strict=True)]


def _move(earlier: _Tone, tone: _Tone, rise: int) -> float:
    """What going from one tone to the next costs, where the contour asks for ``rise`` scale steps."""
    interval = abs(tone.pitch - earlier.pitch)
    cost = 0.8 * abs(tone.rung - earlier.rung - rise)
    if interval == 0 and rise != 0:
        cost += 2.0
    if interval > 9:
        cost += 3.0
    if not (tone.chordal and earlier.chordal):
        # a tone foreign to the chord comes and goes by step
        cost += 0.4 if 0 < interval <= 2 else 6.0
    return cost
