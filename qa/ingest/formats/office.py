"""Word and PowerPoint files (Office Open XML)."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.archive import member, opened
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.rows import joined, table_blocks
from qa.times.intervals import Claimed

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PART = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPOKEN = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# what was deleted or moved away by a tracked change, and the second copy of a text box
_GONE = frozenset([f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", _PART])
_PROPERTIES = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{http://purl.org/dc/elements/1.1/}creator",
    "created": "{http://purl.org/dc/terms/}created",
}
_MOST_COLUMNS = 1_000  # that one merged cell covers
_PARTS = re.compile(r"\s+[–—|·•]\s+")  # between the parts of a header or footer, as a tab is
_SAYS = re.compile(r"\b(?!(?:page|seite)\b)[^\W\d_]{3}", re.I)
_BASIS = "document properties (created)"
_TEMPLATES = {date(2013, 12, 23), date(2013, 1, 27)}
"""When the templates of python-docx and python-pptx were made: files made from them say so too."""


def word(raw: Raw) -> Draft:
    """A Word file: headings as "## Heading", lists as "- item" or "1. item", rows "cell | cell".

    Text in content controls, text boxes and tracked insertions is read, footnotes and comments
    behind the paragraph that they are about, a footnote with its mark ("[1]") as it stands there
    too, headers before and footers after all else, once; deleted and hidden text is not.

    Raises DocumentError where it is encrypted, a zip bomb, or no Word file.
    """
    from docx import Document

    properties = checked(raw)
    document = Document(io.BytesIO(raw.data))
    styles = _Styles(document)
    found: dict[str, list[bytes]] = {}
    for relation in document.part.rels.values():
        if not relation.is_external:
            kind = relation.reltype.rpartition("/")[2]
            found.setdefault(kind, []).append(relation.target_part.blob)
    for blob in found.get("numbering", ()):
        styles.lists |= _lists(blob)
    for blob in found.get("comments", ()):
        styles.comments |= _comments(blob, styles)
    for kind in ("footnote", "endnote"):
        for blob in found.get(f"{kind}s", ()):
            styles.notes |= _notes(blob, kind, styles)
    blocks = [*_repeated(found.get("header", ()), styles)]
    blocks += _blocks(document.element.body, styles)
    blocks += (("", note) for note in styles.notes.values())
    blocks += _repeated(found.get("footer", ()), styles)
    return _draft(joined(blocks), properties)


def slides(raw: Raw) -> Draft:
    """A PowerPoint file: a slide is a page, its title a heading, its notes after it.

    Raises DocumentError where it is encrypted, a zip bomb, or no PowerPoint file.
    """
    from pptx import Presentation

    properties = checked(raw)
    presentation = Presentation(io.BytesIO(raw.data))
    text, starts = "", []
    for slide in presentation.slides:
        starts.append(len(text))
        blocks = []
        title = slide.shapes.title
        if title is not None and title.has_text_frame and title.text_frame.text.strip():
            blocks.append(("", "## " + " ".join(title.text_frame.text.split())))
        for shape in _shapes(slide.shapes):
            is_title = title is not None and shape.shape_id == title.shape_id
            if not is_title and not _is_hidden(shape):
                blocks.extend(_shape(shape))
        frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        if frame is not None and frame.text.strip():
            blocks.append(("", "Notes: " + _breaks(frame.text)))
        if blocks:
            text += joined(blocks) + "\n"
    return _draft(text.removesuffix("\n"), properties, tuple(starts))


def _draft(text: str, properties: dict[str, str], starts: tuple[int, ...] = ()) -> Draft:
    day = dates.parse(properties.get("created"))
    return Draft(
        text=text,
        title=properties.get("title"),
        author=properties.get("author"),
        saved=Claimed(day, _BASIS) if day and day not in _TEMPLATES else None,
        page_starts=starts,
    )


def checked(raw: Raw) -> dict[str, str]:
    """The core properties of an archive that is safe to unpack.

    They are read here because python-docx invents some where a file has none.
    """
    from lxml import etree  # type: ignore[import-untyped] # has no types

    if raw.data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in raw.data:
            raise DocumentError("is encrypted; remove the password and ingest again")
        raise DocumentError(f"is of the old Office format; save it as {raw.suffix}")
    with opened(raw) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return {}
        try:
            core = member(archive, "docProps/core.xml")
        except DocumentError:
            raise DocumentError(f"is not a {raw.suffix} file, or is damaged") from None
    try:
        root = etree.fromstring(core, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return {}
    return {name: root.findtext(tag) or "" for name, tag in _PROPERTIES.items()}


def _breaks(text: str) -> str:
    """Office's own line break (vertical tab) as a line end; spaces collapsed."""
    text = re.sub(r"[\v\r\n]+", "\n", text)
    return re.sub(r"[ \t\xa0]*\n[ \t\xa0]*", "\n", re.sub(r"[ \t\xa0]+", " ", text)).strip()


