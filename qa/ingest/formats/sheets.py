"""Spreadsheets, read by calamine: one small library in Rust for all their formats.

It reads .xls, .xlsb and .ods too, which openpyxl does not; what it does not tell is how a number
is shown (percent, currency).
"""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from typing import Any

from qa.errors import DocumentError
from qa.ingest.formats import dates, opendocument
from qa.ingest.formats.archive import opened
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.office import checked
from qa.ingest.formats.rows import is_value, is_year, names_columns
from qa.ingest.formats.tables import row_line
from qa.times.intervals import Claimed

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_CELLS = 5_000_000  # of a sheet; more are a trap or a database
_MOST_FILLED = 100_000  # cells that merged ranges of a sheet may fill


def workbook(raw: Raw) -> Draft:
    """A workbook: a heading per sheet, a line per row that makes sense by itself.

    Formulas give their values, dates are dates, a merged cell counts for every row and column
    that it covers.  Hidden sheets are read, and said to be hidden.

    Raises DocumentError where it is encrypted, a bomb, or no workbook.
    """
    import python_calamine as calamine

    properties: dict[str, str] = {}
    if raw.suffix in (".xlsx", ".xlsm", ".xlsb"):
        properties = checked(raw)
    elif not raw.data.startswith(_OLE):
        opened(raw).close()
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw.data))
    except calamine.PasswordError as error:
        raise DocumentError("is encrypted; remove the password and ingest again") from error
    except calamine.CalamineError as error:
        raise DocumentError(f"is not a {raw.suffix} file, or is damaged") from error
    merged = opendocument.merged(raw) if raw.suffix == ".ods" else {}
    lines: list[str] = []
    remarks: list[str] = []
    size = 0
    for meta in book.sheets_metadata:
        if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        hidden = meta.visible is not calamine.SheetVisibleEnum.Visible
        try:
            sheet = book.get_sheet_by_name(meta.name)
            found = list(_lines(sheet, sheet.merged_cell_ranges or merged.get(meta.name) or ()))
        except calamine.CalamineError as error:
            detail = " ".join(str(error).split())[:100]
            remarks.append(f"sheet {meta.name!r} cannot be read ({detail})")
            continue
        if not found:
            continue
        if hidden:
            remarks.append(f"sheet {meta.name!r} is hidden in the file; it is read")
        lines += [f"## {meta.name}{' (hidden sheet)' if hidden else ''}", "", *found, ""]
        size += sum(map(len, found))
        if size > raw.limit:
            raise DocumentError("grows too large once its rows carry their headers")
    day = dates.parse(properties.get("created"))
    return Draft(
        text="\n".join(lines),
        title=properties.get("title"),
        author=properties.get("author"),
        saved=Claimed(day, "document properties (created)") if day else None,
        remarks=tuple(remarks),
        is_rows=True,
    )


def _lines(sheet: Any, merged: Sequence[opendocument.Range]) -> Iterator[str]:
    """The lines of a sheet, tables parted by empty ones."""
    if sheet.height * sheet.width > _MOST_CELLS:
        raise DocumentError(
            f"is too large a table: sheet {sheet.name!r} has {sheet.height:,} rows of"
            f" {sheet.width:,} columns; save the part that matters as .csv"
        )
    rows = [[_shown(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)]
    wide = _fill(rows, sheet.start or (0, 0), merged)
    table: list[tuple[int, list[str]]] = []
    for at, row in enumerate([*rows, []]):
        if any(row):
            table.append((at, row))
        elif table:
            yield from _table(table, wide)
            yield ""
            table = []


def _fill(
    rows: list[list[str]], origin: tuple[int, int], merged: Sequence[opendocument.Range]
) -> frozenset[int]:
    """Write what merged cells say into all that they cover; which rows have wide ones."""
    top, left = origin
    filled, wide = 0, set()
    for (first, start), (last, end) in merged:
        y, x = first - top, start - left
        if not (0 <= y < len(rows) and 0 <= x < len(rows[y])) or not rows[y][x]:
            continue
        value = rows[y][x]
        if end > start:
            wide.add(y)
        for row in rows[y : last - top + 1]:
            for column in range(x, min(end - left + 1, len(row))):
                filled += 1
                if filled > _MOST_FILLED:
                    return frozenset(wide)
                row[column] = row[column] or value
    return frozenset(wide)


def _table(table: list[tuple[int, list[str]]], wide: frozenset[int]) -> Iterator[str]:
    """The lines of rows without an empty one between them: captions, then the rows."""
    while table and len({cell for cell in table[0][1] if cell}) == 1 and len(table) > 1:
        yield next(cell for cell in table.pop(0)[1] if cell)
        yield ""
    names: list[str] = []
    rows = [row for _, row in table]
    if len(rows) > 2 and table[0][0] in wide and not any(map(_is_amount, rows[1])):
        names = [
            " ".join(dict.fromkeys(one for one in pair if one))
            for pair in zip(*rows[:2], strict=True)
        ]
        rows = rows[2:]
    elif len(rows) > 1 and _is_form(rows):
        yield from (row_line([(row[0], row[1])]) for row in map(_packed, rows))
        return
    elif len(rows) > 1 and names_columns(_trimmed(rows[0]), [_trimmed(row) for row in rows[1:]]):
        names, rows = rows[0], rows[1:]
    for row in rows:
        columns = (
            (names[at] if at < len(names) and names[at] else "" if names else _letter(at))
            for at in range(len(row))
        )
        if names:
            yield row_line(zip(columns, row, strict=True))
        elif sum(map(bool, row)) == 1:
            yield next(cell for cell in row if cell)
        else:
            yield row_line(zip(columns, row, strict=True))


def _is_amount(cell: str) -> bool:
    return is_value(cell) and not is_year(cell)


def _is_form(rows: list[list[str]]) -> bool:
    """Whether each row is a name and its value, rather than two columns below their names.

    Two rows are where their values are of one kind, words or numbers; more where of both.
    """
    packed = [_packed(row) for row in rows]
    if any(len(row) != 2 or is_value(row[0]) for row in packed):
        return False
    kinds = [is_value(row[1]) for row in packed]
    return kinds[0] == kinds[1] if len(kinds) == 2 else len({*kinds[1:]}) == 2


def _packed(row: list[str]) -> list[str]:
    return [cell for cell in row if cell]


def _trimmed(row: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]


def _letter(column: int) -> str:
    """A column's letters, as a spreadsheet names it.

    >>> _letter(0), _letter(25), _letter(26), _letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    name, column = "", column + 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def _shown(cell: object) -> str:
    """A cell as text: whole numbers without a point, dates as ISO 8601."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        return cell.date().isoformat() if is_day else cell.isoformat(" ", "minutes")
    return " ".join(str(cell).split())
