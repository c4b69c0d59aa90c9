"""What a fresh site learns from: files that the trainers read, the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation.bank.reading import topics
from generation.ml.gan.data import load_images
from generation.ml.language_model.bank_texts import bank_corpus
from generation.ml.language_model.corpus import read_corpus
from generation.stages import starter_data
from generation.stages.palette_training import rewards_of
from generation.stages.starter_data import write_palettes, write_pictures, write_texts


def test_pictures_are_read_by_the_trainer_and_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_pictures(tmp_path / name, count=24)
    images = load_images(tmp_path / "a.zip", 32)
    assert len(images) == 24 and len(images.categories) == 8 and images.images.std() > 20
    assert images.fingerprint == load_images(tmp_path / "b.zip", 32).fingerprint


def test_texts_hold_all_that_the_bank_says_with_its_controls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = topics()[:30]
    monkeypatch.setattr(starter_data, "topics", lambda: some)
    write_texts(tmp_path / "texts.jsonl")
    read = read_corpus(tmp_path / "texts.jsonl")
    known = bank_corpus(some, seed=0)
    assert sorted((t.text, t.controls, t.about) for t in read.texts) == sorted(
        (t.text, t.controls, t.about) for t in known.texts
    )


def test_palettes_begin_without_a_reward(tmp_path: Path) -> None:
    write_palettes(tmp_path / "palettes.csv")
    assert rewards_of(tmp_path / "palettes.csv") == {}
