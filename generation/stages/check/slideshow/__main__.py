"""``python -m generation.stages.check.slideshow FILE [--json]``: when something changes in a video, and how long nothing.

Prints the times of each substantial change, the longest hold and the share of the time that stands still, with their
limits; with ``--json`` ``{seconds, changes, longest_hold, still}``, in seconds and [0, 1].
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from core.errors import PlatformError
from generation.stages.check.slideshow import check_slideshow, measure_slideshow


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m generation.stages.check.slideshow", description=__doc__)
    parser.add_argument("file", type=Path, help="a video")
    parser.add_argument("--json", action="store_true", help="the measures as one JSON object")
    options = parser.parse_args()
    try:
        seen = measure_slideshow(options.file)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(asdict(seen)))
        return 0
    times = ", ".join(f"{change:.2f}" for change in seen.changes)
    print(f"{len(seen.changes)} changes in {seen.seconds:.2f} s: {times}")
    for check in check_slideshow(seen):
        print(
            f"{check.name}: {check.value} {check.unit}".rstrip(),
            f"({check.limit}{'' if check.ok else ', missed'})",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
