"""Training of the sequence network: how long, in which order, and when to stop.

Items that share a second carry no order, so each epoch draws the order within ties anew: on logs where a page of
items is rated at once this is worth more than any choice of network.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from recommender.ml.interactions import Codes, Log, Times
from recommender.ml.ranker.sequence import (
    RETURN_PAUSE,
    FullSoftmax,
    SequenceNet,
    SequenceShape,
    bfloat16_is_fast,
    pause_buckets,
)

TOKENS = 2048  # positions in a batch, padding included
WARM_UP = 0.1  # share of the steps over which the learning rate rises
SECONDS_A_TOKEN, SECONDS_AN_ITEM = (
    16e-6,
    6e-9,
)  # measured on one core: recurrent part, softmax a catalogue item
REFERENCE = (22e-6, 14e-9)  # the same two figures of a SASRec; each of its rows is 100 long
MOST_SECONDS = 600.0  # of one core, by these figures
MOST_SECONDS_A_TOKEN = (
    2.4e-3  # forty epochs before 7,000 items; with a larger catalogue there are fewer of them
)
MOST_EPOCHS, FEWEST_EPOCHS, FEWEST_STEPS = 40, 2, 400

Sequences = list[tuple[Codes, Times]]
Chunk = tuple[Codes, npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Schedule:
    """How many epochs, and the highest learning rate."""

    epochs: int
    learning_rate: float = 6e-3


def plan_epochs(log: Log) -> int:
    """Epochs that take under half the time of a SASRec that reads every user's last 100 items for 60 epochs.

    At most 40, unless the log is so small that they would be under 400 steps; fewer where a catalogue that grows with
    its log would make them cost more for each interaction, so that the time grows with the interactions alone.
    """
    lengths = np.maximum(np.diff(log.starts) - 1, 0)
    tokens = max(1, int(lengths.sum()))
    row, item = REFERENCE
    rows = 100 * np.count_nonzero(lengths)
    reference = 60 * (rows * row + np.minimum(lengths, 100).sum() * item * log.item_count)
    seconds = tokens * (SECONDS_A_TOKEN + SECONDS_AN_ITEM * log.item_count)
    most = max(MOST_EPOCHS, min(100, math.ceil(FEWEST_STEPS * TOKENS / tokens)))
    linear = MOST_SECONDS_A_TOKEN * max(tokens, FEWEST_STEPS * TOKENS / MOST_EPOCHS)
    return int(np.clip(min(0.45 * reference, MOST_SECONDS, linear) / seconds, FEWEST_EPOCHS, most))


def train_sequence(
    net: SequenceNet,
    sequences: Sequences,
    schedule: Schedule,
    *,
    seed: int,
    judge: Callable[[SequenceNet], float] | None = None,
    judgements: int = 6,
) -> int:
    """Train ``net`` in place on sequences of two items and more, and return the epoch whose weights it holds.

    ``judge`` (higher is better) is asked ``judgements`` times on the way; the best weights stay.
    """
    usable = [sequence for sequence in sequences if len(sequence[0]) > 1]
    if not usable:
        return 0
    low = bfloat16_is_fast()
    net.drop.rng = np.random.default_rng([seed, 1])
    optimizer = torch.optim.AdamW(
        net.parameters(), schedule.learning_rate, betas=(0.9, 0.98), weight_decay=0.0
    )
    rng = np.random.default_rng(seed)
    best, best_epoch, best_weights = -math.inf, schedule.epochs, None
    every = max(1, schedule.epochs // judgements)
    for epoch in range(1, schedule.epochs + 1):
        net.train()
        batches = list(_batches(_chunks(usable, net.shape.context, rng), rng))
        for step, batch in enumerate(batches):
            done = (epoch - 1 + step / len(batches)) / schedule.epochs
            _step(net, optimizer, batch, schedule.learning_rate * _rate(done), low)
        if judge is not None and (epoch % every == 0 or epoch == schedule.epochs):
            quality = judge(net)
            if quality > best:
                best, best_epoch, best_weights = quality, epoch, copy.deepcopy(net.state_dict())
    if best_weights is not None:
        net.load_state_dict(best_weights)
    net.eval()
    return best_epoch


def train_side_by_side(
    nets: Sequence[SequenceNet],
    sequences: Sequences,
    schedules: Sequence[Schedule],
    *,
    seeds: Sequence[int],
    judge: Callable[[SequenceNet], float] | None = None,
) -> list[int]:
    """``train_sequence`` for each network in a thread of its own, and what each returns.

    The steps are too small for one network to use two cores well; two networks on two cores are far from twice the time.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, threads // len(nets)))
    try:
        with ThreadPoolExecutor(len(nets)) as pool:
            runs = [
                pool.submit(train_sequence, net, sequences, schedule, seed=seed, judge=judge)
                for net, schedule, seed in zip(nets, schedules, seeds, strict=True)
            ]
            return [run.result() for run in runs]
    finally:
        torch.set_num_threads(threads)


def new_net(shape: SequenceShape, *, seed: int) -> SequenceNet:
    """A network with random weights from ``seed``, without touching torch's own random state."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return SequenceNet(shape)


def _rate(done: float) -> float:
    """Learning rate as a share of the highest: a short rise, then half a cosine down to 2 %."""
    if done < WARM_UP:
        return max(done, 1e-3) / WARM_UP
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))


def _step(
    net: SequenceNet, optimizer: torch.optim.Optimizer, batch: Sequence[Chunk], rate: float, low: bool
) -> None:
    length = max(len(items) for items, _ in batch) - 1
    x = np.zeros((len(batch), length), np.int64)
    y, pauses, returns = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    for row, (items, buckets) in enumerate(batch):
        x[row, : len(items) - 1] = items[:-1] + 1
        y[row, : len(items) - 1] = items[1:] + 1
        pauses[row, : len(items) - 1] = buckets[:-1]
        returns[row, : len(items) - 1] = buckets[1:] >= RETURN_PAUSE
    targets = torch.from_numpy(y)
    real = targets > 0
    states = net(torch.from_numpy(x), torch.from_numpy(pauses), torch.from_numpy(returns))[real]  # (P, width)
    loss = FullSoftmax.apply(states, net.items.weight[1:], net.bias, targets[real] - 1, low)  # type: ignore[no-untyped-call]
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimizer.step()


def _chunks(sequences: Sequences, context: int, rng: np.random.Generator) -> list[Chunk]:
    """One epoch's pieces of at most ``context`` + 1 items: ties reordered, cuts at random places."""
    chunks = []
    for items, times in sequences:
        order = np.lexsort((rng.random(len(items)), times))
        mixed, buckets = items[order], pause_buckets(times)
        end = len(items)
        while end > 1:
            start = max(0, end - 1 - context)
            chunks.append((mixed[start:end], buckets[start:end]))
            end = 1 if start == 0 else end - int(rng.integers(context // 2, context))
    return chunks


def _batches(chunks: list[Chunk], rng: np.random.Generator) -> Iterator[list[Chunk]]:
    """Batches of about ``TOKENS`` positions, chunks of like length together, in random order."""
    lengths = np.array([len(items) - 1 for items, _ in chunks])
    order = np.argsort(-(lengths + rng.uniform(0, 4, len(lengths))), kind="stable")
    groups: list[list[Chunk]] = [[]]
    longest = 0
    for place in order:
        longest = max(longest, int(lengths[place]))
        if groups[-1] and (len(groups[-1]) + 1) * longest > TOKENS:
            groups.append([])
            longest = int(lengths[place])
        groups[-1].append(chunks[place])
    for group in rng.permutation(len(groups)):
        yield groups[group]
