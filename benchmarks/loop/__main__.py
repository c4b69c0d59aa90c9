"""The proof of the loop: does what the audience did make the next videos better, and by how much of what is possible?

    python -m benchmarks.loop --seed 1 --seeds 10 --json [--scenario base]
    python -m benchmarks.loop --level video --seed 1 --rows FOLDER --json
    python -m benchmarks.loop --chart docs/images/loop.svg

Rounds of generate → publish → watch → optimize with synthetic viewers whose tastes the loop never sees, beside the same site
frozen at round 0, an oracle that knows the tastes, and a site that copies what was popular. On the level of storyboards
nothing is rendered (``storyboard``); on that of videos a scratch site makes, publishes and shows them over its public API
(``video``), beside a storyboard run of the same seed and size. ``--chart`` only draws what is recorded. A run of one scenario has a record of its
own, ``loop_SCENARIO``: so one can be measured again without all the others.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import measured
from benchmarks.loop import report, storyboard, video
from benchmarks.loop.scenarios import SCENARIOS, SMALL, Size


def _in_parallel(asked: list[tuple[str, int]], workers: int, keep: str) -> list[dict[str, Any]]:
    """All trials; those already in the folder ``keep`` are read, so a stopped run goes on."""
    folder = Path(keep) if keep else None
    found, missing = {}, []
    for one in asked:
        path = folder / f"{one[0]}-{one[1]}.json" if folder else None
        if path and path.exists():
            found[one] = json.loads(path.read_text(encoding="utf-8"))
        else:
            missing.append(one)
    if not missing:
        return [found[one] for one in asked]
    with ProcessPoolExecutor(workers) as pool:
        for one, told in zip(missing, pool.map(storyboard.trial, *zip(*missing)), strict=True):
            found[one] = told
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{one[0]}-{one[1]}.json").write_text(
                    json.dumps(told, default=float), encoding="utf-8"
                )
    return [found[one] for one in asked]


def _asked(text: str) -> tuple[str, int]:
    """The scenario and the number of seeds (0: the usual one) of ``NAME[:SEEDS]``."""
    name, _, seeds = text.partition(":")
    if name not in SCENARIOS or not (seeds or "1").isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(SCENARIOS)}, or NAME:SEEDS.")
    return name, int(seeds or 0)


def _video(given: argparse.Namespace) -> dict[str, Any]:
    """The level that renders, and its storyboard twin."""
    viewers = given.viewers or SMALL.viewers
    size = Size(given.videos or SMALL.videos, SMALL.impressions, viewers, SMALL.seconds)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(given.rows or scratch)
        rendered = video.played(folder, seed=given.seed, rounds=given.rounds, size=size)
    twin = storyboard.trial("base", given.seed, size, given.rounds)
    return {
        "level": "video", "seed": given.seed, "videos": size.videos, "video": report.both_levels(rendered, twin)
    }  # fmt: skip


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed (default: %(default)s)")
    parser.add_argument(
        "--seeds", type=int, default=1, help="how many (default: %(default)s); noise takes twice as many"
    )
    parser.add_argument(
        "--scenario", action="append", type=_asked, metavar="NAME[:SEEDS]",
        help=f"one of {', '.join(SCENARIOS)}, with a number of seeds of its own if wanted; default: all; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--level", choices=["storyboard", "video"], default="storyboard", help="default: %(default)s"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of the level video (default: %(default)s)")
    parser.add_argument("--videos", type=int, help=f"a round, of the level video (default: {SMALL.videos})")
    parser.add_argument("--viewers", type=int, help=f"of the level video (default: {SMALL.viewers})")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument(
        "--rows",
        default="",
        help="folder of finished trials, or of the site, from which a stopped run goes on",
    )
    parser.add_argument("--chart", type=Path, help="only draw the recorded curve into this SVG file")
    given = parser.parse_args()
    if given.chart:
        given.chart.write_text(report.curve_drawn(measured.read()["loop_base"].figures), encoding="utf-8")
        return
    packages = ["numpy", "scipy", "pandas"]
    if given.level == "video":
        measured.tell(
            _video(given), given, name="loop_video", figures=report.video_figures, packages=packages,
            lines=report.video_lines,
        )  # fmt: skip
        return
    told: dict[str, Any] = {"level": given.level, "scenarios": {}}
    for name, own in given.scenario or [(name, 0) for name in SCENARIOS]:
        count = own or (2 * given.seeds if name == "noise" else given.seeds)
        trials = _in_parallel(
            [(name, seed) for seed in range(given.seed, given.seed + count)], given.workers, given.rows
        )
        told["scenarios"][name] = report.summary(trials)
    names = list(told["scenarios"])
    measured.tell(
        told,
        given,
        name=f"loop_{names[0]}" if len(names) == 1 else "loop",
        figures=report.figures,
        packages=packages,
        lines=report.lines,
    )


if __name__ == "__main__":
    main()
