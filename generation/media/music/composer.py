"""From mood, length and seed to a score: the same arguments always give the same notes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from generation.errors import MusicImpossible
from generation.media.music.drums import RISER_PITCH, RISER_PROGRAM, RISER_SECONDS, write_drum_bar
from generation.media.music.form import Bar, fit_tempo, plan_bars
from generation.media.music.melody import invent_motif, write_melody_bar
from generation.media.music.moods import MOOD_TABLE, Mood
from generation.media.music.score import ChordSpan, Note, Part, Score, Section
from generation.media.music.textures import Draft, Player, write_bar, write_final
from generation.media.music.theory import Key, parse_key


def compose(
    mood: str, seconds: float, *, seed: int, tempo: float | None = None, key: str | None = None
) -> Score:
    """Write a piece of exactly ``seconds`` whose last chord rings until the end.

    ``tempo`` in beats per minute is met as closely as whole bars allow; ``key`` is ``"C"`` or ``"F#m"``.
    Raises ``MusicImpossible`` for an unknown mood, or a length, tempo or key outside what can be played.
    """
    if mood not in MOOD_TABLE:
        raise MusicImpossible(f"A mood is one of {', '.join(MOOD_TABLE)}, got {mood!r}; choose one of them.")
    table = MOOD_TABLE[mood]
    rng = Random(f"{mood}/{seed}")
    chosen = Key(rng.choice(table.tonics), table.mode) if key is None else parse_key(key, mode=table.mode)
    bar_count, fitted = fit_tempo(seconds, table, tempo)
    bars = plan_bars(bar_count, table, chosen, rng)
    clock = _clock(60 / fitted, table.swing)
    parts = _instruments(table, chosen, bars, clock, seconds, rng)
    drums = _kit(table, bars, clock, seconds, rng)
    riser = _risers(table, bars, clock)
    return Score(
        mood=mood,
        seed=seed,
        seconds=seconds,
        tempo=fitted,
        meter=table.meter,
        bars=bar_count,
        key=chosen.name,
        scale=chosen.scale,
        landing=clock(bars[-1].beat),
        room_seconds=table.room_seconds,
        sections=_sections(bars, clock),
        chords=_chord_spans(bars, clock),
        parts=(*parts, *drums, *riser),
    )


def _instruments(
    table: Mood, key: Key, bars: list[Bar], clock: Callable[[float], float], seconds: float, rng: Random
) -> list[Part]:
    motif = invent_motif(table.rhythms, rng)
    parts: list[Part] = []
    for spec in table.parts:
        own = Random(rng.random())
        player = Player(spec, key.scale, own, order=own.choice(spec.orders) if spec.orders else ())
        for bar in bars:
            if bar.final:
                write_final(player, bar, table.roll_beats)
            elif spec.texture == "lead":
                # resting in every third phrase leaves the voice alone with the accompaniment
                if bar.since_drop >= 0 and bar.since_drop // 4 % 3 != 2:
                    write_melody_bar(player, bar, motif)
            elif bar.energy >= spec.enter:
                write_bar(player, bar)
        notes = _humanize(player.notes, bars, clock, seconds, table.looseness, own)
        program = own.choice(spec.programs)
        parts.append(
            Part(spec.name, program, notes, level_db=spec.level_db, pan=spec.pan, reverb=spec.reverb)
        )
    return parts


def _kit(
    table: Mood, bars: list[Bar], clock: Callable[[float], float], seconds: float, rng: Random
) -> list[Part]:
    if table.drums is None:
        return []
    own = Random(rng.random())
    strokes = [stroke for bar in bars for stroke in write_drum_bar(table.drums, bar)]
    notes = _humanize(strokes, bars, clock, seconds, table.looseness * 0.6, own)
    spec = table.drums
    return [Part("drums", spec.kit, notes, drums=True, level_db=spec.level_db, reverb=spec.reverb)]


def _risers(table: Mood, bars: list[Bar], clock: Callable[[float], float]) -> list[Part]:
    """A reversed cymbal that is loudest where a drop begins."""
    drops = [clock(bar.beat) for bar in bars if bar.first_of_drop] if table.riser else []
    notes = tuple(
        Note(t - RISER_SECONDS, RISER_SECONDS, RISER_PITCH, 90) for t in drops if t >= RISER_SECONDS
    )
    return [Part("riser", RISER_PROGRAM, notes, level_db=-12, reverb=0.3)] if notes else []


def _clock(beat_seconds: float, swing: float) -> Callable[[float], float]:
    """Beats to seconds; with ``swing`` above 0.5 the second half of every beat comes late."""

    def seconds_at(beat: float) -> float:
        whole, part = divmod(beat, 1.0)
        bent = part * swing / 0.5 if part < 0.5 else swing + (part - 0.5) * (1 - swing) / 0.5
        return (whole + bent) * beat_seconds

    return seconds_at


def _humanize(
    drafts: list[Draft],
    bars: list[Bar],
    clock: Callable[[float], float],
    seconds: float,
    looseness: float,
    rng: Random,
) -> tuple[Note, ...]:
    """Beats become seconds with a player's small unevenness; loudness follows energy and phrase."""
    meter = bars[0].beats
    notes: list[Note] = []
    for draft in sorted(drafts, key=lambda d: (d.beat, d.pitch)):
        bar = bars[min(int(draft.beat / meter + 1e-9), len(bars) - 1)]
        late = (
            0.0
            if bar.final or draft.beat == 0
            else max(-2 * looseness, min(rng.gauss(0, looseness), 2 * looseness))
        )
        start = max(clock(draft.beat) + late, 0.0)
        end = min(clock(draft.beat + draft.beats) + late, seconds)
        swell = 0.72 + 0.28 * bar.energy + 0.03 * (bar.phrase % 4) / 3
        velocity = round(112 * draft.strength * swell * (1 + rng.uniform(-0.06, 0.06)))
        notes.append(Note(start, max(end - start, 0.03), draft.pitch, max(1, min(velocity, 127))))
    return tuple(_without_overlaps(notes))


