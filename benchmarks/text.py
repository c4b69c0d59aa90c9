"""Bits a character on later titles: our language model, nanoGPT's shape trained the same minutes, and Kneser-Ney counts.

``python -m benchmarks.text --data FILE --minutes 10 --json`` learns all but the newest 3,000 titles of ``--data`` and measures those. All
run one after another on the same cores. Beside the bits: characters a second in training, ours with as many parameters as
nanoGPT's shape, in alternating short turns so that a busy machine hurts both alike; titles a second when writing, and how
new and how different what is written is: ``novel`` is the share of titles that no title learned from equals, ``distinct_2``
the different pairs of characters ÷ all pairs, ``self_bleu`` the mean BLEU-4 of a title against the others (lower is more
varied), each beside the same of as many held titles.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import torch

from benchmarks import measured
from benchmarks.measured import Figure
from benchmarks.peers.text import NanoResult, kneser_ney, nano
from core.errors import PlatformError
from generation.ml.language_model import (
    Corpus,
    LanguageModel,
    LanguageModelSettings,
    Sampling,
    Text,
    corpus_of,
    read_corpus,
    train,
    write,
)

__all__ = ["Text", "corpus_of", "measure"]

WHERE = (
    "titles in order of time, or with a column first_seen; justjavac/weibo-trending-hot-search on GitHub keeps "
    "Chinese ones by day"
)
HELD, SAMPLES, TURNS = 3000, 256, 3
RATIO_GOAL, SPEED_GOAL, TITLES_GOAL = 0.92, 1.3, 20.0
# as many parameters as nanoGPT's shape has over the same titles; more of them are in the embeddings
EQUAL = LanguageModelSettings(vocabulary=6144, channels=128, layers=4)


def measure(corpus: Corpus, *, minutes: float, seed: int, threads: int) -> dict[str, Any]:
    """Everything the benchmark prints."""
    torch.set_num_threads(threads)
    older, later = corpus.split(HELD)
    learned, held = [one.text for one in older.texts], [one.text for one in later.texts]
    began = time.monotonic()
    counts_bits = kneser_ney(learned, held)
    counts_seconds = time.monotonic() - began
    shape = nano(learned, held, minutes=minutes, seed=seed)
    with tempfile.TemporaryDirectory() as place:
        began = time.monotonic()
        result = train(older, Path(place), minutes=minutes, seed=seed)
        seconds = time.monotonic() - began
        model = LanguageModel.load(Path(place))
    bits = model.bits_per_character(later)
    alone = replace(model, network=None).bits_per_character(later)
    best = min(counts_bits, shape.bits_per_character)
    return {
        "data": {
            "fingerprint": corpus.fingerprint, "learned": len(learned), "held": len(held),
            "from": corpus.texts[-HELD].day, "to": corpus.texts[-1].day,
        },
        "bits_per_character": {
            "ours": round(bits, 4), "our_counts_alone": round(alone, 4),
            "kneser_ney": round(counts_bits, 4), "nano": round(shape.bits_per_character, 4),
        },
        "ratio": round(bits / best, 4),
        "seconds": {"ours": round(seconds, 1), "nano": round(60 * minutes, 1), "kneser_ney": round(counts_seconds, 1)},
        "steps": {"ours": result.about["steps"], "nano": shape.steps},
        "training": speeds(older, seed=seed, seconds=min(60.0, 6 * minutes)),
        "writing": written(model, learned, held, seed=seed),
    }  # fmt: skip


def speeds(corpus: Corpus, *, seed: int, seconds: float) -> dict[str, Any]:
    """Characters a second in training, in turns of ``seconds``, ours without its set-up as nanoGPT's without its own."""
    ours, theirs = [], []
    texts = [one.text for one in corpus.texts]
    shape: NanoResult | None = None
    parameters = 0
    for turn in range(TURNS):
        shape = nano(texts, texts[:1], minutes=seconds / 60, seed=seed + turn)
        theirs.append(shape.characters_per_second)
        speed, parameters = our_speed(corpus, seed=seed + turn, seconds=seconds)
        ours.append(speed)
    assert shape is not None
    return {
        "ours_characters_per_second": round(median(ours)),
        "nano_characters_per_second": round(median(theirs)),
        "ratio": round(median(a / b for a, b in zip(ours, theirs, strict=True)), 3),
        "ours_parameters": parameters,
        "nano_parameters": shape.parameters,
    }


def our_speed(corpus: Corpus, *, seed: int, seconds: float) -> tuple[float, int]:
    """(characters a second, parameters) of our training with nanoGPT's number of parameters."""
    began, told = [0.0], [0.0]

    def progress(share: float, figures: dict[str, Any]) -> None:
        if "characters_per_second" in figures:
            began[0] = began[0] or time.monotonic()
            told[0] = figures["characters_per_second"]

    with tempfile.TemporaryDirectory() as place:
        result = train(
            corpus, Path(place), settings=EQUAL, seed=seed, steps=10_000, progress=progress,
            stop=lambda: bool(began[0]) and time.monotonic() - began[0] > seconds,
        )  # fmt: skip
    return told[0], result.about["parameters"]


