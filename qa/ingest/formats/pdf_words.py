"""The lines of a PDF's page, from its letters: where they stand, how large and how turned."""

import ctypes
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from qa.ingest.formats.pdf_grid import Grid, grids, turned
from qa.ingest.formats.pdf_lines import Line
from qa.ingest.formats.rows import table_blocks

_HYPHEN = "\x02"  # what PDFium writes for a hyphen that ends a line
_LINE = re.compile(rf"[^\r\n{_HYPHEN}]+{_HYPHEN}?|{_HYPHEN}")
_BLANK = re.compile(r"\s+")
_WIDE = 1.4
"""Type sizes of a blank from which on it parts cells: in justified text it stays below one."""

_NOTE = re.compile(r"(?:(?<=[.,;:!?)\]”\"’»])|(?<=[^\W\d_]{4}))\d{1,3}(?=$|[\s,;.)])")
_LONGEST_CELL = 1_500  # characters; more are a page with a frame, no table
_LONGEST_NAME = 200  # bytes of a font's
_SAMPLE = 200  # letters that tell how a page is turned
_RAISED = 0.8
"""Of a line's type size: how large the mark of a footnote is at most."""

_LIGATURES = {0xFB00 + n: one for n, one in enumerate("ff fi fl ffi ffl st st".split())}
_LIGATURES[0xAD] = ""


