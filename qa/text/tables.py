"""Rows of tables and the words of their header: with bars (Markdown), tabs, or set in columns.

A table set in columns has no mark but its shape: lines whose cells, parted by two spaces or
more, begin or end at the same places.  A cell is given the header's words that stand over it;
where that is not clear the row is left as it stands, since a value under another column's name
would be wrong.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

Span = tuple[int, int]

_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
_LINE = re.compile(r"[ \t]*(?:[-=_+]{2,}[ \t]*)+")
_CELL = re.compile(r"[^ \t]+(?: [^ \t]+)*")
_ROWS = 3
"""Lines that make a table of columns, its header among them."""
_ALIGNED = 0.8
"""Share of the lines with a cell at the same place, other than the first cell."""
_LONGEST_CAPTION = 160
_NUMBERED = re.compile(r"[^\W\d_]{3,12}\.?[ \t]\d{1,3}[.:][ \t]")  # "Table 2. "
_WIDEST = 120
"""Characters of a line beyond which it is no row of columns."""


class Header(NamedTuple):
    """The words over the columns; ``spans`` are their places in the line, None with bars."""

    names: tuple[str, ...]
    spans: tuple[Span, ...] | None = None


def cells_in(line: str) -> list[Span]:
    """The cells of a line set in columns, parted by two spaces or more.

    >>> cells_in("07:07  Lapwing      153")
    [(0, 5), (7, 14), (20, 23)]
    """
    return [match.span() for match in _CELL.finditer(line)]


def columned(lines: Sequence[str]) -> set[int]:
    """Which of ``lines``, none of them blank, are rows of a table set in columns.

    Lines above it, and one flush line below it, may stand with it: a caption, a note.  Where a
    line within it has one cell, a cell goes on there, and none is a table.

    >>> columned(["Prices", "Cup    1.20", "Plate  3.40", "Jug   11.00"])
    {1, 2, 3}
    """
    found = [cells_in(line) if len(line) <= _WIDEST else [] for line in lines]
    first = next((i for i, cells in enumerate(found) if len(cells) > 1), len(lines))
    last = len(lines) - 1
    if last > first and len(found[last]) == 1 and not lines[last][0].isspace():
        last -= 1
    rows = [i for i in range(first, last + 1) if not _is_ruled(lines[i])]
    if len(rows) < _ROWS or any(len(found[i]) < 2 for i in rows):
        return set()
    if _aligned([found[i] for i in rows]):
        return set(rows)
    # A header without figures may stand in the middle over columns of them.
    headed = not any(map(str.isdigit, lines[rows[0]]))
    return set(rows) if headed and _aligned([found[i] for i in rows[1:]]) else set()


def _aligned(rows: Sequence[Sequence[Span]]) -> bool:
    """Whether cells of nearly all rows, other than the first of each, begin or end at one place."""
    places = [{a for a, _ in cells[1:]} | {-b for _, b in cells[1:]} for cells in rows]
    shared = max(sum(one in each for each in places) for one in set().union(*places))
    return shared >= _ALIGNED * len(rows)


def _is_ruled(line: str) -> bool:
    """Whether a line is the rule of dashes of a table set in columns."""
    return _LINE.fullmatch(line) is not None


def header_of(text: str, start: int, end: int) -> Header | None:
    """The header that the row from ``start`` to ``end`` is; None where it is none."""
    stop = text.find("\n", end)
    if stop < 0:
        return None
    below = text[stop + 1 : (text.find("\n", stop + 1) + 1 or len(text) + 1) - 1]
    if "|" in text[start:end]:
        ruled = "-" in below and _RULE.match(below)
        return Header(tuple(_parted(_whole(text, start, end)))) if ruled else None
    return _column_header(text, start, end, below)


def is_caption(line: str) -> bool:
    """Whether a line right above a table names it, rather than says something of its own.

    >>> is_caption("Prices in crowns"), is_caption("Table 2. What a room costs.")
    (True, True)
    >>> is_caption("A room costs 40 crowns."), is_caption("The rooms:")
    (False, False)
    """
    if not line.strip() or len(line) > _LONGEST_CAPTION:
        return False
    return line[-1] not in ".!?:;,。！？：；，" or _NUMBERED.match(line) is not None


def named_above(text: str, start: int) -> str:
    r"""The caption and the header's words of the table that ``start`` stands within, as one line.

    "" in no table, and in a table's first row.

    >>> named_above("Prices\n\n| Room | Price |\n|---|---|\n| Larch | 40 |\n", 40)
    'Prices Room Price'
    """
    blank = text.rfind("\n\n", 0, start)
    top = blank + 2 if blank >= 0 else 0
    end = text.find("\n", top)
    if not top <= end < start or (header := header_of(text, top, end)) is None:
        return ""
    above = text[text.rfind("\n", 0, max(0, top - 2)) + 1 : max(0, top - 2)]
    caption = [above] if is_caption(above) else []
    return " ".join([*caption, *header.names])


def _column_header(text: str, start: int, end: int, below: str) -> Header | None:
    """The first line of columns is a header if a rule follows, or figures that it has none of."""
    begin = text.rfind("\n", 0, start) + 1
    above = text[text.rfind("\n", 0, max(0, begin - 1)) + 1 : max(0, begin - 1)]
    line = text[begin:end]
    cells = cells_in(line)
    stands_below = len(cells_in(above)) > 1 and not _is_ruled(above)
    if len(cells) < 2 or stands_below or any(map(str.isdigit, line)):
        return None
    if not _is_ruled(below):
        rows = list(_rows_below(text, end))
        if not rows or 2 * sum(any(map(str.isdigit, row)) for row in rows) <= len(rows):
            return None
    if "\t" in line:
        return Header(tuple(_parted(line)))
    return Header(tuple(line[a:b] for a, b in cells), tuple(cells))


def _rows_below(text: str, end: int) -> Iterator[str]:
    at = text.find("\n", end)
    while at >= 0:
        stop = text.find("\n", at + 1)
        line = text[at + 1 : stop if stop >= 0 else len(text)]
        if len(cells_in(line)) < 2:
            return
        yield line
        at = stop


def with_header(header: Header, text: str, start: int, end: int) -> str | None:
    r"""The row as "name: cell; name: cell"; None where its cells do not fit the header.

    >>> rows = "time   vessel     cars\n07:07  Lapwing      13\n07:27  Merganser    37\n"
    >>> with_header(header_of(rows, 0, 22), rows, 23, 45)
    'time: 07:07; vessel: Lapwing; cars: 13'
    """
    if header.spans is None:
        cells = _parted(_whole(text, start, end))
        if len(cells) > len(header.names) or len(cells) < 2:
            return None
        pairs = list(zip(header.names, cells, strict=False))
    else:
        begin = text.rfind("\n", 0, start) + 1
        line = text[begin:end]
        found = cells_in(line)
        over = _over(header.spans, found)
        if len(found) < 2 or None in over or len(set(over)) < len(over):
            return None
        pairs = [
            (header.names[place], line[a:b])
            for place, (a, b) in zip(over, found, strict=True)
            if place is not None
        ]
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _over(spans: Sequence[Span], cells: Sequence[Span]) -> list[int | None]:
    """Which of the header's cells stands over each of a row's; None where several or none may.

    A row with a cell for each column has them in order, unless one is flush with another's.
    """
    exact = [
        [i for i, (a, b) in enumerate(spans) if a == cell[0] or b == cell[1]] for cell in cells
    ]
    if len(cells) == len(spans) and all(not some or at in some for at, some in enumerate(exact)):
        return list(range(len(cells)))
    over: list[int | None] = []
    for cell, some in zip(cells, exact, strict=True):
        touching = [i for i, (a, b) in enumerate(spans) if a < cell[1] and cell[0] < b]
        meant = some if len(some) == 1 else touching
        over.append(meant[0] if len(meant) == 1 else None)
    return over


def _whole(text: str, start: int, end: int) -> str:
    """A row with the bar before its first cell, without which an empty one would be lost."""
    begin = text.rfind("\n", 0, start) + 1
    return text[begin:end] if text[begin:start].strip() == "|" else text[start:end]


def _parted(row: str) -> list[str]:
    """The cells of a row with bars, or with tabs, their spaces joined."""
    bar = r"(?<!\\)\|" if "|" in row else "\t"
    inner = row.strip().removeprefix("|").removesuffix("|") if "|" in row else row
    cells = re.split(bar, inner)
    return [" ".join(cell.split()) for cell in cells]
