"""A question and a window as the word pieces that the reader's network takes.

    [CLS] question (before: earlier turns [SEP] [T] context [T] opening [M] unit [M] unit ... [SEP]

Training (``train/``) and reading put them together here, so that they cannot differ.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from qa.models.reader.base import Shown, Turns


class Special(NamedTuple):
    """Word pieces that are no words: the first, the separator, and two that are unused.

    ``mark`` stands before a unit, ``title`` before what stands above it.
    """

    cls: int
    sep: int
    mark: int
    title: int


MINILM = Special(101, 102, 1, 2)
E5 = Special(0, 2, 250003, 250004)
SHIPPED = Special(0, 2, 4, 5)
"""Those of the part of E5's pieces that comes with the package (``train/words.py``)."""

QUESTION, HISTORY, CONTEXT, OPENING, UNIT, MOST = 56, 40, 40, 26, 96, 384
"""Word pieces that each part may take, and the whole."""

_TURNS = 2


class Coded(NamedTuple):
    """Word pieces; where the window begins; of each unit its mark and its pieces' offsets.

    ``offsets`` holds (place of the first piece, the pieces' ranges of characters).
    """

    ids: list[int]
    split: int
    marks: list[int]
    offsets: list[tuple[int, list[tuple[int, int]]]]


def coded(
    tokenizer: Any, question: str, turns: Turns, window: Shown, special: Special = MINILM
) -> Coded:
    """The network's input, with as many of the window's units as it has room for.

    ``tokenizer`` is one of ``tokenizers.Tokenizer``, without truncation, ``special`` its own.
    """

    def pieces(text: str) -> Any:
        return tokenizer.encode(text, add_special_tokens=False)

    ids = [special.cls, *pieces(question).ids[:QUESTION]]
    if turns:
        before = " / ".join(f"{asked} {said}".strip() for asked, said in turns[: -_TURNS - 1 : -1])
        ids += pieces(f"(before: {before}").ids[:HISTORY]
    ids.append(special.sep)
    split = len(ids)
    if window.context:
        above = pieces(window.context).ids
        if len(above) > CONTEXT:  # the title begins it, the nearest heading ends it
            above = above[: CONTEXT // 2] + above[-CONTEXT // 2 :]
        ids += [special.title, *above]
    if window.opening:
        ids += [special.title, *pieces(window.opening).ids[:OPENING]]
    marks: list[int] = []
    offsets: list[tuple[int, list[tuple[int, int]]]] = []
    for unit in window.units:
        found = pieces(unit)
        own = found.ids[:UNIT]
        if len(ids) + len(own) + 2 > MOST:
            break
        marks.append(len(ids))
        ids.append(special.mark)
        offsets.append((len(ids), found.offsets[:UNIT]))
        ids += own
    return Coded([*ids, special.sep], split, marks, offsets)


def typed(one: Coded) -> list[int]:
    """The segment of each piece: 0 the question, 1 the window."""
    return [int(place >= one.split) for place in range(len(one.ids))]


def unread(window: Shown, one: Coded) -> Sequence[str]:
    """The units that had no room."""
    return window.units[len(one.marks) :]
