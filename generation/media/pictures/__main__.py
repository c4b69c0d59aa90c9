"""``python -m generation.media.pictures TEXT --language zh|en -k 5`` prints ``[{name, set, score, because}]``, best first."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from core.errors import PlatformError
from core.languages import LANGUAGES
from generation.media.pictures import SETS, prepare, search


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m generation.media.pictures", description=__doc__)
    parser.add_argument("text", nargs="?", help="what a scene says, in a word or a sentence")
    parser.add_argument("--language", choices=LANGUAGES, default="zh")
    parser.add_argument("-k", type=int, default=5, help="how many drawings (default 5)")
    parser.add_argument("--set", choices=SETS, help="the set to prefer (default fluent-emoji)")
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="build the drawings and their index, if need be",
    )
    options = parser.parse_args()
    try:
        if options.prepare:
            for line in prepare():
                print(line, flush=True)
        if options.text is not None:
            sets = [options.set] if options.set else None
            found = search(options.text, language=options.language, k=max(options.k, 0), sets=sets)
            print(json.dumps([asdict(picture) for picture in found], ensure_ascii=False))
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