class _Words:
    """The letters of a page in the order of the file, and what PDFium tells of each."""

    def __init__(self, page: Any, pdfium: Any) -> None:
        self._page = page.get_textpage()
        self._pdfium = pdfium
        count = range(self._page.count_chars())
        self.text = "".join(chr(pdfium.FPDFText_GetUnicode(self._page, at)) for at in count)
        inked = [at for at, one in enumerate(self.text) if not one.isspace()]
        quarters = Counter(self.quarter(at) for at in inked[:: max(1, len(inked) // _SAMPLE)])
        self.upright = quarters.most_common(1)[0][0] if quarters else 0
        """How most letters are turned, in quarters: a page may lie on its side."""

    def close(self) -> None:
        """Give the page's text back."""
        self._page.close()

    def quarter(self, at: int) -> int:
        """How a letter is turned, in quarters."""
        angle = float(self._pdfium.FPDFText_GetCharAngle(self._page, at))
        return round(angle / (math.pi / 2)) % 4

    def box(self, at: int) -> tuple[float, float, float, float]:
        """Left, bottom, right and top, the page turned so that its lines run to the right."""
        return turned(self._page.get_charbox(at, loose=True), self.upright)

    def size(self, at: int) -> float:
        """The type size as it is seen: many files scale a type of one point."""
        size = float(self._pdfium.FPDFText_GetFontSize(self._page, at))
        matrix = self._pdfium.FS_MATRIX()
        if not self._pdfium.FPDFText_GetMatrix(self._page, at, matrix):
            return size
        return size * math.hypot(matrix.c, matrix.d)

    def is_typed(self, letters: Sequence[int]) -> bool:
        """Whether letters, of which a few are looked at, are set in a font of one width."""
        name, flags = ctypes.create_string_buffer(_LONGEST_NAME), ctypes.c_int()
        for at in letters[:: max(1, len(letters) // 4)]:
            self._pdfium.FPDFText_GetFontInfo(self._page, at, name, _LONGEST_NAME, flags)
            if not (flags.value & 1 or b"Courier" in name.value):  # often there without a flag
                return False
        return True

    def lines(self) -> Iterator[list[int]]:
        """The letters of each line; PDFium does not part those of a page that lies on its side."""
        for match in _LINE.finditer(self.text):
            line: list[int] = []
            base = 0.0
            for at in range(*match.span()):
                if self.text[at].isspace():
                    continue
                own = self.box(at)[1] if self.upright else 0.0
                if line and abs(own - base) > 1.0:
                    yield line
                    line = []
                base = own
                line.append(at)
            if line:
                yield line


def page_lines(page: Any, pdfium: Any, *, ruled: bool) -> list[Line]:
    """The lines of a page in the order of the file; those of a ruled table are its rows.

    ``ruled`` is False where rules part no cells: in a form.
    """
    words = _Words(page, pdfium)
    try:
        tables = grids(page, pdfium, words.upright) if ruled else []
        owner = _owners(words, tables)
        found: list[Line] = []
        cells: dict[int, dict[int, list[Line]]] = {}
        starts: dict[int, int] = {}
        for inked in words.lines():
            for own, group in groupby(inked, lambda at: owner.get(at)):
                letters = list(group)
                if own is None:
                    _add(found, _whole(words, letters))
                    continue
                table, cell = own
                if table not in cells:
                    cells[table] = defaultdict(list)
                    starts[table] = len(found)
                cells[table][cell].append(
                    _line(words, letters[0], letters[-1] + 1, _largest(words, letters))
                )
        for table, at in sorted(starts.items(), key=lambda one: -one[1]):
            found[at:at] = _rows(tables[table], cells[table])
        return found
    finally:
        words.close()


def _owners(words: _Words, tables: Sequence[Grid]) -> dict[int, tuple[int, int]]:
    """Of each letter in a ruled table, the table and the cell.

    What has two pieces beside one another in several lines of one cell is no table: its rules part
    sections; nor is what has text in one row or column alone, or as much as a page in a cell.
    """
    if not tables:
        return {}
    owner: dict[int, tuple[int, int]] = {}
    pieces: Counter[tuple[int, int]] = Counter()
    lengths: Counter[tuple[int, int]] = Counter()
    for inked in words.lines():
        for own, group in groupby(inked, lambda at: _cell_at(words, tables, at)):
            if own is None:
                continue
            letters = list(group)
            owner.update(dict.fromkeys(letters, own))
            lengths[own] += len(letters)
            wide = _WIDE * max(_largest(words, letters), 1.0)
            pieces[own] += len(list(_pieces(words, letters, wide))) > 1
    broken = {own[0] for own, count in pieces.items() if count > 1}
    broken |= {own[0] for own, length in lengths.items() if length > _LONGEST_CELL}
    for at, table in enumerate(tables):
        if not table.is_filled({cell for one, cell in lengths if one == at}):
            broken.add(at)
    return {at: own for at, own in owner.items() if own[0] not in broken}


def _cell_at(words: _Words, tables: Sequence[Grid], at: int) -> tuple[int, int] | None:
    left, bottom, right, top = words.box(at)
    x, y = (left + right) / 2, (bottom + top) / 2
    for number, table in enumerate(tables):
        cell = table.cell_at(x, y)
        if cell is not None:
            return number, cell
    return None


def _rows(table: Grid, cells: Mapping[int, Sequence[Line]]) -> Iterator[Line]:
    """The rows of a ruled table as lines ("| a | b |")."""
    said = {cell: list(_said(lines)) for cell, lines in cells.items()}
    first = next(iter(cells.values()))[0]
    for kind, text in table_blocks(table.rows(said)):
        is_row = kind in ("table", "row")
        yield Line(
            text,
            False,
            table.xs[0],
            table.xs[-1],
            table.ys[-1],
            first.size,
            (),
            "row" if is_row else "",
        )


def _said(lines: Sequence[Line]) -> Iterator[str]:
    """The lines of a cell; a small number behind a larger word is the mark of a footnote."""
    said = ""
    above: Line | None = None
    for line in lines:
        is_mark = above is not None and line.text.isdigit() and line.size <= _RAISED * above.size
        if is_mark and len(line.text) < 4:
            said += f"[{line.text}]"
            continue
        if above is not None and (above.broken or abs(above.base - line.base) < 0.3 * line.size):
            said += line.text if above.broken else f" {line.text}"
        else:
            if said:
                yield said
            said = line.text
        above = line
    yield said


def _add(found: list[Line], line: Line) -> None:
    above = found[-1] if found else None
    if above is not None and _is_rest(above, line):  # behind the mark of a footnote
        found[-1] = above._replace(
            text=f"{above.text} {line.text}", right=line.right, broken=line.broken
        )
    else:
        found.append(line)


def _largest(words: _Words, letters: Sequence[int]) -> float:
    """The type size of a line, the largest of a few letters: a bullet may be set smaller."""
    return max(words.size(at) for at in letters[:: max(1, len(letters) // 4)])


def _whole(words: _Words, letters: Sequence[int]) -> Line:
    size = _largest(words, letters)
    spans = _pieces(words, letters, _WIDE * max(size, 1.0))
    pieces = [_line(words, *span, size) for span in spans]
    beside = words.quarter(letters[0]) != words.upright
    typed = not beside and words.is_typed(letters)
    return pieces[0]._replace(
        text=" ".join(piece.text for piece in pieces),
        right=pieces[-1].right,
        broken=pieces[-1].broken and not beside,
        pieces=tuple(pieces) if len(pieces) > 1 and not beside else (),
        kind="beside" if beside else "code" if typed else "",
    )


def _is_rest(above: Line, line: Line) -> bool:
    """Whether a line stands right behind the one before, on the same base."""
    same = abs(above.base - line.base) < 0.2 * line.size and abs(above.size - line.size) < 1
    plain = not (above.pieces or line.pieces or above.broken or above.kind or line.kind)
    return plain and same and -0.2 * line.size < line.left - above.right < 0.6 * line.size


def _pieces(words: _Words, letters: Sequence[int], wide: float) -> Iterator[tuple[int, int]]:
    """Where the pieces of a line are that wide blanks part."""
    start, end = letters[0], letters[-1] + 1
    for blank in _BLANK.finditer(words.text, start, end):
        before, after = blank.span()
        if words.box(after)[0] - words.box(before - 1)[2] > wide:
            yield start, before
            start = after
    yield start, end


def _line(words: _Words, start: int, end: int, size: float) -> Line:
    left, base, _, _ = words.box(start)
    right = words.box(end - 1)[2]
    text = words.text
    parts, last = [], start
    for mark in _NOTE.finditer(text, start, end):
        if words.size(mark.start()) <= _RAISED * size:
            parts += [text[last : mark.start()], f"[{mark.group()}]"]
            last = mark.end()
    said = "".join(parts) + text[last:end]
    broken = said.endswith(_HYPHEN)
    shown = " ".join(said.rstrip(_HYPHEN).translate(_LIGATURES).split())
    return Line(_joined_surrogates(shown), broken, left, right, base, size)


def _joined_surrogates(text: str) -> str:
    """PDFium gives a character beyond the basic plane as two halves."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
