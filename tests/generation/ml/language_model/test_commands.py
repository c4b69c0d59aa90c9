"""The three commands, as others call them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from generation.ml.language_model.__main__ import main
from tests.generation.ml.language_model.conftest import planted


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_corpus_is_learned_measured_and_continued(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "\n".join(f"2026-01-{1 + i % 28:02d}\t{one.text}" for i, one in enumerate(planted(120).texts))
    corpus, model = tmp_path / "titles.tsv.gz", tmp_path / "model"
    corpus.write_bytes(gzip.compress(f"first_seen\ttitle\n{rows}\n".encode()))
    assert (
        main(["train", "--corpus", str(corpus), "--steps", "2", "--seed", "1", "--output", str(model)]) == 0
    )
    assert json.loads(said(capsys))["data"]

    assert main(["evaluate", "--model", str(model), "--corpus", str(corpus)]) == 0
    report = json.loads(said(capsys))
    assert report["bits_per_character"] == pytest.approx(report["bits"] / report["characters"], abs=1e-3)
    assert report["characters"] == sum(len(one.text) + 1 for one in planted(120).texts)

    assert main(["sample", "--model", str(model), "--prompt", "<|language:zh|>猫", "--count", "3"]) == 0
    lines = [json.loads(line) for line in said(capsys).splitlines()]
    assert len(lines) == 3 and all(line["text"].startswith("猫") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "--corpus", "nowhere.txt", "--output", "x"], "There is no file nowhere.txt"),
        (["evaluate", "--model", "nowhere", "--corpus", "x.txt"], "holds no language model"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    assert sentence in capsys.readouterr().err


def test_a_table_without_a_title_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "views.csv"
    corpus.write_text("video,views\na,1\n", encoding="utf-8")
    assert main(["train", "--corpus", str(corpus), "--output", str(tmp_path / "m")]) == 1
    assert "needs a column title or text or headline. It has video, views" in capsys.readouterr().err
