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
LAYERS = (2, 3, 4)  # of ``layer_rows``

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


def layer_rows(texts: Sequence[str]) -> NDArray[np.float32]:
    """The mean token of layers 2, 3 and 4 of the six, (n, 3 × 384): how an English text is said, beside what it means.

    The last layer is trained to forget wording, so the middle ones tell titles of the same video apart much better.
    Raises ``AssetMissing`` when set-up has not brought the network.
    """
    rows = np.empty((len(texts), len(LAYERS) * DIMENSIONS), dtype=np.float32)
    by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    for start in range(0, len(by_length), _LANES):
        lane = by_length[start : start + _LANES]
        ids, mask = _tokens([texts[at] for at in lane])
        names = [output.name for output in _middle().get_outputs()]
        weights = mask[..., None].astype(np.float32)
        layers = _middle().run(names, _fed(ids, mask))
        means = [(states * weights).sum(axis=1) / weights.sum(axis=1) for states in layers]
        rows[lane] = np.concatenate(means, axis=1)
    return rows


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
    """The network up to the last of ``LAYERS``, whose states it gives; what lies above is not computed."""
    import onnx

    graph = onnx.load(str(asset_path("minilm/model.onnx")))
    del graph.graph.output[:]
    for layer in LAYERS:
        graph.graph.output.append(
            onnx.helper.make_tensor_value_info(
                f"layer_norm_{2 * layer}", onnx.TensorProto.FLOAT, ["n", "t", DIMENSIONS]
            )
        )
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
