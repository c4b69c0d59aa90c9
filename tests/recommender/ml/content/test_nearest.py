"""Nearest rows: exact where promised, nearly so in cells, and the same after rows were added or replaced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ml.content import nearest
from recommender.ml.content.nearest import Nearest


def unit(rows: Any) -> Any:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def clustered(count: int, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    centers = rng.standard_normal((20, 16))
    return unit(centers[rng.integers(20, size=count)] + 0.4 * rng.standard_normal((count, 16)))


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 12), st.integers(0, 10**6))
def test_a_small_catalogue_is_answered_exactly_whatever_is_kept(n: int, more: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = unit(rng.standard_normal((n + more, 8)))
    keep = rng.random(n + more) < 0.7
    index = Nearest(rows[:n]).extended(rows[n:])
    query = unit(rng.standard_normal((1, 8)))[0]
    found, cosines = index.search(query, k, keep)
    wanted = np.sort((rows @ query)[keep])[::-1][:k]
    assert np.allclose(cosines, wanted, atol=1e-6) and keep[found].all()
    assert np.array_equal(index.vectors(np.arange(n + more)), rows)


def test_cells_find_nearly_all_of_the_nearest_and_read_a_few_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "EXACT", 100)
    rows = clustered(4000)
    index = Nearest(rows)
    read = sum(span.stop - span.start for span in index._probed(rows[0]))
    assert read < 0.1 * len(rows)
    keep = np.ones(len(rows), np.bool_)
    recalls = []
    for query in rows[:50]:
        found, _ = index.search(query, 10, keep)
        best = np.argsort(-(rows @ query))[:10]
        recalls.append(len(set(found.tolist()) & set(best.tolist())) / 10)
    assert np.mean(recalls) > 0.85
    assert np.array_equal(index.vectors(np.arange(4000)), rows)


def test_a_replaced_row_is_found_where_it_is_now_and_the_former_index_keeps_its_length() -> None:
    rows = clustered(50)
    index = Nearest(rows)
    longer = index.extended(rows[:3])
    longer.put(51, -rows[0])
    found, _ = longer.search(-rows[0], 1, np.ones(53, np.bool_))
    assert found.tolist() == [51] and index.count == 50
