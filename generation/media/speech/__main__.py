"""``python -m generation.media.speech TEXT --language zh --output x.wav``: speak, print the cues as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from core.errors import PlatformError
from core.languages import LANGUAGES
from generation.media.speech import synthesize, voices, write_wav


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m generation.media.speech", description="Speak a text.")
    parser.add_argument("text")
    parser.add_argument("--language", choices=LANGUAGES, required=True)
    parser.add_argument("--voice", help="a Kokoro voice; the language's first when left out")
    parser.add_argument("--speed", type=float, default=1.0, help="0.5 to 2 (default 1)")
    parser.add_argument("--output", type=Path, required=True, help="the wav file to write (24 kHz mono)")
    asked = parser.parse_args()
    try:
        voice = asked.voice or voices(asked.language)[0].id
        narration = synthesize(asked.text, language=asked.language, voice=voice, speed=asked.speed)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    write_wav(narration.samples, asked.output)
    cues = [asdict(cue) for cue in narration.cues]
    print(json.dumps({"seconds": round(narration.seconds, 4), "cues": cues}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
