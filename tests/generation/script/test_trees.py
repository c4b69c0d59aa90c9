"""Trees that were grown by scikit-learn and written as JSON say what scikit-learn says."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from generation.script.trees import Trees, grown


@pytest.mark.parametrize("seed", range(3))
def test_walked_trees_give_the_chances_of_those_that_grew_them(seed: int) -> None:
    chance = np.random.default_rng(seed)
    table = np.round(chance.normal(size=(1500, 5)), 2)  # many rows lie just on a border
    right = table[:, 0] * table[:, 1] + 0.3 * chance.normal(size=1500) > 0.2
    model = HistGradientBoostingClassifier(max_depth=1 + seed, max_iter=40, random_state=0).fit(table, right)
    said = json.loads(json.dumps(grown(model)))
    found = Trees.of(said["bias"], said["trees"], 5).chances(table)
    np.testing.assert_allclose(found, model.predict_proba(table)[:, 1], atol=1e-3)


def test_a_table_without_rows_has_no_chances() -> None:
    assert Trees.of(0.0, [[[-1, 0, 0, 0, 1.0]]], 3).chances(np.zeros((0, 3))).shape == (0,)


@pytest.mark.parametrize(
    "node", [[3, 0.5, 1, 2, 0], [0, 0.5, 0, 2, 0], [0, 0.5, 1, 9, 0], [-2, 0.5, 1, 2, 0]]
)
def test_a_node_that_leads_nowhere_is_refused(node: list[float]) -> None:
    leaf = [-1, 0, 0, 0, 1.0]
    with pytest.raises(ValueError, match="leads nowhere"):
        Trees.of(0.0, [[node, leaf, leaf]], 3)
