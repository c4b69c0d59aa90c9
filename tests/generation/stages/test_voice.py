"""A board is spoken by a voice that cannot foretell its lengths as it is written, and measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generation.media.speech import SAMPLE_RATE_HZ, Narration
from generation.stages.voice import narrate
from generation.storyboard import Look, MusicChoice, Scene, Storyboard, Voice


class Elsewhere:
    """A voice on another machine: ten letters a second, lengths known by speaking only."""

    version = "elsewhere-1"

    def __init__(self) -> None:
        self.speeds: list[float] = []

    def synthesize(self, text: str, *, language: str, voice: str, speed: float = 1.0) -> Narration:
        self.speeds.append(speed)
        seconds = len(text) / (10 * speed)
        return Narration(np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32), (), seconds)

    def expected_seconds(self, text: str, *, language: str, voice: str, speed: float = 1.0) -> float | None:
        return None


def test_a_silent_first_scene_is_no_foretelling(tmp_path: Path) -> None:
    scenes = (
        Scene("s0", "hero", "Cats", "", ""),
        Scene("s1", "point", "They purr", "They purr when they are calm, and when they hurt.", ""),
        Scene("s2", "end", "Listen", "Listen closely to your own cat today.", ""),
    )
    board = Storyboard(
        "Cats",
        ("Cats",),
        "en",
        "9:16",
        11.0,
        3,
        scenes,
        Look("sunset"),
        Voice("af_heart"),
        MusicChoice("warm"),
    )
    voice = Elsewhere()
    made = narrate(
        board, speech=voice, cache_dir=tmp_path, may_change=True, may_drop=True, progress=lambda done: None
    )
    assert made.met
    assert set(voice.speeds) == {1.0}
