"""One video from a topic, stage by stage, the way a worker makes it: seconds of each stage and the peak memory.

Models are loaded before the clock starts, as they are in a worker that has made a video before; ``load`` says how long
that took. ``python -m benchmarks.compose.topic TOPIC --language zh`` prints JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from core.languages import LANGUAGES
from generation.media import provenance
from generation.media.music.composed import ComposedMusic
from generation.media.recognition import transcribe
from generation.media.rendering import warm_up
from generation.media.scenes.illustrated import IllustratedScenes
from generation.media.speech import synthesize, voices
from generation.media.speech.local import KokoroSpeech
from generation.recipe import Recipe
from generation.script.brief import Brief
from generation.script.planner import BankWriter
from generation.stages import check, render
from generation.stages import voice as narration
from generation.stages.music import soundtrack
from generation.stages.script import plan
from generation.storyboard import FRAME_SIZES, Storyboard, Voice

TOPIC, LANGUAGE = "周末露营必备清单", "zh"
GOAL_SHARE, GOAL_MEMORY_GB = 0.7, 1.5
T = TypeVar("T")


class Stopwatch:
    """Seconds by stage, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        made = work()
        self.seconds[name] = round(time.perf_counter() - started, 2)
        return made


def planned(topic: str, language: str, seconds: float, seed: int) -> Storyboard:
    """The storyboard of ``topic`` before it is spoken."""
    voice = next(voice for voice in voices() if voice.language == language)
    brief = Brief.checked(topic=topic, language=language, seconds=seconds)
    script = BankWriter().write(brief, seed=seed, rate=voice.rate)
    return plan(
        script,
        recipe=Recipe(),
        language=voice.language,
        aspect="9:16",
        target_seconds=seconds,
        seed=seed,
        voice=Voice(voice.id),
    )


def timed_board(topic: str, language: str, seconds: float, seed: int, folder: Path) -> Storyboard:
    """The storyboard with its narration's times."""
    board = planned(topic, language, seconds, seed)
    return narration.narrate(
        board,
        speech=KokoroSpeech(),
        cache_dir=folder,
        may_change=True,
        may_drop=True,
        progress=lambda done: None,
    ).board


def load_models(language: str) -> None:
    voice = next(voice for voice in voices() if voice.language == language)
    heard = synthesize("好" if language == "zh" else "Fine.", language=voice.language, voice=voice.id)
    transcribe(heard.samples, language=voice.language)
    planned(TOPIC if language == "zh" else "coffee mistakes", language, 15, 1)
    warm_up()


def make(topic: str, language: str, seconds: float, seed: int) -> dict[str, Any]:
    """Everything from topic to judged file, with empty caches."""
    watch = Stopwatch()
    watch.time("load", lambda: load_models(language))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        identity = provenance.signing_identity(folder / "identity")
        started = time.perf_counter()
        board = watch.time("script", lambda: planned(topic, language, seconds, seed))
        spoken = watch.time(
            "voice",
            lambda: narration.narrate(
                board,
                speech=KokoroSpeech(),
                cache_dir=folder / "n",
                may_change=True,
                may_drop=True,
                progress=lambda done: None,
            ),
        )
        sound = watch.time(
            "music", lambda: soundtrack(spoken.board, spoken.voice, music=ComposedMusic()).samples
        )
        film = watch.time(
            "sprites", lambda: render.stage_film(spoken.board, visuals=IllustratedScenes(), quality="full")
        )
        field = provenance.aigc_field(producer="lumen-benchmark", produce_id="1")
        report = watch.time(
            "render",
            lambda: render.shoot(
                film,
                spoken.board,
                quality="full",
                audio=sound,
                tags={"AIGC": field},
                output=folder / "film.mp4",
                cache_dir=folder / "segments",
                threads=2,
                progress=lambda done, total: None,
            ),
        )
        signed = folder / "signed.mp4"
        watch.time(
            "label",
            lambda: provenance.sign(
                folder / "film.mp4",
                signed,
                identity=identity,
                title=board.title,
                generator_version="1",
                kind="generated",
            ),
        )
        size = FRAME_SIZES["full"]["9:16"]
        judged = watch.time("check", lambda: check.judge(signed, spoken.board, size=size))
        total = time.perf_counter() - started
    return {
        "topic": topic,
        "video_seconds": spoken.board.seconds,
        "frames": report.frames,
        "stages": watch.seconds,
        "total_seconds": round(total, 2),
        "share_of_duration": round(total / spoken.board.seconds, 3),
        "share_goal": GOAL_SHARE,
        "passed": judged.passed,
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 3),
        "peak_gb_goal": GOAL_MEMORY_GB,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("topic", nargs="?", default=TOPIC)
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGE)
    parser.add_argument("--seconds", type=float, default=15.0, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=7, help="default: %(default)s")
    options = parser.parse_args()
    print(
        json.dumps(make(options.topic, options.language, options.seconds, options.seed), ensure_ascii=False)
    )


if __name__ == "__main__":
    main()
