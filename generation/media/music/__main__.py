"""One piece as WAV: ``python -m generation.media.music --mood calm --seconds 15 --output x.wav``."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from core.errors import PlatformError
from generation.media.music import compose, render
from generation.media.music.mixing import SAMPLE_RATE, measure, mix
from generation.media.music.moods import MOOD_TABLE
from generation.media.wav import pcm16, write_wav


def main() -> int:
    """Compose, play and master one piece; print what it is and how it measures."""
    parser = argparse.ArgumentParser(
        prog="python -m generation.media.music",
        description="Compose and play one piece of music.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--mood", choices=tuple(MOOD_TABLE), default="bright", help="character of the piece")
    parser.add_argument("--seconds", type=float, default=15.0, help="exact length")
    parser.add_argument("--seed", type=int, default=0, help="which of the endless pieces of that mood")
    parser.add_argument(
        "--tempo", type=float, default=None, help="beats a minute; the mood's own if not given"
    )
    parser.add_argument("--key", default=None, help="C, F#, Am …; the mood's own if not given")
    parser.add_argument(
        "--output", type=Path, default=None, help="WAV file to write (16 bit, 48 kHz, stereo)"
    )
    asked = parser.parse_args()
    try:
        began = time.perf_counter()
        score = compose(asked.mood, asked.seconds, seed=asked.seed, tempo=asked.tempo, key=asked.key)
        composed = time.perf_counter()
        pcm = render(score)
        rendered = time.perf_counter()
        mastered = mix(None, pcm, seconds=asked.seconds, level=1.0)
        mixed = time.perf_counter()
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    if asked.output is not None:
        write_wav(asked.output, mastered, rate_hz=SAMPLE_RATE)
    report = {
        "mood": score.mood,
        "seed": score.seed,
        "key": score.key,
        "tempo": round(score.tempo, 3),
        "bars": score.bars,
        "seconds": score.seconds,
        "landing": round(score.landing, 3),
        "sections": [[section.name, round(section.start, 3)] for section in score.sections],
        "chords": [chord.symbol for chord in score.chords],
        "parts": {part.name: len(part.notes) for part in score.parts},
        "loudness": asdict(measure(mastered, SAMPLE_RATE)),
        "pcm_sha256": hashlib.sha256(pcm16(mastered).tobytes()).hexdigest(),
        "compose_seconds": round(composed - began, 3),
        "render_seconds": round(rendered - composed, 3),
        "mix_seconds": round(mixed - rendered, 3),
        "output": str(asked.output) if asked.output else None,
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
