"""Which English questions ask the same: all-MiniLM-L6-v2 (8 bit, onnxruntime), beside the meaning in ``embedding``.

That network was trained on pairs of questions that mean the same, so it tells "how to freeze vegetables" from "which
vegetables can't be frozen" better than one that was trained to find passages. It knows English only.
Paper: https://arxiv.org/abs/1908.10084
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.assets import asset_path

DIMENSIONS = 384
VERSION = "minilm-int8-1.0.0"
_TOKENS = 64
_LANES = 32  # texts a call

_lock = threading.Lock()


def paraphrase_rows(texts: Sequence[str]) -> NDArray[np.float32]:
    """One unit row an English text, (n, 384); the dot product of two is near 1 where both ask the same.

    About 2 ms a short text. Raises ``AssetMissing`` when set-up has not brought the network.
    """
    rows = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
    by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    for start in range(0, len(by_length), _LANES):
        lane = by_length[start : start + _LANES]
        rows[lane] = _encoded([texts[at] for at in lane])
    return rows


def _encoded(texts: list[str]) -> NDArray[np.float32]:
    session, tokenizer = _network()
    with _lock:
        encoded = tokenizer.encode_batch(texts)
    ids = np.array([one.ids for one in encoded], dtype=np.int64)  # (n, T)
    mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
    (states,) = session.run(
        None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    )
    weights = mask[..., None].astype(np.float32)
    mean = (states * weights).sum(axis=1) / weights.sum(axis=1)  # (n, 384)
    units: NDArray[np.float32] = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    return units


@lru_cache(maxsize=1)
def _network() -> tuple[Any, Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(
        str(asset_path("minilm/model.onnx")), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(asset_path("minilm/tokenizer.json")))
    tokenizer.enable_truncation(_TOKENS)
    tokenizer.enable_padding()
    return session, tokenizer
