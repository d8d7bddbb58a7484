"""Where a line of text is broken on a terminal: by its cells, and never inside a character.

As Unicode's line breaking has it (UAX 14), as far as a screen needs: at blanks, beside Chinese and
Japanese characters but neither before what closes nor behind what opens, between citation marks.
Text is counted in its logical order, right-to-left text too: the terminal turns it round.
"""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from wcwidth import iter_graphemes, wcswidth

_SMALL = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー々〜～")
"""Japanese characters that go on the line of the one before them."""


class _Cluster(NamedTuple):
    """What is one character to a reader: its text, where it starts, and the cells that it takes."""

    text: str
    start: int
    cells: int


def breaks(text: str, width: int, *, words: bool = True) -> list[int]:
    r"""The offsets at which ``text`` goes on in the next line: none is wider than ``width`` cells.

    A line feed breaks as well; blanks may stand over the edge.  Without ``words`` what has no
    place to be broken is left whole, however long (a path that is to be copied).

    >>> breaks("the harbour of Kiel", 11)
    [12]
    >>> breaks("面包店于1987年开业。", 19)
    [10]
    """
    found: list[int] = []
    used, chance = 0, None  # cells of the line so far; the last place where it may be broken
    before: _Cluster | None = None
    line: list[_Cluster] = []
    for one in _clusters(text):
        if one.text in ("\n", "\r\n"):
            line, used, chance, before = [], 0, None, None
            continue
        if before is not None and _may_break(before.text, one.text):
            chance = one.start
        while line and used + one.cells > width and not one.text.isspace():
            if chance is None and not words:
                break
            at = chance if chance is not None else one.start
            found.append(at)
            line = [kept for kept in line if kept.start >= at]
            used, chance = sum(kept.cells for kept in line), None
        line.append(one)
        used += one.cells
        before = one
    return found


def filled(text: str, width: int) -> str:
    """``text`` with line feeds where it is broken between words; the blanks there are left out."""
    places = [0, *breaks(text, width, words=False), len(text)]
    lines = (text[a:b] for a, b in pairwise(places))
    return "\n".join(line.rstrip(" ") for line in lines)


def _clusters(text: str) -> Iterator[_Cluster]:
    at = 0
    for one in iter_graphemes(text):
        yield _Cluster(one, at, max(0, wcswidth(one)))
        at += len(one)


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end behind one character and the next begin with the other."""
    if after.isspace():
        return False
    if before.isspace():
        return True
    if (before[-1], after[0]) == ("]", "["):
        return True  # between citation marks
    closes = unicodedata.category(after[0]) in ("Pe", "Pf", "Po") or after[0] in _SMALL
    opens = unicodedata.category(before[0]) in ("Ps", "Pi")
    return (_is_ideographic(before) or _is_ideographic(after)) and not closes and not opens


def _is_ideographic(char: str) -> bool:
    """Whether lines are broken beside a character: wide ones, but for Korean, which has blanks."""
    return wcswidth(char) == 2 and not "\uac00" <= char[0] <= "\ud7a3"
