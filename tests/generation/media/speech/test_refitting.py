from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from generation.media.speech import refitting
from generation.media.speech.kokoro import timed_network
from generation.media.speech.refitting import refit, signed_products_hold


def network(kernel: np.ndarray, *, apart: int, pad: int, stride: int = 1) -> onnx.ModelProto:
    node = helper.make_node(
        "ConvInteger",
        ["x", "kernel", "x_zero", "kernel_zero"],
        ["y"],
        name="convolution",
        kernel_shape=[kernel.shape[2]],
        dilations=[apart],
        pads=[pad, pad],
        strides=[stride],
        group=1,
    )
    graph = helper.make_graph(
        [node],
        "one",
        [
            helper.make_tensor_value_info("x", TensorProto.UINT8, [1, kernel.shape[1], None]),
            helper.make_tensor_value_info("x_zero", TensorProto.UINT8, []),
        ],
        [helper.make_tensor_value_info("y", TensorProto.INT32, None)],
        [
            numpy_helper.from_array(kernel, "kernel"),
            numpy_helper.from_array(np.array(117, np.uint8), "kernel_zero"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def run(made: onnx.ModelProto, x: np.ndarray, zero: int) -> np.ndarray:
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x, "x_zero": np.array(zero, np.uint8)})[0])


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([1, 3, 5, 7]),
    st.integers(1, 3),
    st.booleans(),
    st.integers(0, 255),
    st.sampled_from([False, signed_products_hold()]),
)
def test_a_refitted_convolution_gives_the_same_whole_numbers(
    seed: int, taps: int, apart: int, padded: bool, zero: int, signed: bool
) -> None:
    chance = np.random.default_rng(seed)
    kernel = chance.integers(0, 256, (4, 3, taps), dtype=np.uint8)
    x = chance.integers(0, 256, (1, 3, 30), dtype=np.uint8)
    made = network(kernel, apart=apart, pad=(taps - 1) * apart // 2 if padded else 0)
    wanted = run(made, x, zero)
    refit(made, signed=signed)
    assert not [node for node in made.graph.node if node.op_type == "ConvInteger"]
    assert np.array_equal(run(made, x, zero), wanted)


@pytest.mark.parametrize("stride", [2, 3])
def test_a_convolution_that_skips_steps_stays_as_it_is(stride: int) -> None:
    made = network(np.ones((2, 2, 3), np.uint8), apart=1, pad=1, stride=stride)
    before = made.SerializeToString()
    refit(made, signed=True)
    assert [node.op_type for node in made.graph.node] == ["ConvInteger"]
    assert len(made.SerializeToString()) == len(before)


@pytest.mark.parametrize("signed", [True, False])
def test_the_voice_gets_weights_that_its_processor_multiplies_without_loss(
    signed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kokoro").mkdir()
    onnx.save(network(np.full((2, 2, 3), 200, np.uint8), apart=1, pad=1), tmp_path / "kokoro/model.onnx")
    monkeypatch.setenv("AIGC_ASSETS_DIR", str(tmp_path))
    monkeypatch.setattr(refitting, "signed_products_hold", lambda: signed)
    made = onnx.load(timed_network())
    kernel = next(tensor for tensor in made.graph.initializer if tensor.name == "kernel_flat")
    assert kernel.data_type == (TensorProto.INT8 if signed else TensorProto.UINT8)
