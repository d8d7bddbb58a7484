"""HTML: what a reader of the page sees, block by block.

lxml parses it: python-docx and python-pptx bring it anyway, it is quick, and it takes any
depth and any tag soup without recursion.  Nothing is ever fetched.
"""

import re
from typing import Any

from qa.errors import DocumentError
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.rows import Spanned, joined, spread, table_blocks
from qa.ingest.formats.web_head import author, published, title
from qa.ingest.formats.web_style import hides

_NEVER = frozenset(
    "title script style noscript noframes noembed template svg canvas iframe object embed audio "
    "video select datalist textarea button rt rp annotation annotation-xml".split()
)
_ASIDE = frozenset(["nav", "footer", "aside"])
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form header hgroup hr html legend li main menu nav ol p pre search "
    "section summary table tbody td tfoot th thead tr ul".split()
) | frozenset(_HEADINGS)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.I)


def page(raw: Raw) -> Draft:
    """An HTML file as the text that a browser would show.

    Headings become "## Heading", list items "- item" or "1. item", table rows "cell | cell", a
    term and what is said of it "- term: said" where both are of a line; a line break stays one.
    Scripts, styles, comments and hidden elements are left out, and where the page marks its main
    part so are the navigation, footers and asides outside of it.
    """
    declared = _META_CHARSET.search(raw.data[:4096])
    source = decode(raw.data, declared[1].decode("ascii") if declared else None)
    root = _tree(source)
    if root is None:
        return Draft(text="")
    return Draft(
        text=_Reader().read(root),
        title=title(root),
        author=author(root),
        published=published(root),
    )


def visible_text(source: str) -> str:
    """The text that a browser would show for the HTML ``source``."""
    root = _tree(source)
    return "" if root is None else _Reader().read(root)


def _tree(source: str) -> Any:
    from lxml import etree  # type: ignore[import-untyped] # has no types

    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    data = source.encode("utf-8", errors="replace")
    try:
        root = etree.fromstring(data, parser) if data.strip() else None
    except etree.XMLSyntaxError:  # nothing in it that could be an element: a lone comment
        root = None
    if parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT]):
        # libxml2 stops at a depth of 2,048 and keeps quiet about the rest
        raise DocumentError("is nested too deeply to be read")
    return root


