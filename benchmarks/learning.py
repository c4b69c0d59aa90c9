"""How fast the feed learns: ``python -m benchmarks.learning --json [--chart docs/images/learning.svg]``.

A scratch site with a planted catalogue (no files; words of the topic bank, drawn recipes) is watched through its own
HTTP API by synthetic viewers with hidden tastes, with a training after each virtual day. Their truth is known, so the
interest of what the site showed stands beside an oracle's, popularity's and a random feed's on the same slots.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.scratch_site import ScratchSite

PLANT = """
import sys, django
django.setup()
from benchmarks.planted_catalogue import planted
planted(int(sys.argv[1]), seed=int(sys.argv[2]), before_days=float(sys.argv[3]))
"""


@dataclass
class WatchedSite(ScratchSite):
    """A site whose ranker learns from simulated viewers."""

    def settings(self) -> dict[str, str]:
        return {**super().settings(), "AIGC_FEED_SIMULATED": "1"}


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--videos", type=int, default=600, help="default: %(default)s")
    parser.add_argument("--viewers", type=int, default=60, help="default: %(default)s")
    parser.add_argument("--days", type=int, default=5, help="virtual days (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--chart", type=Path, help="write the learning curves as an SVG file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        site = WatchedSite(Path(scratch))
        site.migrate()
        site.python("-c", PLANT, str(options.videos), str(options.seed), str(options.days))
        watching = ["--viewers", options.viewers, "--days", options.days, "--seed", options.seed]
        if options.chart:
            watching += ["--chart", options.chart.resolve()]
        as_json = ["--json"] if options.json or options.record else []
        told = site.python("manage.py", "simulate_viewers", "--train", *map(str, watching), *as_json)
    if as_json:
        measured.tell(
            json.loads(told), options, name="learning", figures=figures, packages=("numpy", "torch")
        )
    else:
        print(told, end="")


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """Mean interest of each policy, the site's regret as a share of random's, and interest by videos seen before.

    Learning shows in a share that falls from the first day to the last: the first is the last one's goal.
    """
    days = report["by_day"]
    regret = {
        name: [best - shown for best, shown in zip(days["oracle"], days[name])] for name in ("site", "random")
    }
    shares = [round(site / max(random, 1e-9), 3) for site, random in zip(regret["site"], regret["random"])]
    seen = list(report["by_videos_seen"].values())
    return {
        "slots": Figure(report["slots"]),
        **{f"interest.{name}": Figure(value) for name, value in report["interest"].items()},
        "regret_share.first_day": Figure(shares[0], "×"),
        "regret_share.last_day": Figure(shares[-1], "×", at_most=shares[0]),
        "interest_by_seen.fewest": Figure(seen[0]),
        "interest_by_seen.most": Figure(seen[-1]),
    }


if __name__ == "__main__":
    main()
