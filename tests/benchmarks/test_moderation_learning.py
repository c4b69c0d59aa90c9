"""What decisions teach, measured on planted words: the new one is learned beside the old ones."""

from __future__ import annotations

import pytest

from benchmarks.moderation_learning import figures, learned, rows_by_subject
from tests.generation.ml.test_text_safety import planted
from tests.generation.moderation.decided import said


def test_subjects_are_told_apart_by_their_column(tmp_path) -> None:
    lines = [
        f"{number},train,{'gender' if number % 3 else 'race'},{number % 2},text {number}"
        for number in range(9)
    ]
    (tmp_path / "cold_train.csv").write_text(
        "\n".join([",split,topic,label,TEXT", *lines]), encoding="utf-8-sig"
    )
    first, new = rows_by_subject(tmp_path / "cold_train.csv")
    assert sorted(first) == [("text 0", 0), ("text 3", 1), ("text 6", 0)] and len(new) == 6
    assert rows_by_subject(tmp_path / "cold_train.csv") == (first, new), "the same order every time"


@pytest.mark.slow
def test_decided_texts_raise_what_is_told_of_their_subject_and_cost_nothing_elsewhere() -> None:
    new = [(text, int(bad)) for text, bad in said(100, seed=2)]
    report = learned(planted(120, 1), new, known=80, judged=40, decided=(60,))
    assert report["after_60"]["new"] > max(report["before"]["new"] + 0.1, 0.9)
    assert report["after_60"]["first"] > 0.9
    assert figures(report)["after_60.new"].value == report["after_60"]["new"]