def written(
    model: LanguageModel, learned: Sequence[str], held: Sequence[str], *, seed: int
) -> dict[str, Any]:
    """Titles a second, and how new and how different they are."""
    write(model, count=2, seed=seed)
    began = time.monotonic()
    texts = [one.text for one in write(model, count=SAMPLES, seed=seed, sampling=Sampling())]
    seconds = time.monotonic() - began
    known = set(learned)
    return {
        "titles_per_second": round(len(texts) / seconds, 1),
        "novel": round(sum(text not in known for text in texts) / len(texts), 3),
        "distinct_2": round(distinct_2(texts), 3),
        "held_distinct_2": round(distinct_2(held[: len(texts)]), 3),
        "self_bleu": round(self_bleu(texts), 3),
        "held_self_bleu": round(self_bleu(held[: len(texts)]), 3),
        "examples": texts[:12],
    }


def distinct_2(texts: Sequence[str]) -> float:
    """Different pairs of neighboring characters ÷ all pairs, in [0, 1] (Li et al. 2016)."""
    pairs = [text[i : i + 2] for text in texts for i in range(len(text) - 1)]
    return len(set(pairs)) / max(len(pairs), 1)


def self_bleu(texts: Sequence[str]) -> float:
    """Mean BLEU-4 on characters of each text against all the others, in [0, 1] (Zhu et al. 2018)."""
    tables = [
        [Counter(text[i : i + n] for i in range(len(text) - n + 1)) for text in texts] for n in range(1, 5)
    ]
    most: list[dict[str, list[int]]] = []
    for table in tables:
        best: dict[str, list[int]] = {}
        for grams in table:
            for gram, count in grams.items():
                best[gram] = sorted([*best.get(gram, [0, 0]), count])[-2:]
        most.append(best)
    scores = [_bleu(i, tables, most) for i, text in enumerate(texts) if len(text) >= 4]
    return sum(scores) / max(len(scores), 1)


def _bleu(i: int, tables: list[list[Counter[str]]], most: list[dict[str, list[int]]]) -> float:
    logs = 0.0
    for table, best in zip(tables, most, strict=True):
        # the best count of the others: the second best of all where this text itself has the best
        clipped = sum(min(c, best[g][0] if best[g][1] == c else best[g][1]) for g, c in table[i].items())
        logs += math.log((clipped + 1e-2) / (sum(table[i].values()) + 1e-2)) / 4
    return math.exp(logs)


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """The record's figures with their goals."""
    bits, training, writing = report["bits_per_character"], report["training"], report["writing"]
    return {
        **{f"bits.{name}": Figure(value, "bits") for name, value in bits.items()},
        "ratio": Figure(report["ratio"], "×", at_most=RATIO_GOAL),
        "training.ratio": Figure(training["ratio"], "×", at_least=SPEED_GOAL),
        "training.ours": Figure(training["ours_characters_per_second"]),
        "training.nano": Figure(training["nano_characters_per_second"]),
        "writing.titles_per_second": Figure(writing["titles_per_second"], at_least=TITLES_GOAL),
        **{
            f"writing.{name}": Figure(writing[name])
            for name in ("novel", "distinct_2", "held_distinct_2", "self_bleu", "held_self_bleu")
        },
    }


def lines(report: dict[str, Any]) -> str:
    """The report for a person."""
    bits, training, writing = report["bits_per_character"], report["training"], report["writing"]
    return "\n".join(
        [
            "bits a character: " + "  ".join(f"{name} {value:.3f}" for name, value in bits.items()),
            f"ours ÷ better peer {report['ratio']:.3f} (goal at most {RATIO_GOAL})",
            f"training: {training['ratio']:.2f} × nano's characters a second at {training['ours_parameters']:,} "
            f"and {training['nano_parameters']:,} parameters (goal at least {SPEED_GOAL})",
            f"writing: {writing['titles_per_second']} titles a second, novel {writing['novel']:.2f}, "
            f"distinct-2 {writing['distinct_2']:.2f} (held {writing['held_distinct_2']:.2f}), "
            f"self-BLEU {writing['self_bleu']:.2f} (held {writing['held_self_bleu']:.2f})",
            *writing["examples"],
        ]
    )


def main() -> int:
    """Print the figures; 1 where the data cannot be read."""
    parser = measured.parser(__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=Path, required=True, help=WHERE)
    parser.add_argument("--newest", type=int, default=0, help="only that many of the titles; 0 for all")
    options = parser.parse_args()
    try:
        corpus = read_corpus(options.data)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    corpus = corpus_of(corpus.texts[-options.newest :])
    report = measure(corpus, minutes=options.minutes, seed=options.seed, threads=options.threads)
    measured.tell(
        report, options, name="text", figures=figures,
        packages=("torch", "transformers", "tokenizers", "numpy"), lines=lines,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
