"""Which English questions ask the same: all-MiniLM-L6-v2 (8 bit, onnxruntime), beside the meaning in ``embedding``.

That network was trained on pairs of questions that mean the same, so it tells "how to freeze vegetables" from "which
vegetables can't be frozen" better than one that was trained to find passages. It knows English only.
Paper: https://arxiv.org/abs/1908.10084
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.assets import asset_path
from generation.language.embedding import disk_cache

DIMENSIONS = 384
VERSION = "minilm-int8-1.0.0"
_TOKENS = 64
_LANES = 32  # texts a call
LAYER = 3  # of six, of ``layer_rows``

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


def layer_rows(texts: Sequence[str], *, on_disk: bool = True) -> NDArray[np.float32]:
    """The mean token of layer 3 of the six, one unit row a text, (n, 384): how an English text is said, beside what it means.

    The last layer is trained to forget wording, so the middle tells titles of one video apart much better.
    What was computed once is read from the disk, as in ``embedding``; ``on_disk=False`` leaves no trace: for what a
    visitor types. Raises ``AssetMissing`` when set-up has not brought the network.
    """
    unique = sorted(set(texts), key=len)
    keys = {text: _key(text) for text in unique}
    disk = disk_cache() if on_disk and unique else None
    stored = disk.read(list(keys.values())) if disk else {}
    rows = {text: stored[key] for text, key in keys.items() if key in stored}
    unknown = [text for text in unique if text not in rows]
    for start in range(0, len(unknown), _LANES):
        lane = unknown[start : start + _LANES]
        computed = dict(zip(lane, _middle_means(lane), strict=True))
        rows |= computed
        if disk:
            disk.write({keys[text]: row for text, row in computed.items()})
    return np.stack([rows[text] for text in texts]) if len(texts) else np.empty((0, DIMENSIONS), np.float32)


def _middle_means(texts: list[str]) -> NDArray[np.float32]:
    ids, mask = _tokens(texts)
    weights = mask[..., None].astype(np.float32)
    (states,) = _middle().run(None, _fed(ids, mask))
    total = (states * weights).sum(axis=1)
    units: NDArray[np.float32] = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)
    return units


def _key(text: str) -> bytes:
    return hashlib.sha256(f"{VERSION}\0layer {LAYER}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _encoded(texts: list[str]) -> NDArray[np.float32]:
    ids, mask = _tokens(texts)
    (states,) = _network().run(None, _fed(ids, mask))
    weights = mask[..., None].astype(np.float32)
    mean = (states * weights).sum(axis=1) / weights.sum(axis=1)  # (n, 384)
    units: NDArray[np.float32] = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
    return units


def _tokens(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token numbers and which of them are no padding, (n, T) each."""
    with _lock:
        encoded = _tokenizer().encode_batch(texts)
    ids = np.array([one.ids for one in encoded], dtype=np.int64)
    return ids, np.array([one.attention_mask for one in encoded], dtype=np.int64)


def _fed(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}


@lru_cache(maxsize=1)
def _network() -> Any:
    return _session(str(asset_path("minilm/model.onnx")))


@lru_cache(maxsize=1)
def _middle() -> Any:
    """The network up to ``LAYER``, whose states it gives; what lies above is not computed."""
    import onnx

    graph = onnx.load(str(asset_path("minilm/model.onnx")))
    del graph.graph.output[:]
    states = f"layer_norm_{2 * LAYER}"  # two of them a layer
    info = onnx.helper.make_tensor_value_info(states, onnx.TensorProto.FLOAT, ["n", "t", DIMENSIONS])
    graph.graph.output.append(info)
    return _session(graph.SerializeToString())


def _session(model: str | bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(asset_path("minilm/tokenizer.json")))
    tokenizer.enable_truncation(_TOKENS)
    tokenizer.enable_padding()
    return tokenizer
