"""The trained weights as the shipped ONNX file: a byte a weight, words from the embedder's file.

Weights are symmetric int8 per output, multiplied out once when onnxruntime loads the file and
computed with as float32: on the calibration documents dynamic int8 arithmetic was twice as quick
and ranked worse.  The frozen word embeddings are those of the embedder, whose package brings
them: MiniLM's are external tensors, by their offset in its model file, E5's are handed in.  One
text a run, no padding.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from qa.models.embed.minilm import ModelFile, minilm_file
from qa.models.reader.coding import MINILM
from qa.models.reader.onnx import Kind

HEADS, EPSILON = 12, 1e-12
_WORDS = "inner.embeddings.word_embeddings.weight"
_REAL, _INTEGER = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
_OURS = "com.microsoft"  # onnxruntime's own operators


class Graph:
    """Nodes, and the tensors that they need."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self._weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Add a node with one output; its name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name: str, value: Any, kind: Any = np.float32) -> str:
        """A tensor as it is."""
        self.tensors.append(numpy_helper.from_array(np.asarray(value, dtype=kind), name))
        return name

    def own(self, name: str) -> str:
        """A small tensor of the weights (a bias, a norm), as it is."""
        return self.constant(name, self._weights[name])

    def bytes_of(self, name: str) -> str:
        """A matrix, transposed for ``x @ W``, in a byte a number and a scale a column."""
        matrix = self._weights[f"{name}.weight"].T
        scale = np.abs(matrix).max(axis=0, keepdims=True) / 127
        held = self.constant(f"{name}_q", np.round(matrix / scale), np.int8)
        whole = self.node("Cast", [held], f"{name}_f", to=_REAL)
        return self.node("Mul", [whole, self.constant(f"{name}_s", scale)], f"{name}_w")

    def times(self, given: str, name: str, output: str) -> str:
        """``given @ W``."""
        return self.node("MatMul", [given, self.bytes_of(name)], output)

    def linear(self, given: str, name: str, output: str) -> str:
        """``given @ W + b``."""
        product = self.times(given, name, f"{output}_product")
        return self.node("Add", [product, self.own(f"{name}.bias")], output)

    def head(self, given: str, name: str, output: str) -> str:
        """``given @ W + b`` of a small matrix, as it is."""
        weight = self.constant(f"{name}_w", self._weights[f"{name}.weight"].T)
        product = self.node("MatMul", [given, weight], f"{output}_product")
        return self.node("Add", [product, self.own(f"{name}.bias")], output)

    def normed(self, inputs: Sequence[str], name: str, output: str) -> str:
        """The layer norm ``name`` of a sum."""
        total = self.node("Add", inputs, f"{output}_sum")
        given = [total, self.own(f"{name}.weight"), self.own(f"{name}.bias")]
        return self.node("LayerNormalization", given, output, axis=-1, epsilon=EPSILON)


def _word(graph: Graph, words: ModelFile) -> str:
    """MiniLM's word embeddings, by their places in its file, with marks for the first three."""
    given = {one.name: one for one in onnx.load_from_string(words.data).graph.initializer}
    for name in (f"{_WORDS}_q", f"{_WORDS}_scale"):
        raw = numpy_helper.to_array(given[name]).tobytes()
        one = onnx.TensorProto(
            name=name,
            data_type=given[name].data_type,
            dims=given[name].dims,
            data_location=onnx.TensorProto.EXTERNAL,
        )
        place = {"location": words.name, "offset": words.data.index(raw), "length": len(raw)}
        for key, value in place.items():
            one.external_data.add(key=key, value=str(value))
        graph.tensors.append(one)
    rows = graph.node("Gather", [f"{_WORDS}_q", "ids"], "rows", axis=0)
    whole = graph.node("Cast", [rows], "rows_f", to=_REAL)
    scale = f"{_WORDS}_scale"
    if len(given[scale].dims) and given[scale].dims[0] > 1:
        scale = graph.node("Gather", [scale, "ids"], "row_scales", axis=0)
    rows = graph.node("Mul", [whole, scale], "words")
    small = graph.node("Less", ["ids", graph.constant("three", 3, np.int64)], "is_mark")
    which = graph.node("Mul", ["ids", graph.node("Cast", [small], "as_0_1", to=_INTEGER)], "which")
    mark = graph.node("Gather", [graph.own("mark.weight"), which], "mark")
    return graph.node("Add", [rows, mark], "word")


def _given(graph: Graph) -> str:
    """Word vectors that are handed in, with marks."""
    mark = graph.node("Gather", [graph.own("mark.weight"), "which"], "mark")
    return graph.node("Add", ["words", mark], "word")


