"""The storyboard is spoken: every scene's narration, fitted to the asked length, with cues on each hanzi or word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from core.files import atomic_path
from core.languages import Language
from generation.errors import MediaUnreadable
from generation.generators import Speech
from generation.media.speech import Narration
from generation.script import pacing
from generation.stages import timing
from generation.stages.fitting import Expect, Fitting, fitted
from generation.stages.readings import Readings, cues_as_written, respelled
from generation.stages.remedy import NOTHING, Remedy
from generation.storyboard import Cue, Scene, Storyboard, digest

SAMPLE_RATE_HZ = 48_000
SPEECH_RATE_HZ = 24_000
CACHE_VERSION = 1

Mono = NDArray[np.float32]
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Narrated:
    """``board`` with every scene's length and cues; ``voice`` is its sound (48 kHz mono), ``None`` without a voice.

    ``changes`` are what the measured voice asked for; ``met`` says whether the asked length was reached.
    """

    board: Storyboard
    voice: Mono | None
    changes: tuple[Fitting, ...] = ()
    met: bool = True


@dataclass(frozen=True, eq=False)
class Recording:
    """A creator's own voice-over: 48 kHz mono and what was heard in it."""

    samples: Mono
    words: tuple[Cue, ...]


def read_recording(place: Path, transcript: dict[str, Any]) -> Recording:
    """A normalized voice-over (48 kHz mono wav) with the words heard in it. Raises ``MediaUnreadable``."""
    try:
        rate, samples = wavfile.read(place)
    except (OSError, ValueError) as error:
        raise MediaUnreadable("The voice-over cannot be read. Upload it again.") from error
    if rate != SAMPLE_RATE_HZ:
        raise MediaUnreadable(
            f"A voice-over must have {SAMPLE_RATE_HZ} Hz after its check, this has {rate} Hz."
        )
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    scale = float(np.iinfo(samples.dtype).max) if np.issubdtype(samples.dtype, np.integer) else 1.0
    words = tuple(Cue(w["text"], float(w["start"]), float(w["end"])) for w in transcript.get("words", ()))
    return Recording((mono / scale).astype(np.float32), words)


def narrate(
    board: Storyboard,
    *,
    speech: Speech,
    cache_dir: Path,
    may_change: bool,
    may_drop: bool,
    progress: Progress,
    recording: Recording | None = None,
    remedy: Remedy = NOTHING,
) -> Narrated:
    """Speak the board with ``speech`` and fit it to its target length.

    ``may_change`` allows a sentence less or more, ``may_drop`` leaving out the last point when even that is far too long; ``remedy`` says which lines are read otherwise. ``progress`` gets [0, 1] and may
    raise to stop. Raises ``NarrationImpossible`` for a text or voice that cannot be spoken.
    """
    if board.voice.name == "none":
        return _silent(board)
    if board.voice.name == "own" and recording is not None:
        return _recorded(board, recording)
    made = fitted(
        board,
        lambda said, speed: _speak(said, speech, speed, cache_dir, progress, remedy),
        may_change=may_change,
        may_drop=may_drop,
        expect=_foretold(board, speech, remedy),
    )
    return replace(_laid_out(made.board, made.spoken, made.seconds), changes=made.changes, met=made.met)


def _speak(
    board: Storyboard, speech: Speech, speed: float, cache_dir: Path, progress: Progress, remedy: Remedy
) -> list[Narration]:
    spoken = []
    for index, scene in enumerate(board.scenes):
        progress(index / len(board.scenes))
        spoken.append(
            line_narration(
                scene.narration,
                language=board.language,
                voice=board.voice.name,
                speech=speech,
                speed=speed * remedy.paces.get(scene.id, 1.0),
                cache_dir=cache_dir,
                readings=remedy.readings.get(scene.id, {}),
            )
        )
    progress(1.0)
    return spoken


def _foretold(board: Storyboard, speech: Speech, remedy: Remedy) -> Expect | None:
    """How long the scenes of a board would be spoken, by a voice that can tell without speaking."""

    @cache
    def seconds(said: str, speed: float) -> float | None:
        if not said.strip():
            return 0.0
        return speech.expected_seconds(said, language=board.language, voice=board.voice.name, speed=speed)

    def line(scene: Scene, speed: float) -> float | None:
        said = respelled(scene.narration, remedy.readings.get(scene.id, {}))
        return seconds(said, round(speed * remedy.paces.get(scene.id, 1.0), 4))

    if any(line(scene, board.voice.speed) is None for scene in board.scenes):
        return None
    return lambda said, speed: [line(scene, speed) or 0.0 for scene in said.scenes]


