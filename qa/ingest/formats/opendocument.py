"""OpenDocument text and slides, read by lxml: odfpy has had no release since 2020."""

import zipfile
from collections.abc import Iterator
from typing import Any

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.archive import member, opened
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.rows import Spanned, joined, spread, table_blocks
from qa.times.intervals import Claimed

_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_META = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}initial-creator",
    "creator": "{http://purl.org/dc/elements/1.1/}creator",
    "created": "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}creation-date",
}
_SPOKEN = {f"{_T}tab": " ", f"{_T}line-break": "\n"}
_GONE = frozenset(  # what was deleted, and lists that a program makes of the text itself
    _T + name
    for name in (
        *("tracked-changes", "table-of-content", "alphabetical-index", "ruby-text"),
        "note-citation",
    )
)
Range = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell that a merged one covers, as (row, column) from 0."""

_MOST_BLANKS = 100
_MOST_REPEATED = 1_000


def text(raw: Raw) -> Draft:
    """A text: headings, lists, tables, notes behind the paragraph that they belong to.

    Raises DocumentError where it is encrypted, a bomb, or no OpenDocument file.
    """
    with opened(raw) as archive:
        body = _content(archive).find(f"{_OFFICE}body")
        found = list(_blocks(body)) if body is not None else []
        return _draft(archive, joined(found), ())


def slides(raw: Raw) -> Draft:
    """Slides: each is a page, its title a heading, its notes after it.

    Raises DocumentError where it is encrypted, a bomb, or no OpenDocument file.
    """
    with opened(raw) as archive:
        said, starts = "", []
        for page in _content(archive).iter(f"{_DRAW}page"):
            starts.append(len(said))
            found: list[tuple[str, str]] = []
            for frame in page:
                blocks = list(_blocks(frame))
                if frame.get(f"{_PRESENTATION}class") == "title" and blocks:
                    title = " ".join(" ".join(one for _, one in blocks).split())
                    found.insert(0, ("", f"## {title}"))
                elif frame.tag == f"{_PRESENTATION}notes":
                    found += [("", f"Notes: {one}") for _, one in blocks[:1]] + blocks[1:]
                else:
                    found += blocks
            if found:
                said += joined(found) + "\n"
        return _draft(archive, said.removesuffix("\n"), tuple(starts))


def _draft(archive: zipfile.ZipFile, said: str, starts: tuple[int, ...]) -> Draft:
    meta: dict[str, str] = {}
    if "meta.xml" in archive.namelist():
        root = _xml(member(archive, "meta.xml"))
        for name, tag in _META.items():
            one = root.find(f".//{tag}")
            meta[name] = "" if one is None else "".join(one.itertext())
    day = dates.parse(meta.get("created"))
    return Draft(
        text=said,
        title=meta.get("title"),
        author=meta.get("author") or meta.get("creator"),
        saved=Claimed(day, "document properties (created)") if day else None,
        page_starts=starts,
    )


def _content(archive: zipfile.ZipFile) -> Any:
    manifest = "META-INF/manifest.xml"
    if manifest in archive.namelist() and b"encryption-data" in member(archive, manifest):
        raise DocumentError("is encrypted; remove the password and ingest again")
    return _xml(member(archive, "content.xml"))


def _xml(data: bytes) -> Any:
    from lxml import etree  # type: ignore[import-untyped] # has no types

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _blocks(root: Any) -> Iterator[tuple[str, str]]:
    """The paragraphs, headings, items and tables below ``root``, at any depth of wrapping."""
    from lxml import etree

    walk = etree.iterwalk(root, events=("start", "end"))
    depth, first = 0, False
    for event, element in walk:
        tag = element.tag
        if event == "end":
            depth -= tag == f"{_T}list"
            continue
        if tag in _GONE:
            walk.skip_subtree()
        elif tag == f"{_T}list":
            depth += 1
        elif tag == f"{_T}list-item":
            first = True
        elif tag in (f"{_T}p", f"{_T}h"):
            walk.skip_subtree()
            notes: list[str] = []
            said = _paragraph(element, notes)
            if tag == f"{_T}h" and said:
                level = element.get(f"{_T}outline-level") or "1"
                marks = "#" * min(6, int(level) if level.isdigit() else 1)
                yield "", f"{marks} {' '.join(said.split())}"
            elif said:
                yield ("li", f"- {said}") if depth and first else ("", said)
                first = False
            yield from (("", note) for note in notes if note)
            for frame in element.iter(f"{_DRAW}text-box"):
                yield from _blocks(frame)
        elif tag == f"{_TABLE}table":
            walk.skip_subtree()
            yield from _table(element)


def _table(table: Any) -> Iterator[tuple[str, str]]:
    rows: list[list[Spanned]] = []
    notes: list[str] = []
    heads = 0
    for row in table.iter(f"{_TABLE}table-row"):
        if next(row.iterancestors(f"{_TABLE}table")) is not table:
            continue
        cells: list[Spanned] = []
        for cell in row.iterchildren(f"{_TABLE}table-cell"):
            said = " ".join(" ".join(_paragraph(one, notes) for one in cell.iter(f"{_T}p")).split())
            spans = (_number(cell, f"number-{one}-spanned") for one in ("columns", "rows"))
            times = _number(cell, "number-columns-repeated")
            cells += [Spanned(said, *spans)] * min(times, _MOST_REPEATED)
        rows.append(cells)
        heads += row.getparent().tag == f"{_TABLE}table-header-rows"
    yield from table_blocks(spread(rows), heads)
    yield from (("", note) for note in notes if note)


def _number(element: Any, name: str) -> int:
    """What an attribute of a table's element counts: 1 where it is missing."""
    value = element.get(f"{_TABLE}{name}") or "1"
    return int(value) if value.isascii() and value.isdigit() else 1


