"""The sound of the finished file: loudness, peaks, DC, silence, and whether the words are understood."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from generation.media.music.mixing import FLOOR_DB, PEAK_DBTP, TARGET_LUFS, measure
from generation.media.recognition import Transcript, error_rate, transcribe
from generation.recipe import MUSIC_LEAST_SECONDS
from generation.stages.check.container import SAMPLE_RATE_HZ
from generation.stages.check.report import Check
from generation.storyboard import Storyboard

LOUDNESS_TOLERANCE_LU = 1.0
DC_LIMIT = 0.005
SILENCE_ALLOWANCE_SECONDS = 0.75
NARRATION_LIMIT = {
    "zh": 0.35,
    "en": 0.25,
}  # single videos vary; benchmarks.narration holds the voices to far less


def check_sound(pcm: NDArray[np.float32], board: Storyboard) -> list[Check]:
    """Rules of the mix; a video planned without voice and music is only held to be free of DC and peaks."""
    loudness = measure(pcm, SAMPLE_RATE_HZ)
    planned = planned_silence(board)
    checks = [
        Check(
            "true_peak",
            loudness.true_peak_dbtp <= PEAK_DBTP,
            round(loudness.true_peak_dbtp, 2),
            f"≤ {PEAK_DBTP:g}",
            "dBTP",
        ),
        Check("dc", loudness.dc <= DC_LIMIT, round(loudness.dc, 5), f"≤ {DC_LIMIT:g}"),
    ]
    if planned is None:
        return checks
    low, high = TARGET_LUFS - LOUDNESS_TOLERANCE_LU, TARGET_LUFS + LOUDNESS_TOLERANCE_LU
    most = planned + SILENCE_ALLOWANCE_SECONDS
    silence = loudness.longest_silence_seconds if loudness.lufs > FLOOR_DB else len(pcm) / SAMPLE_RATE_HZ
    return [
        Check(
            "loudness", low <= loudness.lufs <= high, round(loudness.lufs, 2), f"{low:g} … {high:g}", "LUFS"
        ),
        *checks,
        Check("silence", silence <= most, round(silence, 2), f"≤ {most:.2f}", "s"),
    ]


def planned_silence(board: Storyboard) -> float | None:
    """Seconds of the longest silence the board asks for: none under music, else the pauses between words.

    ``None`` when the whole video is planned silent.
    """
    if board.music.level > 0 and board.seconds >= MUSIC_LEAST_SECONDS:
        return 0.0
    if board.voice.name == "none":
        return None
    ends, longest, at = 0.0, 0.0, 0.0
    for scene in board.scenes:
        for cue in scene.cues:
            longest = max(longest, at + cue.start - ends)
            ends = max(ends, at + cue.end)
        at += scene.seconds
    return max(longest, at - ends) if ends > 0 else None


def is_spoken(board: Storyboard) -> bool:
    """Whether one of our voices says the script; a creator's own recording is not held to it."""
    return board.voice.name not in ("none", "own") and any(scene.cues for scene in board.scenes)


def hear(pcm: NDArray[np.float32], board: Storyboard, should_stop: Callable[[], bool]) -> Transcript:
    return transcribe(pcm, language=board.language, sample_rate_hz=SAMPLE_RATE_HZ, should_stop=should_stop)


def check_narration(heard: Transcript, board: Storyboard) -> Check:
    """Edits from what Whisper heard to the script, by length of the script."""
    script = " ".join(scene.narration for scene in board.scenes if scene.cues)
    wrong = round(error_rate(script, heard.text, board.language), 3)
    limit = NARRATION_LIMIT[board.language]
    return Check("narration", wrong <= limit, wrong, f"≤ {limit:g}")
