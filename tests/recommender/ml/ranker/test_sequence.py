"""The softmax over the catalogue and the plan of a training, beside what they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.recommender.cost import generated
from recommender.ml.interactions import read_interactions
from recommender.ml.ranker.sequence import FullSoftmax
from recommender.ml.ranker.sequence_training import (
    MOST_SECONDS_A_TOKEN,
    SECONDS_A_TOKEN,
    SECONDS_AN_ITEM,
    plan_epochs,
)


def leaves(positions: int, items: int = 150, width: int = 8) -> tuple[list[torch.Tensor], torch.Tensor]:
    """States, item vectors and biases that want gradients, and targets."""
    rng = torch.Generator().manual_seed(0)
    shapes = ((positions, width), (items, width), (items,))
    drawn = [(0.5 * torch.randn(shape, generator=rng)).requires_grad_() for shape in shapes]
    return drawn, torch.randint(0, items, (positions,), generator=rng)


@pytest.mark.parametrize("positions", [1, 256, 300])
@pytest.mark.parametrize(("low", "close"), [(False, 1e-6), (True, 2e-2)])
def test_loss_and_gradients_are_those_of_the_cross_entropy(positions, low, close):
    ours, targets = leaves(positions)
    loss = FullSoftmax.apply(*ours, targets, low)
    loss.backward()
    plain, _ = leaves(positions)
    states, items, bias = plain
    expected = functional.cross_entropy(states @ items.T + bias, targets)
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=10 * close)
    for mine, theirs in zip(ours, plain, strict=True):
        assert torch.allclose(mine.grad, theirs.grad, atol=close)


class Products(TorchDispatchMode):
    """Remembers the shapes of every product of matrices."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: set[tuple[Any, ...]] = set()

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if "mm" in function.__name__:
            self.shapes.add((function.__name__, *(tuple(part.shape) for part in args)))
        return function(*args, **(kwargs or {}))


def test_batches_of_any_length_make_the_same_products():
    met = []
    for positions in (7, 256, 300, 777):
        states, targets = leaves(positions)
        with Products() as products:
            FullSoftmax.apply(*states, targets, False)
        met.append(products.shapes)
    assert met[0] and all(shapes == met[0] for shapes in met)
    assert all(150 not in shape for _, *parts in met[0] for shape in parts)


def seconds_a_token(interactions: int) -> float:
    log = read_interactions(generated(interactions, seed=0))
    return plan_epochs(log) * (SECONDS_A_TOKEN + SECONDS_AN_ITEM * log.item_count)


def test_a_catalogue_that_grows_with_its_log_makes_no_interaction_dearer():
    assert seconds_a_token(288_000) <= MOST_SECONDS_A_TOKEN
    assert seconds_a_token(1_000_000) <= 1.01 * seconds_a_token(288_000)


def test_a_log_of_the_size_of_movielens_is_read_forty_times():
    log = read_interactions(generated(288_000, seed=0))
    few = read_interactions(generated(100_000, seed=0).assign(item=lambda frame: frame.item % 1_682))
    assert plan_epochs(few) == 40 and plan_epochs(log) < 40
    assert np.unique(few.items).size == 1_682