def _without_overlaps(notes: list[Note]) -> list[Note]:
    """A key is released before it is struck again: its late release would cut the second stroke short."""
    kept: list[Note] = []
    sounding: dict[int, int] = {}
    for note in sorted(notes, key=lambda n: (n.start, n.pitch)):
        before = sounding.get(note.pitch)
        if before is not None:
            earlier = kept[before]
            if note.start - earlier.start < 0.02:
                continue
            if earlier.start + earlier.seconds > note.start - 0.005:
                kept[before] = Note(
                    earlier.start,
                    max(note.start - 0.005 - earlier.start, 0.01),
                    earlier.pitch,
                    earlier.velocity,
                )
        sounding[note.pitch] = len(kept)
        kept.append(note)
    return kept


def _sections(bars: list[Bar], clock: Callable[[float], float]) -> tuple[Section, ...]:
    starts = [bar for bar in bars if bar.phrase == 0]
    ends = [clock(bar.beat) for bar in starts[1:]] + [clock(bars[-1].beat + bars[-1].beats)]
    return tuple(
        Section(bar.section, clock(bar.beat), end - clock(bar.beat), bar.energy)
        for bar, end in zip(starts, ends, strict=True)
    )


def _chord_spans(bars: list[Bar], clock: Callable[[float], float]) -> tuple[ChordSpan, ...]:
    spans: list[ChordSpan] = []
    for bar in bars:
        share = bar.beats / len(bar.chords)
        for place, sounding in enumerate(bar.chords):
            start, end = clock(bar.beat + place * share), clock(bar.beat + (place + 1) * share)
            spans.append(ChordSpan(start, end - start, sounding.symbol, sounding.pitch_classes))
    return tuple(spans)
