"""The tuned layers as an ONNX file: what `bot.nlu.e5.TunedE5` runs, and what a later tuning goes on from.

The products are `MatMulNBits` of ONNX Runtime: its four-bit blocks of 32 weights are those of the package's
file (Q4_0), so nothing is rounded again. Word vectors are not in it: they are read from the package's file.
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.nlu.e5_file import BLOCK, BLOCK_BYTES, E5File

Array = npt.NDArray[Any]
_OWN = "com.microsoft"
_INT8_ACTIVATIONS = 4


def write(path: Path, file: E5File, tensors: Mapping[str, Array], meta: Mapping[str, str]) -> None:
    """Write all layers of `file`, with `tensors` (names and bytes as there) in the place of its own."""
    graph = _Graph(file, tensors)
    model = helper.make_model(
        graph.build(), opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_OWN, 1)]
    )
    model.ir_version = 8
    helper.set_model_props(model, dict(meta))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def read(path: Path) -> dict[str, Array]:
    """The tensors of a file that `write` made, with the names and bytes of the package's file."""
    stored = {i.name: numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    found: dict[str, Array] = {}
    for name, values in stored.items():
        if name.endswith(".qkv.b"):
            parts = np.split(values, 3)
            found |= {name.replace("qkv", part): bias for part, bias in zip("qkv", parts, strict=True)}
        elif name.endswith(".scales"):
            matrix = name.removesuffix(".scales")
            found[matrix] = _to_q4(stored[f"{matrix}.numbers"], values)
        elif not name.endswith(".numbers"):
            found[name] = values
    return found


class _Graph:
    """Builds the graph: (messages, tokens, width) embeddings and their mask in, unit vectors out."""

    def __init__(self, file: E5File, tensors: Mapping[str, Array]) -> None:
        self._file, self._tensors = file, tensors
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def build(self) -> Any:
        width = self._file.width
        x = self._add(
            "LayerNormalization", ["embeddings", *self._floats("emb.ln.w", "emb.ln.b")], epsilon=True
        )
        for layer in range(self._file.layers):
            x = self._layer(f"l{layer}.", x)
        self._pool(x)
        inputs = [
            helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["messages", "tokens", width]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["messages", "tokens"]),
        ]
        output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["messages", width])
        return helper.make_graph(self._nodes, "xiaoer-e5", inputs, [output], [*self._constants.values()])

    def _layer(self, at: str, x: str) -> str:
        width, inner = self._file.width, self._file.inner
        q, k, v = (self._product(f"{at}{name}.w", x, width, width) for name in "qkv")
        bias = np.concatenate([self._float(f"{at}{name}.b") for name in "qkv"])
        mixed = self._add(
            "MultiHeadAttention",
            [q, k, v, self._constant(f"{at}qkv.b", bias), "mask"],
            domain=_OWN,
            num_heads=self._file.heads,
        )
        x = self._normal(at, "aln", "ao", x, self._product(f"{at}ao.w", mixed, width, width))
        wide = self._product(f"{at}fi.w", x, width, inner)
        wide = self._add("BiasGelu", [wide, *self._floats(f"{at}fi.b")], domain=_OWN)
        return self._normal(at, "oln", "fo", x, self._product(f"{at}fo.w", wide, inner, width))

    def _normal(self, at: str, norm: str, matrix: str, x: str, y: str) -> str:
        weights = self._floats(f"{at}{norm}.w", f"{at}{norm}.b", f"{at}{matrix}.b")
        return self._add("SkipLayerNormalization", [x, y, *weights], domain=_OWN, epsilon=True)

    def _product(self, name: str, x: str, inputs: int, outputs: int) -> str:
        numbers, scales = _from_q4(self._raw(name), inputs)
        return self._add(
            "MatMulNBits",
            [x, self._constant(f"{name}.numbers", numbers), self._constant(f"{name}.scales", scales)],
            domain=_OWN,
            K=inputs,
            N=outputs,
            bits=4,
            block_size=BLOCK,
            accuracy_level=_INT8_ACTIVATIONS,
        )

    def _pool(self, x: str) -> None:
        """The mean of a message's tokens, of length 1."""
        last = self._constant("last", np.array([-1], np.int64))
        weights = self._add("Cast", ["mask"], to=TensorProto.FLOAT)
        weights = self._add("Unsqueeze", [weights, last])
        tokens = self._constant("tokens", np.array([1], np.int64))
        total = self._add("ReduceSum", [self._add("Mul", [x, weights]), tokens], keepdims=0)
        self._nodes.append(helper.make_node("LpNormalization", [total], ["vectors"], axis=-1, p=2))

    def _add(self, kind: str, inputs: list[str], *, epsilon: bool = False, **attributes: Any) -> str:
        output = f"{kind}_{len(self._nodes)}"
        if epsilon:
            attributes["epsilon"] = self._file.epsilon
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def _floats(self, *names: str) -> list[str]:
        return [self._constant(name, self._float(name)) for name in names]

    def _constant(self, name: str, values: Array) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _float(self, name: str) -> Array:
        return np.asarray(self._tensors[name]) if name in self._tensors else self._file.tensor(name)

    def _raw(self, name: str) -> Array:
        return np.asarray(self._tensors[name]) if name in self._tensors else self._file.raw(name)


def _from_q4(raw: Array, inputs: int) -> tuple[Array, Array]:
    """Q4_0 bytes -> numbers (outputs, blocks, 16 bytes) and scales, both in ONNX Runtime's order."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32).reshape(-1)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return (halves[:, 0::2] | (halves[:, 1::2] << 4)).reshape(-1, inputs // BLOCK, BLOCK // 2), scales


def _to_q4(numbers: Array, scales: Array) -> Array:
    """The inverse."""
    pairs = numbers.reshape(-1, BLOCK // 2)
    halves = np.stack([pairs & 15, pairs >> 4], axis=2).reshape(-1, BLOCK)
    packed = halves[:, : BLOCK // 2] | (halves[:, BLOCK // 2 :] << 4)
    return np.asarray(
        np.concatenate([scales.astype(np.float16)[:, None].view(np.uint8), packed], axis=1).reshape(-1)
    )