def line_narration(
    text: str,
    *,
    language: Language,
    voice: str,
    speech: Speech,
    speed: float,
    cache_dir: Path,
    readings: Readings,
) -> Narration:
    """One scene's narration, from ``cache_dir`` when it was spoken before; its cues are as written, whatever is said."""
    said = respelled(text, readings)
    made = _spoken(said, language=language, voice=voice, speech=speech, speed=speed, cache_dir=cache_dir)
    return replace(made, cues=cues_as_written(text, readings, made.cues))


def _spoken(
    text: str, *, language: Language, voice: str, speech: Speech, speed: float, cache_dir: Path
) -> Narration:
    key = digest([CACHE_VERSION, speech.version, text, language, voice, round(speed, 4)])
    kept = cache_dir / f"{key}.npz"
    if kept.exists():
        with np.load(kept, allow_pickle=False) as data:
            cues = [
                Cue(str(t), float(a), float(b))
                for t, (a, b) in zip(data["texts"], data["times"], strict=True)
            ]
            return Narration(samples=data["samples"], cues=tuple(cues), seconds=float(data["seconds"]))
    if not text.strip():
        return Narration(samples=np.zeros(0, np.float32), cues=(), seconds=0.0)
    made = speech.synthesize(text, language=language, voice=voice, speed=round(speed, 4))
    with atomic_path(kept) as partial, partial.open("wb") as stream:
        np.savez(
            stream,
            samples=made.samples,
            texts=np.array([cue.text for cue in made.cues], dtype=np.str_),
            times=np.array([(cue.start, cue.end) for cue in made.cues], dtype=np.float64).reshape(-1, 2),
            seconds=made.seconds,
        )
    return made


def _laid_out(board: Storyboard, spoken: Sequence[Narration], seconds: Sequence[float]) -> Narrated:
    from scipy.signal import resample_poly  # a second of a start: only who hears loads it

    total = round(sum(seconds) * SAMPLE_RATE_HZ)
    track = np.zeros(total, np.float32)
    scenes, at = [], 0.0
    for scene, narration, length in zip(board.scenes, spoken, seconds, strict=True):
        start = pacing.LEAD_SECONDS
        samples = resample_poly(narration.samples, SAMPLE_RATE_HZ // SPEECH_RATE_HZ, 1).astype(np.float32)
        first = round((at + start) * SAMPLE_RATE_HZ)
        room = max(min(len(samples), total - first), 0)
        track[first : first + room] += samples[:room]
        cues = tuple(Cue(c.text, round(c.start + start, 4), round(c.end + start, 4)) for c in narration.cues)
        scenes.append(replace(scene, seconds=length, speech_start=start, cues=cues))
        at += length
    return Narrated(replace(board, scenes=tuple(scenes)), track)


def _silent(board: Storyboard) -> Narrated:
    weights = [max(len(scene.narration), 1) for scene in board.scenes]
    seconds = timing.silent(weights, target_seconds=board.target_seconds, fps=board.fps)
    scenes = [
        replace(scene, seconds=length, cues=_even_cues(scene.narration, board.language, length))
        for scene, length in zip(board.scenes, seconds, strict=True)
    ]
    return Narrated(replace(board, scenes=tuple(scenes)), None)


def _even_cues(text: str, language: str, seconds: float) -> tuple[Cue, ...]:
    """Cues at an even reading pace, for captions where nobody speaks."""
    units = [c for c in text if c.isalnum()] if language == "zh" else text.split()
    if not units:
        return ()
    start, end = pacing.LEAD_SECONDS, max(seconds - pacing.GAP_SECONDS, pacing.LEAD_SECONDS + 0.1)
    step = (end - start) / len(units)
    return tuple(Cue(unit, start + i * step, start + (i + 1) * step) for i, unit in enumerate(units))


def _recorded(board: Storyboard, recording: Recording) -> Narrated:
    """Scenes share the creator's recording by the length of their text; captions say what was really heard."""
    total = len(recording.samples) / SAMPLE_RATE_HZ + pacing.END_SECONDS
    weights = [max(len(scene.narration), 1) for scene in board.scenes]
    seconds = timing.silent(weights, target_seconds=total, fps=board.fps)
    scenes: list[Scene] = []
    at = 0.0
    for scene, length in zip(board.scenes, seconds, strict=True):
        mine = [cue for cue in recording.words if at <= cue.start < at + length]
        cues = tuple(Cue(cue.text.strip(), cue.start - at, cue.end - at) for cue in mine)
        heard = ("" if board.language == "zh" else " ").join(cue.text for cue in cues)
        scenes.append(replace(scene, seconds=length, cues=cues, narration=heard))
        at += length
    track = np.zeros(round(sum(seconds) * SAMPLE_RATE_HZ), np.float32)
    room = min(len(track), len(recording.samples))
    track[:room] = recording.samples[:room]
    # what opens the video is now what the creator said, of which no kind is known
    return Narrated(replace(board, scenes=tuple(scenes), hook=None), track)
