"""Kokoro's network with its convolutions as matrix products: the same numbers, a third less work (only set-up needs this).

onnxruntime has a slow kernel for 8-bit convolutions and a fast one for 8-bit matrix products with fixed weights. A
convolution over time is such a product: k shifted copies of its input side by side, times its kernel laid flat. Everything
stays in whole numbers, so the samples are the same bit for bit.

The kernel for signed weights is the fast one where a processor has VNNI. Others add two of its products in 16 bits, which
saturate: there the weights stay unsigned.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

_TO_THE_END = 2**62
_PROBE = 64  # rows and columns of the largest products there are, more than any register takes at once


@lru_cache(maxsize=1)
def signed_products_hold() -> bool:
    """Whether this machine multiplies unsigned bytes with signed ones without loss, tried on the largest ones."""
    node = helper.make_node("MatMulInteger", ["x", "weights"], ["y"])
    weights = np.full((_PROBE, _PROBE), 127, np.int8)
    graph = helper.make_graph(
        [node],
        "probe",
        [helper.make_tensor_value_info("x", onnx.TensorProto.UINT8, [_PROBE, _PROBE])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.INT32, [_PROBE, _PROBE])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    x = np.full((_PROBE, _PROBE), 255, np.uint8)
    return bool(np.all(session.run(None, {"x": x})[0] == 255 * 127 * _PROBE))


def refit(network: onnx.ModelProto, *, signed: bool) -> None:
    """Replace every one-dimensional 8-bit convolution of stride 1 and one group in place, its weights signed or unsigned."""
    graph = network.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    constants: dict[str, onnx.TensorProto] = {}
    nodes: list[onnx.NodeProto] = []
    transposed: set[str] = set()
    for node in graph.node:
        shape = _Convolution.of(node)
        nodes += [node] if shape is None else _product(shape, weights, constants, transposed, signed)
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    copies = [_copy(item) for item in nodes], [_copy(item) for item in (*kept, *constants.values())]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(copies[0])
    graph.initializer.extend(copies[1])


def _copy(message: Any) -> Any:
    """A message of its own: clearing the graph empties those that it lent."""
    return type(message).FromString(message.SerializeToString())


class _Convolution:
    """An 8-bit convolution (1, C, T) → (1, N, T'): ``taps`` steps ``apart`` from one another, ``pads`` zeros around."""

    def __init__(self, node: onnx.NodeProto, taps: int, apart: int, pads: tuple[int, int]) -> None:
        self.name, self.output = node.name, node.output[0]
        self.input, self.kernel, self.input_zero, self.kernel_zero = node.input
        self.taps, self.apart, self.pads = taps, apart, pads

    @classmethod
    def of(cls, node: onnx.NodeProto) -> _Convolution | None:
        if node.op_type != "ConvInteger":
            return None
        said = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        if len(said["kernel_shape"]) != 1 or said["strides"] != [1] or said["group"] != 1:
            return None
        return cls(node, said["kernel_shape"][0], said["dilations"][0], tuple(said["pads"]))


def _product(
    shape: _Convolution,
    weights: dict[str, onnx.TensorProto],
    constants: dict[str, onnx.TensorProto],
    transposed: set[str],
    signed: bool,
) -> list[onnx.NodeProto]:
    def constant(name: str, values: NDArray[Any]) -> str:
        constants.setdefault(name, numpy_helper.from_array(values, name))
        return name

    def index(value: int) -> str:
        return constant(f"refit_{value}", np.array([value], np.int64))

    nodes: list[onnx.NodeProto] = []

    def add(kind: str, inputs: list[str], name: str, **said: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [name], name=f"{name}_refit", **said))
        return name

    rows = f"{shape.input}_rows"  # (1, T, C)
    if rows not in transposed:
        transposed.add(rows)
        add("Transpose", [shape.input], rows, perm=[0, 2, 1])
    if any(shape.pads):
        before, after = shape.pads
        around = constant(f"refit_pads_{before}_{after}", np.array([0, before, 0, 0, after, 0], np.int64))
        rows = add("Pad", [rows, around, shape.input_zero], f"{shape.name}_padded")
    if shape.taps > 1:
        shifted = []
        for tap in range(shape.taps):
            end = (tap - shape.taps + 1) * shape.apart
            span = [index(tap * shape.apart), index(end or _TO_THE_END), index(1)]
            shifted.append(add("Slice", [rows, *span], f"{shape.name}_tap_{tap}"))
        rows = add("Concat", shifted, f"{shape.name}_taps", axis=2)  # (1, T', taps C)
    flat, zero = (numpy_helper.to_array(weights[name]) for name in (shape.kernel, shape.kernel_zero))
    kernel = _moved(flat, signed).transpose(2, 1, 0).reshape(-1, flat.shape[0])  # (taps C, N)
    factors = [
        constant(f"{shape.kernel}_flat", np.ascontiguousarray(kernel)),
        shape.input_zero,
        constant(f"{shape.kernel_zero}_moved", _moved(zero, signed)),
    ]
    summed = add("MatMulInteger", [rows, *factors], f"{shape.name}_summed")
    add("Transpose", [summed], shape.output, perm=[0, 2, 1])
    return nodes


def _moved(values: NDArray[Any], signed: bool) -> NDArray[Any]:
    """Bytes moved by 128 into the wanted kind, weights and their zero point alike, which leaves every product as it is."""
    wanted, by = (np.int8, -128) if signed else (np.uint8, 128)
    return values if values.dtype == wanted else (values.astype(np.int16) + by).astype(wanted)
