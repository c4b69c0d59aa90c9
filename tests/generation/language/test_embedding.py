"""Texts become unit rows in one space for both languages."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.language import embedding
from generation.language.embedding import DIMENSIONS, embed
from tests.isolation import KEPT


@pytest.fixture(scope="module", autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What an earlier run computed is no answer here."""
    embedding._kept.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIGC_VAR_DIR", str(tmp_path_factory.mktemp("var")))
        yield


def test_the_network_itself_is_asked() -> None:
    written = KEPT.stat().st_mtime_ns if KEPT.exists() else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding, "_network", lambda: pytest.fail("asked"))
        with pytest.raises(pytest.fail.Exception, match="asked"):
            embed(["咖啡"], kind="query")
    assert (KEPT.stat().st_mtime_ns if KEPT.exists() else None) == written


def test_rows_are_unit_vectors_in_the_order_of_the_texts() -> None:
    texts = ["咖啡", "a tent", "咖啡"]
    rows = embed(texts, kind="query")
    assert rows.shape == (3, DIMENSIONS)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)
    np.testing.assert_array_equal(rows[0], rows[2])
    np.testing.assert_allclose(rows[1], embed(["a tent"], kind="query")[0], atol=1e-6)


def test_no_text_gives_no_row() -> None:
    assert embed([], kind="passage").shape == (0, DIMENSIONS)


def test_the_same_idea_in_two_languages_is_nearer_than_another_idea() -> None:
    question = embed(["周末去露营"], kind="query")[0]
    camping, bank, cooking = embed(
        ["weekend camping trip", "opening a bank account", "frying eggs"], kind="passage"
    )
    assert question @ camping > max(question @ bank, question @ cooking)


def test_a_question_and_a_passage_of_the_same_words_differ() -> None:
    assert not np.array_equal(embed(["tea"], kind="query"), embed(["tea"], kind="passage"))


def test_many_threads_get_the_rows_that_one_thread_gets() -> None:
    texts = [f"point {i} about sleep" for i in range(24)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: embed([text], kind="query")[0], texts))
    embedding._kept.clear()
    np.testing.assert_allclose(np.stack(together), embed(texts, kind="query"), atol=1e-5)


def test_only_the_latest_texts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_KEPT", 3)
    embed([f"word {i}" for i in range(8)], kind="query")
    assert len(embedding._kept) == 3


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_finite_row(text: str) -> None:
    row = embed([text], kind="query")[0]
    assert np.isfinite(row).all()