class _Reader:
    """Walks a tree once, gathering blocks; holds the block that is being written."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, str]] = []  # (kind: "li", "row" or "", text)
        self.inline: list[str] = []
        self.prefix = ""
        self.kind = ""
        self.cells: list[Spanned] | None = None
        self.named: list[bool] = []  # of the cells, which are headers
        self.tables: list[list[tuple[list[Spanned], bool]]] = []  # rows of each open table
        self.numbers: list[int] = []  # the last one of each open numbered list
        self.verbatim = 0
        self.quoted = 0
        self.marked = False

    def read(self, root: Any) -> str:
        from lxml import etree

        self.marked = root.find(".//main") is not None or root.find(".//article") is not None
        walk = etree.iterwalk(root, events=("start", "end"))
        inside: list[bool] = [False]  # in the main part; one entry per open element
        layout: list[bool] = []  # one entry per open table
        for event, element in walk:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                main = inside[-1] or tag in ("main", "article")
                inside.append(main)
                if self._skipped(element, tag, main):
                    walk.skip_subtree()
                    continue
                if tag == "table":
                    layout.append(_is_layout(element))
                    self.tables.append([])
                self._open(element, tag, bool(layout) and not layout[-1])
                self._add(element.text)
            else:
                main = inside.pop()
                if not self._skipped(element, tag, main):
                    self._close(element, tag, bool(layout) and not layout[-1])
                    if tag == "table":
                        layout.pop()
                        self._table(self.tables.pop())
                self._add(element.tail)
        self._flush()
        return joined(self.blocks)

    def _skipped(self, element: Any, tag: str, main: bool) -> bool:
        if not tag or tag in _NEVER or (tag in _ASIDE and self.marked and not main):
            return True
        if tag == "dialog" and element.get("open") is None:
            return True
        if element.get("hidden") is not None or element.get("popover") is not None:
            return True
        if (element.get("aria-hidden") or "").lower() == "true":
            return True
        style = element.get("style")
        return style is not None and hides(style)

    def _open(self, element: Any, tag: str, in_table: bool) -> None:
        if tag == "tr" and in_table:
            self._flush()
            self.cells, self.named = [], []
        elif self.cells is not None and tag in _BLOCKS:
            self._add(" ")
        elif tag in _BLOCKS:
            self._flush()
            self.quoted += tag == "blockquote"
            if tag == "li":
                self.prefix, self.kind = self._mark(element), "li"
            elif tag == "ol":
                self.numbers.append(_integer(element.get("start"), 1) - 1)
            elif tag in _HEADINGS:
                self.prefix, self.kind = _HEADINGS[tag], ""
        elif tag == "q":
            self._add("“")
        elif tag == "sup" and _is_power("".join(self.inline[-1:]), element):
            self.inline.append("^")
        if tag == "pre":
            self.verbatim += 1

    def _close(self, element: Any, tag: str, in_table: bool) -> None:
        if tag == "br":
            self.inline.append(" " if self.cells is not None else "\n")
        elif tag == "tr" and in_table and self.cells is not None:
            self._cell()
            is_head = bool(self.named) and all(self.named)
            self.tables[-1].append((self.cells, is_head))
            self.cells = None
        elif tag in ("td", "th") and self.cells is not None:
            self.named.append(tag == "th")
            self._cell(*_spans(element), always=True)
        elif self.cells is not None and tag in _BLOCKS:
            self._add(" ")
        elif tag == "dt" and _is_entry(element):
            term = " ".join(self._taken().split())
            self.prefix, self.kind = f"- {term}: ", "li"
        elif tag in _BLOCKS:
            self._flush()
            self.quoted -= tag == "blockquote"
            if tag == "ol":
                self.numbers.pop()
            if tag == "li" or tag in _HEADINGS:
                self.prefix, self.kind = "", ""
        elif tag == "q":
            self._add("”")
        if tag == "pre":
            self.verbatim -= 1

    def _mark(self, item: Any) -> str:
        """What stands before a list item: its number in a numbered list, else a bullet.

        A list inside of an item has bullets: its numbers would be taken for the outer list's.
        """
        listed = item.getparent()
        if listed is None or listed.tag != "ol" or any(listed.iterancestors("li")):
            return "- "
        self.numbers[-1] = _integer(item.get("value"), self.numbers[-1] + 1)
        return f"{self.numbers[-1]}. "

    def _add(self, text: str | None) -> None:
        if text:
            self.inline.append(text if self.verbatim else _SPACE.sub(" ", text))

    def _taken(self) -> str:
        text = "".join(self.inline).replace("\xa0", " ").replace("\xad", "")
        self.inline.clear()
        if self.verbatim:
            return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
        return re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text)).strip()

    def _cell(self, columns: int = 1, rows: int = 1, *, always: bool = False) -> None:
        text = " ".join(self._taken().split())
        if self.cells is not None and (text or always):
            self.cells.append(Spanned(text, columns, rows))

    def _table(self, rows: list[tuple[list[Spanned], bool]]) -> None:
        self._flush()
        heads = next((at for at, (_, is_head) in enumerate(rows) if not is_head), 0)
        self.blocks += table_blocks(spread([cells for cells, _ in rows]), heads)

    def _flush(self) -> None:
        if text := self._taken():
            if self.prefix.startswith("#"):
                text = " ".join(text.split())
            marks = "> " * self.quoted
            lines = (self.prefix + text).split("\n") if marks else ()
            quoted = "\n".join(f"{marks}{line}".rstrip() for line in lines)
            self.blocks.append((self.kind, quoted or self.prefix + text))
            self.prefix, self.kind = "", ""


def _is_layout(table: Any) -> bool:
    """True for a table that arranges the page: its cells hold blocks, not values."""
    if table.get("role") in ("presentation", "none") or table.find(".//table") is not None:
        return True
    return any(table.find(f".//{tag}") is not None for tag in (*_HEADINGS, "article", "section"))


def _integer(text: str | None, otherwise: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _is_entry(term: Any) -> bool:
    """Whether a term and what is said of it are one short line: "Monday: closed"."""
    said = term.getnext()
    if said is None or said.tag != "dd" or not "".join(term.itertext()).strip():
        return False
    inner = (one.tag for each in (term, said) for one in each.iterdescendants())
    return not _BLOCKS.intersection(tag for tag in inner if isinstance(tag, str))


def _spans(cell: Any) -> tuple[int, int]:
    """How many columns and rows a cell covers."""
    columns, rows = (_integer(cell.get(name), 1) for name in ("colspan", "rowspan"))
    return min(columns, 1_000), min(rows, 1_000)


def _is_power(before: str, sup: Any) -> bool:
    """True for ten to the sixth, which must not read as 106."""
    digits = "".join(sup.itertext()).strip().lstrip("-+−")
    return before[-1:].isdigit() and digits.isdigit()
