"""Writing texts: draws from the model with temperature, a nucleus, no parrotting, under rules that are kept by construction.

A nucleus of p (Holtzman et al. 2020) keeps the fewest tokens that together have at least p. Repetition is held down by taking
``repetition`` nats from every token that stands in the text already, for hanzi and for pieces of words alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.ml.language_model.constraints import Duties, Rules, Vocabulary
from generation.ml.language_model.language_model import Continuation, LanguageModel

_AT_ONCE = 64


@dataclass(frozen=True)
class Sampling:
    temperature: float = 0.8  # > 0; below one the likely gets likelier
    top_p: float = 0.92  # in (0, 1]
    repetition: float = 1.0  # nats


@dataclass(frozen=True)
class Written:
    """``text`` with its beginning; ``bits`` a character under the model as it is, without temperature; ``tokens`` before the end."""

    text: str
    bits: float
    tokens: int


def write(
    model: LanguageModel,
    *,
    count: int,
    seed: int,
    prompt: str = "",
    controls: Sequence[str] = (),
    about: str = "",
    rules: Rules | None = None,
    sampling: Sampling | None = None,
    words: Vocabulary | None = None,
) -> list[Written]:
    """``count`` texts that begin with ``prompt``, of what ``controls`` ask and ``about`` those words; the same seed writes the same texts."""
    words = words or Vocabulary(model.tokenizer)
    generator = torch.Generator().manual_seed(seed)
    found: list[Written] = []
    while len(found) < count:
        batch = min(_AT_ONCE, count - len(found))
        found += _batch(
            model, batch, words.ids(prompt) if prompt else [], model.control_ids(controls, about),
            rules or Rules(), sampling or Sampling(), words, generator,
        )  # fmt: skip
    return found


def _batch(
    model: LanguageModel,
    count: int,
    beginning: list[int],
    controls: list[int],
    rules: Rules,
    sampling: Sampling,
    words: Vocabulary,
    generator: torch.Generator,
) -> list[Written]:
    duties = [Duties(rules, words) for _ in range(count)]
    for one in duties:
        one.begin(beginning)
    going = Continuation(model, [list(beginning) for _ in range(count)])
    logs = going.begin([[*controls, model.first, *beginning]] * count)
    done, bits = torch.zeros(count, dtype=torch.bool), torch.zeros(count)
    end = words.end
    while True:
        chosen = _chosen(logs, duties, sampling, generator)
        chosen[done] = end
        bits -= torch.where(done, 0.0, logs.gather(1, chosen[:, None])[:, 0] / torch.tensor(2.0).log())
        for one, token, over in zip(duties, chosen.tolist(), done.tolist(), strict=True):
            if not over:
                one.add(token)
        done |= chosen == end
        if bool(done.all()):
            break
        logs = going.step(chosen)
    texts = [model.tokenizer.decode(one.written).strip() for one in duties]
    prompt = len(model.tokenizer.decode(beginning)) if beginning else 0
    lengths = [max(1, len(text) - prompt + 1) for text in texts]
    return [
        Written(text, float(b) / length, len(one.written))
        for text, b, length, one in zip(texts, bits, lengths, duties, strict=True)
    ]


def _chosen(logs: Tensor, duties: Sequence[Duties], sampling: Sampling, generator: torch.Generator) -> Tensor:
    logits = logs.clone()
    for row, one in zip(logits, duties, strict=True):
        if one.written:
            row[torch.tensor(sorted(set(one.written)))] -= sampling.repetition
        row[torch.from_numpy(~one.allowed())] = float("-inf")
    p = (logits / sampling.temperature).softmax(-1)
    ordered, at = p.sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    ordered = ordered.masked_fill(before >= sampling.top_p, 0.0)
    drawn = torch.multinomial(ordered, 1, generator=generator)
    return at.gather(1, drawn)[:, 0]