# ---- Word


class _Level(NamedTuple):
    """A level of a list: from where it counts, in which figures, and with what around them."""

    start: int
    form: str
    text: str  # "%1.%2": the numbers of the first and the second level
    style: str | None


class _List(NamedTuple):
    """A list's levels by their depth; lists of the same ``counter`` go on where one left off."""

    counter: str
    levels: dict[int, _Level]


class _Says(NamedTuple):
    """What a paragraph or a style says of itself, or of what is based on it."""

    prefix: str | None  # of a heading
    list: str | None  # which list it is of; "" of one without a name, "0" of none
    level: int | None
    hidden: bool | None


class _Styles:
    """The styles of a Word file; each is looked up once, whatever is based on what."""

    def __init__(self, document: Any) -> None:
        self._by_id: dict[str, Any] = {style.style_id: style.element for style in document.styles}
        self._known: dict[str | None, _Says] = {}
        self.lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}  # by counter and level
        self.comments: dict[str, str] = {}
        self.notes: dict[tuple[str, str | None], str] = {}  # not yet referred to
        self._marked = 0
        self._referred: list[str] = []

    def mark(self, reference: Any) -> str:
        """The mark of a note where it is referred to ("[1]"); "" where there is none."""
        kind = reference.tag.removeprefix(_W).removesuffix("Reference")
        note = self.notes.pop((kind, reference.get(f"{_W}id")), None)
        if note is None:
            return ""
        self._marked += 1
        self._referred.append(f"[{self._marked}] {note}")
        return f"[{self._marked}]"

    def referred(self) -> Iterator[tuple[str, str]]:
        """The notes that were marked since this was asked last, as blocks."""
        yield from (("", note) for note in self._referred)
        self._referred.clear()

    def look(self, paragraph: Any) -> tuple[str, str]:
        """A paragraph's kind and prefix; asked once of each in order, since its list counts."""
        name = _value(paragraph, "pPr/pStyle")
        own, style = _says(paragraph), self._says(name)
        prefix = own.prefix if own.prefix is not None else style.prefix
        of = own.list if own.list is not None else style.list
        number = "" if of in (None, "0") else self._number(of, name, own.level, style.level)
        if prefix is not None:
            return "", f"{prefix}{number} " if number else prefix
        if _ITEM_NUMBER.fullmatch(number):
            return "li", f"{number} "
        return ("", "") if of in (None, "0") else ("li", f"- {number} " if number else "- ")

    def _number(self, of: str | None, style: str | None, *levels: int | None) -> str:
        """The next number of a list, as Word writes it; "" where it has none, or a sign."""
        held = self.lists.get(of or "")
        if held is None:
            return ""
        by_style = next((at for at, one in held.levels.items() if style and one.style == style), 0)
        at = next((one for one in levels if one is not None), by_style)
        if at not in held.levels or held.levels[at].form not in _FIGURES:
            return ""
        counts = self._counts.setdefault(held.counter, {})
        for depth in [one for one in counts if one > at]:
            del counts[depth]
        for depth in range(at):  # of an outer level that has not come
            if depth in held.levels:
                counts.setdefault(depth, held.levels[depth].start)
        counts[at] = counts.get(at, held.levels[at].start - 1) + 1

        def figures(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            form = held.levels[depth].form if depth in held.levels else ""
            return _FIGURES[form](counts[depth]) if form in _FIGURES and depth in counts else ""

        return re.sub(r"%([1-9])", figures, held.levels[at].text).strip()

    def hides(self, paragraph: Any, run: Any) -> bool:
        """True for a run of a paragraph that is not shown: by itself, or by one of its styles."""
        said = (
            _switched(run, "rPr/vanish"),
            self._says(_value(run, "rPr/rStyle")).hidden,
            self._says(_value(paragraph, "pPr/pStyle")).hidden,
        )
        return next((one for one in said if one is not None), False)

    def _says(self, name: str | None) -> _Says:
        if name not in self._known:
            chain = list(self._chain(name))
            prefix = next((one.prefix for one in chain if one.prefix is not None), None)
            hidden = next((one.hidden for one in chain if one.hidden is not None), None)
            of = next((one.list for one in chain if one.list is not None), None)
            depth = next((one.level for one in chain if one.level is not None), None)
            self._known[name] = _Says(prefix, of, depth, hidden)
        return self._known[name]

    def _chain(self, name: str | None) -> Iterator[_Says]:
        seen: set[str] = set()
        while name in self._by_id and name not in seen:
            seen.add(name)
            yield _says(self._by_id[name])
            name = _value(self._by_id[name], "basedOn")


def _says(element: Any) -> _Says:
    name = (_value(element, "name") or "").lower()
    level = _value(element, "pPr/outlineLvl")
    prefix = None
    if name == "title":
        prefix = "# "
    elif match := re.fullmatch(r"heading ([1-9])", name):
        prefix = "#" * min(int(match[1]), 6) + " "
    elif level is not None and level.isdigit() and int(level) < 9:
        prefix = "#" * min(int(level) + 1, 6) + " "
    of = _value(element, "pPr/numPr/numId")
    if of is None and name.startswith("list "):
        of = ""
    depth = _count(_value(element, "pPr/numPr/ilvl"))
    return _Says(prefix, of, depth, _switched(element, "rPr/vanish"))


def _lists(blob: bytes) -> dict[str, _List]:
    """The lists of a Word file's numbering by their ids."""
    from lxml import etree

    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    abstract = {
        one.get(f"{_W}abstractNumId"): {
            _count(level.get(f"{_W}ilvl")) or 0: _Level(
                _count(_value(level, "start")) or 0,
                _value(level, "numFmt") or "decimal",
                _value(level, "lvlText") or "",
                _value(level, "pStyle"),
            )
            for level in one.iter(f"{_W}lvl")
        }
        for one in root.iter(f"{_W}abstractNum")
    }
    made = {}
    for one in root.iter(f"{_W}num"):
        of, its = one.get(f"{_W}numId"), _value(one, "abstractNumId")
        levels = dict(abstract.get(its, {}))
        begins_anew = False
        for override in one.iter(f"{_W}lvlOverride"):
            at, start = _count(override.get(f"{_W}ilvl")), _count(_value(override, "startOverride"))
            if at in levels and start is not None:
                levels[at], begins_anew = levels[at]._replace(start=start), True
        made[str(of)] = _List(f"list {of}" if begins_anew else str(its), levels)
    return made


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    said = ""
    for value, sign in _ROMAN:
        said += sign * (number // value)
        number %= value
    return said


_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_FIGURES: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
_ITEM_NUMBER = re.compile(r"\d{1,3}[.)]|\(\d{1,3}\)")
"""A number that tells an item of a list by itself; any other stands behind a bullet."""


def _switched(element: Any, path: str) -> bool | None:
    """Whether a property is on; None where nothing is said of it."""
    if element.find("/".join(_W + step for step in path.split("/"))) is None:
        return None
    return _value(element, path) not in ("0", "false", "off")


def _value(element: Any, path: str) -> str | None:
    found = element.find("/".join(_W + step for step in path.split("/")))
    value = None if found is None else found.get(f"{_W}val")
    return None if value is None else str(value)


def _blocks(body: Any, styles: _Styles) -> Iterator[tuple[str, str]]:
    """The paragraphs and tables below ``body`` in document order, at any depth of wrapping."""
    from lxml import etree

    walk = etree.iterwalk(body, events=("start",))
    for _, element in walk:
        if element.tag in _GONE:
            walk.skip_subtree()
        elif element.tag == f"{_W}p":
            walk.skip_subtree()
            kind, prefix = styles.look(element)
            text = _breaks(_paragraph(element, styles))
            if prefix.startswith("#"):
                text = " ".join(text.split())
            if text:
                yield kind, prefix + text
            yield from styles.referred()
            for reference in element.iter(f"{_W}commentReference"):
                if comment := styles.comments.get(reference.get(f"{_W}id")):
                    yield "", comment
            for box in _boxes(element):
                yield from _blocks(box, styles)
        elif element.tag == f"{_W}tbl":
            walk.skip_subtree()
            yield from _rows(element, styles)
            yield from styles.referred()


def _boxes(paragraph: Any) -> Iterator[Any]:
    """The text boxes of a paragraph, those inside of another left to it."""
    from lxml import etree

    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        if element.tag in _GONE:
            walk.skip_subtree()
        elif element.tag == f"{_W}txbxContent":
            walk.skip_subtree()
            yield element


def _rows(table: Any, styles: _Styles) -> Iterator[tuple[str, str]]:
    """A table's rows; a merged cell counts for every row and column that it covers."""
    rows: list[list[str]] = []
    heads = 0
    for row in table.iter(f"{_W}tr"):
        cells: list[str] = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            said = " ".join(" ".join(_paragraph(p, styles) for p in cell.iter(f"{_W}p")).split())
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(f"{_W}val") != "restart" and rows:
                said = said or (rows[-1][len(cells)] if len(cells) < len(rows[-1]) else "")
            span = _value(cell, "tcPr/gridSpan") or "1"
            cells += [said] * min(int(span) if span.isdigit() else 1, _MOST_COLUMNS)
        if len(rows) == heads and _switched(row, "trPr/tblHeader"):
            heads += 1
        rows.append(cells)
    yield from table_blocks(rows, heads)


def _paragraph(paragraph: Any, styles: _Styles) -> str:
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        tag = element.tag
        hidden = tag == f"{_W}r" and styles.hides(paragraph, element)
        if hidden or tag in _GONE or tag == f"{_W}txbxContent":
            walk.skip_subtree()
        elif tag == f"{_W}t":
            parts.append("".join(element.itertext()))
        elif tag in _SPOKEN:
            parts.append(_SPOKEN[tag])
        elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
            parts.append(styles.mark(element))
    return "".join(parts)


def _notes(blob: bytes, kind: str, styles: _Styles) -> dict[tuple[str, str | None], str]:
    """The notes by what they are referred to with, in the order of the file."""
    from lxml import etree

    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    found = {}
    for one in root.iter(f"{_W}{kind}"):
        said = " ".join(_breaks(_paragraph(p, styles)) for p in one.iter(f"{_W}p"))
        if said.strip():
            found[kind, one.get(f"{_W}id")] = " ".join(said.split())
    return found


def _comments(blob: bytes, styles: _Styles) -> dict[str, str]:
    """The comments by id, each with who made it."""
    from lxml import etree

    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    found = {}
    for one in root.iter(f"{_W}comment"):
        said = " ".join(_breaks(_paragraph(p, styles)) for p in one.iter(f"{_W}p")).strip()
        author = one.get(f"{_W}author") or "the reviewer"
        if said:
            found[one.get(f"{_W}id")] = f"Comment by {author}: {' '.join(said.split())}"
    return found


def _repeated(blobs: Sequence[bytes], styles: _Styles) -> Iterator[tuple[str, str]]:
    """What headers or footers say, each part by itself and once; page numbers say nothing."""
    from lxml import etree

    seen: set[str] = set()
    for blob in blobs:
        root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
        for tab in root.iter(f"{_W}tab"):
            tab.tag, tab.text = f"{_W}t", " – "
        for _, text in _blocks(root, styles):
            for part in _PARTS.split(text):
                if part not in seen and _SAYS.search(part):
                    seen.add(part)
                    yield "", part


# ---- PowerPoint


def _shapes(shapes: Any) -> Iterator[Any]:
    """Every shape, those inside groups too, in the order of the file."""
    waiting = list(shapes)[::-1]
    while waiting:
        shape = waiting.pop()
        if hasattr(shape, "shapes"):
            waiting.extend(list(shape.shapes)[::-1])
        else:
            yield shape


def _is_hidden(shape: Any) -> bool:
    return any(one.get("hidden") in ("1", "true") for one in shape.element.xpath("./*/p:cNvPr"))


def _shape(shape: Any) -> Iterator[tuple[str, str]]:
    if getattr(shape, "has_table", False):
        rows = [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]
        yield from table_blocks(rows, 1 if shape.table.first_row and len(rows) > 1 else 0)
    elif shape.has_text_frame:
        paragraphs = [_breaks(paragraph.text) for paragraph in shape.text_frame.paragraphs]
        paragraphs = [text for text in paragraphs if text]
        for text in paragraphs:  # several in one box are what a slide shows as bullets
            yield ("li", "- " + text) if len(paragraphs) > 1 else ("", text)
