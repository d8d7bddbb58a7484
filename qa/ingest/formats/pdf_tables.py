"""Tables and columns of a PDF's page, by where the pieces of its lines stand.

A PDF knows no table: lines with wide gaps, one below the other, whose pieces stand in columns are
one.  Where the pieces are long they are two columns of text instead, whose lines were written
across.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from qa.ingest.formats.pdf_lines import Line
from qa.ingest.formats.rows import is_value, table_blocks

_LONG = 4.0
"""Words that a piece has on the whole from which on pieces are text, not cells."""

_SAME_BASE = 0.3  # of the type size: how far apart the bases of one row are
_MOST_FALL = 3.0  # type sizes between two rows of one table


def arranged(page: Sequence[Line]) -> list[Line]:
    """The lines of a page, those of a table as rows ("| a | b |"), columns one after the other."""
    found: list[Line] = []
    page = _with_values(page)
    at = 0
    while at < len(page):
        end = _run(page, at)
        if end - at < 2:
            found.append(page[at])
            at += 1
            continue
        lines = page[at:end]
        edges = _columns(lines)
        if len(edges) < 2:
            found += lines
        elif len(edges) == 2 and _are_long(lines):
            found += _side(lines, edges, 0)
            found += _side(lines, edges, 1)
        else:
            found += _rows(lines, edges)
        at = end
    return found


def _with_values(page: Sequence[Line]) -> list[Line]:
    """The lines, a value that was written elsewhere in the row between whose pieces it stands.

    Spreadsheets are printed so: the columns of words first, then those of figures.
    """
    rows: dict[int, list[Line]] = {
        at: list(line.pieces) for at, line in enumerate(page) if len(line.pieces) > 1
    }
    near: dict[int, list[int]] = defaultdict(list)  # by the whole points of their bases
    for at in rows:
        for shift in (-1, 0, 1):
            near[round(page[at].base) + shift].append(at)
    moved: set[int] = set()
    for at, line in enumerate(page):
        if line.kind or line.pieces or not is_value(line.text):
            continue
        for row in near[round(line.base)]:
            pieces = rows[row]
            same = abs(page[row].base - line.base) < _SAME_BASE * line.size
            if same and pieces[0].right < line.left and line.right < pieces[-1].left:
                pieces.append(line)
                pieces.sort(key=lambda piece: piece.left)
                moved.add(at)
                break
    return [
        line._replace(text=" ".join(one.text for one in rows[at]), pieces=tuple(rows[at]))
        if at in rows
        else line
        for at, line in enumerate(page)
        if at not in moved
    ]


def _run(page: Sequence[Line], first: int) -> int:
    """Behind the last line of those from ``first`` on that may be rows of one table."""
    if len(page[first].pieces) < 2:
        return first
    end = first + 1
    while end < len(page):
        above, line = page[end - 1], page[end]
        fall = (above.base - line.base) / max(line.size, 0.1)
        if not 0.3 <= fall <= _MOST_FALL:
            break
        if len(line.pieces) < 2 and not _goes_on(page, end):
            break
        end += 1
    while end > first and len(page[end - 1].pieces) < 2:
        end -= 1
    return end


def _goes_on(page: Sequence[Line], at: int) -> bool:
    """Whether a line of one piece is the rest of a cell: right of the first column, more below."""
    above, line = page[at - 1], page[at]
    beside = line.left > above.left + line.size
    return beside and at + 1 < len(page) and len(page[at + 1].pieces) > 1


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Where the columns are: what no line's pieces part."""
    spans = sorted((piece.left, piece.right) for line in lines for piece in _pieces(line))
    merged: list[tuple[float, float]] = []
    for left, right in spans:
        if merged and left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _pieces(line: Line) -> tuple[Line, ...]:
    return line.pieces or (line,)


def _are_long(lines: Sequence[Line]) -> bool:
    pieces = [piece for line in lines for piece in _pieces(line)]
    words = sum(len(piece.text.split()) for piece in pieces)
    return len(lines) > 3 and words > _LONG * len(pieces)


def _side(
    lines: Sequence[Line], edges: Sequence[tuple[float, float]], column: int
) -> Iterator[Line]:
    left, right = edges[column]
    for line in lines:
        for piece in _pieces(line):
            if left <= piece.left < right:
                yield piece


def _rows(lines: Sequence[Line], edges: Sequence[tuple[float, float]]) -> Iterator[Line]:
    rows: list[list[str]] = []
    starts = [left for left, _ in edges]
    for line in lines:
        cells = [""] * len(edges)
        for piece in _pieces(line):
            at = bisect_right(starts, piece.left) - 1
            cells[at] = f"{cells[at]} {piece.text}".strip()
        if len(line.pieces) < 2 and rows:  # the rest of a cell
            rows[-1] = [f"{a} {b}".strip() for a, b in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    first = lines[0]
    for kind, text in table_blocks(rows, merges=False):
        is_row = kind in ("table", "row")
        yield first._replace(text=text, pieces=(), broken=False, kind="row" if is_row else "")
