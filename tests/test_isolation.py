"""What tests share: a database that is put back or says why not, and vectors that are kept for one preparation."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import copy_within
from tests.isolation import KEPT, PREPARATION, vectors_file


def test_a_transaction_that_a_test_left_behind_ends_the_putting_back_with_a_sentence(tmp_path: Path) -> None:
    place = tmp_path / "target.sqlite3"
    with (
        closing(sqlite3.connect(":memory:")) as kept,
        closing(sqlite3.connect(place)) as target,
        closing(sqlite3.connect(place, isolation_level=None)) as left,
    ):
        kept.execute("CREATE TABLE migrated (number INTEGER)")
        left.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match=r"not put back in 0\.3 s"):
            copy_within(kept, target, seconds=0.3)
        left.execute("ROLLBACK")
        copy_within(kept, target, seconds=0.3)
        assert target.execute("SELECT name FROM sqlite_master").fetchall() == [("migrated",)]


def test_vectors_are_kept_for_one_preparation_and_one_network() -> None:
    source = PREPARATION.read_bytes()
    files = {vectors_file(source, "1"), vectors_file(source + b"#", "1"), vectors_file(source, "2")}
    assert len(files) == 3 and vectors_file(source, "1") in files
    assert Path(os.environ["AIGC_VAR_DIR"], "embeddings.sqlite3").resolve() == KEPT
