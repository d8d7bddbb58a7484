"""The formats that can be read: one row here and one function in this folder each."""

import hashlib
from typing import NamedTuple


class Format(NamedTuple):
    """Where a format is read: a module of this folder, and its function of ``Raw``."""

    module: str
    function: str


_SOURCE = """.bash .bat .c .cc .cpp .cs .css .dart .go .gradle .groovy .h .hpp .hs .java .jl .js
    .jsx .kt .lua .m .mjs .php .pl .pm .proto .ps1 .py .r .rb .rs .scala .scss .sh .sql .swift .tf
    .ts .tsx .vb .zsh .log""".split()
_SETTINGS = ".cfg .conf .ini .properties .toml .yaml .yml".split()
_PICTURES = ".png .jpg .jpeg .tif .tiff .bmp .webp .gif".split()

FORMATS = {
    ".txt": Format("plain", "txt"),
    ".text": Format("plain", "txt"),
    ".md": Format("plain", "markdown"),
    ".markdown": Format("plain", "markdown"),
    ".rst": Format("plain", "rst"),
    ".adoc": Format("markup", "asciidoc"),
    ".org": Format("markup", "org"),
    ".tex": Format("markup", "latex"),
    ".html": Format("web", "page"),
    ".htm": Format("web", "page"),
    ".xhtml": Format("web", "page"),
    ".epub": Format("book", "chapters"),
    ".pdf": Format("pdf", "pages"),
    ".docx": Format("office", "word"),
    ".docm": Format("office", "word"),
    ".pptx": Format("office", "slides"),
    ".rtf": Format("rich", "text"),
    ".odt": Format("opendocument", "text"),
    ".odp": Format("opendocument", "slides"),
    ".csv": Format("tables", "table"),
    ".tsv": Format("tables", "table"),
    ".xlsx": Format("sheets", "workbook"),
    ".xlsm": Format("sheets", "workbook"),
    ".xlsb": Format("sheets", "workbook"),
    ".xls": Format("sheets", "workbook"),
    ".ods": Format("sheets", "workbook"),
    ".json": Format("records", "document"),
    ".jsonl": Format("records", "lines"),
    ".ipynb": Format("notebook", "cells"),
    ".eml": Format("mail", "message"),
    ".qadoc": Format("brought", "document"),
    ".mbox": Format("mail", "box"),
    ".msg": Format("outlook", "message"),
    ".zip": Format("archive", "files"),
    **dict.fromkeys(_SOURCE, Format("plain", "source")),
    **dict.fromkeys(_SETTINGS, Format("plain", "settings")),
    **dict.fromkeys(_PICTURES, Format("ocr", "picture")),
}
SUFFIXES: frozenset[str] = frozenset(FORMATS)
"""The file-name suffixes that ``read`` takes, in lower case."""

KINDS = (
    "text, Markdown, source code and settings, web pages, PDF, Word, PowerPoint, RTF,"
    " OpenDocument, spreadsheets and CSV, JSON, e-books (EPUB), notebooks, e-mail, pictures, zip"
)
"""All of them, for a reader of a message."""

CONTAINERS = frozenset({".eml", ".mbox", ".msg", ".zip"})
"""The suffixes of files that may have others inside of them."""

DIGEST = hashlib.sha256(repr(sorted(FORMATS.items())).encode()).hexdigest()[:16]
"""16 hexadecimal digits that change with the formats that can be read."""

NEWER = {".doc": ".docx", ".dot": ".docx", ".wpd": ".docx", ".pages": ".pdf", ".ppt": ".pptx"}
NEWER |= {".numbers": ".xlsx", ".key": ".pptx", ".mobi": ".epub", ".azw3": ".epub", ".djvu": ".pdf"}
NEWER |= {".7z": ".zip", ".rar": ".zip", ".tar": ".zip", ".gz": ".zip", ".pst": ".mbox"}
"""What a file of a format that is not read can be saved as."""
