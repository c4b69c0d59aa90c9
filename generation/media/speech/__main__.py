"""``python -m generation.media.speech TEXT --language zh --output x.wav``: speak, print the cues as JSON.

With ``--say`` nothing is spoken: it prints the text as it would be, and how.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from core.errors import PlatformError
from core.languages import LANGUAGES
from generation.media.speech import SAMPLE_RATE_HZ, synthesize, voices
from generation.media.speech.reading import reading
from generation.media.wav import write_wav


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m generation.media.speech", description="Speak a text.")
    parser.add_argument("text")
    parser.add_argument("--language", choices=LANGUAGES, required=True)
    parser.add_argument("--voice", help="a Kokoro voice; the language's first when left out")
    parser.add_argument("--speed", type=float, default=1.0, help="0.5 to 2 (default 1)")
    parser.add_argument("--output", type=Path, help="the wav file to write (24 kHz mono)")
    parser.add_argument(
        "--say",
        action="store_true",
        help="instead print the text as it would be spoken, with its pinyin or symbols",
    )
    asked = parser.parse_args()
    if asked.say == (asked.output is not None):
        parser.error(
            "Give either --output FILE, to write the sound, or --say, to print how it would be said."
        )
    try:
        voice = asked.voice or voices(asked.language)[0].id
        if asked.say:
            told = asdict(reading(asked.text, language=asked.language, voice=voice))
            answer = {name: value for name, value in told.items() if value is not None}
        else:
            narration = synthesize(asked.text, language=asked.language, voice=voice, speed=asked.speed)
            write_wav(asked.output, narration.samples, rate_hz=SAMPLE_RATE_HZ)
            cues = [asdict(cue) for cue in narration.cues]
            answer = {"seconds": round(narration.seconds, 4), "cues": cues}
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{asked.output} cannot be written ({error.strerror}). Name another file.", file=sys.stderr)
        return 1
    print(json.dumps(answer, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
