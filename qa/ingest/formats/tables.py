"""CSV and TSV: every row a line that makes sense by itself."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from itertools import dropwhile, islice

from qa.errors import DocumentError
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Raw

_DELIMITERS = ",;\t|"  # in this order where a sample leaves it open
_SAMPLE_ROWS = 100
_FIGURES, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]")
_MOST_COLUMNS = 16_384  # as many as a spreadsheet may have


def table(raw: Raw) -> Draft:
    """A table: its header line as it stands, then "Header: value; Header: value" per row.

    Line n of the text is row n of the table, the header being row 1; an empty row is an
    empty line.  A first row that holds nothing but numbers, or a date or figure in the form of
    the row below it, names no columns: they are then "column 1" and so on.  Above the header a
    comment ("# exported ...") and a title, one cell alone, are lines as they stand.

    Raises DocumentError where the quoting is broken, or a row has more than 16,384 cells.
    """
    text = decode(raw.data)
    lines: list[str] = []
    delimiters = "\t" if raw.suffix == ".tsv" else _DELIMITERS
    if text[:4].lower() == "sep=" and text[4:5] and text[5:6] in "\r\n":  # Excel's own mark
        delimiters, text = text[4:5], text[5:].lstrip("\r\n")
        lines.append("")
    delimiter, width = _layout(text, delimiters)
    names: list[str] | None = None
    size = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if len(row) > _MOST_COLUMNS:
                raise DocumentError(_too_wide(reader.line_num, len(row)))
            cells = [" ".join(cell.split()) for cell in row]
            if names is None and any(cells) and _stands_above(cells, width):
                lines.append(delimiter.join(row).rstrip(f"{delimiter} "))
            elif names is None and any(cells):
                names = _names(cells, text, delimiter)
                if names:
                    lines.append(_header(text, reader.line_num, cells, delimiter))
                else:
                    lines.append(row_line(zip_columns([], cells)))
            else:
                lines.append(row_line(zip_columns(names or [], cells)))
            size += len(lines[-1])
            if size > raw.limit:
                raise DocumentError("grows too large once its rows carry their headers")
    except csv.Error as error:
        raise DocumentError(f"is no readable table: line {reader.line_num}: {error}") from error
    return Draft(text="\n".join(lines) + "\n", is_rows=True)


def _too_wide(line: int, columns: int) -> str:
    return (
        f"is too wide a table: line {line} has {columns:,} columns, more than the"
        f" {_MOST_COLUMNS:,} of a spreadsheet; turn its columns into rows"
    )


def row_line(pairs: Iterable[tuple[str, str]]) -> str:
    """``Name: value; Name: value``; empty values are left out.

    >>> row_line([("City", "Bonn"), ("Mayor", ""), ("Year", "1989")])
    'City: Bonn; Year: 1989'
    """
    return "; ".join(f"{name}: {value}" if name else value for name, value in pairs if value)


def zip_columns(names: list[str], cells: list[str]) -> Iterable[tuple[str, str]]:
    """Cells with their columns' names; a cell beyond the header is "column 7"."""
    for at, cell in enumerate(cells):
        yield (names[at] if at < len(names) else "") or f"column {at + 1}", cell


def _stands_above(cells: list[str], width: int) -> bool:
    """Whether a row before the header is a comment or a title of a table of ``width`` columns."""
    said = [cell for cell in cells if cell]
    comment = cells[0].startswith("#") and len(cells) < width
    alone = len(said) == 1 and said[0] == cells[0] and len(cells) != 2
    return width > 1 and (comment or alone)


def _names(cells: list[str], text: str, delimiter: str) -> list[str]:
    if all(_is_number(cell) for cell in cells if cell):
        return []
    rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE_ROWS)
    below = dropwhile(lambda row: [" ".join(cell.split()) for cell in row] != cells, rows)
    following = next((row for row in islice(below, 1, None) if any(row)), [])
    return [] if any(map(_are_alike, cells, following)) else cells


def _are_alike(one: str, other: str) -> bool:
    """Whether two cells are made alike of figures and signs: days, times, amounts with cents."""
    form, its = (_FIGURES.sub("0", cell.strip()) for cell in (one, other))
    return form == its and "0" in form and form != "0" and _LETTERS.search(form) is None


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "").rstrip("%"))
    except ValueError:
        return False
    return True


def _header(text: str, number: int, cells: list[str], delimiter: str) -> str:
    """The line of that number as the file writes it, unless a quoted cell breaks over lines."""
    line = next(islice(io.StringIO(text, newline=""), number - 1, None)).rstrip("\r\n")
    try:
        same = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        same = []
    return line if [" ".join(cell.split()) for cell in same] == cells else delimiter.join(cells)


def _layout(text: str, delimiters: str) -> tuple[str, int]:
    """The delimiter that cuts most first rows into the same number of cells, and that number.

    ``csv.Sniffer`` takes letters for delimiters on small files, hence this.
    """
    best, best_width, best_share = delimiters[0], 0, 0.0
    for delimiter in delimiters:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            counts = Counter(len(row) for row in islice(rows, _SAMPLE_ROWS) if row)
        except csv.Error:
            continue
        width, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        share = times / counts.total() if width > 1 else 0.0
        if share > best_share:
            best, best_width, best_share = delimiter, width, share
    return best, best_width
