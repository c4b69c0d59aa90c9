"""How fast each voice speaks, and how long videos come out: ``python -m benchmarks.narration_rates --json``.

Speaks scenes of the topic bank in each voice and prints hanzi (zh) or words (en) a second, the ``rate`` of
``generation/media/speech/voices.json`` by which the planner fits a script to its length. ``--fit`` plans ten briefs of 10 to 60
seconds a language instead, speaks them as the pipeline does, without drawing anything, and prints how far each is from the
asked length; the goal is within half a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.twenty_topics import TOPICS
from core.languages import LANGUAGES, Language
from generation.language.length import spoken_length
from generation.media.speech import synthesize, voices
from generation.media.speech.local import KokoroSpeech
from generation.recipe import Recipe
from generation.script.brief import Brief
from generation.script.planner import BankWriter
from generation.stages import voice as narration
from generation.stages.script import plan
from generation.storyboard import Voice as BoardVoice

FIT_SECONDS = (10.0, 12.0, 15.0, 15.0, 18.0, 20.0, 25.0, 30.0, 45.0, 60.0)  # one a brief
GOAL_SECONDS = 0.5
_READ_SECONDS = 30.0  # of bank text each voice reads


def texts(language: Language) -> list[str]:
    """The narrations of one video of the bank, scene by scene."""
    brief = Brief(TOPICS[language][0], language, _READ_SECONDS)
    script = BankWriter().write(brief, seed=1, rate=voices(language)[0].rate)
    return [scene.narration for scene in script.scenes]


def rates(language: Language, chosen: list[str], say: Callable[[str], None]) -> dict[str, float]:
    """Hanzi or words a second, silence at the edges of each scene included."""
    scenes = texts(language)
    said = sum(spoken_length(text, language) for text in scenes)
    measured: dict[str, float] = {}
    for voice in voices(language):
        if chosen and voice.id not in chosen:
            continue
        seconds = sum(synthesize(text, language=language, voice=voice.id).seconds for text in scenes)
        measured[voice.id] = round(said / seconds, 2)
        say(f"{voice.id}: {measured[voice.id]} a second, listed {voice.rate}")
    return measured


def fits(language: Language, chosen: list[str], say: Callable[[str], None]) -> list[dict[str, Any]]:
    """What became of ten briefs, each in the next of the chosen voices."""
    known = [voice for voice in voices(language) if not chosen or voice.id in chosen]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as cache:
        for number, (topic, seconds) in enumerate(zip(TOPICS[language], FIT_SECONDS, strict=True)):
            voice = known[number % len(known)]
            script = BankWriter().write(Brief(topic, language, seconds), seed=number, rate=voice.rate)
            board = plan(
                script,
                recipe=Recipe(),
                language=language,
                aspect="9:16",
                target_seconds=seconds,
                seed=number,
                voice=BoardVoice(voice.id, 1.0, None),
            )
            made = narration.narrate(
                board,
                speech=KokoroSpeech(),
                cache_dir=Path(cache),
                may_change=True,
                may_drop=True,
                progress=lambda _: None,
            )
            total = sum(scene.seconds for scene in made.board.scenes)
            rows.append(
                {
                    "topic": topic,
                    "voice": voice.id,
                    "asked": seconds,
                    "seconds": round(total, 2),
                    "scenes": [len(board.scenes), len(made.board.scenes)],
                    "ok": abs(total - seconds) <= GOAL_SECONDS,
                }
            )
            say(str(rows[-1]))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.narration_rates",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fit", action="store_true", help="plan and speak ten briefs instead")
    parser.add_argument("--language", choices=LANGUAGES, help="one language only")
    parser.add_argument("--voices", default="", help="comma-separated; all when left out")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    asked = parser.parse_args()
    measure: Callable[[Language, list[str], Callable[[str], None]], Any] = fits if asked.fit else rates
    chosen = [voice for voice in asked.voices.split(",") if voice]
    report: dict[str, Any] = {}
    for language in [asked.language] if asked.language else LANGUAGES:
        report[language] = measure(
            language, chosen, (lambda line: print(line, file=sys.stderr)) if asked.json else print
        )
    print(json.dumps(report, ensure_ascii=False, indent=None if asked.json else 1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
