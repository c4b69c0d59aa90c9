"""The kit: grids by energy, a fill before each drop, a crash where it begins, a last stroke at the end."""

from __future__ import annotations

from generation.media.music.form import Bar
from generation.media.music.moods import TIMPANI_FIFTH, TIMPANI_RANGE, TIMPANI_ROOT, DrumSpec
from generation.media.music.textures import STEP_BEATS, STRENGTH, Draft
from generation.media.music.theory import Chord, ladder, nearest

STROKE_BEATS = 0.25
RISER_PROGRAM = 119  # reverse cymbal
RISER_PITCH = 60
RISER_SECONDS = 1.4  # from its start to its loudest moment in the sound font


def write_drum_bar(spec: DrumSpec, bar: Bar) -> list[Draft]:
    """The strokes of one bar, none below the energy at which the kit enters."""
    if bar.final:
        keys = [spec.lines[0][0], *spec.crash[:1]]
        return [Draft(bar.beat, bar.beats, key, 1.0) for key in keys]
    strokes: list[Draft] = []
    if bar.first_of_drop:
        strokes += [Draft(bar.beat, 2.0, key, 0.9) for key in spec.crash]
    if bar.energy < spec.enter:
        return strokes
    if bar.before_drop:
        for key, grid in spec.fill:
            strokes += _strokes(bar, key, grid, rising=True)
        return strokes
    level = 1 if bar.energy < 0.5 else 2 if bar.energy < 0.9 else 3
    for line in spec.lines:
        grid = str(line[level])
        if grid:
            strokes += _strokes(bar, line[0], grid, rising=False)
    return strokes


def _strokes(bar: Bar, key: int, grid: str, *, rising: bool) -> list[Draft]:
    drawn: list[Draft] = []
    for step, mark in enumerate(grid):
        if mark in STRENGTH:
            swell = 0.6 + 0.4 * step / len(grid) if rising else 1.0
            beat = step * STEP_BEATS
            pitch = _tuned(key, bar.chord_at(beat))
            drawn.append(Draft(bar.beat + beat, STROKE_BEATS, pitch, STRENGTH[mark] * swell))
    return drawn


def _tuned(key: int, sounding: Chord) -> int:
    if key == TIMPANI_ROOT:
        wanted = sounding.root
    elif key == TIMPANI_FIFTH:
        wanted = sounding.pitch_classes[2]
    else:
        return key
    low, high = TIMPANI_RANGE
    return nearest(ladder([wanted], low, high), (low + high) / 2)
