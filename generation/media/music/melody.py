"""The melody: a motif that is stated, varied, broken into fragments and answered, over changing chords."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generation.media.music.form import Bar
from generation.media.music.moods import Rhythm
from generation.media.music.textures import Player
from generation.media.music.theory import ladder, nearest, scale_over


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
    contour.append(0)
    _place(player, bar, tuple(rhythm), tuple(contour))


def _place(player: Player, bar: Bar, rhythm: Rhythm, contour: tuple[int, ...], lift: int = 0) -> None:
    """Set a figure on the chords: strong or long notes take chord tones, short weak ones may pass by step."""
    spec = player.spec
    center = (spec.low + spec.high) / 2
    first = bar.chord_at(rhythm[0][0])
    near = player.pitch if player.pitch is not None and abs(player.pitch - center) < 8 else center
    rungs = ladder(scale_over(player.scale, first), spec.low, spec.high)
    anchor = rungs.index(nearest(ladder(first.pitch_classes, spec.low, spec.high), near))
    previous: int | None = None
    for (onset, length), step in zip(rhythm, contour, strict=True):
        sounding = bar.chord_at(onset)
        rungs = ladder(scale_over(player.scale, sounding), spec.low, spec.high)
        wanted = rungs[min(max(anchor + step + lift, 0), len(rungs) - 1)]
        chord_tones = ladder(sounding.pitch_classes, spec.low, spec.high)
        passing = previous is not None and abs(wanted - previous) <= 2 and onset % 1 != 0 and length <= 0.5
        pitch = wanted if passing else nearest(chord_tones, wanted)
        strength = 0.95 if onset == 0 else 0.85 if onset % 1 == 0 else 0.75
        player.add(bar.beat + onset, max(length * spec.gate, 0.1), pitch, strength)
        previous = pitch
    player.pitch = previous
