"""``python -m generation.ml.language_model train|evaluate|sample``; ``torchrun … -m generation.ml.language_model train …`` shares the work."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from core.errors import PlatformError
from generation.ml.language_model.constraints import Rules
from generation.ml.language_model.controls import CONTROL_TOKENS
from generation.ml.language_model.corpus import read_corpus
from generation.ml.language_model.errors import ControlUnknown
from generation.ml.language_model.language_model import LanguageModel, settings_of
from generation.ml.language_model.sampling import Sampling, write
from generation.ml.language_model.settings import PRESETS
from generation.ml.language_model.training import train, with_parts_for

_CONTROL = re.compile(r"<\|[^|>]*\|>")


def main(arguments: list[str] | None = None) -> int:
    """The commands; 1 with a sentence where one cannot be done, 3 where training was stopped and can go on."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generation.ml.language_model", description=__doc__)
    commands = parser.add_subparsers(required=True)
    learn = commands.add_parser("train", help="learn a corpus")
    learn.add_argument("--corpus", type=Path, required=True, help="txt, tsv, csv or jsonl, also .gz")
    length = learn.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="of wall-clock, all of it (default 10)")
    length.add_argument("--steps", type=int, help="of the network, for runs that must be the same again")
    learn.add_argument("--seed", type=int, default=0)
    learn.add_argument("--output", type=Path, required=True)
    learn.add_argument("--preset", choices=sorted(PRESETS), default="cpu")
    learn.set_defaults(run=_train)
    measure = commands.add_parser("evaluate", help="bits a character on a corpus, as JSON")
    measure.add_argument("--model", type=Path, required=True)
    measure.add_argument("--corpus", type=Path, required=True)
    measure.set_defaults(run=_evaluate)
    sample = commands.add_parser("sample", help="write texts, one JSON line each")
    sample.add_argument("--model", type=Path, required=True)
    sample.add_argument(
        "--prompt", default="", help="a beginning; control tokens like <|reward:9|> before it"
    )
    sample.add_argument("--count", type=int, default=5)
    sample.add_argument("--seed", type=int, default=0)
    sample.add_argument("--temperature", type=float, default=Sampling.temperature)
    sample.add_argument("--top-p", type=float, default=Sampling.top_p)
    sample.add_argument("--holding", action="append", default=[], help="words that must stand in each text")
    sample.set_defaults(run=_sample)
    return parser


def _train(options: argparse.Namespace) -> int:
    if "RANK" in os.environ and not dist.is_initialized():
        dist.init_process_group("gloo")
    asked = {"stop": False}

    def stop(*_: Any) -> None:
        asked["stop"] = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    corpus = read_corpus(options.corpus)
    minutes = options.minutes if options.minutes or options.steps is not None else 10.0
    result = train(
        corpus,
        options.output,
        settings=with_parts_for(PRESETS[options.preset]),
        seed=options.seed,
        minutes=minutes,
        steps=options.steps,
        progress=_Line(),
        stop=lambda: asked["stop"],
    )
    first = not dist.is_initialized() or dist.get_rank() == 0
    if dist.is_initialized():
        dist.destroy_process_group()
    if not result.finished:
        print("Stopped; the same command goes on.", file=sys.stderr)
        return 3
    if first:
        print(json.dumps({"skipped": corpus.skipped, **result.about}, ensure_ascii=False))
    return 0


class _Line:
    """A line of progress on standard error, at most one a second."""

    def __init__(self) -> None:
        self.last = 0.0

    def __call__(self, share: float, told: dict[str, Any]) -> None:
        now = time.monotonic()
        if now - self.last > 1 or "data" in told:
            self.last = now
            print(f"{share:5.1%} {json.dumps(told, ensure_ascii=False)}", file=sys.stderr, flush=True)


def _evaluate(options: argparse.Namespace) -> int:
    model, corpus = LanguageModel.load(options.model), read_corpus(options.corpus)
    began = time.monotonic()
    bits = sum(model.bits(corpus.texts))
    seconds = time.monotonic() - began
    report = {
        "bits_per_character": round(bits / corpus.characters, 4),
        "bits": round(bits, 1),
        "characters": corpus.characters,
        "texts": len(corpus.texts),
        "characters_per_second": round(corpus.characters / seconds),
        "model": settings_of(model),
    }
    print(json.dumps(report, ensure_ascii=False))
    return 0


def _sample(options: argparse.Namespace) -> int:
    model = LanguageModel.load(options.model)
    controls = _CONTROL.findall(options.prompt)
    unknown = [control for control in controls if control not in CONTROL_TOKENS]
    if unknown:
        raise ControlUnknown(
            f"There is no control {unknown[0]}. Known are {' '.join(CONTROL_TOKENS[:8])} and so on."
        )
    texts = write(
        model,
        count=options.count,
        seed=options.seed,
        prompt=_CONTROL.sub("", options.prompt),
        controls=controls,
        rules=Rules(holding=tuple(options.holding)),
        sampling=Sampling(temperature=options.temperature, top_p=options.top_p),
    )
    for one in texts:
        print(json.dumps({"text": one.text, "bits_per_character": round(one.bits, 3)}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "0")) or len(os.sched_getaffinity(0)))
    sys.exit(main())