def _embedded(graph: Graph, word: str, zero: str) -> str:
    """What goes into the first layer: words with marks, types and places."""
    length = graph.node("Shape", ["typ"], "length", start=1, end=2)
    place = graph.node("Slice", [graph.own("pos.weight"), zero, length, zero], "place")
    kind = graph.node("Gather", [graph.own("typ.weight"), "typ"], "kind")
    return graph.normed([graph.node("Add", [word, kind], "typed"), place], "ln", "layer_0")


def _layer(graph: Graph, at: str, state: str) -> str:
    """One layer of the transformer."""
    parts = [graph.times(state, f"{at}.{one}", f"{at}.{one}_x") for one in "qkv"]
    biases = [graph.own(f"{at}.{one}.bias") for one in "qkv"]
    given = [*parts, graph.node("Concat", biases, f"{at}.biases", axis=0)]
    seen = graph.node("MultiHeadAttention", given, f"{at}.seen", domain=_OURS, num_heads=HEADS)
    mixed = graph.linear(seen, f"{at}.o", f"{at}.mixed")
    middle = graph.normed([mixed, state], f"{at}.ln1", f"{at}.middle")
    given = [graph.times(middle, f"{at}.f1", f"{at}.up"), graph.own(f"{at}.f1.bias")]
    wide = graph.node("BiasGelu", given, f"{at}.wide", domain=_OURS)
    narrow = graph.linear(wide, f"{at}.f2", f"{at}.narrow")
    return graph.normed([narrow, middle], f"{at}.ln2", f"{at}.out")


def graph_of(
    weights: Mapping[str, NDArray[np.float32]], words: ModelFile | None
) -> onnx.ModelProto:
    """ids, typ (1, n), marks (m) -> evidence (m), outcome (4), phrase (n, 2): all logits.

    Without a file of word embeddings they are handed in, and which are marks: words (1, n, 384)
    and which (1, n; 0 none, 1 before a unit, 2 before what stands above it) in place of ids.
    """
    graph = Graph(weights)
    zero = graph.constant("zero", [0], np.int64)
    state = _embedded(graph, _word(graph, words) if words else _given(graph), zero)
    for i in range(sum(name.endswith("ln2.bias") for name in weights)):
        state = _layer(graph, f"layers.{i}", state)
    flat = graph.node("Squeeze", [state, zero], "flat")
    first = graph.node("Gather", [flat, zero], "first", axis=0)
    graph.node("Squeeze", [graph.head(first, "out", "outcome_row"), zero], "outcome")
    graph.head(flat, "sp", "phrase")
    one = graph.constant("one", [1], np.int64)
    count = graph.node("Concat", [graph.node("Shape", ["marks"], "m"), one], "m_1", axis=0)
    marked = graph.node("Gather", [flat, "marks"], "marked", axis=0)
    firsts = graph.node("Tile", [first, count], "firsts")
    both = graph.node("Concat", [marked, firsts], "both", axis=1)
    graph.node("Squeeze", [graph.head(both, "ev", "evidence_column"), one], "evidence")
    given = {"ids" if words else "which": [1, "n"], "typ": [1, "n"], "marks": ["m"]}
    said = {"evidence": ["m"], "outcome": [4], "phrase": ["n", 2]}
    inputs = [helper.make_tensor_value_info(name, _INTEGER, shape) for name, shape in given.items()]
    if not words:
        width = weights["ln.weight"].shape[0]
        inputs.append(helper.make_tensor_value_info("words", _REAL, [1, "n", width]))
    made = helper.make_graph(
        graph.nodes,
        "qa-reader",
        inputs,
        [helper.make_tensor_value_info(name, _REAL, shape) for name, shape in said.items()],
        graph.tensors,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_OURS, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10)


def export(weights: Path, out: Path, kind: Kind) -> None:
    """Write the ONNX file of what ``fit`` saved."""
    held = {name: one.float().numpy() for name, one in torch.load(weights).items()}
    del held["word.weight"]
    words = minilm_file() if kind.special == MINILM else None
    out.write_bytes(graph_of(held, words).SerializeToString())


def weights_in(path: Path) -> dict[str, torch.Tensor]:
    """The weights of a file that ``fit`` saved or ``export`` wrote, the word embeddings aside."""
    if path.suffix != ".onnx":
        return {name: one for name, one in torch.load(path).items() if name != "word.weight"}
    graph = onnx.load(path, load_external_data=False).graph
    held = {one.name: one for one in graph.initializer}

    def tensor(name: str) -> torch.Tensor:
        return torch.from_numpy(numpy_helper.to_array(held[name]).astype(np.float32))

    found = {}
    for name in held:
        if name.endswith("_q") and not name.startswith(_WORDS):
            whole = tensor(name) * tensor(f"{name[:-2]}_s")
            found[f"{name[:-2]}.weight"] = whole.T.contiguous()
        elif name.endswith("_w"):
            found[f"{name[:-2]}.weight"] = tensor(name).T.contiguous()
        elif name.endswith((".weight", ".bias")):
            found[name] = tensor(name)
    return found