def merged(raw: Raw) -> dict[str, list[Range]]:
    """The merged cells of each sheet of a spreadsheet, by its name, which calamine does not tell.

    Raises DocumentError where it is damaged.
    """
    found: dict[str, list[Range]] = {}
    with opened(raw) as archive:
        sheets = _content(archive).iter(f"{_TABLE}table")
        for sheet in sheets:
            own = found.setdefault(sheet.get(f"{_TABLE}name") or "", [])
            y = 0
            for row in sheet.iter(f"{_TABLE}table-row"):
                x = 0
                for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                    wide = _number(cell, "number-columns-spanned")
                    high = _number(cell, "number-rows-spanned")
                    if wide > 1 or high > 1:
                        own.append(((y, x), (y + high - 1, x + wide - 1)))
                    x += _number(cell, "number-columns-repeated")
                y += _number(row, "number-rows-repeated")
    return found


def _paragraph(paragraph: Any, notes: list[str]) -> str:
    """What a paragraph says; its footnotes are added to ``notes``."""
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(paragraph, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "end":
            if element is not paragraph and element.tail:
                parts.append(element.tail)
            continue
        if tag in (f"{_T}note", f"{_DRAW}text-box", f"{_OFFICE}annotation") or tag in _GONE:
            walk.skip_subtree()
            if tag in (f"{_T}note", f"{_OFFICE}annotation"):
                inner = (_paragraph(one, []) for one in element.iter(f"{_T}p"))
                note = " ".join(" ".join(inner).split())
                cited = " ".join(element.findtext(f"{_T}note-citation", "").split())
                mark = f"[{cited}]" if cited and note else ""
                parts.append(mark)
                notes.append(f"{mark} {note}".strip())
        elif tag == f"{_T}s":
            count = element.get(f"{_T}c") or "1"
            parts.append(" " * min(int(count) if count.isdigit() else 1, _MOST_BLANKS))
        elif tag in _SPOKEN:
            parts.append(_SPOKEN[tag])
        elif element.text:
            parts.append(element.text)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
