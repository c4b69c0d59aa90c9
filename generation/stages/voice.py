"""The storyboard is spoken: every scene's narration, fitted to the asked length, with cues on each hanzi or word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile
from scipy.signal import resample_poly

from core.files import atomic_path
from generation.errors import MediaUnreadable
from generation.generators import Speech
from generation.media.speech import Narration
from generation.stages import timing
from generation.storyboard import Cue, Scene, Storyboard, digest

SAMPLE_RATE_HZ = 48_000
SPEECH_RATE_HZ = 24_000
CACHE_VERSION = 1
_ROUNDS = 3

Mono = NDArray[np.float32]
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Narrated:
    """``board`` with every scene's length and cues; ``voice`` is its sound (48 kHz mono), ``None`` without a voice."""

    board: Storyboard
    voice: Mono | None


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
    may_drop: bool,
    progress: Progress,
    recording: Recording | None = None,
) -> Narrated:
    """Speak the board with ``speech`` and fit it to its target length.

    ``may_drop`` allows leaving out the last point when the text is far too long. ``progress`` gets [0, 1] and may
    raise to stop. Raises ``NarrationImpossible`` for a text or voice that cannot be spoken.
    """
    if board.voice.name == "none":
        return _silent(board)
    if board.voice.name == "own" and recording is not None:
        return _recorded(board, recording)
    speed = board.voice.speed
    for attempt in range(_ROUNDS + len(board.scenes)):
        spoken = _speak(board, speech, speed, cache_dir, progress)
        lengths = [narration.seconds for narration in spoken]
        found = timing.fit(lengths, target_seconds=board.target_seconds, fps=board.fps)
        if found.seconds:
            return _laid_out(board, spoken, found.seconds)
        if found.drop and may_drop and len(board.scenes) > 3:
            board = _without_last_point(board)
        elif attempt >= _ROUNDS - 1 or speed * found.speed == speed:
            break
        else:
            speed = _bounded(speed * found.speed, board.voice.speed)
    seconds = timing.fit_at_last(lengths, target_seconds=board.target_seconds, fps=board.fps)
    return _laid_out(board, spoken, seconds)


def _bounded(speed: float, chosen: float) -> float:
    return min(max(speed, chosen * timing.SLOWEST), chosen * timing.FASTEST)


def _without_last_point(board: Storyboard) -> Storyboard:
    return replace(board, scenes=(*board.scenes[:-2], board.scenes[-1]))


def _speak(
    board: Storyboard, speech: Speech, speed: float, cache_dir: Path, progress: Progress
) -> list[Narration]:
    spoken = []
    for index, scene in enumerate(board.scenes):
        progress(index / len(board.scenes))
        spoken.append(
            scene_narration(scene.narration, board=board, speech=speech, speed=speed, cache_dir=cache_dir)
        )
    progress(1.0)
    return spoken


def scene_narration(
    text: str, *, board: Storyboard, speech: Speech, speed: float, cache_dir: Path
) -> Narration:
    """One scene's narration, from ``cache_dir`` when it was spoken before."""
    voice = board.voice.name
    key = digest([CACHE_VERSION, speech.version, text, board.language, voice, round(speed, 4)])
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
    made = speech.synthesize(text, language=board.language, voice=voice, speed=round(speed, 4))
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
    total = round(sum(seconds) * SAMPLE_RATE_HZ)
    track = np.zeros(total, np.float32)
    scenes, at = [], 0.0
    for scene, narration, length in zip(board.scenes, spoken, seconds, strict=True):
        start = timing.LEAD_SECONDS
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
    start, end = timing.LEAD_SECONDS, max(seconds - timing.GAP_SECONDS, timing.LEAD_SECONDS + 0.1)
    step = (end - start) / len(units)
    return tuple(Cue(unit, start + i * step, start + (i + 1) * step) for i, unit in enumerate(units))


def _recorded(board: Storyboard, recording: Recording) -> Narrated:
    """Scenes share the creator's recording by the length of their text; captions say what was really heard."""
    total = len(recording.samples) / SAMPLE_RATE_HZ + timing.END_SECONDS
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
