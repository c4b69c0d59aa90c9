"""How fast the feed learns: ``python -m benchmarks.learning --json [--chart docs/images/learning.svg]``.

A scratch site with a planted catalogue (no files; words of the topic bank, drawn recipes) is watched through its own
HTTP API by synthetic viewers with hidden tastes, with a training after each virtual day. Their truth is known, so the
interest of what the site showed stands beside an oracle's, popularity's and a random feed's on the same slots.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLANT = """
import sys, django
django.setup()
from benchmarks.planted_catalogue import planted
planted(int(sys.argv[1]), seed=int(sys.argv[2]), before_days=float(sys.argv[3]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--videos", type=int, default=600, help="default: %(default)s")
    parser.add_argument("--viewers", type=int, default=60, help="default: %(default)s")
    parser.add_argument("--days", type=int, default=5, help="virtual days (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--chart", type=Path, help="write the learning curves as an SVG file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            **os.environ,
            "AIGC_VAR_DIR": f"{scratch}/var",
            "AIGC_MEDIA_DIR": f"{scratch}/media",
            "AIGC_FEED_SIMULATED": "1",
            "DJANGO_SETTINGS_MODULE": "aigc_platform.settings",
        }

        def python(*arguments: str) -> None:
            subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)

        python("manage.py", "migrate", "-v0")
        python("-c", PLANT, str(options.videos), str(options.seed), str(options.days))
        watching = [
            "--viewers",
            str(options.viewers),
            "--days",
            str(options.days),
            "--seed",
            str(options.seed),
        ]
        if options.chart:
            watching += ["--chart", str(options.chart.resolve())]
        python("manage.py", "simulate_viewers", "--train", *watching, *(["--json"] if options.json else []))


if __name__ == "__main__":
    main()
