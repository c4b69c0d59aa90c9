"""``python -m generation.ml.title_reward train --data FILE.csv.gz --output DIR`` and ``… score --model DIR --headlines FILE``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from core.errors import PlatformError
from generation.ml.title_reward.model import TitleModel, train


def main() -> int:
    """0; 1 with a sentence when the data or the model cannot be used."""
    options = _parser().parse_args()
    try:
        if options.action == "train":
            metrics = train(
                options.data,
                options.output,
                seed=options.seed,
                progress=_tell if sys.stderr.isatty() else None,
            )
            print(json.dumps(metrics))
        else:
            lines = options.headlines.read_text(encoding="utf-8").splitlines()
            scores = TitleModel.load(options.model).score(lines, on_disk=False).tolist() if lines else []
            print(json.dumps([round(float(score), 6) for score in scores]))
    except (PlatformError, OSError, UnicodeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generation.ml.title_reward", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    trainer = actions.add_parser("train", help="learn from randomized tests of titles")
    trainer.add_argument(
        "--data", type=Path, required=True, help="CSV with test, week, image, headline, impressions, clicks"
    )
    trainer.add_argument("--output", type=Path, required=True, help="folder of the model")
    trainer.add_argument("--seed", type=int, default=0)
    scorer = actions.add_parser(
        "score", help="print a JSON list of numbers, higher = expected to be clicked more"
    )
    scorer.add_argument("--model", type=Path, required=True)
    scorer.add_argument("--headlines", type=Path, required=True, help="one headline a line")
    return parser


def _tell(share: float) -> None:
    print(f"\r{share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
