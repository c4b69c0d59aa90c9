"""Smoothed counts against what they must be: sums of one, a slow count of the same, texts taken out again."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch

from generation.ml.language_model.counts import Grams, without_itself
from generation.ml.language_model.mixing import Gate, Known, counted
from generation.ml.language_model.noise import NoiseDrawer
from generation.ml.language_model.smoothing import Expert, Smoothing

SIZE, FIRST, END = 12, 0, 1


@pytest.fixture
def texts() -> list[list[int]]:
    rng = np.random.default_rng(0)
    steps = rng.dirichlet(np.full(SIZE - 2, 0.3), size=SIZE)
    found = []
    for _ in range(60):
        text = [FIRST]
        for _ in range(int(rng.integers(2, 9))):
            text.append(2 + int(rng.choice(SIZE - 2, p=steps[text[-1]])))
        found.append([*text[1:], END])
    return found


@pytest.fixture
def expert(texts: list[list[int]]) -> Expert:
    grams = Grams.of(texts, size=SIZE, first=FIRST, order=4)
    return Expert(grams, Smoothing.of(grams))


UNSEEN = [[3, 9, 9, 2, 11, END], [10, 10, END], [2, 3, 4, 5, 6, 7, 8, END]]


def test_probabilities_of_every_context_sum_to_one(expert: Expert) -> None:
    dense = expert.distribution(expert.grams.look_up(UNSEEN))
    assert dense.shape == (sum(map(len, UNSEEN)), SIZE)
    torch.testing.assert_close(dense.sum(1), torch.ones(len(dense)))
    assert (dense > 0).all()


def test_the_distribution_holds_each_tokens_own_probability(expert: Expert) -> None:
    at = expert.grams.look_up(UNSEEN)
    p = expert.of_orders(at)[:, -1]
    np.testing.assert_allclose(expert.distribution(at).numpy()[np.arange(len(p)), at.token], p, rtol=1e-5)


def test_probabilities_equal_a_count_by_hand(expert: Expert, texts: list[list[int]]) -> None:
    """The recursion of Chen and Goodman, written with dictionaries, on the very same texts."""
    counts: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(5)]
    before: list[set[tuple[int, ...]]] = [set() for _ in range(5)]
    for text in texts:
        row = [FIRST, *text]
        for end in range(1, len(row)):
            for n in range(1, 5):
                if end - n + 1 < 0:
                    continue
                gram = tuple(row[end - n + 1 : end + 1])
                if n == 4 or end - n + 1 == 0:
                    counts[n][gram] += 1
                else:
                    before[n].add(tuple(row[end - n : end + 1]))
    for n in range(1, 4):
        for longer in before[n]:
            counts[n][longer[1:]] += 1

    def p(history: tuple[int, ...], w: int, n: int) -> float:
        if n == 0:
            return 1 / SIZE
        h = history[len(history) - n + 1 :] if n > 1 else ()
        lower = p(history, w, n - 1)
        seen = {g[-1]: c for g, c in counts[n].items() if g[:-1] == h} if len(h) == n - 1 else {}
        if not seen:
            return lower
        d = expert.smoothing.discounts[n - 1]
        mass = sum(seen.values())
        own = max(seen.get(w, 0) - d[min(seen.get(w, 0), 3)], 0)
        return own / mass + sum(d[min(c, 3)] for c in seen.values()) / mass * lower

    at = expert.grams.look_up(UNSEEN)
    wanted = [p((FIRST, *text[:i]), w, 4) for text in UNSEEN for i, w in enumerate(text)]
    np.testing.assert_allclose(expert.of_orders(at)[:, -1], wanted, rtol=1e-5)


def test_what_comes_next_is_known_from_the_beginning_alone(expert: Expert) -> None:
    beginnings = [text[:i] for text in UNSEEN for i in range(len(text))]
    whole, step = expert.grams.look_up(UNSEEN), expert.grams.look_up_next(beginnings)
    np.testing.assert_array_equal(whole.context, step.context)
    torch.testing.assert_close(expert.distribution(whole), expert.distribution(step))


def test_a_token_taken_out_leaves_the_counts_of_a_text_without_it(texts: list[list[int]]) -> None:
    """The last token of a text: without it the text is one token shorter, so a count anew is the truth."""
    shorter = [*texts[:-1], texts[-1][:-1]]
    grams = Grams.of(texts, size=SIZE, first=FIRST, order=4)
    again = Grams.of(shorter, size=SIZE, first=FIRST, order=4)
    at = grams.look_up([texts[-1]])
    left = without_itself(at, np.arange(1, len(texts[-1]) + 1))
    truth = again.look_up([texts[-1]])
    for name in ("count", "mass", "seen"):
        np.testing.assert_array_equal(getattr(left, name)[-1], getattr(truth, name)[-1])


def test_noise_is_drawn_as_the_counts_without_the_text_say(expert: Expert, texts: list[list[int]]) -> None:
    at = expert.grams.look_up(texts[:1])
    depth = np.arange(1, len(texts[0]) + 1)
    drawn, used = NoiseDrawer(expert).draw(at, depth, 20_000, np.random.default_rng(0))
    before = without_itself(at, depth)
    wanted = expert.distribution(before, itself=at).numpy()
    own_before = expert.of_orders(before)[:, -1]
    wanted[np.arange(len(wanted)), at.token] = own_before
    for row, mask, p in zip(drawn, used, wanted, strict=True):
        share = np.bincount(row[mask], minlength=SIZE) / mask.sum()
        assert abs(share - p / p.sum()).max() < 0.02


def test_a_mixture_of_experts_sums_to_one(texts: list[list[int]]) -> None:
    experts = [
        *counted(texts, [None], size=SIZE, first=FIRST, order=4),
        *counted(texts[-9:], [None], size=SIZE, first=FIRST, order=2),
    ]
    gate = Gate.over(experts, torch.Generator().manual_seed(1))
    torch.nn.init.normal_(gate.outer.weight, generator=torch.Generator().manual_seed(2))
    known = Known.of(experts, UNSEEN)
    shares = gate.shares(known.features()).detach()
    dense = known.distribution(shares)
    torch.testing.assert_close(dense.sum(1), torch.ones(len(dense)))
    own = (shares * known.of_orders()).sum(1)
    torch.testing.assert_close(dense[torch.arange(len(own)), torch.from_numpy(known.at[0].token)], own)
