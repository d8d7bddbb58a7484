"""The reader's network in PyTorch: a BERT encoder with marks before units, and three heads.

``qa/models/reader/coding.py`` says what it reads.  Heads: at each mark, is the unit part of the
answer; at [CLS], does the window answer (full, part, contra, none); at each piece, does the phrase
that answers start or end here.  Marks are vectors added to unused word pieces, so that the
embedder's vocabulary stays as it is (cf. Provence, Chirkova et al. 2025).
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from qa.models.reader.coding import Special

_EPSILON = 1e-12
_BUCKETS, _FAR = 32, 128  # of MPNet's relative places
_THEIRS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "o": "attention.output.dense",
    "ln1": "attention.output.LayerNorm",
    "f1": "intermediate.dense",
    "f2": "output.dense",
    "ln2": "output.LayerNorm",
}


class Base(NamedTuple):
    """An encoder to start from: BERT's tensors by their usual names, its heads, its word pieces.

    ``far`` is MPNet's bias of each head by relative place, (buckets, heads).
    """

    weights: dict[str, Tensor]
    heads: int
    special: Special
    far: Tensor | None = None


class Layer(nn.Module):
    """One layer of BERT, after-norm, with exact GELU."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
        self.ln1, self.ln2 = (nn.LayerNorm(width, eps=_EPSILON) for _ in range(2))
        self.f1, self.f2 = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x: Tensor, mask: Tensor, drop: nn.Module) -> Tensor:
        """Rows (batch, length, width) to rows of the same shape; ``mask`` is added to scores."""
        batch, length, width = x.shape
        q, k, v = (
            part(x).view(batch, length, self.heads, -1).transpose(1, 2)
            for part in (self.q, self.k, self.v)
        )
        with torch.autocast("cpu", enabled=False):  # else the softmax is of float32, and slow
            scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2)) + mask.to(q.dtype)
            mixed = torch.matmul(torch.softmax(scores, -1), v)
        x = self.ln1(x + drop(self.o(mixed.transpose(1, 2).reshape(batch, length, width))))
        y: Tensor = self.ln2(x + drop(self.f2(F.gelu(self.f1(x)))))
        return y


class Encoder(nn.Module):
    """The network; starts from ``base``, whose words stay."""

    def __init__(self, base: Base, drop: float = 0.05) -> None:
        super().__init__()
        weights = base.weights
        pieces, width = weights["embeddings.word_embeddings.weight"].shape
        places = weights["embeddings.position_embeddings.weight"].shape[0]
        count = sum(name.endswith("intermediate.dense.bias") for name in weights)
        inner = weights["encoder.layer.0.intermediate.dense.bias"].shape[0]
        self.special = base.special
        self.word, self.pos = nn.Embedding(pieces, width), nn.Embedding(places, width)
        self.typ, self.mark = nn.Embedding(2, width), nn.Embedding(3, width)
        self.ln, self.drop = nn.LayerNorm(width, eps=_EPSILON), nn.Dropout(drop)
        far = base.far
        self.far = None if far is None else nn.Embedding.from_pretrained(far, freeze=False)
        self.layers = nn.ModuleList(Layer(width, base.heads, inner) for _ in range(count))
        self.ev, self.out = nn.Linear(2 * width, 1), nn.Linear(width, 4)
        self.sp = nn.Linear(width, 2)
        nn.init.zeros_(self.mark.weight)
        for head in (self.ev, self.out, self.sp):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        self._start_from(weights)
        self.word.weight.requires_grad_(False)  # so that the shipped file can leave them out

    def _start_from(self, weights: dict[str, Tensor]) -> None:
        kinds = {"word": "word_embeddings", "pos": "position_embeddings", "ln": "LayerNorm"}
        kinds["typ"] = "token_type_embeddings"
        names = {mine: f"embeddings.{theirs}" for mine, theirs in kinds.items()}
        for i in range(len(self.layers)):
            for mine, theirs in _THEIRS.items():
                names[f"layers.{i}.{mine}"] = f"encoder.layer.{i}.{theirs}"
        own = self.state_dict()
        for mine, theirs in names.items():
            for kind in (".weight", ".bias"):
                if mine + kind in own:
                    own[mine + kind].copy_(weights[theirs + kind])

    def forward(self, ids: Tensor, typ: Tensor, real: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of evidence (B, L), outcome (B, 4) and phrase (B, L, 2), from three (B, L).

        ``typ`` is 0 in the question and 1 in the window, ``real`` 1 where a piece is no padding.
        """
        which = (ids == self.special.mark) + 2 * (ids == self.special.title)
        x = self.word(ids) + self.mark(which) + self.typ(typ)
        x = self.drop(self.ln(x + self.pos.weight[: ids.shape[1]]))
        mask = (1.0 - real.to(x.dtype))[:, None, None, :] * -1e4
        if self.far is not None:
            mask = mask + self.far(_buckets(ids.shape[1])).permute(2, 0, 1)[None]
        for layer in self.layers:
            x = layer(x, mask, self.drop)
        first = x[:, :1]
        evidence = self.ev(torch.cat([x, first.expand_as(x)], -1))[..., 0]
        return evidence, self.out(first[:, 0]), self.sp(x)


def _buckets(length: int) -> Tensor:
    """The bucket of each two places, (length, length), as MPNet has them (Song et al. 2020)."""
    places = torch.arange(length)
    back = places[:, None] - places[None]
    half = _BUCKETS // 2
    exact = half // 2
    size = back.abs()
    ratio = torch.log(size.clamp(min=1) / exact) / math.log(_FAR / exact)
    grown = (exact + (ratio * (half - exact)).long()).clamp(max=half - 1)
    return (back < 0) * half + torch.where(size < exact, size, grown)
