"""Kokoro-82M v1.0: symbols in, 24 kHz samples and the length of every symbol out (onnxruntime, CPU)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from generation.assets import asset_path, assets_dir
from generation.errors import AssetMissing, NarrationImpossible
from generation.media.speech.symbols import EDGE_ID, MAX_SYMBOLS, SYMBOL_IDS

SAMPLE_RATE_HZ = 24_000
SAMPLES_PER_STEP = 600  # the unit of the network's symbol lengths
_STYLE_NUMBERS = 256
_LENGTHS = "/encoder/Clip_output_0"  # predicted steps a symbol, edges included
# by whether its weights are signed; the number rises when what _write_timed does changes
_TIMED = {True: "kokoro/model-timed-2.onnx", False: "kokoro/model-timed-unsigned-2.onnx"}
_FORETELLING = "{}-lengths.onnx"  # the part of the timed network up to the lengths
_lock = threading.Lock()
_sessions: dict[str, ort.InferenceSession] = {}


def timed_network() -> Path:
    """The network with its symbol lengths as a second output and faster convolutions, written at first use.

    Its weights are such as this processor multiplies without loss. Raises ``AssetMissing`` when the network was not fetched.
    """
    from generation.media.speech.refitting import signed_products_hold  # only who speaks loads onnx

    signed = signed_products_hold()
    place = assets_dir() / _TIMED[signed]
    if not place.exists():
        _write_timed(asset_path("kokoro/model.onnx"), place, signed)
    return place


def foretelling_network() -> Path:
    """The part of ``timed_network`` that tells the lengths alone, a thirtieth of its work, written at first use."""
    timed = timed_network()
    place = timed.with_name(_FORETELLING.format(timed.stem))
    if not place.exists():
        import onnx
        from onnx.utils import Extractor

        network = onnx.load(timed)
        inputs = [told.name for told in network.graph.input]
        _write(Extractor(network).extract_model(inputs, [_LENGTHS]), place)
    return place


def _write_timed(source: Path, place: Path, signed: bool) -> None:
    import onnx  # only set-up needs these

    from generation.media.speech.refitting import refit

    network = onnx.load(source)
    network.graph.output.append(onnx.helper.make_tensor_value_info(_LENGTHS, onnx.TensorProto.FLOAT, None))
    refit(network, signed=signed)
    _write(network, place)


def _write(network: Any, place: Path) -> None:
    partial = place.with_name(f"{place.name}.{os.getpid()}.partial")
    partial.write_bytes(network.SerializeToString())
    partial.replace(place)


def session(threads: int | None = None) -> ort.InferenceSession:
    """The process's one session, loaded at first use; ``threads`` counts then only (``AIGC_SPEECH_THREADS``, else 2)."""
    return _session("timed", timed_network, threads)


def _session(name: str, network: Callable[[], Path], threads: int | None = None) -> ort.InferenceSession:
    with _lock:
        if name not in _sessions:
            _sessions[name] = _load(network(), threads or int(os.environ.get("AIGC_SPEECH_THREADS", "2")))
        return _sessions[name]


def _load(network: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others work on the machine too
    options.log_severity_level = 3
    return ort.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=40)
def _styles(voice: str) -> NDArray[np.float32]:
    """(510, 256): the voice's style for each length in symbols."""
    try:
        place = asset_path(f"kokoro/voices/{voice}.bin")
    except AssetMissing as error:
        raise NarrationImpossible(f"There is no voice {voice!r}: {error}") from error
    return np.fromfile(place, dtype=np.float32).reshape(-1, _STYLE_NUMBERS)


def speak(symbols: str, *, voice: str, speed: float) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Samples, and for each of ``symbols`` with an edge before and after, how many samples it lasts.

    At most 510 symbols, all known to the network. The lengths sum to the length of the samples.
    """
    audio, steps = session().run(["audio", _LENGTHS], _feed(symbols, voice, speed))
    return np.asarray(audio, dtype=np.float32).reshape(-1), _samples(steps)


def lengths(symbols: str, *, voice: str, speed: float) -> NDArray[np.int64]:
    """The lengths that ``speak`` tells, in samples, without the sound."""
    (steps,) = _session("lengths", foretelling_network).run([_LENGTHS], _feed(symbols, voice, speed))
    return _samples(steps)


def _feed(symbols: str, voice: str, speed: float) -> dict[str, NDArray[Any]]:
    ids = [SYMBOL_IDS[symbol] for symbol in symbols]
    if not 0 < len(ids) <= MAX_SYMBOLS:
        raise NarrationImpossible(f"One utterance takes 1 to {MAX_SYMBOLS} symbols, got {len(ids)}.")
    styles = _styles(voice)
    return {
        "tokens": np.array([[EDGE_ID, *ids, EDGE_ID]], dtype=np.int64),
        "style": styles[min(len(ids), len(styles)) - 1][None],
        "speed": np.array([speed], dtype=np.float32),
    }


def _samples(steps: Any) -> NDArray[np.int64]:
    return np.asarray(steps).reshape(-1).astype(np.int64) * SAMPLES_PER_STEP
