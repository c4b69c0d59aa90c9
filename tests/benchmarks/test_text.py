"""The benchmark of bits a character: its peers against what is known, its measures of variety, its report."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from benchmarks import text
from benchmarks.peers.text import NanoShape, kneser_ney, nano


def uniform(count: int, seed: int) -> list[str]:
    """Eight letters, each one of four, drawn alike: 16 bits in 9 characters, the end being certain."""
    rng = random.Random(seed)
    return ["".join(rng.choice("abcd") for _ in range(8)) for _ in range(count)]


def test_kneser_ney_finds_the_entropy_of_drawn_letters() -> None:
    bits = kneser_ney(uniform(20_000, 0), uniform(200, 1), order=3)
    # a trigram knows the first two letters by the padding; after them the end is one of seven
    best = (2 * 2 + 6 * (2 - math.log2(6 / 7)) + math.log2(7)) / 9
    assert bits == pytest.approx(best, abs=0.02)


def test_kneser_ney_pays_fourteen_bits_more_for_a_letter_never_seen() -> None:
    train = uniform(500, 0)
    known, unknown = kneser_ney(train, ["abcd"]), kneser_ney(train, ["abcz"])
    assert unknown > known + 14 / 5


def test_nano_learns_within_its_time() -> None:
    shape = NanoShape(layers=1, heads=2, channels=16, context=16, batch=16)
    result = nano(["abababab", "cdcdcdcd"] * 50, ["abababab"], minutes=0.03, shape=shape)
    assert result.bits_per_character < math.log2(6)
    assert result.steps > 0 and result.characters_per_second > 0


def test_variety_is_measured_between_all_alike_and_all_different() -> None:
    same, different = ["abcdefgh"] * 5, ["abcd", "efgh", "ijkl"]
    assert text.self_bleu(same) == pytest.approx(1.0)
    assert text.self_bleu(different) < 0.02
    assert text.distinct_2(same) == pytest.approx(1 / 5)
    assert text.distinct_2(different) == 1.0


@pytest.mark.slow
def test_the_report_holds_every_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = text.corpus_of(text.Text(one) for one in uniform(400, 0))
    monkeypatch.setattr(text, "HELD", 50)
    monkeypatch.setattr(text, "SAMPLES", 8)
    monkeypatch.setattr(text, "TURNS", 1)
    report = text.measure(corpus, minutes=0.05, seed=0, threads=1)
    assert report["ratio"] == pytest.approx(
        report["bits_per_character"]["ours"]
        / min(report["bits_per_character"]["kneser_ney"], report["bits_per_character"]["nano"]),
        abs=1e-3,
    )
    assert set(text.figures(report)) >= {"ratio", "training.ratio", "writing.titles_per_second"}
    assert "goal" in text.lines(report)
