"""The Transformer: no look ahead, the same with a cache, readable by others, able to learn."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer

from generation.ml.language_model import LanguageModel
from generation.ml.language_model.network import Transformer, attention, configuration
from generation.ml.language_model.optimizers import Muon, orthogonalized
from generation.ml.language_model.scores import candidate_scores


@pytest.fixture
def network() -> Transformer:
    config = configuration(vocabulary=50, channels=32, layers=2, heads=2, longest=64, first=1, end=2)
    return Transformer(config, torch.Generator().manual_seed(0))


@pytest.fixture
def tokens() -> torch.Tensor:
    return torch.randint(0, 50, (3, 10), generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_future_tokens_do_not_change_earlier_logits(network: Transformer, tokens: torch.Tensor) -> None:
    changed = tokens.clone()
    changed[:, 6:] = (changed[:, 6:] + 7) % 50
    a, b = network(tokens)[0], network(changed)[0]
    torch.testing.assert_close(a[:, :6], b[:, :6])
    assert not torch.allclose(a[:, 6:], b[:, 6:])


@torch.no_grad()
def test_token_by_token_with_a_cache_equals_all_at_once(network: Transformer, tokens: torch.Tensor) -> None:
    whole, _ = network(tokens)
    first, cache = network(tokens[:, :4])
    steps = [first]
    for i in range(4, 10):
        logits, cache = network(tokens[:, i : i + 1], cache)
        steps.append(logits)
    torch.testing.assert_close(torch.cat(steps, 1), whole, atol=1e-5, rtol=1e-4)


def test_attention_is_the_scaled_dot_product_of_the_reference() -> None:
    g = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 3, 7, 16, generator=g) for _ in range(3))
    torch.testing.assert_close(attention(q, k, v, 0), F.scaled_dot_product_attention(q, k, v, is_causal=True))


@torch.no_grad()
def test_transformers_reads_the_folder_and_finds_the_same_logits(folder: Path, model: LanguageModel) -> None:
    theirs = AutoModelForCausalLM.from_pretrained(folder).eval()
    ids = torch.tensor([[1, 300, 301, 302, 299, 2]])
    assert model.network is not None
    torch.testing.assert_close(theirs(ids).logits, model.network(ids)[0], atol=1e-4, rtol=1e-3)


def test_transformers_reads_the_tokenizer(folder: Path, model: LanguageModel) -> None:
    theirs = AutoTokenizer.from_pretrained(folder)
    assert theirs("猫为什么会发光")["input_ids"] == model.tokenizer.encode("猫为什么会发光").ids


def test_a_tiny_batch_is_overfitted(network: Transformer, tokens: torch.Tensor) -> None:
    optimizer = Muon(network, matrix_rate=0.02, rate=0.01, decay=0.0)
    loss = torch.zeros(())
    for _ in range(80):
        loss = F.cross_entropy(network(tokens[:, :-1])[0].flatten(0, 1), tokens[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step(1.0)
    assert loss.item() < 0.1


def test_an_orthogonalized_matrix_has_singular_values_near_one() -> None:
    g = torch.randn(2, 24, 40, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalized(g))
    assert values.min() > 0.5 and values.max() < 1.4


def test_scores_of_candidates_and_their_gradients_are_those_of_the_whole_table() -> None:
    g = torch.Generator().manual_seed(0)
    hidden, table = (torch.randn(n, 8, generator=g, requires_grad=True) for n in (6, 20))
    candidates = torch.randint(0, 20, (6, 5), generator=g)  # some twice
    weights = torch.randn(6, 5, generator=g)
    ours, whole = candidate_scores(hidden, table, candidates), (hidden @ table.T).gather(1, candidates)
    torch.testing.assert_close(ours, whole)
    wanted = torch.autograd.grad((whole * weights).sum(), (hidden, table))
    found = torch.autograd.grad((ours * weights).sum(), (hidden, table))
    torch.testing.assert_close(found, wanted)
