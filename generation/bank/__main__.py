"""``python -m generation.bank [FILE …]`` checks every file of the bank, or those named, and prints what is wrong.

``python -m generation.bank --meanings`` makes ``meanings.npz`` anew after topics were added or renamed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from generation.bank import meanings
from generation.bank.reading import files
from generation.bank.rules import check_file


def main() -> int:
    """Print problems and counts; 1 when any rule is broken."""
    if sys.argv[1:] == ["--meanings"]:
        for line in meanings.make():
            print(line, flush=True)
        return 0
    broken = 0
    for path in [Path(argument) for argument in sys.argv[1:]] or files():
        problems = check_file(path)
        broken += len(problems)
        for problem in problems:
            print(f"{path.name}: {problem}")
        count = len(json.loads(path.read_text(encoding="utf-8"))["topics"])
        print(f"{path.name}: {count} topics, {len(problems)} problems")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
