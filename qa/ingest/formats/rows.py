"""Blocks of a document as text; a table as Markdown writes it, so that its header is one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_NUMBER = re.compile(r"[\s\d.,%€$£()+\-–−/:]*\d[\s\d.,%€$£()+\-–−/:]*")
_MOST_FILLED = 100_000  # cells that those which span several may fill
_YEAR = re.compile(r"(?:19|20)\d\d")


def joined(blocks: Sequence[tuple[str, str]]) -> str:
    """Blocks of (kind, text), parted by empty lines but for those of one list or table.

    Kinds are "li", an item; "table" and "row", the first row of a table and the others.
    """
    parts: list[str] = []
    before = ""
    for kind, text in blocks:
        if parts:
            goes_on = kind == before == "li" or (kind == "row" and before in ("table", "row"))
            parts.append("\n" if goes_on else "\n\n")
        parts.append(text)
        before = kind
    return "".join(parts) + "\n" if parts else ""


def table_blocks(
    rows: Sequence[Sequence[str]], heads: int = 0, *, merges: bool = True
) -> Iterator[tuple[str, str]]:
    """A table's rows as "cell | cell", below its header a rule.

    ``heads`` is how many rows the format itself says are headers; where it says nothing, the
    first row is one if it plainly names columns: words above values, or three words and more.
    A first row that is one cell alone, as a merged title is, stands before the table as its
    caption; ``merges`` is False where a cell that is merged does not stand in all it covers.
    """
    found = [[_cell(one) for one in row] for row in rows]
    found = [row for row in found if any(row)]
    width = max((len(row) for row in found), default=0)
    while len(found) > 1 and width > 1 and _is_caption(found[0], merges):
        yield "", next(one for one in found.pop(0) if one)
        heads = max(0, heads - 1)
    if not heads and len(found) > 1 and width > 1 and names_columns(found[0], found[1:]):
        values = sum(is_value(row[-1]) for row in found[1:])
        heads = int(width > 2 or 2 * values > len(found) - 1)
    if heads > 1:  # one above the other, as "2023" over "Q1": a column has both names
        stacked = found[:heads]
        found[:heads] = [
            [
                " ".join(dict.fromkeys(row[at] for row in stacked if at < len(row) and row[at]))
                for at in range(width)
            ]
        ]
        heads = 1
    if not found:
        return
    if width < 2:
        yield from (("", row[0]) for row in found)
        return
    for at, row in enumerate(found):
        yield "row" if at else "table", "| " + " | ".join(row) + " |"
        if at == 0 and heads:
            yield "row", "|" + "---|" * len(row)


def _is_caption(row: Sequence[str], merges: bool) -> bool:
    said = [one for one in row if one]
    return len(said) == 1 or (merges and len(set(said)) == 1)


class Spanned(NamedTuple):
    """A cell, and how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


def spread(rows: Sequence[Sequence[Spanned]]) -> list[list[str]]:
    """The rows with a cell for each column: what spans several stands in all of them."""
    found: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}  # column -> how many rows more, and what they say
    filled = 0
    for row in rows:
        cells: list[str] = []
        waiting = list(row)[::-1]
        while waiting or len(cells) in below:
            at = len(cells)
            if at in below:
                left, text = below.pop(at)
                if left > 1:
                    below[at] = (left - 1, text)
                cells.append(text)
                continue
            one = waiting.pop()
            for _ in range(max(1, one.columns)):
                filled += 1
                if one.rows > 1 and filled < _MOST_FILLED:
                    below[len(cells)] = (one.rows - 1, one.text)
                cells.append(one.text)
                if filled > _MOST_FILLED:
                    break
        found.append(cells)
    return found


def names_columns(first: Sequence[str], below: Iterable[Sequence[str]]) -> bool:
    """Whether the row ``first`` names the columns of the rows ``below``: words, or years."""
    named = [one for one in first if one]
    if len(named) < 2 or len(set(named)) < len(named):
        return False
    if any(is_value(one) and not is_year(one) for one in named):
        return False
    if not all(is_value(one) for one in named[1:]):
        return len(named) >= len(first) - 1
    return any(is_value(one) for row in below for one in row[1:])


def is_value(cell: str) -> bool:
    """Whether a cell holds a number or a date in digits, rather than words."""
    return bool(_NUMBER.fullmatch(cell))


def is_year(cell: str) -> bool:
    """Whether a cell may be a year, which names a column as words do."""
    return bool(_YEAR.fullmatch(cell))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
